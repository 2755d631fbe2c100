"""What a browser may do with a page."""

from __future__ import annotations

SECURITY = {
    # No script runs here, ours or anybody's, unless a page is said to ask. Pictures may come from where departments keep theirs.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' https: data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every page."""

ASKING = {**SECURITY, "Content-Security-Policy": f"{SECURITY['Content-Security-Policy']}; script-src 'self'; connect-src 'self'"}
"""Of a page whose script asks this host something, and no other."""

SECRET = {**SECURITY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Of a page whose address, or whose text, is for one person alone."""
