"""As many departments as one likes, each with a little of everything, and some of it about the next one: what tests of size stand on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FACTS = ("ApplicationReceived", "DecisionPublished", "InspectionFailed", "LicenceGranted")
"""Each department's own: two of them are kept for a time of their own."""
KINDS = ("agency", "board", "commission", "council", "department", "directorate", "inspectorate", "ministry", "office", "service")

type Json = dict[str, Any]


def written(where: Path, number: int) -> tuple[Path, Path]:
    """Write the files of so many departments, and the schemas of their events; gives the folder of each."""
    folder, schemas_root = where / "departments", where / "schemas"
    folder.mkdir(parents=True)
    for place in range(number):
        text = yaml.dump(_department(place, number), Dumper=yaml.CSafeDumper, sort_keys=False)
        (folder / f"{slug(place)}.yaml").write_text(text, encoding="utf-8")
        for fact in FACTS:
            schema = schemas_root / slug(place) / fact / "1.0.0.json"
            schema.parent.mkdir(parents=True)
            schema.write_text(json.dumps({**SCHEMA, "$id": f"/{schema.relative_to(where)}"}), encoding="utf-8")
    return folder, schemas_root


def slug(place: int) -> str:
    """What a department is called."""
    return f"{KINDS[place % len(KINDS)]}-of-matters-{place:03}"


def _department(place: int, number: int) -> Json:
    name, neighbour = slug(place), slug((place + 1) % number)
    owner = f"events@{name}.example.gov.uk"
    emits: Json = {
        f"{fact}.v1": {"from": f"uk.gov.{name}.{'cases' if at < 2 else 'field-work'}", "owner": owner, "classification": "official"}
        for at, fact in enumerate(FACTS)
    }
    emits["ApplicationReceived.v1"] |= {"classification": "personal", "retention_days": (7, 30)[place % 2]}
    emits["InspectionFailed.v1"] |= {"retention_days": (90, 365)[place % 2]}
    emits["LicenceGranted.v1"]["shares"] = {slug((place - 1) % number): {"fields": ["reference", "place"], "purpose": "To plan visits."}}
    return {
        "department": name,
        "title": name.replace("-", " ").capitalize(),
        **_ways_in(place),
        "contact": f"contact@{name}.example.gov.uk",
        "contacts": {"on_call": f"on-call@{name}.example.gov.uk", "finance": f"finance@{name}.example.gov.uk"},
        "emits": emits,
        "requests": {"NotificationRequested.v1": {"from": f"uk.gov.{name}.desk"}},
        "reactions": _reactions(name),
        "subscriptions": {
            "next-door": {"to": f"{neighbour}.LicenceGranted.v1", "fields": ["reference", "place"], "purpose": "To plan visits."}
        },
        "services": {
            service: {
                "title": f"{service.capitalize()} of {name}",
                "permissions": ["email", "sms"],
                "email_name": f"{service}-{place:03}",
                "keys": {"live": {"type": "live", "scopes": ["events:emit", "notifications:send"]}},
            }
            for service in ("cases", "visits")
        },
        "templates": {f"decision-{which}": {"service": "cases", **MESSAGE} for which in ("made", "changed", "withdrawn")},
        "registers": {
            f"{name}-{what}": {"title": what.capitalize(), "description": f"All {what}.", "key": "reference", "schema": f"{fact}.v1"}
            for what, fact in (("decisions", "DecisionPublished"), ("licences", "LicenceGranted"))
        },
        "webhooks": {"case-system": {"url": f"https://cases.{name}.example.gov.uk/hook"}},
        "queues": {"warehouse": {"arn": f"arn:aws:sqs:eu-west-2:{_account(place)}:commonweal-events-for-the-warehouse"}},
        "limits": {"emails_per_day": 10_000, "events_per_minute": 600},
        "budget": {"monthly_gbp": 500},
    }


def _ways_in(place: int) -> Json:
    """By turns its accounts, those of them that are in its organisation, and its organisation."""
    accounts, organisation = [_account(place), _account(place + 500)], f"o-{place:010}"
    return (
        {"accounts": accounts},
        {"accounts": accounts, "aws_organisation": organisation},
        {"aws_organisation": organisation},
    )[place % 3]


def _account(place: int) -> str:
    return f"3{place:011}"


def _reactions(name: str) -> list[Json]:
    decided = {"if": "level < `4`", "publish": {**PAGE, "path": f"/{name}/((reference))"}, "notify": NOTIFY}
    return [
        {"when": "DecisionPublished.v1", **decided, "record": {"register": f"{name}-decisions", "key": "((reference))"}},
        {"when": "LicenceGranted.v1", "record": {"register": f"{name}-licences", "key": "((reference))"}},
        {"when": "InspectionFailed.v1", "forward": {"webhook": "case-system"}},
        {"when": "InspectionFailed.v1", "forward": {"queue": "warehouse"}},
    ]


PAGE = {
    "schema": "news_article",
    "document_type": "news_story",
    "title": "Decision ((reference)): ((place))",
    "body": "((reason))\n\n## About this decision\n\n- Reference: ((reference))\n- Place: ((place))\n- Level: ((level))\n",
}
NOTIFY = {"subscribers": "decisions/((reference))", "template": "decision-made"}
MESSAGE = {
    "email": {"subject": "Decision ((reference))", "body": "# ((place))\n\n((reason))\n\nYou asked to be told of this decision.\n"},
    "sms": {"body": "Decision ((reference)) about ((place))."},
}
SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A fact about a case",
    "type": "object",
    "additionalProperties": False,
    "required": ["reference", "place", "level", "reason"],
    "properties": {
        "reference": {"type": "string", "description": "What the case is called."},
        "place": {"type": "string", "description": "Where it is."},
        "level": {"type": "integer", "minimum": 1, "maximum": 4},
        "reason": {"type": "string", "description": "Why it was decided so."},
    },
}


def facts(number: int) -> Iterator[str]:
    """Every type of event of so many departments."""
    return (f"{slug(place)}.{fact}.v1" for place in range(number) for fact in FACTS)
