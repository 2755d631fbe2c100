"""The Publishing API: whose a path is, and when something will be published there (contract 1.2, 1.5, 1.11)."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from functions.common.failures import Refusal
from functions.publishing.documents import in_utc
from functions.publishing.ownership import department, in_use
from functions.publishing.protocol import publishing_api
from functions.publishing.store import paths
from functions.publishing.store.table import PathTaken
from schemas.content.fields import App, BasePath, Route, Timestamp

reserving = publishing_api("Publishing API: paths")

_path = TypeAdapter(BasePath)


class Reservation(BaseModel):
    """For which application a path is kept."""

    publishing_app: App
    override_existing: bool = False


class Release(BaseModel):
    """Which application lets a path go."""

    publishing_app: App


class Intent(BaseModel):
    """What will be published, and when."""

    model_config = ConfigDict(extra="forbid")

    publish_time: Timestamp
    publishing_app: App
    rendering_app: App
    routes: list[Route] = Field(default_factory=list)


@reserving.put("/paths/.+")
def reserve_path(order: Reservation) -> dict[str, Any]:
    """Keep a path for an application."""
    path = _asked("/paths")
    try:
        paths.reserve(path, department(), order.publishing_app, override=order.override_existing)
    except PathTaken as taken:
        raise in_use(taken, department(), order.publishing_app) from None
    return order.model_dump()


@reserving.delete("/paths/.+")
def release_path(order: Release) -> dict[str, Any]:
    """Let a path go that an application has reserved."""
    path = _asked("/paths")
    try:
        paths.release(path, department(), order.publishing_app)
    except PathTaken as taken:
        if taken.owner == department() and taken.app != order.publishing_app:
            raise in_use(taken, department(), order.publishing_app) from None
        raise Refusal(404, f"{path} is not reserved.", code="not_found") from None
    return order.model_dump()


@reserving.put("/publish-intent/.+")
def save_intent(intent: Intent) -> dict[str, Any]:
    """Say that something will be published at a path, so that what is kept of it until then is not kept for longer."""
    path = _asked("/publish-intent")
    said = {**intent.model_dump(), "publish_time": in_utc(intent.publish_time)}
    try:
        paths.save_intent(path, department(), intent.publishing_app, said)
    except PathTaken as taken:
        raise in_use(taken, department(), intent.publishing_app) from None
    return said


@reserving.get("/publish-intent/.+")
def get_intent() -> dict[str, Any]:
    """What will be published at a path."""
    found = paths.intent(_asked("/publish-intent"))
    if found is None or found["owner"] != department():
        raise _none()
    said: dict[str, Any] = json.loads(found["said"])
    return said


@reserving.delete("/publish-intent/.+")
def remove_intent() -> dict[str, Any]:
    """Nothing will be published at a path after all."""
    path = _asked("/publish-intent")
    found = paths.intent(path)
    if found is None or found["owner"] != department():
        raise _none()
    paths.remove_intent(path, department())
    return {}


def _asked(prefix: str) -> str:
    try:
        return _path.validate_python(reserving.path.removeprefix(prefix))
    except ValidationError:
        message = "a path has segments of lower-case letters, digits, dots and hyphens, and is not the platform's own"
        raise Refusal(422, message, code="absolute_path_invalid", field="base_path") from None


def _none() -> Refusal:
    return Refusal(404, "Nothing is meant to be published here.", code="not_found")
