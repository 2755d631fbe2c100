"""What a department's file says of its messages: each mistake has its message, and sound ones compile to what the functions read."""

from pathlib import Path
from typing import Any

import pytest

from schemas.ids import sender_id, service_id, template_id
from tests.infra import agency
from tests.infra.agency import AGENCY, OTHER

FLOODS = service_id("agency", "floods")
SENDING = AGENCY.replace(
    "    permissions: [email, sms]\n",
    """\
    permissions: [email, sms, letter, inbound_sms]
    team: ["rivers@example.gov.uk", "07700 900142"]
    guestlist: ["press@example.gov.uk"]
    email_name: flood.warnings
    reply_to:
      desk: {address: desk@example.gov.uk}
    text_senders:
      name: {sender: Floods, default: true}
      number: {sender: "447700900900"}
    contact_blocks:
      york: {lines: "Rivers Agency\\n1 Staithe Lane\\nYork\\nYO1 9ZZ"}
    inbound_numbers: ["07700 900900"]
    retention_days: {email: 30}
    limits: {texts_per_day: 500}
    callbacks:
      cases: {url: "https://cases.example.gov.uk/told", for: [delivery]}
""",
    1,
)
LETTER = """\
    letter: {subject: A warning for ((flood area id)), body: "Dear ((name))", contact_block: york}
    defaults: {Name: resident}
    redact: true
"""
LETTERS = SENDING.replace("registers:\n", f"{LETTER}registers:\n", 1)
BY_POST = LETTERS.replace("{subscribers: flood-warnings/((floodAreaID)),", '{postal_address: "((floodAreaID))\\n1 Staithe Lane",', 1)


def test_a_sound_file_has_nothing_wrong(tmp_path: Path) -> None:
    for text in (SENDING, LETTERS, BY_POST):
        assert agency.complaints(tmp_path, agency=text) == []


MISTAKES = [
    # What a service sends with.
    ("[email, sms, letter, inbound_sms]", "[email, sms, leter, inbound_sms]", 'permissions[2]: "leter" is not one of email, sms, letter, '),
    ("[email, sms, letter, inbound_sms]", "[email, sms, email, letter, inbound_sms]", "holds the same entry twice, as numbers 1 and 3"),
    ("sms, letter, inbound_sms]", "sms, letter]", "agency.yaml:39: services.floods.inbound_numbers: needs the permission inbound_sms"),
    ('"07700 900142"', '"0770"', "agency.yaml:29: services.floods.team[1]: is neither an email address nor a phone number"),
    ('"press@example.gov.uk"', "press", "services.floods.guestlist[0]: is neither an email address nor a phone number"),
    (
        '["press@example.gov.uk"]',
        "[a@x.uk, b@x.uk, c@x.uk, d@x.uk, e@x.uk, f@x.uk]",
        "services.floods.guestlist: may hold 5 email addresses and 5 phone numbers",
    ),
    ("flood.warnings", "Floods", 'email_name: "Floods" is not the part of an email address before the @'),
    ("desk@example.gov.uk", "desk", 'reply_to.desk.address: "desk" is not an email address'),
    ("sender: Floods", "sender: Flood warnings", "text_senders.name.sender: is neither a name of 3 to 11 letters, digits, spaces"),
    ('sender: "447700900900"', "sender: 447700900900", "is the number 447700900900, and should be a text: put it in quotes"),
    ('"447700900900"}', '"447700900900", default: true}', "services.floods.text_senders: has more than one default: name, number"),
    (
        "name: {sender: Floods, default: true}",
        f'name: {{sender: Floods, default: true, id: "{FLOODS}"}}\n      other: {{sender: Rivers, id: "{FLOODS}"}}',
        "services.floods.text_senders: name and other have the same id",
    ),
    ('lines: "Rivers Agency\\n', 'line: "Rivers Agency\\n', 'contact_blocks.york.line: is not known here (did you mean "lines"?)'),
    ('"Rivers Agency\\n1', '"a\\nb\\nc\\nd\\ne\\nf\\ng\\nh\\n1', "contact_blocks.york.lines: has 11 lines, and may have 1 to 10"),
    ('"07700 900900"', '"900900"', "inbound_numbers[0]: is not a phone number, as 07984404008 or +447984404008"),
    ('"07700 900900"]', '"07700 900900", "+447700900900"]', "inbound_numbers: holds the same entry twice, as numbers 1 and 2"),
    ("{email: 30}", "{email: 2}", "retention_days.email: is 2, and must be at least 3"),
    ("{email: 30}", "{emails: 30}", 'retention_days.emails: is not known here (did you mean "email"?)'),
    ("{texts_per_day: 500}", "{texts_per_day: -1}", "services.floods.limits.texts_per_day: is -1, and must be at least 0"),
    ("https://cases", "http://cases", 'callbacks.cases.url: "http://cases.example.gov.uk/told" is not an https address'),
    (", for: [delivery]", "", "callbacks.cases.for: is missing"),
    ("for: [delivery]", "for: [deliveries]", '"deliveries" is not one of delivery, inbound, complaint, returned-letter (did you mean'),
    ("for: [delivery]", "for: [delivery], key_types: [normal]", 'key_types[0]: "normal" is not one of live, team, test'),
    # Templates.
    ("sms, letter, inbound_sms]", "sms, inbound_sms]", "templates.warning.letter: service floods has no permission for letter"),
    (
        "contact_block: york",
        "contact_block: yrok",
        'templates.warning.letter.contact_block: "yrok" is not a contact block of service floods (did you mean "york"?)',
    ),
    (", contact_block: york", ", postage: third", '"third" is not one of first, second, economy'),
    ("{Name: resident}", "{nam: resident}", 'templates.warning.defaults.nam: is not a placeholder of this template (did you mean "name"?)'),
    ("{Name: resident}", "{Name: resident, NAME: owner}", "templates.warning.defaults.NAME: is the same placeholder as Name"),
    ("{Name: resident}", "{name: 7}", "templates.warning.defaults.name: is the number 7, and should be a text: put it in quotes"),
    ('has a ((severity))."}', 'has a ((severity)).", unsubscribed: true}', 'is not known here (did you mean "unsubscribe"?)'),
    # Whom a reaction notifies.
    ("template: warning}", "template: warning, versions: {letter: 2}}", "versions.letter: this notification does not go out by letter"),
    ("template: warning}", "template: warning, versions: {sms: 0}}", "notify.versions.sms: is 0, and must be at least 1"),
    (
        "template: warning}",
        "templates: {sms: warning, letter: warning}}",
        "notify.templates.letter: letter does not reach subscribers, which needs email or sms",
    ),
]


