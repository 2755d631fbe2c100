"""Departments' files: each mistake a department can make has its message, and sound files compile to what the functions read."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from infra import declarations
from infra.declarations import DEPARTMENTS, SCHEMAS
from schemas.ids import service_id, template_id
from tests.infra import agency
from tests.infra.agency import AGENCY, OTHER

type Loads = Callable[..., list[str]]


@pytest.fixture
def complaints(tmp_path: Path) -> Loads:
    """Load these files and give the complaints, each without the folder it is in."""
    return partial(agency.complaints, tmp_path)


@pytest.fixture
def compiled(tmp_path: Path) -> dict[str, Any]:
    return agency.compiled(tmp_path, AGENCY)


def test_a_sound_file_has_nothing_wrong(complaints: Loads) -> None:
    assert complaints(agency=AGENCY) == []


MISTAKES = [
    ("department: agency", "department: platform", 'agency.yaml:1: department: "platform" is the platform\'s own name'),
    ("department: agency", "department: developers", 'agency.yaml:1: department: "developers" is the platform\'s own name'),
    ("/flood-warnings/((floodAreaID))\n      schema", "/schemas/((floodAreaID))\n      schema", "/schemas"),
    # The form of the file.
    ("title: Rivers Agency\n", "", "agency.yaml:1: title: is missing"),
    ("title: Rivers Agency", "tilte: Rivers Agency", 'agency.yaml:2: tilte: is not known here (did you mean "title"?)'),
    ("title: Rivers Agency", "title: Rivers Agency\ntitle: Again", "agency.yaml:3: title: stands twice, first on line 2"),
    ("title: Rivers Agency", "title: [Rivers", "agency.yaml:3: is not YAML: "),
    ("title: Rivers Agency", "title: yes", "agency.yaml:2: title: is true (YAML reads yes, no, on and off so), and should be a text"),
    (
        '["111122223333"]',
        "[111122223333]",
        "agency.yaml:3: accounts[0]: is the number 111122223333, and should be a text: put it in quotes",
    ),
    ('["111122223333"]', '["1111"]', 'agency.yaml:3: accounts[0]: "1111" is not an AWS account number of twelve digits'),
    ("contact: rivers@", "contact: rivers-", 'agency.yaml:4: contact: "rivers-example.gov.uk" is not an email address'),
    ("department: agency", "department: agnecy", 'agency.yaml:1: department: "agnecy" is not the name of the file, which is agency.yaml'),
    (": {emails_per_day: 1000}", ": 1000", "agency.yaml:46: limits: is the number 1000, and should be a mapping"),
    ("      schema: news_article\n", "", "agency.yaml:10: reactions[0].publish.schema: is missing"),
    ("document_type:", "document-type:", 'reactions[0].publish.document-type: is not known here (did you mean "document_type"?)'),
    ("as: withdrawal", "as: withdrawl", '"withdrawl" is not one of withdrawal, gone, redirect, vanish (did you mean "withdrawal"?)'),
    (", explanation: It is over.", "", "agency.yaml:21: reactions[1].unpublish: a withdrawal needs an explanation"),
    ("template: warning}", "templates: {fax: warning}}", '"fax" is not one of email, sms'),
    ("https://map", "http://map", 'webhooks.map.url: "http://map.example.gov.uk/hook" is not an https address'),
    ("arn:aws:sqs", "arn:aws:sns", "is not the ARN of an SQS queue"),
    ("emails_per_day: 1000", "emails_per_day: 0", "agency.yaml:46: limits.emails_per_day: is 0, and must be more than 0"),
    ("[events:emit]", "[departments:admin]", 'services.floods.keys.live.scopes[0]: "departments:admin" is not one of events:emit, '),
    # What it emits.
    ("FloodWarned.v1: {from", "FloodWarned: {from", '"FloodWarned" is not a fact in the past tense and its major version'),
    ("from: uk.gov.agency.floods", "from: floods", 'emits.FloodWarned.v1.from: "floods" is not a reverse domain name'),
    ("from: uk.gov.agency.floods", "from: uk.gov.commonweal.bus", "uk.gov.commonweal.bus is a source of the platform itself"),
    ("classification: official", "classification: oficial", '"oficial" is not one of public, official, official-sensitive, personal'),
    ("classification: official", "classification: personal", "reactions[0].publish: would make public what FloodWarned.v1 holds"),
    (
        "requests:",
        "requests:\n  NotificationRequsted.v1: {from: uk.gov.agency.desk}",
        'is not a request to the platform (did you mean "NotificationRequested.v1"?)',
    ),
    (
        "reactions:",
        "  FloodEnded.v1: {from: uk.gov.agency.floods, owner: a@b.uk, classification: official}\nreactions:",
        "agency.yaml:7: emits.FloodEnded.v1: has no schema: there is no schemas/agency/FloodEnded/1.*.*.json",
    ),
    # Reactions and their expressions.
    (
        "- when: FloodWarned.v1\n    if",
        "- when: FloodWarnd.v1\n    if",
        '"FloodWarnd.v1" is not declared in emits (did you mean "FloodWarned.v1"?)',
    ),
    (
        'title: "((severity))',
        'title: "((severty))',
        'agency.yaml:14: reactions[0].publish.title: "severty" is not a field of agency.FloodWarned.v1 (did you mean "severity"?)',
    ),
    ("description || 'no description'", "description", "publish.title: ((description)) may be absent: give a default"),
    ("severityLevel < `4`", "severityLevel < '4'", "agency.yaml:9: reactions[0].if: '4' is a string: only numbers can be put in order"),
    ("severityLevel < `4`", "severityLevel < 4", "cannot be read at character 17: '4' is not expected (a number stands in backticks"),
    ("severityLevel < `4`", "severityLevel", "is a number, and a number always holds"),
    ('body: "((severity))"', 'body: "((severity)"', "reactions[0].publish.body: ((severity)): is opened with (( and never closed"),
    ('body: "((severity))"', 'body: "((upper(severity)))"', "upper() is not a function of JMESPath"),
    ("path: /flood-warnings/((floodAreaID))\n", "path: ((floodAreaID))\n", "must begin with a segment of its own"),
    ("path: /flood-warnings/((floodAreaID))\n", "path: /flood((floodAreaID))\n", "must begin with a segment of its own"),
    ("path: /flood-warnings/((floodAreaID))\n", "path: /registers/((floodAreaID))\n", "/registers is the platform's own"),
    ("path: /flood-warnings/((floodAreaID))\n", "path: /V2/((floodAreaID))\n", "/v2 is the platform's own"),
    ("path: /flood-warnings/((floodAreaID))\n", "path: /flood_warnings/((floodAreaID))\n", "must begin with a segment of its own"),
    ("path: /flood-warnings/((floodAreaID))\n", "path: /floods/((floodAreaID))/\n", "is not a path"),
    ("    name: over\n", "    name: over\n    record: {register: flood-warning, key: x}\n", ""),
    (
        "  - when: FloodWarned.v1\n    name: over\n",
        "  - when: FloodWarned.v1\n    record: {register: flood-warning, key: x}\n  - when: FloodWarned.v1\n    name: over\n",
        'reactions[1].record: "record:flood-warning" is also the name of reactions[0]: give each its own name',
    ),
    # Names that lead nowhere.
    (
        "template: warning}",
        "template: warnign}",
        'reactions[0].notify.template: "warnign" is not a declared template (did you mean "warning"?)',
    ),
    ("template: warning}", "template: warning, service: flods}", '"flods" is not a declared service (did you mean "floods"?)'),
    ("{register: flood-warning,", "{register: flood-warnings,", '"flood-warnings" is not a register of this department'),
    ("{webhook: map}", "{webhook: maps}", '"maps" is not a declared webhook (did you mean "map"?)'),
    ("{webhook: map}", "{queue: map}", '"map" is not a declared queue'),
    ("    service: floods\n", "    service: flods\n", 'templates.warning.service: "flods" is not a declared service'),
    ("[email, sms]", "[email]", "templates.warning.sms: service floods has no permission for sms"),
    ("schema: FloodWarned.v1", "schema: FloodWarnd.v1", 'registers.flood-warning.schema: "FloodWarnd.v1" is not declared in emits'),
    ("key: floodAreaID", "key: floodAreaId", 'registers.flood-warning.key: "floodAreaId" is not a field of the register'),
    # Messages.
    (
        "has a ((severity)).",
        "has a ((severty)).",
        "template warning needs ((severty)): no field of the event, not in personalisation, and without a default (did you",
    ),
    ("has a ((severity)).", "has a ((description)).", "template warning needs ((description)), and description may be absent"),
    (
        "template: warning}",
        'template: warning, personalisation: {severity: "((description))"}}',
        "notify.personalisation.severity: ((description)) may",
    ),
    ("subscribers: flood-warnings/((floodAreaID))", "phone_number: ((phone))", '"phone" is not a field of agency.FloodWarned.v1'),
    ('    sms: {body: "((severity))((is tidal?? on the coast))"}\n', "", ""),
    # Records.
    (
        "key: ((floodAreaID))}",
        "key: ((floodAreaID)), item: {severity: ((severity)), floodAreaId: x}}",
        'reactions[0].record.item: "floodAreaId" is not a field of register flood-warning (did you mean "floodAreaID"?)',
    ),
    (
        "key: ((floodAreaID))}",
        "key: ((floodAreaID)), item: {severity: ((severity))}}",
        'has no "floodAreaID", which is the key of register flood-warning',
    ),
    (
        "    schema: FloodWarned.v1\n",
        "    fields: [{field: floodAreaID}, {field: severity}]\n",
        '"isTidal" is not a field of register flood-warning',
    ),
    (
        "key: ((floodAreaID))}",
        "key: ((floodAreaID)), item: {floodAreaID: x, severity: x, severityLevel: x}}",
        'reactions[0].record.item: has no "isTidal", which register flood-warning requires',
    ),
    ("schema: FloodWarned.v1", "schema: FloodWarned.v1\n    index: [severty]", 'index: "severty" is not a field of the register (did you'),
    ("schema: FloodWarned.v1", "schema: FloodWarned.v1\n    index: [rivers]", 'flood-warning.index: "rivers" holds lists, which no index'),
    (
        "schema: FloodWarned.v1",
        "schema: FloodWarned.v1\n    references: {severity: severities}",
        'agency.yaml:42: registers.flood-warning.references.severity: "severities" is not a register',
    ),
    ("schema: FloodWarned.v1", "schema: FloodWarned.v1\n    update_frequency: sometimes", '"sometimes" is not one of continuous, hourly'),
    ("schema: FloodWarned.v1", "fields: [{field: floodAreaID, datatype: real}]", '"real" is not one of boolean, curie, date'),
    ("schema: FloodWarned.v1", "fields: [{field: floodAreaID, index: true, cardinality: n}]", "holds lists, which no index serves"),
    ("schema: FloodWarned.v1", "fields: [{field: floodAreaID, cardinality: n}]", '"floodAreaID" holds lists, and a key is one text'),
    ("schema: FloodWarned.v1", "fields: [{field: level, datatype: integer, values: ['01']}]", 'its value "01" is not a whole number'),
    ("schema: FloodWarned.v1", "fields: [{field: floodAreaID}, {field: floodareaid}]", "are one name to a database"),
    ("schema: FloodWarned.v1", "fields: [{field: _id}]", '"_id" is not the name of a field'),
    ("schema: FloodWarned.v1", "fields: [{field: a}]\n    index: [a]", "index and references go with schema"),
]


@pytest.mark.parametrize(("written", "instead", "complaint"), MISTAKES)
def test_each_mistake_is_named_with_its_line(written: str, instead: str, complaint: str, complaints: Loads) -> None:
    assert written in AGENCY
    found = complaints(agency=AGENCY.replace(written, instead, 1))
    assert any(complaint in line for line in found) if complaint else found == [], found


def test_a_channel_that_the_recipient_has_not_is_refused(complaints: Loads) -> None:
    emailed = AGENCY.replace("subscribers: flood-warnings/((floodAreaID))", "email_address: ((floodAreaID))@example.gov.uk")
    assert complaints(agency=emailed) == []
    only_sms = emailed.replace('    email: {subject: "((severity))", body: "((flood area id)) has a ((severity))."}\n', "")
    assert complaints(agency=only_sms) == ["agency.yaml:16: reactions[0].notify.email_address: needs a template with email"]


def test_all_mistakes_in_all_files_are_told_at_once(complaints: Loads) -> None:
    found = complaints(agency=AGENCY.replace("((severity))", "((severty))"), other="department: other\n")
    assert len([line for line in found if line.startswith("agency.yaml:14: ")]) == 1
    assert len([line for line in found if line.startswith("agency.yaml:15: ")]) == 1
    assert "other.yaml:1: title: is missing" in found


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        ("requests: {NotificationRequested.v1: {from: uk.gov.agency.floods}}", "uk.gov.agency.floods is already a source of agency"),
        (
            "registers: {flood-warning: {title: F, description: F, key: id, fields: [{field: id}]}}",
            "registers.flood-warning: is already a register of agency",
        ),
        (
            """\
