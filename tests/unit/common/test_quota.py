"""Quotas for data: who is let through, what it costs, and what everybody is told (data contract, 3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.common import clients, developer_keys, keyring, quota
from functions.common.failures import Refusal
from functions.common.http import Api
from functions.common.windows import Window
from tests.unit.common.ground import Ground, lose_answer
from tests.unit.common.town import NOON, OTHER_ADDRESS, SERVICE, SITE, Town, let_through, refused, request


class TestHours:
    def test_a_holder_has_a_thousand_and_is_told_how_many_are_left(self, town: Town) -> None:
        headers = quota.admit(request(town.key())).headers
        assert headers == {
            "X-RateLimit-Limit": "1000",
            "X-RateLimit-Remaining": "999",
            "RateLimit-Policy": '"hour";q=1000;w=3600, "second";q=20;w=1, "15-seconds";q=150;w=15',
            "RateLimit": '"hour";r=999;t=1800',
        }

    def test_the_remaining_are_counted_down_one_by_one_to_none(self, town: Town) -> None:
        town.service(per_hour=250)
        key, told = town.key(), []
        for _ in range(250):
            town.wait(1)
            told.append(int(quota.admit(request(key)).headers["X-RateLimit-Remaining"]))
        assert told == list(range(249, -1, -1))
        assert refused(request(key)).code == "OVER_RATE_LIMIT"

    def test_who_is_over_is_told_until_when(self, town: Town) -> None:
        town.service(per_hour=10)
        key = town.key()
        assert let_through(town, key, 12) == 10
        refusal = refused(request(key))
        message = f"You have exceeded your rate limit. Try again later or contact us at {SITE}/developers for assistance"
        assert (refusal.status, developer_keys.shape(refusal)) == (429, {"error": {"code": "OVER_RATE_LIMIT", "message": message}})
        wait = int(refusal.headers["Retry-After"])
        assert refusal.headers["RateLimit"] == f'"hour";r=0;t={wait}'
        assert (refusal.headers["X-RateLimit-Limit"], refusal.headers["X-RateLimit-Remaining"]) == ("10", "0")
        assert wait == 30 * 60 - 12 + 1
        town.wait(wait - 1)
        assert refused(request(key)).status == 429
        town.wait(1)
        quota.admit(request(key))

    def test_several_keys_of_one_holder_share_them(self, town: Town) -> None:
        town.service(per_hour=10, holder="one-developer")
        other = str(uuid4())
        town.service(other, per_hour=10, holder="one-developer")
        assert let_through(town, town.key(), 6) + let_through(town, town.key(), 2) + let_through(town, town.key(other), 6) == 10

    def test_refused_requests_are_not_counted(self, town: Town) -> None:
        town.service(per_hour=10)
        key = town.key()
        let_through(town, key, 200)
        # All but the first tenth of the next hour, in which what is over still counts: as if the 190 had never been.
        town.now = NOON + timedelta(minutes=36, seconds=1)
        assert let_through(town, key, 3, pause=0) == 2

    def test_a_department_has_its_own(self, town: Town) -> None:
        town.service(per_hour=5_000)
        assert quota.admit(request(town.key())).headers["X-RateLimit-Limit"] == "5000"


class TestCost:
    def test_the_hot_path_writes_for_a_fraction_of_the_requests(self, town: Town, ground: Ground) -> None:
        town.service(per_hour=10_000)
        key = town.key()
        quota.admit(request(key))
        calls = ground.calls(clients.dynamodb())
        assert let_through(town, key, 1_000, pause=0.2) == 1_000
        assert len([name for name, _ in calls if name == "UpdateItem"]) < 25

    def test_a_refusal_that_is_known_costs_next_to_nothing(self, town: Town, ground: Ground) -> None:
        town.service(per_hour=10)
        key = town.key()
        let_through(town, key, 11)
        calls = ground.calls(clients.dynamodb())
        assert let_through(town, key, 500, pause=0.1) == 0
        assert len([name for name, _ in calls if name == "UpdateItem"]) <= 13  # 2, 4, … 64, then by 64
        assert [name for name, _ in calls if name == "PutItem"] == []

    def test_an_unknown_key_writes_nothing(self, town: Town, ground: Ground) -> None:
        calls = ground.calls(clients.dynamodb())
        refused(request("wrong"))
        refused(request(f"mine-{SERVICE}-{uuid4()}"))
        assert {name for name, _ in calls} == {"Query"}

    def test_a_lost_answer_lets_no_more_through(self, town: Town) -> None:
        town.service(per_hour=10)
        key = town.key()
        lose_answer("UpdateItem")
        assert 9 <= let_through(town, key, 20) <= 10


steps = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 1, 30, 600, 3_000])), max_size=20)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([1, 7, 150, 600]), steps)
def test_processes_together_let_no_more_through_than_the_limit(town: Town, per_hour: int, steps: list[tuple[int, float]]) -> None:
    town.processes.clear()
    window, name, through = quota.hour(per_hour), str(uuid4()), list[int]()
    for process, pause in steps:
        town.run(process)
        town.wait(pause)
        for _ in range(25):
            try:
                quota.take(name, (window,), SITE)
            except Refusal:
                break
            through.append(window.number(quota._now()))
    assert all(through.count(number) <= per_hour for number in set(through))


class TestDemo:
    def test_thirty_an_hour_from_one_address(self, town: Town) -> None:
        headers = quota.admit(request("DEMO_KEY")).headers
        assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("30", "29")
        assert let_through(town, "DEMO_KEY", 40) == 29
        assert quota.admit(request("DEMO_KEY", address=OTHER_ADDRESS)).holder == "demo"

    def test_fifty_a_day(self, town: Town) -> None:
        assert sum(let_through(town, "DEMO_KEY", 30, pause=130) for _ in range(4)) == 50
        refusal = refused(request("DEMO_KEY"))
        assert (refusal.headers["X-RateLimit-Limit"], int(refusal.headers["Retry-After"]) > 3_600) == ("50", True)

    def test_what_the_day_refuses_takes_nothing_from_the_hour(self, town: Town) -> None:
        hour, day = Window("hour", 10, 3_600), Window("day", 3, 86_400)
        for _ in range(3):
            quota.take("both", (hour, day), SITE)
        for _ in range(5):
            with pytest.raises(Refusal):
                quota.take("both", (hour, day), SITE)
        assert quota.take("both", (hour,), SITE).left == 6

    def test_no_address_is_written_down_and_what_is_expires(self, town: Town, ground: Ground) -> None:
        quota.admit(request("DEMO_KEY", address="203.0.113.77"))
        items = [item for item in ground.items() if item["pk"]["S"].startswith("quota#")]
        assert len(items) == 2
        assert "203.0.113.77" not in str(items)
        assert all(int(item["expires_at"]["N"]) <= NOON.timestamp() + 2 * 86_400 for item in items)


class TestBursts:
    def test_twenty_a_second_from_one_key(self, town: Town) -> None:
        key = town.key()
        for number in range(20):
            quota.admit(request(key, address=f"192.0.2.{number}"))
        for number in range(20, 40):
            headers = refused(request(key, address=f"192.0.2.{number}")).headers
            assert headers["RateLimit-Policy"] == '"second";q=20;w=1, "15-seconds";q=150;w=15'
            assert headers["Retry-After"] == "2"

    def test_fifty_a_second_from_one_address_whatever_it_sends(self, town: Town, ground: Ground) -> None:
        codes = [refused(request(f"mine-{uuid4()}-{uuid4()}")).code for _ in range(50)]
        calls = ground.calls(clients.dynamodb())
        codes += [refused(request(f"mine-{uuid4()}-{uuid4()}")).code for _ in range(50)]
        assert codes == ["API_KEY_INVALID"] * 50 + ["OVER_RATE_LIMIT"] * 50
        assert calls == []

    def test_two_hundred_and_fifty_in_fifteen_seconds_without_a_key(self, town: Town) -> None:
        town.now = NOON.replace(second=0)
        through = 0
        for _ in range(400):
            town.wait(0.035)
            try:
                quota.admit_anyone(request())
            except Refusal:
                continue
            through += 1
        assert through == 250

    def test_a_process_holds_no_more_counters_than_it_may(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(quota, "MOST_KEPT", 10)
        for number in range(50):
            quota.admit_anyone(request(address=f"192.0.2.{number}"))
        assert len(quota._bursts) <= 10


class TestUsage:
    def test_a_holder_sees_requests_and_refusals_by_day(self, town: Town) -> None:
        town.service(per_hour=10)
        key = town.key()
        let_through(town, key, 14)
        town.wait(86_400)
        let_through(town, key, 3)
        today, yesterday = quota.days(SERVICE)
        assert (today.date, today.requests, today.refusals) == ("2026-11-24", 3, 0)
        assert (yesterday.date, yesterday.requests) == ("2026-11-23", 10)
        assert 1 <= yesterday.refusals <= 4

    def test_and_when_there_is_more(self, town: Town) -> None:
        town.service(per_hour=10)
        let_through(town, town.key(), 12)
        standing = quota.standing(SERVICE, quota.hour(10))
        assert (standing.left, standing.resets) == (0, 30 * 60 - 12 + 1)
        assert quota.standing("nobody", quota.hour()).left == 1_000


class TestAnApiThatAdmits:
    """What the front desk does with it."""

    @pytest.fixture
    def api(self) -> Api:
        api = Api("Things", admits=quota.admit, shape=developer_keys.shape, always=developer_keys.ALWAYS)

        @api.get("/things")
        def get_things() -> dict[str, object]:
            """All things."""
            if "page" in api.query:
                return {"page": api.query["page"]}
            if api.query:
                raise Refusal(400, f"{next(iter(api.query))} is not a field.", code="unknown_field")
            return {"headers": sorted(api.headers)}

        return api

    def test_every_answer_tells_the_limit_and_lets_pages_of_other_sites_read_it(self, town: Town, api: Api) -> None:
        key = town.key()
        for sent, status in ((request(key), 200), (request(key, query="colour=red"), 400), ({**request(key), "rawPath": "/no"}, 404)):
            answer = api(sent, None)  # type: ignore[arg-type]
            assert answer["statusCode"] == status
            assert answer["headers"]["X-RateLimit-Limit"] == "1000"
            assert answer["headers"]["Access-Control-Allow-Origin"] == "*"

    def test_a_refusal_is_said_to_pages_of_other_sites_too(self, town: Town, api: Api) -> None:
        answer = api(request("wrong"), None)  # type: ignore[arg-type]
        assert (answer["statusCode"], answer["headers"]["Access-Control-Allow-Origin"]) == (403, "*")

    def test_a_key_is_no_filter_and_stands_in_no_answer(self, town: Town, api: Api) -> None:
        key = town.key()
        answer = api(request(query=f"api_key={key}"), None)  # type: ignore[arg-type]
        assert (answer["statusCode"], key in str(answer)) == (200, False)

    def test_no_key_and_no_address_reaches_a_log(self, town: Town, api: Api, printed: Any) -> None:
        key = town.key()
        for sent in (request(query=f"api_key={key}&colour=red"), request(query=f"api_key={key}x"), request(key), request("DEMO_KEY")):
            api(sent, None)  # type: ignore[arg-type]
        lines = printed()
        assert "answered" in lines
        assert not any(secret in lines for secret in (key, key[-36:], SERVICE, "192.0.2.7", "api_key"))

    def test_a_key_that_is_revoked_between_two_pages_gets_the_next_one_no_more(self, town: Town, api: Api) -> None:
        key = town.key()
        assert api(request(key, query="page=1"), None)["statusCode"] == 200  # type: ignore[arg-type]
        table = boto3.resource("dynamodb").Table("bus")
        [item] = [item for item in table.scan()["Items"] if str(item["sk"]).startswith("key#")]
        table.put_item(Item={**item, "revoked_at": "2026-11-23T12:30:00Z"})
        keyring._kept.clear()  # two seconds later
        answer = api(request(key, query="page=2"), None)  # type: ignore[arg-type]
        assert (answer["statusCode"], "API_KEY_DISABLED" in answer["body"]) == (403, True)
