"""The platform's own addresses, which no page may take."""

RESERVED = frozenset(
    {
        "api",
        "api-umbrella",
        "assets",
        "data",
        "datasets",
        "datastore",
        "departments",
        "developers",
        "docs",
        "draft",
        "events",
        "healthcheck",
        "local",
        "lookup-by-base-path",
        "notifications",
        "paths",
        "publish-intent",
        "registers",
        "schemas",
        "service",
        "services",
        "unsubscribe",
        "v2",
    }
)
"""First segments of paths."""
