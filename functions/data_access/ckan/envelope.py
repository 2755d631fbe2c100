"""The envelope of every answer (contract 1.2), JSONP, and the headers that CKAN sends."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import Response

from functions.data_access.ckan.failures import Refused

JSON, JAVASCRIPT = "application/json;charset=utf-8", "application/javascript;charset=utf-8"
HEADERS = {"Cache-Control": "public, max-age=0, must-revalidate", "Vary": "Cookie"}

_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", re.ASCII)
LONGEST_CALLBACK = 100


@dataclass(frozen=True, slots=True)
class Written:
    """A part of a result that is JSON text already, as rows are; it stands as a value of the result itself."""

    text: str


def result(site: str, action: str, found: object, callback: str | None = None) -> Response[Any]:
    """What an action answers; given to the function that a script names as `callback`."""
    text = _object(help=f'"{help_address(site, action)}"', success="true", result=_result(found))
    if callback is None:
        return Response(200, JSON, text, {**HEADERS})
    return Response(200, JAVASCRIPT, f"{callback}({text});", {**HEADERS})


def refused(site: str, action: str, refusal: Refused) -> Response[Any]:
    """Why an action refuses."""
    document = {"help": help_address(site, action), "error": refusal.error, "success": False}
    return Response(refusal.status, JSON, written(document), {**HEADERS})


def bare(message: str) -> Response[Any]:
    """Why no action was reached: a JSON string."""
    return Response(400, JSON, written(message), {**HEADERS})


def help_address(site: str, action: str) -> str:
    """Where to read what an action does."""
    return f"{site}/api/3/action/help_show?name={action}"


def is_callback(name: str) -> bool:
    """Whether this is the name of a function, and nothing that a page could be made to run."""
    return len(name) <= LONGEST_CALLBACK and _CALLBACK.fullmatch(name) is not None


def written(document: object) -> str:
    """JSON text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _result(found: object) -> str:
    if not isinstance(found, dict):
        return written(found)
    return _object(**{name: value.text if isinstance(value, Written) else written(value) for name, value in found.items()})


def _object(**members: str) -> str:
    return "{" + ",".join(f"{written(name)}:{text}" for name, text in members.items()) + "}"
