"""The official Node client of GOV.UK Notify, unmodified, against this platform: every method."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.bundling.folders import alone
from infra.local.platform import ROOT
from tests.integration.own_service import EMAIL, TEXT, VALUES, OwnService, text_from
from tests.integration.stack import Stack, within

HERE = Path(__file__).parent / "node"
WORKSHOP = ROOT / "build" / "node-client"
NUMBER = "07700 900830"
LETTER = {"name": "Fees", "type": "letter", "subject": "Fees at ((place))", "body": "The fees rise at ((time))."}
ADDRESS = {"address_line_1": "Ada Lovelace", "address_line_2": "12 St James Square", "postcode": "SW1Y 4JH"}


@pytest.fixture(scope="session")
def packages() -> Path:
    """The client and what it needs, at the versions of the lock: fetched once for each lock."""
    installed = WORKSHOP / "installed"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with alone(WORKSHOP):
        if not installed.is_file() or installed.read_text() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(HERE / name, WORKSHOP / name)
            node(WORKSHOP, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
            installed.write_text(wanted)
    return WORKSHOP / "node_modules"


def node(modules: Path, *command: str, given: str = "") -> str:
    """Run a command with the environment's own Node; answers what it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # What this machine's own proxy is, is no matter of a call to this machine.
    environment = {**os.environ, "PATH": path, "NODE_PATH": str(modules), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, cwd=WORKSHOP, env=environment, input=given, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def service(stack: Stack) -> OwnService:
    return OwnService(
        stack,
        "node",
        permissions=["email", "sms", "letter", "inbound_sms"],
        inbound_numbers=[NUMBER],
        reply_to={"desk": {"address": "desk@example.gov.uk"}},
        text_senders={"tides": {"sender": "Tides"}},
    )


@pytest.fixture(scope="module")
def templates(service: OwnService) -> dict[str, str]:
    return {"email": service.template(EMAIL), "sms": service.template(TEXT), "letter": service.template(LETTER)}


@pytest.fixture(scope="module")
def answers(stack: Stack, packages: Path, service: OwnService, templates: dict[str, str]) -> dict[str, tuple[int | None, Any]]:
    """What each call was answered: the status, where the client shows it, and the body."""
    sns = stack.platform.client("sns")
    topic = sns.create_topic(Name="commonweal-local-received-texts")["TopicArn"]
    sns.publish(TopicArn=topic, Message=text_from("+447700900832", NUMBER, "Is it high water?"))
    assert within(30, lambda: bool(service.client().get_received_texts()["received_text_messages"]))
    [received] = service.client().get_received_texts()["received_text_messages"]
    settings = {
        "url": stack.url,
        "key": service.key(),
        "templates": templates,
        "personalisation": VALUES,
        "address": ADDRESS,
        "replyTo": service.sender("reply_to", "desk"),
        "textSender": service.sender("text_senders", "tides"),
        "received": received["id"],
    }
    printed = node(packages, "node", str(HERE / "call_everything.js"), given=json.dumps(settings))
    return {line["name"]: (line["status"], line["data"]) for line in map(json.loads, printed.splitlines())}


def test_messages_are_sent_and_followed(stack: Stack, answers: dict[str, Any]) -> None:
    for name in ("sendEmail", "sendSms", "sendLetter", "sendPrecompiledLetter"):
        assert answers[name][0] == 201, answers[name]
    _, email = answers["sendEmail"]
    assert email["content"]["body"] == "High water at Whitby is at 5pm."
    assert email["content"]["one_click_unsubscribe_url"] == "https://example.gov.uk/stop"
    assert answers["sendSms"][1]["content"]["from_number"] == "Tides"
    assert answers["sendPrecompiledLetter"][1]["postage"] == "first"
    status, shown = answers["getNotificationById"]
    assert (status, shown["id"], shown["status"]) == (200, email["id"], "delivered")
    assert answers["getNotificationById, precompiled"][1]["status"] == "received"
    [sent] = stack.emails("node@example.com")
    assert sent.reply_to == ("desk@example.gov.uk",)
    assert within(30, lambda: len(stack.texts("447700900831")) == 1)


def test_a_letter_is_a_pdf_and_an_email_is_none(answers: dict[str, Any]) -> None:
    assert answers["getPdfForLetterNotification"][1] == "%PDF-"
    status, said = answers["getPdfForLetterNotification, of an email"]
    assert (status, said["errors"]) == (400, [{"error": "BadRequestError", "message": "Notification is not a letter"}])


def test_what_was_sent_and_received_is_listed(answers: dict[str, Any]) -> None:
    sent = {answers[name][1]["id"] for name in ("sendEmail", "sendSms", "sendLetter", "sendPrecompiledLetter")}
    assert {one["id"] for one in answers["getNotifications"][1]["notifications"]} == sent
    assert [one["reference"] for one in answers["getNotifications, filtered"][1]["notifications"]] == ["node-2"]
    assert [one["reference"] for one in answers["getNotifications, older"][1]["notifications"]] == ["node-1"]
    assert [one["content"] for one in answers["getReceivedTexts"][1]["received_text_messages"]] == ["Is it high water?"]
    assert answers["getReceivedTexts, older"][1]["received_text_messages"] == []


def test_templates_are_shown_and_filled(answers: dict[str, Any], templates: dict[str, str]) -> None:
    assert answers["getTemplateById"][1]["subject"] == EMAIL["subject"]
    assert answers["getTemplateByIdAndVersion"][1]["version"] == 1
    assert {one["id"] for one in answers["getAllTemplates"][1]["templates"]} == set(templates.values())
    assert [one["id"] for one in answers["getAllTemplates, of texts"][1]["templates"]] == [templates["sms"]]
    assert answers["previewTemplateById"][1]["subject"] == "High water at Whitby"
    status, said = answers["previewTemplateById, of nothing"]
    assert (status, said["errors"][0]["message"]) == (400, "Missing personalisation: place, time")


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("sendEmail, to nobody", "ValidationError", "email_address Not a valid email address"),
        ("sendSms, of an email", "BadRequestError", "email template is not suitable for sms notification"),
        ("prepareUpload", "BadRequestError", "Files are not supported yet: send a link to the file instead"),
    ],
)
def test_what_is_refused_is_refused_in_notifys_words(
    answers: dict[str, Any], service: OwnService, name: str, error: str, message: str
) -> None:
    assert answers[name] == (400, {"status_code": 400, "errors": [{"error": error, "message": message.format(service.id)}]})


def test_the_client_goes_its_own_way(stack: Stack, answers: dict[str, Any], templates: dict[str, str]) -> None:
    assert answers["setClient"][1] == [f"{stack.url}/v2/template/{templates['email']}"]
    assert (answers["setProxy"][0], answers["setProxy"][1]["id"]) == (200, templates["email"])
