"""A department's file, `infra/departments/<slug>.yaml`: who it is, what it may emit, and what should happen when it does.

Strict: a field that is not declared here is refused. What one model alone can tell is checked here; what needs the event's schema or
another part of the file is checked by `infra/declaration_checks.py` and, of messages, by `infra/message_checks.py`. Texts hold `((…))` of
`schemas.expressions`. Templates stand in `schemas/declared_messages.py`, registers in `schemas/declared_registers.py`.
"""

import datetime
from typing import Annotated, ClassVar, Literal, Self, get_args
from uuid import UUID

from pydantic import Field, model_validator

from schemas.declared_messages import Content, EmailTemplate, LetterTemplate, SmsTemplate, Template
from schemas.declared_registers import Register, RegisterField
from schemas.grammar import (
    Account,
    DepartmentSlug,
    Email,
    Fact,
    Https,
    KeyType,
    Line,
    Locale,
    Name,
    OrganisationId,
    Positive,
    QueueArn,
    Slug,
    Source,
    Text,
)
from schemas.messages import Channel, Version
from schemas.sending import Sending
from schemas.sharing import Share, Subscription
from schemas.strict import Strict

__all__ = [
    "REQUESTS",
    "Content",
    "Department",
    "EmailTemplate",
    "LetterTemplate",
    "Register",
    "RegisterField",
    "SmsTemplate",
    "Template",
]

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


_INHERITED = ("emails_per_day", "texts_per_day", "requests_per_minute")


def _exactly_one(model: Strict, *names: str) -> None:
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        raise ValueError(f"needs exactly one of {', '.join(names)}, and has {' and '.join(given) or 'none'}")


class Emits(Strict):
    """A type of event that the department may emit, from one source."""

    source: Source = Field(alias="from", description="The only source that may say it: a reverse domain name of the department's own.")
    owner: Email = Field(description="Who answers for it.")
    classification: Classification = Field(
        description="Who may read what it holds. What is official-sensitive or personal can be neither published nor recorded."
    )
    retention_days: Retention | None = Field(default=None, description="The platform's own time where it is not said.")
    sunset: datetime.date | None = Field(
        default=None, description="The last day of the type; from when it is said, the type is deprecated."
    )
    replaced_by: Fact | None = Field(default=None, description="The type that follows it: what its producers are told to emit instead.")
    deprecated: datetime.date | None = Field(
        default=None, description="The day on which its end was announced, for the header of that name."
    )
    shares: dict[DepartmentSlug, Share] = Field(default={}, description="Which departments may have which of its fields.")


class Request(Strict):
    """A request to the platform that the department may emit itself, from one source of its own."""

    source: Source = Field(alias="from", description="The only source that may ask it.")


class Publish(Strict):
    """Publish a page, or the next edition of it; its id follows from its path."""

    kind: ClassVar = "publish"
    path: Text = Field(description="Where it stands on the site: it begins with a segment of its own, as /flood-warnings/((floodAreaID)).")
    schema_name: Name = Field(alias="schema", description="The type of content, as news_article.")
    document_type: Name = Field(description="What kind of that type it is, as news_story.")
    title: Text = Field(description="Its heading.")
    description: Text | None = Field(default=None, description="One sentence under the heading, and in search results.")
    body: Text = Field(description="Its text, in Govspeak.")
    locale: Locale = Field(default="en", description="The language of its text.")
    update_type: Literal["major", "minor", "republish"] = Field(default="major", description="Whether readers are told: of major ones.")
    change_note: Text | None = Field(default=None, description="What changed, for the page's history.")


