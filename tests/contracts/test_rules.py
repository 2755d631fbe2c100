"""Every rule of every stage, as it is synthesised, against every sample, good and bad: what the table says matches, and no more.

A bad sample goes where a good one of its type goes, unless it is bad in a field that a rule asks for: a rule looks at the type and at a
few fields, and whether an event is right is for whoever gets it to say.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.services import eventbridge

from infra.catalogue.pattern import delivered, matches
from infra.catalogue.templates import Rule, deployed
from infra.local.synth import synthesise
from infra.stages import STAGES
from tests.contracts.aws_events import said

ROOT = Path(__file__).parents[2]
TABLE: Mapping[str, Mapping[str, Any]] = json.loads((Path(__file__).parent / "rules.json").read_bytes())
"""Each rule's name: what it hears, as `<owner>/<Fact>` or, where not each sample is heard, `<owner>/<Fact>/<case>`, or the words of
`aws_events`; `*` is every event, `departments` every one that is a department's own. `stages` are those that have it, where not all do."""

REPLAY = "replay"

type Entry = Mapping[str, Any]
"""What EventBridge hands to the targets of a rule."""


def samples() -> dict[str, Entry]:
    """Every sample in `events/`, as EventBridge delivers it."""
    here = STAGES["local"]
    files = sorted((ROOT / "events").glob("*/*/*.json"))
    events = {"/".join(file.with_suffix("").parts[-3:]): json.loads(file.read_bytes()) for file in files}
    return {case: delivered(event, here.account, here.region) for case, event in events.items()}


SAMPLES = samples()


@cache
def of_stage(stage: str) -> dict[str, Rule]:
    return {rule.name: rule for rule in deployed(synthesise(ROOT, stage), STAGES[stage]).rules}


@cache
def heard(stage: str, name: str) -> frozenset[str]:
    """Everything of which a rule says that it matches."""
    everything = {**SAMPLES, **said(STAGES[stage])}
    return frozenset(case for case, one in everything.items() if of_stage(stage)[name].takes(one))


def expected(name: str) -> frozenset[str]:
    """Everything of which the table says so."""
    found: set[str] = set()
    for told in TABLE[name]["hears"]:
        match told:
            case "*":
                found |= SAMPLES.keys()
            case "departments":
                found |= {case for case in SAMPLES if not case.startswith("platform/")}
            case _:
                cases = {case for case in SAMPLES if case == told or case.rpartition("/")[0] == told}
                assert cases or told in said(STAGES["local"]), f"{told} names no sample"
                found |= cases or {told}
    return frozenset(found)


@pytest.mark.parametrize("stage", STAGES)
def test_every_rule_has_a_line_in_the_table_and_every_line_a_rule(stage: str) -> None:
    assert of_stage(stage).keys() == {name for name, line in TABLE.items() if stage in line.get("stages", STAGES)}


@pytest.mark.parametrize(
    ("stage", "name"), [(stage, name) for stage in STAGES for name, line in TABLE.items() if stage in line.get("stages", STAGES)]
)
def test_a_rule_matches_what_it_should_and_nothing_else(stage: str, name: str) -> None:
    assert heard(stage, name) == expected(name)


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_replayed_goes_to_the_replay_queue_alone(stage: str) -> None:
    for case, one in SAMPLES.items():
        replayed = {**one, "replay-name": "june"}
        assert [name for name, rule in of_stage(stage).items() if rule.takes(replayed)] == [REPLAY], case
        assert not of_stage(stage)[REPLAY].takes(one), case


@pytest.mark.parametrize("stage", STAGES)
def test_every_pattern_is_plain_before_it_is_deployed(stage: str) -> None:
    """A reference inside a pattern would only be known to CloudFormation, and nothing here could be proven of it."""
    for rule in of_stage(stage).values():
        assert "Fn::" not in json.dumps(rule.pattern)
        assert '"Ref"' not in json.dumps(rule.pattern)


SOURCES = st.sampled_from(sorted({str(one["source"]) for one in SAMPLES.values()})) | st.sampled_from(
    ["aws.ses", "aws.s3", "uk.gov.new", ""]
)
TYPES = st.sampled_from(sorted({str(one["detail-type"]) for one in SAMPLES.values()})) | st.text(max_size=20)
STATUSES = st.sampled_from(["delivered", "sending", "sent", "returned-letter", "", None, 3]) | st.lists(
    st.sampled_from(["sent", "x"]), max_size=2
)
EVENTS = st.fixed_dictionaries(
    {"source": SOURCES, "detail-type": TYPES},
    optional={
        "replay-name": st.just("june"),
        "time": st.just("2026-11-23T09:30:00Z"),
        "detail": st.fixed_dictionaries(
            {},
            optional={
                "eventType": st.none() | st.text(max_size=3),
                "data": st.fixed_dictionaries({}, optional={"status": STATUSES}) | st.none() | st.just([{"status": "sent"}]),
                "bucket": st.sampled_from([{"name": "commonweal-local-data-access-000000000000"}, {"name": "another"}, {}]),
                "object": st.sampled_from([{"key": "uploads/1"}, {"key": "segments/1"}, {"key": None}]),
            },
        ),
    },
)


@given(event=EVENTS)
def test_the_emulator_says_the_same_of_every_rule(event: dict[str, Any]) -> None:
    put = eventbridge._event_from_test_payload(event)
    for rule in of_stage("local").values():
        assert matches(rule.pattern, event) is eventbridge._matches_pattern(json.dumps(rule.pattern), put), rule.name
