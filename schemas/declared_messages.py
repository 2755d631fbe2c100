"""The templates of a department's file: what a message says, in each channel it can be sent on.

Their subjects and bodies hold the placeholders of message templates (`schemas.placeholders`), not expressions.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.grammar import Slug, Text
from schemas.messages import Channel
from schemas.strict import Strict


class EmailTemplate(Strict):
    subject: Text
    body: Text
    unsubscribe: bool = Field(default=False, description="End with a link to unsubscribe.")


class SmsTemplate(Strict):
    body: Text


class LetterTemplate(Strict):
    subject: Text
    body: Text
    postage: Literal["first", "second", "economy"] = "second"
    contact_block: Slug | None = Field(default=None, description="One of the service's; its default where none is named.")


type Content = EmailTemplate | SmsTemplate | LetterTemplate


class Template(Strict):
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