class Unpublish(Strict):
    """Take a page away, in one of the ways of the publishing contract (1.7)."""

    kind: ClassVar = "unpublish"
    path: Text = Field(description="Where the page stands.")
    as_: Literal["withdrawal", "gone", "redirect", "vanish"] = Field(
        alias="as", description="What is there afterwards: the page under a notice, that it is gone, another page, or nothing."
    )
    explanation: Text | None = Field(default=None, description="Why; a withdrawal needs it.")
    alternative_path: Text | None = Field(default=None, description="Where to go instead; a redirect needs it.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.as_ == "withdrawal" and self.explanation is None:
            raise ValueError("a withdrawal needs an explanation")
        if self.as_ == "redirect" and self.alternative_path is None:
            raise ValueError("a redirect needs an alternative_path")
        return self


class Notify(Strict):
    """Notify the subscribers of a list, each by email or text as they chose, or one email address, phone number or postal address.

    Placeholders of the template are filled from `personalisation`, where it is silent from the event's field of the same name, and where
    there is none from the template's defaults. `versions` pins a channel to one version of its template.
    """

    kind: ClassVar = "notify"
    subscribers: Text | None = Field(default=None, description="The name of a list.")
    email_address: Text | None = Field(default=None, description="One address.")
    phone_number: Text | None = Field(default=None, description="One number.")
    postal_address: Text | None = Field(default=None, description="Its lines, with newlines between.")
    template: Slug | None = Field(default=None, description="The template of every channel, or …")
    templates: Annotated[dict[Channel, Slug], Field(min_length=1)] | None = Field(default=None, description="… one for each channel.")
    service: Slug | None = Field(default=None, description="Which service sends; that of the template where it is not said.")
    personalisation: dict[str, Text] = Field(default={}, description="What fills placeholders that are no fields of the event.")
    versions: dict[Channel, Version] = Field(default={}, description="The version of its template that a channel stays at.")

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        _exactly_one(self, *RECIPIENTS)
        _exactly_one(self, "template", "templates")
        return self


class Record(Strict):
    """Append to a register, under a key; the item is the event's data unless it is given."""

    kind: ClassVar = "record"
    register_name: Slug = Field(alias="register", description="One of the department's registers.")
    key: Text = Field(description="What the record is found by.")
    item: Annotated[dict[str, Text], Field(min_length=1)] | None = Field(
        default=None, description="Its fields, where they are not the event's data as it is."
    )


class Forward(Strict):
    """Hand the event on to a declared webhook or queue."""

    kind: ClassVar = "forward"
    webhook: Slug | None = Field(default=None, description="The name of one of the department's webhooks.")
    queue: Slug | None = Field(default=None, description="The name of one of its queues.")

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        _exactly_one(self, "webhook", "queue")
        return self


type Action = Publish | Unpublish | Notify | Record | Forward


class Reaction(Strict):
    """What should happen when an event of this type is heard and the condition holds."""

    when: Fact = Field(description="One of the facts under emits.")
    name: Slug | None = Field(default=None, description="Needed where two reactions do one kind of thing to the same target. It stays.")
    if_: Text | None = Field(default=None, alias="if", description="A JMESPath expression over the event's data, as severityLevel < `4`.")
    publish: Publish | None = Field(default=None, description="Publish a page.")
    unpublish: Unpublish | None = Field(default=None, description="Take a page away.")
    notify: Notify | None = Field(default=None, description="Tell people.")
    record: Record | None = Field(default=None, description="Append to a register.")
    forward: Forward | None = Field(default=None, description="Hand the event on.")

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


class Key(Strict):
    """A key of a service, made at deployment; its secret never stands in the file."""

    type: KeyType = Field(description="live does things; team reaches the service's own people alone; test checks and does nothing.")
    scopes: Annotated[list[Scope], Field(min_length=1, description="What it opens.")]


class Limits(Strict):
    """How much a department may do; emails and texts are for each of its services that gives no limit of its own."""

    emails_per_day: Positive | None = Field(default=None, description="Emails of each service.")
    texts_per_day: Positive | None = Field(default=None, description="Texts of each service.")
    events_per_minute: Positive | None = Field(default=None, description="Events of all of its services together.")
    requests_per_minute: Positive | None = Field(default=None, description="Of each of its services, with each type of key.")


class Service(Sending):
    """A service that sends messages, or calls the platform, in its own name."""

    title: Line = Field(description="What people know it by: texts begin with it.")
    keys: dict[Slug, Key] = Field(default={}, description="Made at deployment; no secret stands here.")

    def within(self, limits: Limits) -> Self:
        """The service with its department's limits where it gives none itself."""
        given = self.limits.model_fields_set
        inherited = {name: most for name in _INHERITED if name not in given and (most := getattr(limits, name)) is not None}
        return self.model_copy(update={"limits": self.limits.model_copy(update=inherited)})


class Webhook(Strict):
    """An address of the department that events are posted to, signed."""

    url: Https = Field(description="An https address.")


class Queue(Strict):
    """An SQS queue of the department that events are sent to."""

    arn: QueueArn = Field(description="Its ARN. The queue must let the platform's forwarding function send.")


class Budget(Strict):
    """What the department expects to spend."""

    monthly_gbp: Positive = Field(description="Pounds a month.")


class Contacts(Strict):
    """Who answers for what, beside the department's one contact, who answers for all the rest."""

    on_call: Email | None = Field(
        default=None, description="Whom the platform's people call at night, and who is told when its queue is not worked off."
    )
    security: Email | None = Field(default=None, description="Whom they call about a leaked key.")
    data_protection: Email | None = Field(default=None, description="Who answers for personal data.")
    finance: Email | None = Field(default=None, description="Who is told when the budget runs out.")


class Department(Strict):
    """One department, whole."""

    department: DepartmentSlug = Field(description="The file's own name without .yaml: types of events begin with it. It stays.")
    title: Line = Field(description="How people call it.")
    accounts: list[Account] = Field(default=[], description="AWS accounts that may put its events straight on the bus, in quotes.")
    aws_organisation: OrganisationId | None = Field(
        default=None, description="Its AWS organisation: all of its accounts, or of `accounts` those that are still in it."
    )
    organisation: UUID | None = Field(default=None, description="The content id of its organisation page.")
    contact: Email = Field(description="Who answers for the department.")
    contacts: Contacts = Field(default=Contacts(), description="Who answers for some things, where it is somebody else.")
    home_page: bool = Field(default=False, description="Whether the page at / is the department's to publish; one department's at most.")
    emits: dict[Fact, Emits] = Field(default={}, description="What it may say: facts in the past tense, as FloodWarningIssued.v1.")
    requests: dict[Fact, Request] = Field(default={}, description="What it may ask of the platform itself, as RecordSubmitted.v1.")
    reactions: list[Reaction] = Field(default=[], description="What should follow when it says one of its facts.")
    subscriptions: dict[Slug, Subscription] = Field(default={}, description="What it asks to have of other departments' events.")
    services: dict[Slug, Service] = Field(default={}, description="Who sends messages and holds keys.")
    templates: dict[Slug, Template] = Field(default={}, description="What its messages say.")
    registers: dict[Slug, Register] = Field(default={}, description="Its public registers, each of which is a dataset, too.")
    webhooks: dict[Slug, Webhook] = Field(default={}, description="Addresses that events may be handed on to.")
    queues: dict[Slug, Queue] = Field(default={}, description="Queues that events may be handed on to.")
    limits: Limits = Field(default=Limits(), description="How much it may do.")
    budget: Budget | None = Field(default=None, description="What it expects to spend.")

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