@pytest.mark.parametrize(("written", "instead", "complaint"), MISTAKES)
def test_each_mistake_is_named_with_its_place(written: str, instead: str, complaint: str, tmp_path: Path) -> None:
    assert written in LETTERS
    found = agency.complaints(tmp_path, agency=LETTERS.replace(written, instead, 1))
    assert any(complaint in line for line in found), found


def test_a_postal_address_needs_a_letter(tmp_path: Path) -> None:
    assert agency.complaints(tmp_path, agency=BY_POST.replace(LETTER, "")) == [
        "agency.yaml:16: reactions[0].notify.postal_address: needs a template with letter"
    ]


def test_a_postal_address_is_checked_like_any_other_text(tmp_path: Path) -> None:
    [complaint] = agency.complaints(tmp_path, agency=BY_POST.replace('"((floodAreaID))\\n1', '"((addres))\\n1'))
    assert complaint.startswith('agency.yaml:16: reactions[0].notify.postal_address: "addres" is not a field of agency.FloodWarned.v1')


UNFILLED = (
    "agency.yaml:16: reactions[0].notify: template warning needs ((name)): "
    "no field of the event, not in personalisation, and without a default"
)


def test_what_subscribers_never_see_need_not_be_filled(tmp_path: Path) -> None:
    only_the_letter_needs_it = LETTERS.replace("    defaults: {Name: resident}\n", "")
    assert agency.complaints(tmp_path, agency=only_the_letter_needs_it) == []
    assert agency.complaints(tmp_path, agency=BY_POST.replace("    defaults: {Name: resident}\n", "")) == [UNFILLED]


TAKEN = "is already the mailbox that {owner} sends from: give this one another"
NEIGHBOUR = """\
services:
  alerts:
    title: Alerts
    permissions: [email, inbound_sms]
"""


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        (
            '    inbound_numbers: ["+44 7700 900901", "+44 7700 900900"]\n',
            "other.yaml:8: services.alerts.inbound_numbers[1]: +447700900900 is already a number of agency's service floods",
        ),
        (
            "    email_name: flood.warnings\n",
            'other.yaml:8: services.alerts.email_name: "flood.warnings" ' + TAKEN.format(owner="agency's service floods"),
        ),
        (
            "  bells: {title: Bells, permissions: [email], email_name: alerts}\n",
            'other.yaml:8: services.bells.email_name: "alerts" ' + TAKEN.format(owner="other's service alerts"),
        ),
    ],
)
def test_no_two_services_share_a_number_or_a_mailbox(addition: str, complaint: str, tmp_path: Path) -> None:
    assert agency.complaints(tmp_path, agency=SENDING, other=OTHER + NEIGHBOUR) == []
    assert agency.complaints(tmp_path, agency=SENDING, other=OTHER + NEIGHBOUR + addition) == [complaint]


