"""Keep a service's templates and its lists of subscribers, over HTTP, with a key that may."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.common import auth, clock, ids
from functions.common.failures import Refusal, nothing_here
from functions.common.http import Api, caller
from functions.notifications import recipients, template_views, templates, views
from functions.notifications.accepting import normalise
from functions.notifications.notification import Service, Subscriber, Template
from functions.notifications.ownership import own
from functions.notifications.requests import Unacceptable
from functions.notifications.store import subscribers, template_versions
from functions.notifications.template_drafts import TemplateDraft

PAGE = 100
LONGEST_LIST_NAME = 256
_TEMPLATE = "/notifications/services/<service_id>/templates/<template_id>"

manage = Api("Notifications: templates and subscribers", scheme=auth.whole_key, scope="notifications:manage")


class NewSubscriber(BaseModel):
    """Somebody to put on a list, by one address."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email_address": "rosalind.okafor@example.com"}]})

    email_address: str | None = None
    phone_number: str | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.email_address is None) == (self.phone_number is None):
            raise ValueError("give an email_address or a phone_number, and not both")
        return self


class Preview(BaseModel):
    """Values to fill a template with, and which version of it; the latest where none is named."""

    model_config = ConfigDict(extra="forbid")

    personalisation: dict[str, object] = {}
    version: Annotated[int, Field(gt=0)] | None = None


@manage.post("/notifications/services/<service_id>/templates", status_code=201)
def post_template(service_id: UUID, draft: TemplateDraft) -> tuple[views.Shape, int]:
    """Keep a new template."""
    service = own(service_id)
    return _saved(service, _version(service, draft, str(draft.id or ids.new()), None), None), 201


@manage.get("/notifications/services/<service_id>/templates")
def get_templates(service_id: UUID) -> views.Shape:
    """Every template of a service in its latest version, archived ones among them."""
    service = own(service_id)
    return {"templates": [_view(template) for template in template_versions.of_service(service.id)]}


@manage.get(_TEMPLATE)
def get_template(service_id: UUID, template_id: UUID) -> views.Shape:
    """A template in its latest version."""
    return _view(_latest(own(service_id), template_id))


@manage.put(_TEMPLATE)
def put_template(service_id: UUID, template_id: UUID, draft: TemplateDraft) -> views.Shape:
    """Save the next version of a template. Those who have pinned an earlier one go on with that."""
    service = own(service_id)
    before = _editable(service, template_id)
    if draft.id not in (None, template_id):
        raise Refusal(422, "A template stays of the id that it has.", code="invalid", field="id")
    if before.channel != draft.type:
        raise Refusal(422, "A template stays of the type that it is: make another one.", code="invalid", field="type")
    return _saved(service, _version(service, draft, before.id, before), before)


@manage.delete(_TEMPLATE)
def archive_template(service_id: UUID, template_id: UUID) -> views.Shape:
    """Archive a template: nothing is sent from it any more, and its versions can still be read."""
    service = own(service_id)
    before = _editable(service, template_id)
    if before.is_archived:
        return _view(before)
    return _kept(replace(before, version=before.version + 1, is_archived=True, updated_at=clock.stamp()), before)


@manage.get(_TEMPLATE + "/versions")
def get_versions(service_id: UUID, template_id: UUID) -> views.Shape:
    """Every version of a template, the newest first."""
    template = _latest(own(service_id), template_id)
    return {"versions": [_view(version) for version in template_views.versions(template)]}


@manage.get(_TEMPLATE + "/versions/<version>")
def get_version(service_id: UUID, template_id: UUID, version: int) -> views.Shape:
    """One version of a template."""
    found = template_views.wanted(own(service_id).id, str(template_id), version) if version > 0 else None
    if found is None:
        raise nothing_here()
    return _view(found)


@manage.post(_TEMPLATE + "/redact")
def redact_template(service_id: UUID, template_id: UUID) -> views.Shape:
    """Hide from people what callers fill into this template, for good. Recipients still get it, and the Notify API still shows it."""
    template = _latest(own(service_id), template_id)
    try:
        return _view(template if template.redacted else template_versions.redact(template))
    except template_versions.Changed:
        raise _changed() from None


@manage.post(_TEMPLATE + "/preview")
def preview_template(service_id: UUID, template_id: UUID, asked: Preview) -> views.Shape:
    """What a version of a template says with these values."""
    service = own(service_id)
    template = template_views.wanted(service.id, str(template_id), asked.version)
    if template is None:
        raise nothing_here()
    try:
        return template_views.previewed(service, template, asked.personalisation)
    except Unacceptable as refused:
        raise Refusal(422, refused.message, code="invalid", field="personalisation") from None


