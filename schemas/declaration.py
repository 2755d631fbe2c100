"""A department's file, `infra/departments/<slug>.yaml`: who it is, what it may emit, and what should happen when it does.

Strict: a field that is not declared here is refused. What one model alone can tell is checked here; what needs the event's schema or
another part of the file is checked by `infra/declaration_checks.py` and, of messages, by `infra/message_checks.py`. Texts hold `((…))` of
`schemas.expressions`; the subjects and bodies of message templates hold the placeholders of message templates instead.
"""

import datetime
from typing import Annotated, ClassVar, Literal, Self, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas import datatypes
from schemas.datatypes import Datatype
from schemas.grammar import (
    Account,
    DepartmentSlug,
    Email,
    Fact,
    Https,
    KeyType,
    Locale,
    Name,
    OrganisationId,
    Positive,
    QueueArn,
    RegisterFieldName,
    Slug,
    Source,
    Text,
)
from schemas.messages import Channel, Version
from schemas.sending import Sending
from schemas.sharing import Share, Subscription

__all__ = ["REQUESTS", "Department"]

RECIPIENTS = ("subscribers", "email_address", "phone_number", "postal_address")
"""Whom a reaction may notify."""

REQUESTS = frozenset(
    f"{name}.v1" for name in ("ContentPublishRequested", "ContentUnpublishRequested", "NotificationRequested", "RecordSubmitted")
)
"""The platform's events that a department may emit itself, once it declares so."""

Retention = Literal[7, 30, 90, 365]
RETENTIONS: tuple[int, ...] = get_args(Retention)
"""For how many days events of a type may be kept: each of them has an archive of its own."""
Classification = Literal["public", "official", "official-sensitive", "personal"]
Scope = Literal[
    "events:emit", "content:write", "notifications:send", "notifications:manage", "data:write", "data:read"
]  # departments:admin and notifications:receipts are not here: those are for the platform's own services


_INHERITED = ("emails_per_day", "texts_per_day")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _exactly_one(model: _Strict, *names: str) -> None:
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        raise ValueError(f"needs exactly one of {', '.join(names)}, and has {' and '.join(given) or 'none'}")


class Emits(_Strict):
    """A type of event that the department may emit, from one source."""

    source: Source = Field(alias="from")
    owner: Email
    classification: Classification
    retention_days: Retention | None = Field(default=None, description="The platform's own time where it is not said.")
    sunset: datetime.date | None = Field(
        default=None, description="The last day of the type; from when it is said, the type is deprecated."
    )
    replaced_by: Fact | None = Field(default=None, description="The type that follows it: what its producers are told to emit instead.")
    deprecated: datetime.date | None = Field(
        default=None, description="The day on which its end was announced, for the header of that name."
    )
    shares: dict[DepartmentSlug, Share] = Field(default={}, description="Which departments may have which of its fields.")


class Request(_Strict):
    """A request to the platform that the department may emit itself, from one source of its own."""

    source: Source = Field(alias="from")


class Publish(_Strict):
    """Publish a page, or the next edition of it; its id follows from its path."""

    kind: ClassVar = "publish"
    path: Text
    schema_name: Name = Field(alias="schema")
    document_type: Name
    title: Text
    description: Text | None = None
    body: Text
    locale: Locale = "en"
    update_type: Literal["major", "minor", "republish"] = "major"
    change_note: Text | None = None


class Unpublish(_Strict):
    """Take a page away, in one of the ways of the publishing contract (1.7)."""

    kind: ClassVar = "unpublish"
    path: Text
    as_: Literal["withdrawal", "gone", "redirect", "vanish"] = Field(alias="as")
    explanation: Text | None = None
    alternative_path: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.as_ == "withdrawal" and self.explanation is None:
            raise ValueError("a withdrawal needs an explanation")
        if self.as_ == "redirect" and self.alternative_path is None:
            raise ValueError("a redirect needs an alternative_path")
        return self


