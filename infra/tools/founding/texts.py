"""What the files of a new department say: its declaration, the schema of its first fact, and a good and a bad sample of it.

All of it works as it stands: one event publishes a page, tells the subscribers and appends to a register.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.tools.founding.fields import Field, spoken

_EDITORS = "# yaml-language-server: $schema=../../schemas/department.json"


@dataclass(frozen=True)
class Founding:
    """A department that is to be: who it is, its first fact and what that holds."""

    slug: str
    title: str
    contact: str
    fact: str
    fields: Sequence[Field]
    accounts: Sequence[str] = ()

    @property
    def key(self) -> Field:
        """The field that pages, lists and records are told apart by."""
        return self.fields[0]

    @property
    def said(self) -> str:
        """What happened, in words: `Harbour closed`."""
        return spoken(self.fact).capitalize()

    @property
    def thing(self) -> str:
        """The name of what comes of the fact: its register, its template, and the first segment of its pages."""
        return "-".join(self.said.lower().split())

    @property
    def source(self) -> str:
        """Where its events come from."""
        return f"uk.gov.{self.slug}.events"

    @property
    def type(self) -> str:
        """The whole type of its fact."""
        return f"{self.slug}.{self.fact}.v1"


def schema(new: Founding) -> str:
    """The schema of its fact."""
    said = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/schemas/{new.slug}/{new.fact}/1.0.0.json",
        "title": new.fact,
        "description": f"{new.said}.",
        "type": "object",
        "properties": {field.name: field.schema(key=field == new.key) for field in new.fields},
        "required": [field.name for field in new.fields if not field.optional],
        "additionalProperties": False,
    }
    return _json(said)


def good_sample(new: Founding, identity: str, time: str) -> str:
    """An event that is accepted."""
    return _json(_event(new, identity, time))


def bad_sample(new: Founding, identity: str, time: str) -> str:
    """An event that is refused, for its key is a number."""
    event = _event(new, identity, time)
    return _json(event | {"data": event["data"] | {new.key.name: 12}})


def declaration(new: Founding) -> str:
    """The department's file, with comments that say what each part is for."""
    key, filled = new.key.name, [field for field in new.fields[1:] if field.kind != "yes-no"]
    lines = [f"- {field.words.capitalize()}: {_shown(field)}" for field in new.fields]
    told = [f"- {field.words.capitalize()}: (({field.name}))" for field in filled]
    defaults = [f"      {field.name}: not stated" for field in filled if field.optional]
    accounts = ", ".join(f'"{account}"' for account in new.accounts)
    parts = [
        _EDITORS,
        f"department: {new.slug}",
        f"title: {_quoted(new.title)}",
        f"contact: {_plain(new.contact)}",
        "# AWS accounts that may put its events straight on the bus. With none, events come over HTTP alone.",
        f"accounts: [{accounts}]",
        "",
        "# What may be said, and where it comes from. Its fields are in schemas/, samples of it in events/.",
        "emits:",
        f"  {new.fact}.v1:",
        f"    from: {new.source}",
        f"    owner: {_plain(new.contact)}",
        "    # public, official, official-sensitive or personal: the last two can be neither published nor recorded.",
        "    classification: official",
        "",
        "# What should follow when it is said. ((…)) holds a field, or a JMESPath expression over the event's data.",
        "reactions:",
        f"  - when: {new.fact}.v1",
        "    # With a condition here, such as  if: status == 'closed',  it follows only where that holds.",
        "    publish:",
        f"      path: /{new.thing}/(({key}))",
        "      schema: news_article",
        "      document_type: news_story",
        f'      title: "{new.said}: (({key}))"',
        f'      description: "{new.said}: what is known of (({key}))."',
        "      body: |",
        *(f"        {line}" for line in lines),
        "    notify:",
        f"      subscribers: {new.thing}/(({key}))",
        f"      template: {new.thing}",
        "    record:",
        f"      register: {new.thing}",
        f"      key: (({key}))",
        "",
        "# Who sends messages and holds keys. Keys are made when this is deployed; no secret stands here.",
        "services:",
        f"  {new.slug}:",
        f"    title: {_quoted(new.title)}",
        "    permissions: [email, sms]",
        "    keys:",
        "      live:",
        "        type: live",
        "        scopes: [events:emit, notifications:send, notifications:manage]",
        "      # A test key checks an event and does nothing.",
        "      test:",
        "        type: test",
        "        scopes: [events:emit]",
        "",
        "# What messages say. ((…)) is a placeholder here: the event's field of that name fills it.",
        "templates:",
        f"  {new.thing}:",
        f"    service: {new.slug}",
        f"    title: {new.said}",
        *(["    defaults:", *defaults] if defaults else []),
        "    email:",
        "      unsubscribe: true",
        f'      subject: "{new.said}: (({key}))"',
        "      body: |",
        f"        # {new.said}: (({key}))",
        *(["", *(f"        {line}" for line in told)] if told else []),
        "    sms:",
        f'      body: "{new.said}: (({key}))."',
        "",
        "# A public register, which anybody may check and build on. What was entered once stays.",
        "registers:",
        f"  {new.thing}:",
        f"    title: {new.said}",
        f'    description: "Every time that it was said: {new.said.lower()}."',
        f"    key: {key}",
        f"    schema: {new.fact}.v1",
        "",
        "limits:",
        "  events_per_minute: 600",
    ]
    return "\n".join(parts) + "\n"


def _shown(field: Field) -> str:
    if field.kind == "yes-no":
        return f"(({field.name} && 'yes' || 'no'))" if "-" not in field.name else f"((\"{field.name}\" && 'yes' || 'no'))"
    name = f'"{field.name}"' if "-" in field.name else field.name
    return f"(({name} || 'not stated'))" if field.optional else f"(({field.name}))"


def _event(new: Founding, identity: str, time: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identity,
        "source": new.source,
        "type": new.type,
        "subject": new.key.sample(key=True),
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": f"/schemas/{new.slug}/{new.fact}/1.0.0.json",
        "dataclassification": "official",
        "data": {field.name: field.sample(key=field == new.key) for field in new.fields},
    }


def _plain(address: str) -> str:
    """An address as YAML reads it: without quotes where there is nothing in it that YAML would take for its own."""
    return address if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9@._+-]*", address) else _quoted(address)


def _quoted(text: str) -> str:
    # JSON's texts are YAML's, whatever stands in them.
    return json.dumps(text, ensure_ascii=False)


def _json(said: object) -> str:
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
