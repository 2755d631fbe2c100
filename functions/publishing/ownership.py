"""Whose content is whose: somebody else's document answers as if it were not there."""

from __future__ import annotations

from functions.common import cause, clock, ids
from functions.common.failures import Problem, Refusal
from functions.publishing.documents import Document
from functions.publishing.history import Moment
from functions.publishing.store import documents as store
from functions.publishing.store.table import PathTaken
from schemas.content.fields import LOCALES


def department() -> str:
    """The department that is acting. Raises Refusal 403 where nobody is acting for one."""
    acting = cause.current().department
    if acting is None:
        raise Refusal(403, "Content belongs to a department, and nobody is acting for one.", code="no_department")
    return acting


def moment(user: str | None = None) -> Moment:
    """Now, on the present request; `user` is who of the department asked, in its own words. A redelivered event is the same write."""
    why = cause.current()
    write_id = ids.derived(f"{why.source}#{why.event_id}", "write") if why.event_id else ids.new()
    return Moment(f"{clock.stamp()[:19]}Z", why.correlation, write_id, user)


def mine(content_id: str, locale: str) -> Document | None:
    """The department's own document, None where there is none. Raises Refusal 404 where it is another's."""
    document = store.document(content_id, locale) if locale in LOCALES else None
    if document and document.owner != department():
        raise not_found(content_id, locale)
    return document


def existing(content_id: str, locale: str) -> Document:
    """The department's own document, which has an edition. Raises Refusal 404."""
    document = mine(content_id, locale)
    if document is None or not document.known:
        raise not_found(content_id, locale)
    return document


def check_lock(lock_version: int, previous_version: int | None) -> None:
    """Raises Refusal 409 where a caller has seen another version than the one that stands."""
    if previous_version is None or previous_version == lock_version:
        return
    raise Refusal(
        409,
        f"A lock-version conflict occurred. The `previous_version` you've sent ({previous_version}) is not the same as the current "
        f"lock version of the edition ({lock_version}).",
        code="conflict",
        problems=(Problem(("previous_version",), "conflict", "does not match"),),
    )


def in_use(taken: PathTaken, owner: str, app: str | None = None) -> Refusal:
    """The path is held by another document, or by another application than `app`."""
    if taken.owner != owner:
        message = f"{taken.path} is already in use by another department"
    elif app and taken.app != app:
        message = f"{taken.path} is already reserved by {taken.app}"
    else:
        holder, _, locale = (taken.live or taken.draft or "").partition("#")
        message = f"base path={taken.path} conflicts with content_id={holder} and locale={locale}"
    return Refusal(422, message, code="base_path_already_in_use", field="base_path")


def not_found(content_id: str, locale: str | None = None) -> Refusal:
    """There is no such document, or it is another's."""
    where = f"content_id={content_id}" + (f" and locale={locale}" if locale else "")
    return Refusal(404, f"Could not find a document with {where}", code="not_found")
