"""Which representation a caller wants, and whether they have it already (contract 2.1; RFC 9110 §12.5.1 and §13.1.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

JSON = "application/json"
CSV = "text/csv"
SUFFIXES = {".json": JSON, ".csv": CSV}

_TILE_ADDRESS = re.compile(r"(/registers/[^/]+/tile/[^/]+/)(.+)")
_SINGULAR_ADDRESS = re.compile(r"(/registers/[^/]+/(?:record|entry|item|proof/entry)/)(.+)")
_KEY_ADDRESS = re.compile(r"(/registers/[^/]+/records/)(.+?)((?:/entries)?)")


def readdress(event: dict[str, Any]) -> dict[str, Any]:
    """A request as the routes know it.

    A suffix becomes what is accepted, outranking `Accept`; a key, the place of a tile and an address in the singular become one segment.
    """
    path, headers = str(event["rawPath"]), event.get("headers") or {}
    for suffix, media_type in SUFFIXES.items():
        if path.endswith(suffix):
            path = path.removesuffix(suffix)
            headers = {**{name: value for name, value in headers.items() if name.lower() != "accept"}, "accept": media_type}
    # API Gateway has already decoded the address, so that a slash inside a key looks like one between segments.
    if key := _KEY_ADDRESS.fullmatch(path):
        path = f"{key[1]}{quote(key[2], safe='')}{key[3]}"
    elif tile := _TILE_ADDRESS.fullmatch(path):
        path = f"{tile[1]}{quote(tile[2], safe='')}"
    # With its suffix, which goes on to the address that it leads to.
    elif singular := _SINGULAR_ADDRESS.fullmatch(str(event["rawPath"])):
        path = f"{singular[1]}{quote(singular[2], safe='')}"
    return {**event, "rawPath": path, "headers": headers}


def chosen(accept: str, offered: Sequence[str]) -> str | None:
    """The media type to answer with: the first of `offered` in the range the caller likes best, or None when they accept none of it."""
    liked = sorted((_range(part) for part in (accept or "*/*").split(",")), key=lambda wanted: -wanted[1])
    return next((media_type for wanted, quality in liked if quality > 0 for media_type in offered if _covers(wanted, media_type)), None)


def unchanged(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the caller has this version already."""
    held = [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]
    return etag in held or "*" in held


def _range(part: str) -> tuple[str, float]:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    return media_type, float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 0


def _covers(wanted: str, media_type: str) -> bool:
    return wanted in ("*/*", media_type, f"{media_type.split('/', maxsplit=1)[0]}/*")