class Notify(_Strict):
    """Notify the subscribers of a list, each by email or text as they chose, or one email address, phone number or postal address.

    Placeholders of the template are filled from `personalisation`, where it is silent from the event's field of the same name, and where
    there is none from the template's defaults. `versions` pins a channel to one version of its template.
    """

    kind: ClassVar = "notify"
    subscribers: Text | None = None
    email_address: Text | None = None
    phone_number: Text | None = None
    postal_address: Text | None = Field(default=None, description="Its lines, with newlines between.")
    template: Slug | None = None
    templates: Annotated[dict[Channel, Slug], Field(min_length=1)] | None = None
    service: Slug | None = None
    personalisation: dict[str, Text] = {}
    versions: dict[Channel, Version] = {}

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        _exactly_one(self, *RECIPIENTS)
        _exactly_one(self, "template", "templates")
        return self


class Record(_Strict):
    """Append to a register, under a key; the item is the event's data unless it is given."""

    kind: ClassVar = "record"
    register_name: Slug = Field(alias="register")
    key: Text
    item: Annotated[dict[str, Text], Field(min_length=1)] | None = None


class Forward(_Strict):
    """Hand the event on to a declared webhook or queue."""

    kind: ClassVar = "forward"
    webhook: Slug | None = None
    queue: Slug | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        _exactly_one(self, "webhook", "queue")
        return self


type Action = Publish | Unpublish | Notify | Record | Forward


class Reaction(_Strict):
    """What should happen when an event of this type is heard and the condition holds."""

    when: Fact
    name: Slug | None = None
    if_: Text | None = Field(default=None, alias="if")
    publish: Publish | None = None
    unpublish: Unpublish | None = None
    notify: Notify | None = None
    record: Record | None = None
    forward: Forward | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.actions():
            raise ValueError("does nothing: give it publish, unpublish, notify, record or forward")
        return self

    def actions(self) -> list[Action]:
        """What it does, in the order of this model."""
        return [action for action in (self.publish, self.unpublish, self.notify, self.record, self.forward) if action is not None]

    def step(self, action: Action) -> str:
        """The stable name of one action: what its derived event ids follow from. Never a position in the file."""
        return f"{self.name}.{action.kind}" if self.name else f"{action.kind}:{_target(action)}"


class Key(_Strict):
    """A key of a service, made at deployment; its secret never stands in the file."""

    type: KeyType
    scopes: Annotated[list[Scope], Field(min_length=1)]


class Limits(_Strict):
    """How much a department may do; emails and texts are for each of its services that gives no limit of its own."""

    emails_per_day: Positive | None = None
    texts_per_day: Positive | None = None
    events_per_minute: Positive | None = None
    requests_per_minute: Positive | None = None


class Service(Sending):
    """A service that sends messages, or calls the platform, in its own name."""

    title: Text
    keys: dict[Slug, Key] = Field(default={}, description="Made at deployment; no secret stands here.")

    def within(self, limits: Limits) -> Self:
        """The service with its department's limits a day where it gives none itself."""
        given = self.limits.model_fields_set
        inherited = {name: most for name in _INHERITED if name not in given and (most := getattr(limits, name)) is not None}
        return self.model_copy(update={"limits": self.limits.model_copy(update=inherited)})


class EmailTemplate(_Strict):
    subject: Text
    body: Text
    unsubscribe: bool = Field(default=False, description="End with a link to unsubscribe.")


class SmsTemplate(_Strict):
    body: Text


class LetterTemplate(_Strict):
    subject: Text
    body: Text
    postage: Literal["first", "second", "economy"] = "second"
    contact_block: Slug | None = Field(default=None, description="One of the service's; its default where none is named.")


type Content = EmailTemplate | SmsTemplate | LetterTemplate


class Template(_Strict):
    """A message, in each channel it can be sent on, with the placeholders of message templates: `((name))`, `((name??text))`.

    `defaults` stand in for placeholders that nobody fills. What is filled in is hidden once it is sent where `redact` says so.
    """

    service: Slug
    title: Text | None = None
    email: EmailTemplate | None = None
    sms: SmsTemplate | None = None
    letter: LetterTemplate | None = None
    defaults: dict[Text, str] = {}
    redact: bool = False

    @model_validator(mode="after")
    def _has_a_channel(self) -> Self:
        if not self.channels():
            raise ValueError("needs email, sms, letter or several of them")
        return self

    def channels(self) -> dict[Channel, Content]:
        """What it says in each channel that it has."""
        found: dict[Channel, Content] = {}
        if self.email:
            found["email"] = self.email
        if self.sms:
            found["sms"] = self.sms
        if self.letter:
            found["letter"] = self.letter
        return found


