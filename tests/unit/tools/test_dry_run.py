"""A dry run and an explanation say what the functions would do, in their own words, and do nothing."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from functions.bus import reactions, share
from functions.common import declarations
from infra import declarations as departments
from infra.catalogue.templates import deployed
from infra.stages import STAGES, Stage
from infra.tools import dry_run, explain, rehearsal, running, sending
from infra.tools.cli import app
from infra.tools.conditions import deciding
from infra.tools.failures import Failed
from schemas.envelope import CloudEvent
from schemas.platform import RecordSubmitted
from tests.unit.common.ground import Ground, deliver, delivered
from tests.unit.common.ground import ground as made

EVENTS = Path(__file__).parents[3] / "events"
SEVERE = EVENTS / "environment-agency" / "FloodWarningIssued" / "severe.json"
AREA = "Upper Ouse in East Sussex"
OVER = SEVERE.with_name("no-longer-in-force.json")


@pytest.fixture
def ground() -> Iterator[Ground]:
    """The mocked AWS, with the declarations that tests may change."""
    with made() as found:
        yield found


_write_once = cache(departments.write)


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """No platform runs on this machine, whatever is kept of one."""

    def fail(*_: object) -> str:
        raise Failed(running.NOT_RUNNING)

    monkeypatch.setattr(running, "emitting_key", fail)
    # Compiling them once is enough: no test here changes a department's file.
    monkeypatch.setattr(departments, "write", _write_once)


def emit(file: Path, *options: str) -> Any:
    return CliRunner().invoke(app, ["emit", str(file), "--dry-run", *options])


def changed(to: Path, **changes: Any) -> Path:
    to.write_text(json.dumps({**json.loads(SEVERE.read_bytes()), **changes}))
    return to


class TestWhatWouldFollow:
    def test_it_is_what_the_functions_ask_for(self) -> None:
        told = json.loads(emit(SEVERE, "--same", "--json").output)
        would = [step["request"] for step in [*told["reactions"], *told["subscriptions"]] if "request" in step]
        with made() as ground:
            for consumer in (reactions.reactions, share.share):
                assert deliver(consumer, delivered(json.loads(SEVERE.read_bytes()))) == [True]
            did = [{"type": event.type, "data": event.data} for event in ground.said()]
        assert [json.dumps(one, sort_keys=True) for one in would] == [json.dumps(one, sort_keys=True) for one in did]
        assert len(would) == 4

    def test_pages_messages_and_records_are_shown_with_their_text(self) -> None:
        lines = [line.strip() for line in emit(SEVERE).output.splitlines()]
        for line in (
            "publishes the page /flood-warnings/065waf441 (news_article, news_story)",
            "- Severity: Severe flood warning, level 1 of 4, where 1 is the most severe",
            "notifies the subscribers of flood-warnings/065WAF441",
            "by text, with the template flood-warning",
            f"Flood warnings: Severe flood warning: {AREA} (065WAF441). Check the flood warnings page for what to do now.",
            "- County: East Sussex, West Sussex",
            "appends to the register flood-warning under 065WAF441",
            '"floodAreaID": "065WAF441",',
        ):
            assert line in lines

    def test_a_default_stands_where_the_event_says_nothing(self, tmp_path: Path) -> None:
        data = {**json.loads(SEVERE.read_bytes())["data"]}
        del data["county"]
        assert "- County: not stated" in emit(changed(tmp_path / "event.json", data=data)).output

    def test_each_condition_is_told_with_what_decided(self) -> None:
        told = {step["name"]: step for step in json.loads(emit(OVER, "--json").output)["reactions"]}
        assert told["publish:/flood-warnings/((floodAreaID))"]["holds"] is False
        assert told["publish:/flood-warnings/((floodAreaID))"]["because"] == ["severityLevel is 4"]
        assert "takes the page /flood-warnings/065waf441 away (withdrawal)" in emit(OVER).output

    def test_a_subscriber_is_shown_what_it_would_get_and_no_more(self) -> None:
        [step] = json.loads(emit(SEVERE, "--json").output)["subscriptions"]
        assert (step["department"], step["holds"]) == ("communities", True)
        assert step["request"]["data"]["event"]["data"].keys() == {"floodAreaID", "severity", "severityLevel", "county"}
        assert "danger to life" not in json.dumps(step)

    def test_what_no_schema_declares_is_shown_to_no_subscriber(self, ground: Ground) -> None:
        [agreed] = ground.declared["subscriptions"][FLOODS]
        agreed["fields"] = ["county", "whoReportedIt"]
        said = json.loads(SEVERE.read_bytes())
        event = CloudEvent.model_validate({**said, "data": {**said["data"], "whoReportedIt": "Jo"}})
        [step] = rehearsal.subscriptions(event)
        assert step.request
        assert step.request.model_dump()["event"]["data"].keys() == {"county"}

    def test_a_department_that_asks_the_platform_itself_sees_what_it_asks_for(self, ground: Ground) -> None:
        record = RecordSubmitted(register_name="flood-warning", key="065WAF441", item={"floodAreaID": "065WAF441"})
        asks = {**json.loads(SEVERE.read_bytes()), "type": record.type_name(), "data": record.model_dump()}
        [step] = rehearsal.reactions(CloudEvent.model_validate(asks))
        assert next(rehearsal.worded(step)) == "appends to the register flood-warning under 065WAF441"


class TestWhatIngressTakesInNoEvent:
    """A dry run refuses it, too, and is not stopped by it."""

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ('{"type": NaN}', "cannot be sent: The body is not JSON: NaN is not a JSON number."),
            ('{"type": "a", "type": "b"}', "cannot be sent: The body is not JSON: an object has the same key twice."),
            ("[" * 100_000, "cannot be sent: The body is nested deeper than 64 levels."),
            ('{"type": "\\ud800"}', "cannot be sent: The body holds half of a surrogate pair, which is no character."),
        ],
    )
    def test_a_body_that_cannot_be_read(self, tmp_path: Path, text: str, why: str) -> None:
        file = tmp_path / "event.json"
        file.write_text(text)
        result = emit(file)
        assert (result.exit_code, result.stderr) == (1, f"{file} {why}\n")

    def test_a_body_that_is_too_large(self, tmp_path: Path) -> None:
        result = emit(changed(tmp_path / "event.json", data={"message": "x" * 1_000_001}), "--json")
        [error] = json.loads(result.stdout)["errors"]
        assert result.exit_code == 1
        assert error["message"].endswith("bytes, larger than 1000000.")


FLOODS = "environment-agency.FloodWarningIssued.v1"
FAILS = "county < `4`"


class TestWhatCannotBeWorkedOut:
    @pytest.fixture(autouse=True)
    def as_changed(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a test changes in the declarations is not compiled again."""
        monkeypatch.setattr(dry_run, "compile_declarations", lambda: None)

    def test_where_a_reaction_fails_no_other_is_done_as_in_the_function(self, ground: Ground) -> None:
        ground.declared["reactions"][FLOODS][0]["if"] = FAILS
        steps = json.loads(emit(SEVERE, "--same", "--json").output)["reactions"]
        failing = steps[0]["name"]
        assert [step["name"] for step in steps if "problem" in step] == [failing]
        assert not [step for step in steps if "request" in step]
        prevented = [step for step in steps if "prevented" in step]
        assert prevented
        assert all(step["holds"] and step["prevented"] == f"{failing} cannot be worked out" for step in prevented)
        assert deliver(reactions.reactions, delivered(json.loads(SEVERE.read_bytes()))) == [True]
        assert not ground.said()
        shown = emit(SEVERE).output.partition("subscription")[0]
        assert "the event would be quarantined, whole: ((county < `4`))" in shown
        assert "✓" not in shown
        assert "notifies" not in shown

    def test_where_a_subscription_fails_the_others_get_theirs_as_in_the_function(self, ground: Ground) -> None:
        [first] = ground.declared["subscriptions"][FLOODS]
        failing = {**first, "department": "harbour-board", "if": FAILS}
        ground.declared["subscriptions"][FLOODS] = [failing, first]
        steps = json.loads(emit(SEVERE, "--same", "--json").output)["subscriptions"]
        assert [(step["department"], "request" in step, "problem" in step) for step in steps] == [
            ("harbour-board", False, True),
            ("communities", True, False),
        ]
        assert deliver(share.share, delivered(json.loads(SEVERE.read_bytes()))) == [True]
        assert sorted(event.type for event in ground.said()) == ["platform.EventRejected.v1", "platform.ForwardRequested.v1"]
        shown = emit(SEVERE).output
        assert "rejected, for this subscriber alone: ((county < `4`))" in shown
        assert "quarantined" not in shown
        assert "hands it on to the queue subscriptions" in shown


