"""Keep a service's templates and its lists of subscribers, over HTTP, with a key that may."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.common import auth, clock, ids
from functions.common.failures import Refusal
from functions.common.http import Api, caller
from functions.notifications import directory, recipients, store, views
from functions.notifications.accepting import normalise
from functions.notifications.notification import Subscriber, Template

PAGE = 100
LONGEST_LIST_NAME = 256
LARGEST_TEMPLATE = 200_000

manage = Api("Notifications: templates and subscribers", scheme=auth.whole_key, scope="notifications:manage")


class NewTemplate(BaseModel):
    """A template to keep: an email with its subject, or a text without one."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=255)]
    type: Literal["email", "sms"]
    body: Annotated[str, Field(min_length=1, max_length=LARGEST_TEMPLATE)]
    subject: Annotated[str, Field(min_length=1, max_length=1000)] | None = None

    @model_validator(mode="after")
    def _subject_for_emails_alone(self) -> Self:
        if (self.type == "email") != (self.subject is not None):
            raise ValueError("an email needs a subject and a text has none")
        return self


class NewSubscriber(BaseModel):
    """Somebody to put on a list, by one address."""

    model_config = ConfigDict(extra="forbid")

    email_address: str | None = None
    phone_number: str | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.email_address is None) == (self.phone_number is None):
            raise ValueError("give an email_address or a phone_number")
        return self


@manage.post("/notifications/services/<service_id>/templates", status_code=201)
def post_template(service_id: UUID, draft: NewTemplate) -> tuple[views.Shape, int]:
    """Keep a new template."""
    owner = _own(service_id)
    now = clock.stamp()
    template = Template(ids.new(), owner, draft.name, draft.type, 1, draft.body, draft.subject, now, now)
    store.save_template(template)
    return views.template(template), 201


@manage.get("/notifications/services/<service_id>/templates")
def get_templates(service_id: UUID) -> views.Shape:
    """Every template of a service, declared ones first."""
    owner = _own(service_id)
    return {"templates": [views.template(template) for template in directory.templates(owner) + store.templates(owner)]}


@manage.post("/notifications/services/<service_id>/subscribers/.+", status_code=201)
def post_subscriber(service_id: UUID, new: NewSubscriber) -> tuple[views.Shape, int]:
    """Put somebody on a list; who is there already stays there once."""
    owner = _own(service_id)
    subscriber, is_new = store.subscribe(owner, _list_name(), *_address(new))
    return _view(subscriber), 201 if is_new else 200


@manage.get("/notifications/services/<service_id>/subscribers/.+")
def get_subscribers(service_id: UUID) -> views.Shape:
    """Who is on a list, a hundred at a time; `after` in the query goes on from an answer's `next`."""
    owner = _own(service_id)
    found, after = store.subscribers(owner, _list_name(), _cursor(), PAGE)
    return {"subscribers": [_view(subscriber) for subscriber in found], "next": after}


@manage.delete("/notifications/services/<service_id>/subscribers/.+", status_code=204)
def delete_subscriber(service_id: UUID) -> tuple[None, int]:
    """Take somebody off a list: the last part of the path is the subscriber's id."""
    owner = _own(service_id)
    name, _, subscriber_id = _list_name().rpartition("/")
    try:
        removed = bool(name) and store.unsubscribe(owner, name, str(UUID(subscriber_id)))
    except ValueError:
        removed = False
    if not removed:
        raise _nothing_here()
    return None, 204


def _own(service_id: UUID) -> str:
    """The service, if it is the caller's own, or its department's, or declared and the caller runs the platform: else as if not there."""
    who, asked = caller(), str(service_id)
    owner = directory.owner(asked)
    if asked == who.service_id or (owner and (owner == who.department or "departments:admin" in who.scopes)):
        return asked
    raise _nothing_here()


def _list_name() -> str:
    name = manage.path.split("/subscribers/", 1)[1]
    if len(name) > LONGEST_LIST_NAME or not name.isprintable():
        raise Refusal(422, f"A list's name has at most {LONGEST_LIST_NAME} printable characters.", code="invalid", field="list")
    return name


def _cursor() -> str | None:
    given = manage.query.get("after")
    if given and not (given[0].isdigit() and given[1:2] == ":" and int(given[0]) < store.SHARDS):
        raise Refusal(422, "Give what an answer named as `next`.", code="invalid", field="after")
    return given


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


def _view(subscriber: Subscriber) -> views.Shape:
    shown = "email_address" if subscriber.channel == "email" else "phone_number"
    return {"id": subscriber.id, shown: subscriber.address}


def _nothing_here() -> Refusal:
    return Refusal(404, "There is nothing here.", code="not_found")
