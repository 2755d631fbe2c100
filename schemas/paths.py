"""The platform's own addresses, which no page may take."""

RESERVED = frozenset(
    {
        "api",
        "assets",
        "datasets",
        "departments",
        "docs",
        "events",
        "healthcheck",
        "local",
        "notifications",
        "registers",
        "schemas",
        "service",
        "services",
        "unsubscribe",
        "v2",
    }
)
"""First segments of paths."""