class TestWhetherItWouldBeTaken:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"source": "uk.gov.nobody"}, "source"),
            ({"type": "environment-agency.FloodWarningIssued.v9"}, "type"),
            ({"data": {}}, "data.floodAreaID"),
            ({"department": "environment-agency"}, "department"),
        ],
    )
    def test_a_refusal_names_the_field(self, tmp_path: Path, changes: dict[str, Any], field: str) -> None:
        answer = emit(changed(tmp_path / "event.json", **changes))
        assert answer.exit_code == 1
        assert f"  {field}: " in answer.output
        told = json.loads(emit(tmp_path / "event.json", "--json").output)
        assert told["accepted"] is False
        assert field in [error["field"] for error in told["errors"]]

    def test_a_type_that_is_to_end_is_warned_of(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compiled = departments.compile(departments.load())
        compiled["emits"]["environment-agency.FloodWarningIssued.v1"] |= {"sunset": "2999-12-31"}
        monkeypatch.setattr(dry_run, "compile_declarations", lambda: None)
        monkeypatch.setattr(declarations, "compiled", lambda: compiled)
        assert "is deprecated and is taken until 2999-12-31" in emit(SEVERE).output

    def test_the_platform_that_runs_here_is_asked_with_a_test_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def key(department: str, kind: str = "live") -> str:
            asked.append(f"{department} {kind}")
            return "k"

        def refuse(*_: object) -> dict[str, Any]:
            raise Failed(f"{sending.REFUSED} 403 (type_not_declared).")

        monkeypatch.setattr(running, "emitting_key", key)
        monkeypatch.setattr(running, "url", lambda: "http://127.0.0.1:1")
        monkeypatch.setattr(sending, "send", refuse)
        assert "The platform that runs here: The event was refused with 403" in emit(SEVERE).output
        assert asked == ["environment-agency test"]


DATA = {"level": 3, "area": {"county": "Kent"}, "rivers": [{"name": "Ouse"}], "tidal": False}


class TestReasons:
    @pytest.mark.parametrize(
        ("written", "because"),
        [
            ("level < `2`", ["level is 3"]),
            ("level < `4` && tidal", ["tidal is false"]),
            ("level < `4` || tidal", ["level is 3"]),
            ("level > `4` || tidal", ["level is 3", "tidal is false"]),
            ("area.county == 'Kent'", ['area.county is "Kent"']),
            ("contains(rivers[*].name, 'Avon')", ['rivers.name is ["Ouse"]']),
            ("missing", ["missing is absent"]),
        ],
    )
    def test_the_part_that_decides_is_told_with_its_values(self, written: str, because: list[str]) -> None:
        assert deciding(written, DATA) == because

    def test_an_expression_that_fails_on_the_event_is_what_quarantine_would_say(self, ground: Ground) -> None:
        ground.declared["reactions"]["environment-agency.FloodWarningIssued.v1"][0]["if"] = "county < `4`"
        event = CloudEvent.model_validate(json.loads(SEVERE.read_bytes()))
        step = rehearsal.reactions(event)[0]
        assert (step.holds, step.problem) == (False, "((county < `4`)): puts values of different types in order")


class TestExplaining:
    @pytest.fixture
    def assembly(self, tmp_path: Path) -> Path:
        def rule(name: str, pattern: object, **more: object) -> dict[str, Any]:
            return {"Type": "AWS::Events::Rule", "Properties": {"Name": f"commonweal-parks-{name}", "EventPattern": pattern, **more}}

        bus = {"EventBusName": {"Ref": "Bus"}}
        found = {
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "commonweal-parks"}},
            "All": rule("all", {"source": [{"prefix": "uk.gov."}]}, **bus),
            "Here": rule("here", {"account": ["111111111111"], "region": ["eu-west-1"]}, **bus),
            "Over": rule("over", {"detail": {"data": {"severityLevel": [4]}}}, **bus),
            "Files": rule("files", {"source": ["aws.s3"]}, EventBusName="default"),
            "Nightly": {
                "Type": "AWS::Events::Rule",
                "Properties": {"Name": "commonweal-parks-nightly", "ScheduleExpression": "rate(1 day)"},
            },
        }
        (tmp_path / "bus.template.json").write_text(json.dumps({"Resources": found}))
        (tmp_path / "empty.template.json").write_text("{}")
        return tmp_path

    @pytest.fixture
    def parks(self, assembly: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A stage in an account of its own."""
        stage = Stage("parks", account="111111111111", region="eu-west-1")
        monkeypatch.setitem(STAGES, "parks", stage)
        monkeypatch.setattr(explain, "synthesised", lambda _: deployed(assembly, stage).rules)

    def test_every_rule_says_whether_it_matches_or_why_not(self, parks: None) -> None:
        told = json.loads(CliRunner().invoke(app, ["explain", str(SEVERE), "--json", "--stage", "parks"]).output)
        assert told["matches"] == ["all", "here"]
        assert told["not"]["files"] == ["it listens to AWS services, on the bus of the account"]
        assert told["not"]["over"] == ["detail.data.severityLevel is 1, not 4"]
        assert [step["holds"] for step in told["reactions"]] == [True, True, False, False, True]
        shown = CliRunner().invoke(app, ["explain", str(SEVERE), "--stage", "parks"]).output
        assert "  over   detail.data.severityLevel is 1, not 4" in shown
        assert "does not hold: severityLevel == `4`" in shown

    def test_what_ingress_would_refuse_is_said_first_with_whose_the_reactions_are(self, parks: None, tmp_path: Path) -> None:
        others = changed(tmp_path / "others.json", source="uk.gov.communities.local-authorities")
        wrong = "communities does not declare 'environment-agency.FloodWarningIssued.v1' from 'uk.gov.communities.local-authorities'"
        shown = CliRunner().invoke(app, ["explain", str(others), "--stage", "parks"]).output
        assert shown.index(f"It would be refused:\n  type: {wrong}") < shown.index("Rules that match:")
        told = json.loads(CliRunner().invoke(app, ["explain", str(others), "--json", "--stage", "parks"]).output)
        assert told["refused"] == json.loads(emit(others, "--json").output)["errors"] == [{"field": "type", "message": wrong}]
        assert {step["department"] for step in told["reactions"]} == {"environment-agency"}

    def test_a_type_that_nobody_declares_is_said_to_be_refused(self, parks: None, tmp_path: Path) -> None:
        unknown = changed(tmp_path / "unknown.json", type="environment-agency.TideTurned.v1")
        shown = CliRunner().invoke(app, ["explain", str(unknown), "--stage", "parks"]).output
        assert "type: environment-agency does not declare 'environment-agency.TideTurned.v1'" in shown

    @pytest.mark.parametrize("source", ["uk.gov.commonweal.publishing", None])
    def test_what_does_not_come_through_ingress_is_not_held_to_it(self, parks: None, tmp_path: Path, source: str | None) -> None:
        said = json.loads(SEVERE.read_bytes())
        handed = {"source": said["source"], "detail-type": said["type"], "detail": {**said, "department": "environment-agency"}}
        file = tmp_path / "event.json"
        file.write_text(json.dumps({**said, "source": source} if source else handed))
        told = json.loads(CliRunner().invoke(app, ["explain", str(file), "--json", "--stage", "parks"]).output)
        assert "refused" not in told
        assert told["matches"] == ["all", *(["here"] if source else [])]

    def test_a_rule_that_the_bus_would_refuse_is_said_to_be(self, parks: None, assembly: Path) -> None:
        rule = {"Name": "commonweal-parks-broken", "EventBusName": {"Ref": "Bus"}, "EventPattern": {"source": [{"begins-with": "uk"}]}}
        bus = {"Type": "AWS::Events::EventBus"}
        found = {"Resources": {"Bus": bus, "Broken": {"Type": "AWS::Events::Rule", "Properties": rule}}}
        (assembly / "other.template.json").write_text(json.dumps(found))
        told = json.loads(CliRunner().invoke(app, ["explain", str(SEVERE), "--json", "--stage", "parks"]).output)
        assert told["not"]["broken"][0].startswith("EventBridge would refuse the rule: source: begins-with is no operator")

    def test_what_aws_says_is_taken_as_it_stands(self, parks: None, tmp_path: Path) -> None:
        file = tmp_path / "stored.json"
        file.write_text(json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": {}}))
        assert json.loads(CliRunner().invoke(app, ["explain", str(file), "--json", "--stage", "parks"]).output)["matches"] == ["files"]

    @pytest.mark.parametrize(("text", "says"), [("{", "is not JSON"), ("[]", "holds no CloudEvent"), ("{}", "holds no CloudEvent")])
    def test_a_file_that_holds_no_event_is_said_to(self, tmp_path: Path, text: str, says: str) -> None:
        (tmp_path / "event.json").write_text(text)
        answer = CliRunner().invoke(app, ["explain", str(tmp_path / "event.json")])
        assert (answer.exit_code, says in answer.output) == (1, True)

    def test_a_stage_that_is_not_there_is_said_to_be(self) -> None:
        answer = CliRunner().invoke(app, ["explain", str(SEVERE), "--stage", "moon"])
        assert (answer.exit_code, "There is no stage 'moon'" in answer.output) == (1, True)
