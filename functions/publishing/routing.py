"""Which addresses an edition may claim, and where a redirect may lead (Publishing API, contract 1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from functions.common.failures import Refusal

_ALLOWED_HOSTS = ("caa.co.uk", "gov.scot", "gov.uk", "gov.wales", "judiciary.uk", "nhs.uk", "parliament.uk", "police.uk", "ukri.org")
"""Redirects may leave for these domains and what is below them."""

type Rule = Mapping[str, Any]


def check(schema_name: str, base_path: str | None, routes: Sequence[Rule], redirects: Sequence[Rule]) -> None:
    """Refuses, with the code of the rule that is broken, addresses that an edition at `base_path` may not claim."""
    if base_path is None:
        if routes or redirects:
            raise _refusal("routes_must_include_base_path", "routes", "without a base_path there are no routes and no redirects")
        return
    field = "redirects" if schema_name == "redirect" else "routes"
    claimed = redirects if schema_name == "redirect" else routes
    if schema_name != "gone" and base_path not in _paths(claimed):
        raise _refusal(f"{field}_must_include_base_path", field, f"{field} must include the base_path {base_path}")
    paths = [*_paths(routes), *_paths(redirects)]
    if len(set(paths)) < len(paths):
        raise _refusal("route_paths_not_unique", field, "each path may stand only once in routes and redirects")
    for path in paths:
        if not _below(path, base_path):
            raise _refusal("route_not_below_base_path", field, f"{path} is not below the base_path {base_path}")
    for rule in redirects:
        check_redirect(rule["path"], rule["destination"], keeps_segments=rule.get("segments_mode") == "preserve")


def check_redirect(path: str, destination: str, *, keeps_segments: bool = False, field: str = "redirects") -> None:
    """Refuses a redirect from `path` to a place where redirects may not lead."""
    if path == destination:
        raise _refusal("redirect_path_equals_destination", field, f"{path} would lead to itself")
    parts = _split(destination, field)
    if keeps_segments and (parts.query or parts.fragment):
        raise _refusal("redirect_destination_invalid", field, "with segments_mode preserve a destination has no query and no fragment")
    if parts.scheme or parts.netloc:
        _check_external(parts, field)
    elif not parts.path.startswith("/") or (parts.path != "/" and parts.path.endswith("/")) or "//" in parts.path:
        raise _refusal("redirect_destination_invalid", field, f"{destination} is neither a path of this site nor an https address")


def destination(rules: Iterable[Rule], path: str, query: str = "") -> str | None:
    """Where the rules of a redirect send a visitor who asks for `path`; the longest rule that covers it decides."""
    for rule in sorted(rules, key=lambda rule: len(rule["path"]), reverse=True):
        exact = rule["path"] == path
        if not exact and not (rule["type"] == "prefix" and path.startswith(f"{rule['path']}/")):
            continue
        mode = rule.get("segments_mode") or ("preserve" if rule["type"] == "prefix" else "ignore")
        target = str(rule["destination"])
        if mode == "ignore":
            return target
        return target.rstrip("/") + path.removeprefix(rule["path"]) + (f"?{query}" if query else "")
    return None


def covers(routes: Iterable[Rule], path: str) -> bool:
    """Whether one of the routes answers at `path`."""
    return any(rule["path"] == path or (rule["type"] == "prefix" and path.startswith(f"{rule['path']}/")) for rule in routes)


def _check_external(parts: SplitResult, field: str) -> None:
    host = parts.hostname or ""
    if parts.scheme != "https":
        raise _refusal("redirect_external_not_https", field, "a redirect to another site needs an https address")
    if not any(host == allowed or host.endswith(f".{allowed}") for allowed in _ALLOWED_HOSTS):
        raise _refusal("redirect_external_disallowed_domain", field, f"redirects may not lead to {host}")


def _split(address: str, field: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  # reading it is what checks it
    except ValueError:
        raise _refusal("redirect_destination_invalid", field, "the destination is not an address") from None
    if any(character.isspace() or ord(character) < 0x20 or character == "\\" for character in address):
        raise _refusal("redirect_destination_invalid", field, "the destination is not an address")
    return parts


def _below(path: str, base_path: str) -> bool:
    # Nothing is below the home page: all other paths are for others to claim.
    return path == base_path or (base_path != "/" and path.startswith((f"{base_path}/", f"{base_path}.")))


def _paths(rules: Sequence[Rule]) -> list[str]:
    return [rule["path"] for rule in rules]


def _refusal(code: str, field: str, message: str) -> Refusal:
    return Refusal(422, message, code=code, field=field)
