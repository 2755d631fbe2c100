import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra import declarations, plain_words
from infra.declarations import load
from infra.tools.cli import app
from schemas.declaration import Department
from schemas.ids import sender_id, service_id, template_id

HEAVY = {"aws_cdk", "boto3", "botocore", "httpx", "jsonschema_rs", "ministack", "pydantic"}


def test_help_imports_nothing_heavy() -> None:
    loads = f"import infra.tools.cli, sys; print(sorted({HEAVY!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_an_unknown_stage_is_answered_with_those_there_are() -> None:
    result = CliRunner().invoke(app, ["redrive", "list", "--stage", "test"])
    assert (result.exit_code, result.stderr) == (1, "There is no stage 'test': there are local, dev, prod.\n")


def test_the_departments_of_this_project_are_declared_without_mistakes() -> None:
    assert CliRunner().invoke(app, ["department", "check"]).exit_code == 0


def test_each_mistake_of_a_declaration_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parks.yaml").write_text("department: parks\ntitle: Parks\n")
    monkeypatch.setattr(declarations, "load", lambda **day: load(tmp_path, **day))
    result = CliRunner().invoke(app, ["department", "check"])
    assert result.exit_code == 1
    assert "contact" in result.stdout
    assert "mistake" in result.stderr


def test_a_department_is_told_in_plain_words() -> None:
    declared = Department.model_validate(
        {
            "department": "parks",
            "title": "Parks",
            "contact": "parks@example.gov.uk",
            "emits": {"GateClosed.v1": {"from": "uk.gov.parks.gates", "owner": "gates@example.gov.uk", "classification": "public"}},
            "reactions": [
                {
                    "when": "GateClosed.v1",
                    "if": "isFinal",
                    "unpublish": {"path": "/gates/((gate))", "as": "gone"},
                    "notify": {"subscribers": "gates/((gate))", "template": "closed"},
                }
            ],
        }
    )
    told = "\n".join(plain_words.told(declared))
    assert "  parks.GateClosed.v1 from uk.gov.parks.gates (public; gates@example.gov.uk)" in told
    assert (
        "  if isFinal:\n    take the page /gates/((gate)) away\n    notify the subscribers of gates/((gate)) with the template closed"
        in told
    )


def test_what_a_service_sends_with_is_told_in_plain_words() -> None:
    declared = Department.model_validate(
        {
            "department": "parks",
            "title": "Parks",
            "contact": "parks@example.gov.uk",
            "limits": {"emails_per_day": 900},
            "reactions": [
                {
                    "when": "GateClosed.v1",
                    "notify": {"postal_address": "((name))\n((street))", "template": "closed", "versions": {"letter": 2}},
                }
            ],
            "services": {
                "gates": {
                    "title": "Park gates",
                    "permissions": ["email", "sms", "letter", "inbound_sms"],
                    "team": ["gates@example.gov.uk"],
                    "reply_to": {"desk": {"address": "desk@example.gov.uk"}},
                    "text_senders": {"name": {"sender": "Parks", "default": True}, "number": {"sender": "447700900900"}},
                    "contact_blocks": {"lodge": {"lines": "Parks\nThe Lodge"}},
                    "inbound_numbers": ["07700 900900"],
                    "text_prefix": False,
                    "callbacks": {"cases": {"url": "https://cases.example.gov.uk/", "for": ["delivery", "inbound"], "key_types": ["live"]}},
                },
                "trying": {"title": "Trying it out", "permissions": ["email"], "trial": True},
            },
            "templates": {
                "closed": {
                    "service": "gates",
                    "email": {"subject": "S", "body": "((gate))", "unsubscribe": True},
                    "letter": {"subject": "S", "body": "((gate))", "contact_block": "lodge"},
                    "defaults": {"gate": "the gate"},
                    "redact": True,
                }
            },
        }
    )
    told = list(plain_words.told(declared))
    gates = service_id("parks", "gates")
    for line in (
        "    notify ((name)), ((street)) with the template closed, version 2 by letter",
        "Service gates: Park gates, may send by email, text and letter",
        "  team: gates@example.gov.uk",
        "  emails come from the mailbox gates",
        f"  its id is {gates}",
        f"  answers to emails go to desk@example.gov.uk (desk, unless another is named; {sender_id(gates, 'reply_to', 'desk')})",
        f"  texts come from Parks (name, unless another is named; {sender_id(gates, 'text_sender', 'name')})",
        f"  texts come from 447700900900 (number; {sender_id(gates, 'text_sender', 'number')})",
        "  texts do not begin with its name",
        f"  letters come from Parks, The Lodge (lodge, unless another is named; {sender_id(gates, 'contact_block', 'lodge')})",
        "  receives texts to +447700900900",
        "  keeps emails 7 days, texts 7, letters 7",
        "  callback cases: tells https://cases.example.gov.uk/ of delivery and inbound (keys: live)",
        "  in trial mode: only to its team and guestlist, 50 emails and 50 texts a day, and no letters",
        "  closed (email and letter)",
        f"    its letter is {template_id('parks', 'closed', 'letter')}",
        "    emails end with a link to unsubscribe",
        "    letters go second class, from lodge",
        "    ((gate)) is 'the gate' where nobody says",
        "    what was filled in is hidden once it is sent",
    ):
        assert line in told
    [usual, trying] = [line for line in told if line.startswith("  at most ")]
    assert "3,000 requests a minute, 900 emails a day" in usual
    assert "50 emails a day, 50 texts a day, 0 letters a day" in trying


def test_the_schemas_of_this_project_can_stand_beside_each_other() -> None:
    result = CliRunner().invoke(app, ["schema", "check"])
    assert result.exit_code == 0, result.output
