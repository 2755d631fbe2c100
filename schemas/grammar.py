"""The words that declarations and events are written in: the form of each, and what that form is called.

A pattern says the same to every reader of a schema, so forms are patterns wherever one can tell.
"""

import re
from typing import Annotated, Literal

from pydantic import Field

_LINE = r"^\S(.*\S)?$"
_SLUG = r"^[a-z][a-z0-9-]{0,62}$"
_SOURCE = r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*){2,}$"
_DEPARTMENT = r"^[a-z][a-z0-9-]{0,31}$"
_FACT = r"^[A-Z][A-Za-z0-9]*\.v[1-9][0-9]*$"
_EVENT_TYPE = r"^[a-z][a-z0-9-]{0,31}\.[A-Z][A-Za-z0-9]*\.v[1-9][0-9]*$"
_FIELD_PATH = r"^[A-Za-z_][A-Za-z0-9_-]{0,62}(\.[A-Za-z_][A-Za-z0-9_-]{0,62}){0,9}$"
_ACCOUNT = r"^[0-9]{12}$"
_ORGANISATION = r"^o-[a-z0-9]{10,32}$"
_EMAIL = r"^[^@\s]+@[^@\s.]{1,63}(\.[^@\s.]{1,63})+$"
_MAILBOX = r"^[a-z0-9]+([.-][a-z0-9]+)*$"
_NAME = r"^[a-z][a-z0-9_-]*$"
_LOCALE = r"^[a-z]{2}(-[A-Za-z0-9]+)?$"
_HTTPS = r"^https://[^\s/@?#]+(/\S*)?$"
_CALLBACK = r"^(https://[^\s/@?#]+|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?)(/\S*)?$"
FIELD_NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,62}$"
_QUEUE = r"^arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}$"

GRAMMARS = {
    _LINE: "one line of text, with no space at either end",
    _SLUG: "a name in lower-case letters, digits and hyphens that begins with a letter",
    _SOURCE: "a reverse domain name of at least three parts in lower case, as uk.gov.example.floods",
    _FACT: "a fact in the past tense and its major version, as FloodWarningIssued.v1",
    _DEPARTMENT: "a name of at most 32 lower-case letters, digits and hyphens that begins with a letter",
    _EVENT_TYPE: "a whole type of event, as environment-agency.FloodWarningIssued.v1",
    _FIELD_PATH: "the name of a field, or names with dots between that lead inwards, as address.postcode",
    _ORGANISATION: "the id of an AWS organisation, as o-a1b2c3d4e5",
    _ACCOUNT: "an AWS account number of twelve digits",
    _EMAIL: "an email address",
    _MAILBOX: "the part of an email address before the @, in lower-case letters and digits with single dots or hyphens between",
    _NAME: "a name in lower-case letters, digits, underscores and hyphens, as news_article",
    _LOCALE: "a language tag, as en or cy",
    _HTTPS: "an https address",
    _CALLBACK: "an https address (on a laptop also http://127.0.0.1 or http://localhost)",
    FIELD_NAME: "the name of a field: 63 letters, digits, hyphens and underscores at most, of which the first is a letter",
    _QUEUE: "the ARN of an SQS queue, of a standard one and not a FIFO one",
}
"""What each pattern means, for messages."""

KeyType = Literal["live", "team", "test"]
Source = Annotated[str, Field(pattern=_SOURCE, max_length=256)]
Fact = Annotated[str, Field(pattern=_FACT, max_length=64)]
DepartmentSlug = Annotated[str, Field(pattern=_DEPARTMENT)]
EventType = Annotated[str, Field(pattern=_EVENT_TYPE)]
FieldPath = Annotated[str, Field(pattern=_FIELD_PATH)]
OrganisationId = Annotated[str, Field(pattern=_ORGANISATION)]
Account = Annotated[str, Field(pattern=_ACCOUNT)]
Email = Annotated[str, Field(pattern=_EMAIL, max_length=320)]
Mailbox = Annotated[str, Field(pattern=_MAILBOX, max_length=64)]
Text = Annotated[str, Field(min_length=1)]
Line = Annotated[str, Field(min_length=1, pattern=_LINE)]
Slug = Annotated[str, Field(pattern=_SLUG)]
Name = Annotated[str, Field(pattern=_NAME)]
Locale = Annotated[str, Field(pattern=_LOCALE)]
Https = Annotated[str, Field(pattern=_HTTPS)]
CallbackUrl = Annotated[str, Field(pattern=_CALLBACK, max_length=2000)]
RegisterFieldName = Annotated[str, Field(pattern=FIELD_NAME)]
QueueArn = Annotated[str, Field(pattern=_QUEUE)]
Positive = Annotated[int, Field(gt=0, le=1_000_000_000)]

LONGEST_MAILBOX = 64
"""Characters before the @ (RFC 5321 §4.5.3.1.1)."""


def mailbox_of(name: str) -> str:
    """The mailbox from which a service of this name, or with this `email_name`, sends emails."""
    dotted = re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".")
    return dotted[:LONGEST_MAILBOX].strip(".") or "notifications"