class RegisterField(_Strict):
    """A field of a register (data contract, 2.1): its datatype, and what narrows it.

    `values` are all that it may be, `register` the one whose keys it holds. What is `required` stands in every item. An `index` makes it
    quick to filter and sort by.
    """

    field: RegisterFieldName
    datatype: Datatype = "string"
    cardinality: Literal["1", "n"] = "1"
    text: Text | None = None
    required: bool = False
    values: Annotated[list[Text], Field(min_length=1)] | None = None
    register_name: Slug | None = Field(default=None, alias="register")
    index: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.index and self.cardinality == "n":
            raise ValueError("holds lists, which no index serves")
        for value in self.values or ():
            if wrong := datatypes.problem(self.datatype, value):
                raise ValueError(f'its value "{value}" {wrong}')
        return self


class Register(_Strict):
    """A public register, which is also a dataset. Its fields are listed, or are those of one of the department's own event types.

    Fields that come from a type are indexed, and refer to other registers, where `index` and `references` say so. With `search` the text
    of a record can be searched.
    """

    title: Text
    description: Text
    key: Text
    fields: Annotated[list[RegisterField], Field(min_length=1)] | None = None
    schema_type: Fact | None = Field(default=None, alias="schema")
    index: list[Text] = []
    references: dict[Text, Slug] = {}
    search: bool = False
    keywords: list[Slug] = []
    update_frequency: Literal["continuous", "hourly", "daily", "weekly", "monthly", "quarterly", "annual", "irregular", "never"] | None = (
        None
    )
    contact: Email | None = None
    licence: Text = "Open Government Licence v3.0"

    @model_validator(mode="after")
    def _has_fields(self) -> Self:
        given = [name for name, there in (("fields", self.fields), ("schema", self.schema_type)) if there]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of fields, schema, and has {' and '.join(given) or 'none'}")
        if self.fields and (self.index or self.references):
            raise ValueError("index and references go with schema: a listed field says them itself")
        return self


class Webhook(_Strict):
    url: Https


class Queue(_Strict):
    arn: QueueArn


class Budget(_Strict):
    monthly_gbp: Positive


class Contacts(_Strict):
    """Who answers for what, beside the department's one contact, who answers for all the rest."""

    on_call: Email | None = None
    security: Email | None = None
    data_protection: Email | None = None
    finance: Email | None = None


class Department(_Strict):
    """One department, whole."""

    department: DepartmentSlug
    title: Text
    accounts: list[Account] = []
    aws_organisation: OrganisationId | None = Field(
        default=None, description="Its AWS organisation: all of its accounts, or of `accounts` those that are still in it."
    )
    organisation: UUID | None = Field(default=None, description="The content id of its organisation page.")
    contact: Email
    contacts: Contacts = Contacts()
    home_page: bool = Field(default=False, description="Whether the page at / is the department's to publish; one department's at most.")
    emits: dict[Fact, Emits] = {}
    requests: dict[Fact, Request] = {}
    reactions: list[Reaction] = []
    subscriptions: dict[Slug, Subscription] = Field(default={}, description="What it asks to have of other departments' events.")
    services: dict[Slug, Service] = {}
    templates: dict[Slug, Template] = {}
    registers: dict[Slug, Register] = {}
    webhooks: dict[Slug, Webhook] = {}
    queues: dict[Slug, Queue] = {}
    limits: Limits = Limits()
    budget: Budget | None = None

    def type_of(self, fact: str) -> str:
        """The full type of one of its events: `environment-agency.FloodWarningIssued.v1`."""
        return f"{self.department}.{fact}"


def _target(action: Action) -> str:
    match action:
        case Publish() | Unpublish():
            return action.path
        case Notify():
            [recipient] = [given for name in RECIPIENTS if (given := getattr(action, name)) is not None]
            recipient = ", ".join(recipient.splitlines())
            return f"{action.template or '+'.join(sorted((action.templates or {}).values()))}:{recipient}"
        case Record():
            return action.register_name
    return f"webhook:{action.webhook}" if action.webhook else f"queue:{action.queue}"
