"""A department that declares a little of everything, and what is wrong with it once it is changed: what tests of declarations stand on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra import declarations
from infra.declarations import DeclarationError

AGENCY = """\
department: agency
title: Rivers Agency
accounts: ["111122223333"]
contact: rivers@example.gov.uk
emits:
  FloodWarned.v1: {from: uk.gov.agency.floods, owner: rivers@example.gov.uk, classification: official}
reactions:
  - when: FloodWarned.v1
    if: severityLevel < `4`
    publish:
      path: /flood-warnings/((floodAreaID))
      schema: news_article
      document_type: news_story
      title: "((severity)): ((description || 'no description'))"
      body: "((severity))"
    notify: {subscribers: flood-warnings/((floodAreaID)), template: warning}
    record: {register: flood-warning, key: ((floodAreaID))}
  - when: FloodWarned.v1
    name: over
    if: severityLevel == `4`
    unpublish: {path: /flood-warnings/((floodAreaID)), as: withdrawal, explanation: It is over.}
    forward: {webhook: map}
requests:
  NotificationRequested.v1: {from: uk.gov.agency.desk}
services:
  floods:
    title: Floods
    permissions: [email, sms]
    keys:
      live: {type: live, scopes: [events:emit]}
templates:
  warning:
    service: floods
    email: {subject: "((severity))", body: "((flood area id)) has a ((severity))."}
    sms: {body: "((severity))((is tidal?? on the coast))"}
registers:
  flood-warning:
    title: Flood warnings
    description: All of them.
    key: floodAreaID
    schema: FloodWarned.v1
webhooks:
  map: {url: "https://map.example.gov.uk/hook"}
queues:
  desk: {arn: "arn:aws:sqs:eu-west-2:111122223333:desk"}
limits: {emails_per_day: 1000}
"""

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["floodAreaID", "severity", "severityLevel", "isTidal"],
    "properties": {
        "floodAreaID": {"type": "string"},
        "severity": {"type": "string"},
        "severityLevel": {"type": "integer"},
        "isTidal": {"type": "boolean"},
        "description": {"type": "string"},
        "raised": {"type": "string", "format": "date-time"},
        "rivers": {"type": "array", "items": {"type": "string"}},
    },
}

OTHER = """\
department: other
title: Other
contact: other@example.gov.uk
"""

NOTHING = {"type": "object", "properties": {}, "additionalProperties": False}


def complaints(where: Path, **files: str) -> list[str]:
    """Load these files, by their slugs, and give what is said of them, each line without the folder it is in."""
    folder, schemas_root = written(where, **files)
    try:
        declarations.load(folder, schemas_root)
    except DeclarationError as error:
        return str(error).replace(f"{folder}/", "").splitlines()
    return []


def compiled(where: Path, agency: str) -> dict[str, Any]:
    """What the functions read, of this file alone."""
    folder, schemas_root = written(where, agency=agency)
    return declarations.compile(declarations.load(folder, schemas_root), schemas_root)


def written(where: Path, **files: str) -> tuple[Path, Path]:
    """Write these files, and three versions of the schema of the agency's one fact; gives the folder of each."""
    folder, schemas_root = where / "departments", where / "schemas"
    facts = schemas_root / "agency" / "FloodWarned"
    for needed in (folder, facts):
        needed.mkdir(parents=True, exist_ok=True)
    for version, schema in {"1.0.0": NOTHING, "1.9.0": NOTHING, "1.10.0": SCHEMA}.items():
        named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"/schemas/agency/FloodWarned/{version}.json", **schema}
        (facts / f"{version}.json").write_text(json.dumps(named))
    for slug, text in files.items():
        (folder / f"{slug}.yaml").write_text(text)
    return folder, schemas_root
