"""The same queries where a dataset is too large for one function: Athena is DuckDB here, behind its own client's calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from functions.common import clients
from functions.common.failures import Refusal, Transient
from functions.data_access import dictionary
from functions.data_access.queries import athena, running
from functions.data_access.queries.athena import OverSnapshot
from functions.data_access.queries.query import Condition, Either, Every, Operator, Order, Query
from functions.data_access.store import snapshots
from functions.data_access.store.snapshots import File, Snapshot

from .conftest import Platform
from .tables import STATION_COLUMNS, parquet, sqlite, versions
from .test_datasets import LEWES, STATION, Ask, ask, keys, stations

__all__ = ["ask", "stations"]  # fixtures

ROWS: list[tuple[str, Any]] = [
    ("a", {"name": "O'Brien; DROP TABLE x --", "level": 3, "height": 0.1 + 0.2, "tidal": 1, "rivers": '["Ouse","Uck"]'}),
    ("b", {"name": "", "level": -1, "tidal": 0}),
    ("c", {"name": "Éa", "region": "South", "height": 1e300}),
    ("b", {"name": "later", "level": 7}),
]


@dataclass
class FakeAthena:
    """Runs what it is sent in DuckDB, the parameters as they would stand in the text; `states` are what it tells of a query first."""

    engine: duckdb.DuckDBPyConnection
    states: list[str] = field(default_factory=list)
    started: list[dict[str, Any]] = field(default_factory=list)
    looked: int = 0

    def start_query_execution(self, **asked: Any) -> dict[str, str]:
        assert all(1 <= len(one) <= 1024 for one in asked.get("ExecutionParameters", []))
        self.started.append(asked)
        return {"QueryExecutionId": asked["ClientRequestToken"]}

    def get_query_execution(self, **_: Any) -> Any:
        self.looked += 1
        state = self.states.pop(0) if self.states else "SUCCEEDED"
        return {"QueryExecution": {"Status": {"State": state, "StateChangeReason": "secret"}}}

    def get_paginator(self, name: str) -> FakeAthena:
        assert name == "get_query_results"
        return self

    def paginate(self, **wanted: Any) -> Iterator[Any]:
        [asked] = [one for one in self.started if one["ClientRequestToken"] == wanted["QueryExecutionId"]][-1:]
        parts = asked["QueryString"].split("?")
        text = "".join(f"{part}{given}" for part, given in zip(parts, [*asked.get("ExecutionParameters", []), ""], strict=True))
        found = self.engine.execute(text)
        rows = [{"Data": [{"VarCharValue": name} for name, *_ in found.description]}]
        rows += [{"Data": [{} if cell is None else {"VarCharValue": _written(cell)} for cell in row]} for row in found.fetchall()]
        for start in range(0, len(rows), 2):
            yield {"ResultSet": {"Rows": rows[start : start + 2]}}


def _written(cell: Any) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def lake(folder: Path, history: list[tuple[str, Any]], register: str = "river-station", columns: Any = STATION_COLUMNS) -> FakeAthena:
    """The tables as the stack declares them: their columns by place, one snapshot beside another that no query may see."""
    engine = parquet(versions(history), folder, columns)
    for kind, names in {"records": [*columns], "history": ["_id", "_key", "_entry", "_until", "_timestamp", *columns.fields]}.items():
        placed = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}" AS c{place}' for place, name in enumerate(names))
        both = f"SELECT {placed}, '{len(history)}' AS snapshot FROM {kind} UNION ALL SELECT {placed}, '1' FROM {kind}"
        engine.execute(f'CREATE VIEW "{register.replace("-", "_")}_{kind}" AS {both}')
    return FakeAthena(engine)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeAthena:
    made = lake(tmp_path, ROWS)
    monkeypatch.setattr(clients, "athena", lambda: made)
    monkeypatch.setattr(athena, "PAUSES", (0.0,))
    monkeypatch.setenv("LAKE", "commonweal_test_data")
    monkeypatch.setenv("WORKGROUP", "commonweal-test-data")
    return made


SOURCE = OverSnapshot("river-station", 4, STATION_COLUMNS)
ALL = Query(columns=("_key", "_entry", *STATION_COLUMNS.fields), order=(Order("level", descending=True),))


@pytest.mark.parametrize(
    "query",
    [
        ALL,
        replace(ALL, as_at=2),
        replace(ALL, where=Condition("name", Operator.EXACT, "O'Brien; DROP TABLE x --")),
        replace(ALL, where=Condition("tidal", Operator.EXACT, 1)),
        replace(ALL, where=Every((Condition("height", Operator.GTE, 0.1 + 0.2), Condition("height", Operator.LT, 1e300)))),
        replace(ALL, where=Either((Condition("level", Operator.IN, (3, -1)), Condition("rivers", Operator.ARRAYCONTAINS, "Uck")))),
        replace(ALL, limit=2),
        replace(ALL, where=Condition("name", Operator.ISBLANK), as_at=3),
    ],
)
def test_a_query_gives_what_a_replica_would(fake: FakeAthena, query: Query) -> None:
    replica = running.OverReplica(sqlite(versions(ROWS)), STATION_COLUMNS)
    assert SOURCE.rows(query) == replica.rows(query)
    assert SOURCE.total(query) == replica.total(query)
    theirs, ours = SOURCE.objects(query), replica.objects(query)
    assert [json.loads(row[0]) for row in theirs.rows] == [json.loads(row[0]) for row in ours.rows]
    assert theirs.after == ours.after


def test_pages_go_on_from_each_other(fake: FakeAthena) -> None:
    query, seen = replace(ALL, limit=1), list[str]()
    while True:
        page = SOURCE.rows(query)
        seen += [row[0] for row in page.rows]
        if page.after is None:
            break
        query = replace(query, after=page.after)
    assert seen == ["b", "a", "c"]


def test_values_are_parameters_and_the_question_names_its_database_and_group(fake: FakeAthena) -> None:
    SOURCE.rows(replace(ALL, where=Condition("name", Operator.EXACT, "O'Brien")))
    [asked] = fake.started
    assert "Brien" not in asked["QueryString"]
    assert asked["ExecutionParameters"] == ["'4'", "'O''Brien'"]
    assert asked["QueryExecutionContext"] == {"Database": "commonweal_test_data"}
    assert asked["WorkGroup"] == "commonweal-test-data"


def test_it_waits_for_a_query_that_is_at_work(fake: FakeAthena) -> None:
    fake.states = ["QUEUED", "RUNNING", "RUNNING"]
    assert len(SOURCE.rows(ALL).rows) == 3
    assert fake.looked == 4


def test_one_that_takes_too_long_is_asked_for_again_and_is_the_same_one(fake: FakeAthena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(athena, "LONGEST", -1.0)
    fake.states = ["RUNNING"]
    with pytest.raises(Refusal, match="ask the same again") as refusal:
        SOURCE.rows(ALL)
    assert (refusal.value.status, refusal.value.headers) == (503, {"Retry-After": "5"})
    SOURCE.rows(ALL)
    SOURCE.rows(replace(ALL, limit=1))
    first, second, another = (asked["ClientRequestToken"] for asked in fake.started)
    assert first == second != another
    assert 32 <= len(first) <= 128


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_one_that_fails_is_transient_and_its_reason_is_not_told(fake: FakeAthena, state: str, capsys: pytest.CaptureFixture[str]) -> None:
    fake.states = [state]
    with pytest.raises(Transient) as failure:
        SOURCE.rows(ALL)
    assert "secret" not in str(failure.value) + capsys.readouterr().out


class TestOverHttp:
    @pytest.fixture
    def large(self, stations: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
        from functions.data_access.queries import columns

        known = columns.of(dictionary.of(STATION))
        rows: list[tuple[str, Any]] = [("L1", {**LEWES, "tidal": 1, "rivers": '["Ouse"]'}), ("U1", {"name": "Uck", "level": 7})]
        made = lake(tmp_path, rows, "station", known)
        monkeypatch.setattr(clients, "athena", lambda: made)
        for name, value in {"LAKE": "data", "WORKGROUP": "data", "LARGEST_REPLICA": "6"}.items():
            monkeypatch.setenv(name, value)
        return stations

    def record(self) -> None:
        files = (File("records.csv.gz", 10, "0" * 64),)
        snapshots.record("station", Snapshot(2, "2026-11-23T09:30:00Z", 2, "0" * 64, dictionary.of(STATION).hash, files))

    def test_a_large_dataset_is_read_as_its_newest_snapshot_has_it(self, large: Ask, platform: Platform) -> None:
        self.record()
        first = large("/datasets/station/records?_limit=1&_sort=level&_total=1")
        assert (keys(first), first.json["as_at"], first.json["total"]) == (["L1"], 2, 2)
        assert keys(large(first.json["next"])) == ["U1"]
        assert large("/datasets/station/records/L1").json["record"]["rivers"] == ["Ouse"]
        assert large("/datasets/station/records/L1?as_at=1").json["as_at"] == 1
        assert large("/datasets/station/records/nobody").status == 404
        assert large("/datasets/station").json["records"] == 2
        assert large("/datasets/station/records", headers={"if-none-match": first.headers["etag"]}).status == 200
        assert large("/datasets/station/records?as_at=3").status == 400
        assert large("/datasets/station/records?as_at=2026-11-23T09:30:00Z").json["error"]["field"] == "as_at"

    def test_its_changes_come_from_the_log_and_its_history_from_a_file(self, large: Ask) -> None:
        self.record()
        assert [line.partition(",")[0] for line in large("/datasets/station/changes").text.splitlines()] == ['{"entry":1', '{"entry":2']
        assert 'rel="next"' in large("/datasets/station/changes?_limit=1").headers["link"]
        assert "history.parquet" in large("/datasets/station/records/L1/history").json["error"]["message"]

    def test_without_a_snapshot_it_says_when_to_come_again(self, large: Ask) -> None:
        answer = large("/datasets/station/records")
        assert (answer.status, answer.headers["retry-after"]) == (503, "60")