@manage.post("/notifications/services/<service_id>/subscribers/.+", status_code=201)
def post_subscriber(service_id: UUID, new: NewSubscriber) -> tuple[views.Shape, int]:
    """Put somebody on a list; who is there already stays there once."""
    service = own(service_id)
    subscriber, is_new = subscribers.subscribe(service.id, _list_name(), *_address(new))
    return _subscriber(subscriber), 201 if is_new else 200


@manage.get("/notifications/services/<service_id>/subscribers/.+")
def get_subscribers(service_id: UUID) -> views.Shape:
    """Who is on a list, a hundred at a time; `after` in the query goes on from an answer's `next`."""
    service = own(service_id)
    found, after = subscribers.subscribers(service.id, _list_name(), manage.cursor(subscribers.CURSOR), PAGE)
    return {"subscribers": [_subscriber(subscriber) for subscriber in found], "next": after}


@manage.delete("/notifications/services/<service_id>/subscribers/.+", status_code=204)
def delete_subscriber(service_id: UUID) -> tuple[None, int]:
    """Take somebody off a list: the last part of the path is the subscriber's id."""
    service = own(service_id)
    name, _, subscriber_id = _list_name().rpartition("/")
    try:
        removed = bool(name) and subscribers.unsubscribe(service.id, name, str(UUID(subscriber_id)))
    except ValueError:
        removed = False
    if not removed:
        raise nothing_here()
    return None, 204


def _latest(service: Service, template_id: UUID) -> Template:
    found = template_versions.latest(service.id, str(template_id))
    if found is None:
        raise nothing_here()
    return found


def _editable(service: Service, template_id: UUID) -> Template:
    found = _latest(service, template_id)
    if found.declared:
        raise Refusal(409, "A department's file declares this template: change it there.", code="declared")
    return found


def _version(service: Service, draft: TemplateDraft, template_id: str, before: Template | None) -> Template:
    number, created_at = (before.version + 1, before.created_at) if before else (1, None)
    try:
        made = draft.version(service, template_id, number, created_at=created_at, at=clock.stamp())
    except LookupError:
        raise Refusal(422, "The service has no contact block of this name.", code="invalid", field="contact_block") from None
    return replace(made, created_by=f"key {caller().key_id}", redacted=before.redacted if before else False)


def _saved(service: Service, template: Template, before: Template | None) -> views.Shape:
    if template.channel not in service.permissions:
        raise Refusal(422, f"The service may not send this type: it lacks the permission {template.channel}.", code="invalid", field="type")
    return _kept(template, before)


def _kept(template: Template, before: Template | None) -> views.Shape:
    try:
        template_versions.save(template, before)
    except template_versions.Changed:
        raise _changed() from None
    return _view(template)


def _changed() -> Refusal:
    return Refusal(409, "There is another version by now: read it, and save yours after it.", code="conflict")


def _view(template: Template) -> views.Shape:
    """A template as the Notify API shows it, and what only those who manage it see."""
    return {
        **views.template(template),
        # As a page shows it to whoever edits it.
        "highlighted": {"subject": templates.highlighted(template.subject or ""), "body": templates.highlighted(template.body)},
        "defaults": dict(template.defaults),
        "unsubscribe": template.unsubscribe,
        "is_archived": template.is_archived,
        "is_redacted": template.redacted,
        "is_declared": template.declared,
    }


def _list_name() -> str:
    name = manage.path.split("/subscribers/", 1)[1]
    if len(name) > LONGEST_LIST_NAME or not name.isprintable():
        raise Refusal(422, f"A list's name has at most {LONGEST_LIST_NAME} printable characters.", code="invalid", field="list")
    return name


def _address(new: NewSubscriber) -> tuple[Literal["email", "sms"], str]:
    channel: Literal["email", "sms"] = "email" if new.email_address is not None else "sms"
    try:
        recipient = normalise(channel, new.email_address or new.phone_number or "")
    except recipients.NotARecipient as refused:
        field = "email_address" if channel == "email" else "phone_number"
        raise Refusal(422, str(refused), code="invalid", field=field) from None
    if recipient.is_landline or recipient.is_international:
        raise Refusal(422, "Only UK mobile numbers can be sent texts.", code="invalid", field="phone_number")
    return channel, recipient.address


def _subscriber(subscriber: Subscriber) -> views.Shape:
    shown = "email_address" if subscriber.channel == "email" else "phone_number"
    return {"id": subscriber.id, shown: subscriber.address}