emits: {RainMeasured.v1: {from: uk.gov.other.rain, owner: a@b.uk, classification: public}}
reactions: [{when: RainMeasured.v1, publish: {path: /flood-warnings/york, schema: a, document_type: a, title: T, body: B}}]
""",
            "/flood-warnings/york may be a page of agency, which publishes at /flood-warnings/…",
        ),
    ],
)
def test_two_departments_cannot_have_the_same_thing(addition: str, complaint: str, complaints: Loads) -> None:
    found = complaints(agency=AGENCY, other=OTHER + addition)
    assert any(complaint in line and line.startswith("other.yaml:") for line in found), found


def test_the_home_page_is_one_departments_at_most(complaints: Loads, compiled: dict[str, Any]) -> None:
    found = complaints(agency=f"{AGENCY}home_page: true\n", other=f"{OTHER}home_page: true\n")
    assert [line.split(": ", 1)[1] for line in found] == ["home_page: the home page is already agency's"]
    assert "home_page" not in compiled["departments"]["agency"]


def test_whose_the_home_page_is_can_be_looked_up(tmp_path: Path) -> None:
    folder, schemas_root = agency.written(tmp_path, agency=f"{AGENCY}home_page: true\n")
    compiled = declarations.compile(declarations.load(folder, schemas_root), schemas_root)
    assert compiled["departments"]["agency"]["home_page"] is True


def test_declarations_compile_to_what_the_functions_look_up(compiled: dict[str, Any]) -> None:
    floods = service_id("agency", "floods")
    type_ = "agency.FloodWarned.v1"
    assert compiled["sources"] == {"uk.gov.agency.floods": "agency", "uk.gov.agency.desk": "agency"}
    assert compiled["emits"][type_]["source"] == "uk.gov.agency.floods"
    assert compiled["emits"][type_]["schema"] == "agency/FloodWarned/1.10.0"
    assert compiled["requests"] == {"platform.NotificationRequested.v1": {"uk.gov.agency.desk": "agency"}}
    assert [reaction["name"] for reaction in compiled["reactions"][type_]] == [
        "publish:/flood-warnings/((floodAreaID))",
        "notify:warning:flood-warnings/((floodAreaID))",
        "record:flood-warning",
        "over.unpublish",
        "over.forward",
    ]
    assert compiled["services"][floods]["keys"]["live"] == {"type": "live", "scopes": ["events:emit"]}
    assert compiled["templates"][template_id("agency", "warning", "email")]["service"] == floods
    assert compiled["webhooks"]["agency"]["map"] == {"url": "https://map.example.gov.uk/hook"}
    assert compiled["departments"]["agency"]["services"] == {"floods": floods}


def test_a_notification_carries_what_its_templates_need_and_no_more(compiled: dict[str, Any]) -> None:
    notify = compiled["reactions"]["agency.FloodWarned.v1"][1]
    assert notify["personalisation"] == {"severity": "((severity))", "flood area id": "((floodAreaID))", "is tidal": "((isTidal))"}
    assert notify["templates"] == {channel: template_id("agency", "warning", channel) for channel in ("email", "sms")}


def test_a_register_takes_its_fields_from_the_schema_of_a_fact(compiled: dict[str, Any]) -> None:
    register = compiled["registers"]["flood-warning"]
    kinds = {field["field"]: (field["datatype"], field["cardinality"]) for field in register["fields"]}
    assert kinds["severityLevel"] == ("integer", "1")
    assert kinds["raised"] == ("datetime", "1")
    assert kinds["rivers"] == ("string", "n")
    assert kinds["isTidal"] == ("boolean", "1")
    required = {field["field"] for field in register["fields"] if field.get("required")}
    assert required == {"floodAreaID", "severity", "severityLevel", "isTidal"}


def test_writing_the_same_declarations_again_leaves_the_file_alone(tmp_path: Path) -> None:
    folder, schemas_root = agency.written(tmp_path, agency=AGENCY)
    to = tmp_path / "declarations.json"
    declarations.write(folder, schemas_root, to)
    first = to.stat().st_mtime_ns
    declarations.write(folder, schemas_root, to)
    assert to.stat().st_mtime_ns == first
    assert json.loads(to.read_text()) == declarations.compile(declarations.load(folder, schemas_root), schemas_root)


def test_the_departments_of_the_demonstration_are_sound() -> None:
    departments = {department.department: department for department in declarations.load(DEPARTMENTS, SCHEMAS)}
    assert {"environment-agency", "communities"} <= departments.keys()
