"""What was read a moment ago: how long it is current, and how much of it is held."""

import pytest

from functions.common import recent
from functions.common.recent import Recent


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    passed = [0.0]
    monkeypatch.setattr(recent, "monotonic", lambda: passed[0])
    return passed


def test_it_is_read_again_after_two_seconds(passed: list[float]) -> None:
    kept: Recent[str, int] = Recent()
    answers = iter(range(10))
    found = []
    for seconds in (0, 1.9, 2.0, 3.9, 4.0):
        passed[0] = seconds
        found.append(kept.get("a", lambda: next(answers)))
    assert found == [0, 0, 1, 1, 2]


def test_its_age_counts_from_before_it_was_read(passed: list[float]) -> None:
    kept: Recent[str, str] = Recent()

    def slow() -> str:
        passed[0] += 2
        return "read"

    kept.get("a", slow)
    assert kept.get("a", lambda: "again") == "again"


def test_what_is_not_there_is_not_remembered_nor_what_was_there_before(passed: list[float]) -> None:
    kept: Recent[str, int] = Recent()
    assert kept.get("a", lambda: None) is None
    assert kept.get("a", lambda: 1) == 1
    assert kept.renew("a", lambda: None) is None
    assert len(kept) == 0


def test_no_more_is_held_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST", 3)
    kept: Recent[int, int] = Recent()
    for number in [*range(6), 5]:
        kept.renew(number, lambda number=number: number)  # type: ignore[misc]  # a default binds the number now
    assert len(kept) == 3
    assert [kept.get(number, lambda: -1) for number in (3, 4, 5)] == [3, 4, 5]


def test_what_has_changed_is_read_again() -> None:
    kept: Recent[str, int] = Recent()
    kept.get("a", lambda: 1)
    kept.forget("a")
    kept.forget("b")
    assert kept.get("a", lambda: 2) == 2
    kept.clear()
    assert kept.get("a", lambda: 3) == 3