def test_a_service_compiles_with_all_that_it_sends_with(tmp_path: Path) -> None:
    compiled = agency.compiled(tmp_path, LETTERS)
    service = compiled["services"][FLOODS]
    assert (service["department"], service["name"], service["title"]) == ("agency", "floods", "Floods")
    assert service["keys"] == {"live": {"type": "live", "scopes": ["events:emit"]}}
    desk = {"name": "desk", "address": "desk@example.gov.uk", "default": True}
    assert service["reply_to"] == {sender_id(FLOODS, "reply_to", "desk"): desk}
    assert compiled["numbers"] == {"447700900900": FLOODS}


def test_a_department_limits_those_of_its_services_that_give_no_limit(tmp_path: Path) -> None:
    limits = agency.compiled(tmp_path, LETTERS)["services"][FLOODS]["limits"]
    assert limits == {
        "requests_per_minute": 3000,
        "emails_per_day": 1000,
        "texts_per_day": 500,
        "letters_per_day": 20_000,
        "international_texts_per_day": 100,
    }


def test_a_template_compiles_once_for_each_channel_with_what_that_channel_needs(tmp_path: Path) -> None:
    unsubscribing = LETTERS.replace('has a ((severity))."}', 'has a ((severity)).", unsubscribe: true}')
    templates = agency.compiled(tmp_path, unsubscribing)["templates"]
    shared = {"department": "agency", "service": FLOODS, "name": "warning", "title": "Warning", "redact": True}
    assert templates == {
        template_id("agency", "warning", "email"): shared
        | {
            "channel": "email",
            "subject": "((severity))",
            "body": "((flood area id)) has a ((severity)).",
            "unsubscribe": True,
            "defaults": {},
        },
        template_id("agency", "warning", "sms"): shared
        | {"channel": "sms", "body": "((severity))((is tidal?? on the coast))", "defaults": {}},
        template_id("agency", "warning", "letter"): shared
        | {
            "channel": "letter",
            "subject": "A warning for ((flood area id))",
            "body": "Dear ((name))",
            "postage": "second",
            "contact_block": sender_id(FLOODS, "contact_block", "york"),
            "defaults": {"Name": "resident"},
        },
    }


def notified(where: Path, text: str) -> dict[str, Any]:
    found: dict[str, Any] = agency.compiled(where, text)["reactions"]["agency.FloodWarned.v1"][1]
    return found


def test_a_letter_is_asked_for_with_its_address_and_its_version(tmp_path: Path) -> None:
    notify = notified(tmp_path, BY_POST.replace("template: warning}", "template: warning, versions: {letter: 3}}"))
    assert notify == {
        "name": "notify:warning:((floodAreaID)), 1 Staithe Lane",
        "kind": "notify",
        "if": "severityLevel < `4`",
        "postal_address": "((floodAreaID))\n1 Staithe Lane",
        "service": FLOODS,
        "templates": {"letter": template_id("agency", "warning", "letter")},
        "versions": {"letter": 3},
        "personalisation": {"flood area id": "((floodAreaID))"},
    }


def test_subscribers_are_told_by_email_and_text_alone(tmp_path: Path) -> None:
    assert notified(tmp_path, LETTERS)["templates"].keys() == {"email", "sms"}


def test_a_field_that_may_be_absent_fills_a_placeholder_that_has_a_default(tmp_path: Path) -> None:
    described = SENDING.replace("has a ((severity)).", "has a ((severity)): ((Description)).")
    assert any("description may be absent" in line for line in agency.complaints(tmp_path, agency=described))
    notify = notified(tmp_path, described.replace("registers:\n", "    defaults: {description: no more is known}\nregisters:\n", 1))
    assert notify["optional"] == {"Description": "description"}
    assert "Description" not in notify["personalisation"]


def test_a_required_field_wins_over_a_default_and_personalisation_over_both(tmp_path: Path) -> None:
    defaulted = SENDING.replace("registers:\n", "    defaults: {severity: unknown}\nregisters:\n", 1)
    assert notified(tmp_path, defaulted)["personalisation"]["severity"] == "((severity))"
    chosen = defaulted.replace("template: warning}", "template: warning, personalisation: {Severity: Severe}}", 1)
    assert notified(tmp_path, chosen)["personalisation"]["severity"] == "Severe"
