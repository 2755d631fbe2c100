"""The templates of a department's file: what a message says, in each channel it can be sent on.

Their subjects and bodies hold the placeholders of message templates (`schemas.placeholders`), not expressions.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.grammar import Slug, Text
from schemas.messages import Channel
from schemas.strict import Strict


class EmailTemplate(Strict):
    """What an email says."""

    subject: Text = Field(description="Its subject.")
    body: Text = Field(description="Its text, in the Markdown of messages.")
    unsubscribe: bool = Field(default=False, description="End with a link to unsubscribe.")


class SmsTemplate(Strict):
    """What a text says."""

    body: Text = Field(description="Its text.")


class LetterTemplate(Strict):
    """What a letter says."""

    subject: Text = Field(description="Its heading.")
    body: Text = Field(description="Its text, in the Markdown of messages.")
    postage: Literal["first", "second", "economy"] = Field(default="second", description="How fast it goes.")
    contact_block: Slug | None = Field(default=None, description="One of the service's; its default where none is named.")


type Content = EmailTemplate | SmsTemplate | LetterTemplate


class Template(Strict):
    """A message, in each channel it can be sent on, with the placeholders of message templates: `((name))`, `((name??text))`.

    `defaults` stand in for placeholders that nobody fills. What is filled in is hidden once it is sent where `redact` says so.
    """

    service: Slug = Field(description="Whose it is: the service needs the permission of each channel.")
    title: Text | None = Field(default=None, description="How people call it; its name in words where it is not said.")
    email: EmailTemplate | None = Field(default=None, description="What it says by email.")
    sms: SmsTemplate | None = Field(default=None, description="What it says by text.")
    letter: LetterTemplate | None = Field(default=None, description="What it says by letter.")
    defaults: dict[Text, str] = Field(default={}, description="What stands in for placeholders that nobody fills.")
    redact: bool = Field(default=False, description="Whether what was filled in is hidden once it is sent.")

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
