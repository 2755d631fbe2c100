"""Keys and quotas for data: who is let through, what it costs, and what everybody is told (data contract, 3)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.common import clients, clock, developer_keys, keyring, keys, quota
from functions.common.failures import Refusal
from functions.common.http import Api
from functions.common.windows import Window
from tests.unit.common.ground import PEPPER, Ground, lose_answer

NOON = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
SERVICE = "5f2b8c3e-9d6a-4b1e-8f47-1c2d3e4f5a6b"
SITE = "https://commonweal.example"
OTHER_ADDRESS = "198.51.100.9"

type Request = dict[str, Any]


@dataclass
class Town:
    """Some processes on one clock, and the keys that they know."""

    monkeypatch: pytest.MonkeyPatch
    now: datetime = NOON
    processes: dict[int, tuple[dict[Any, Any], dict[Any, Any]]] = field(default_factory=dict)

    def run(self, process: int = 0) -> None:
        """From now on, this one."""
        leases, bursts = self.processes.setdefault(process, ({}, {}))
        self.monkeypatch.setattr(quota, "_leases", leases)
        self.monkeypatch.setattr(quota, "_bursts", bursts)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def service(self, identity: str = SERVICE, **said: Any) -> None:
        """A service stands in the keys table."""
        self._put({"pk": f"service#{identity}", "sk": "service", "department": "developers", **said})

    def key(self, identity: str = SERVICE, scopes: tuple[str, ...] = ("data:read",), **said: Any) -> str:
        """A key of it, whole."""
        key = keys.make("mine", identity)
        key_id = str(uuid4())
        kept = {"key_id": key_id, "type": "live", "scopes": list(scopes), "fingerprint": keys.fingerprint(PEPPER.encode(), key), **said}
        self._put({"pk": f"service#{identity}", "sk": f"key#{key_id}", **kept})
        return str(key)

    @staticmethod
    def _put(item: dict[str, Any]) -> None:
        boto3.resource("dynamodb").Table("bus").put_item(Item=item)
        keyring._kept.clear()


@pytest.fixture
def town(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    made = Town(monkeypatch)
    made.run()
    monkeypatch.setenv("KEYS_TABLE", "bus")
    monkeypatch.setattr(clock, "now", lambda: made.now)
    made.service()
    yield made
    quota.forget()
    keyring._kept.clear()


def request(key: str = "", address: str = "192.0.2.7", query: str = "", **headers: str) -> Request:
    parameters = dict(part.split("=", 1) for part in query.split("&") if part)
    sent = {"host": "commonweal.example", **({"X-Api-Key": key} if key else {}), **headers}
    return {
        "version": "2.0",
        "rawPath": "/things",
        "rawQueryString": query,
        "queryStringParameters": parameters,
        "headers": sent,
        "requestContext": {"http": {"method": "GET", "path": "/things", "sourceIp": address}, "stage": "$default", "requestId": "1"},
        "isBase64Encoded": False,
    }


def refused(sent: Request) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        quota.admit(sent)
    return refusal.value


def let_through(town: Town, key: str, count: int, pause: float = 1.0, **told: Any) -> int:
    """How many of so many requests are, asked slowly enough to be no burst."""
    through = 0
    for _ in range(count):
        town.wait(pause)
        try:
            quota.admit(request(key, **told))
        except Refusal:
            continue
        through += 1
    return through


class TestWhereAKeyStands:
    """X-Api-Key first, then the query, then the Basic user name."""

    @pytest.mark.parametrize(
        "place",
        [
            request,
            lambda key: request(query=f"size=2&api_key={key}"),
            lambda key: request(authorization="Basic " + base64.b64encode(f"{key}:".encode()).decode()),
            lambda key: request(authorization="basic " + base64.b64encode(key.encode()).decode()),
            lambda key: request(Authorization=f"Bearer {key}"),
        ],
        ids=["header", "query", "basic", "basic without a colon", "bearer"],
    )
    def test_each_place_opens(self, town: Town, place: Any) -> None:
        assert quota.admit(place(town.key())).holder == SERVICE

    def test_the_first_place_decides(self, town: Town) -> None:
        good = town.key()
        basic = "Basic " + base64.b64encode(f"{good}:".encode()).decode()
        assert refused(request("wrong", query=f"api_key={good}", authorization=basic)).code == "API_KEY_INVALID"
        assert refused(request(query="api_key=wrong", authorization=basic)).code == "API_KEY_INVALID"
        assert quota.admit(request(good, query="api_key=wrong")).holder == SERVICE

    @pytest.mark.parametrize("authorization", ["Basic", "Basic ====", "Basic w6k", "Basic " + base64.b64encode(b"\xff\xfe:").decode(), "X"])
    def test_what_cannot_be_read_is_no_key(self, town: Town, authorization: str) -> None:
        assert refused(request(authorization=authorization)).code == "API_KEY_MISSING"

    def test_the_request_goes_on_without_its_key(self, town: Town) -> None:
        key = town.key()
        sent = request(key, query=f"api_key={key}&name=a%20b&name=c", Authorization=f"Bearer {key}")
        passed = quota.admit(sent).request
        assert key not in str(passed)
        assert (passed["rawQueryString"], passed["queryStringParameters"]) == ("name=a+b&name=c", {"name": "c"})
        assert passed["headers"] == {"host": "commonweal.example"}


class TestCodes:
    def test_without_a_key_one_is_told_where_to_get_one(self, town: Town) -> None:
        refusal = refused(request())
        message = f"No api_key was supplied. Get one at {SITE}/developers"
        assert (refusal.status, developer_keys.shape(refusal)) == (403, {"error": {"code": "API_KEY_MISSING", "message": message}})

    @pytest.mark.parametrize(
        "wrong", ["abc", "A" * 40, f"mine-{uuid4()}-{uuid4()}", f"mine-{SERVICE}-{uuid4()}", "x" * 5_000, "\r\nSet-Cookie: a"]
    )
    def test_a_wrong_secret_and_an_unknown_holder_are_told_apart_by_nobody(self, town: Town, wrong: str) -> None:
        town.key()
        refusal = refused(request(wrong))
        expected = {"code": "API_KEY_INVALID", "message": f"An invalid api_key was supplied. Get one at {SITE}/developers"}
        assert (refusal.status, developer_keys.shape(refusal)) == (403, {"error": expected})
        assert not refusal.headers

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"revoked_at": "2026-11-23T12:00:00Z"}, "API_KEY_DISABLED"),
            ({"not_after": "2026-11-23T12:29:59.999999Z"}, "API_KEY_DISABLED"),
            ({"unverified": True}, "API_KEY_UNVERIFIED"),
            ({"scopes": ("events:emit",)}, "API_KEY_UNAUTHORIZED"),
        ],
    )
    def test_who_has_the_secret_learns_why(self, town: Town, said: dict[str, Any], code: str) -> None:
        refusal = refused(request(town.key(**said)))
        assert (refusal.status, refusal.code) == (403, code)

    def test_a_suspended_holder_is_disabled(self, town: Town) -> None:
        town.service(suspended_at="2026-11-23T12:00:00Z")
        assert refused(request(town.key())).code == "API_KEY_DISABLED"

    def test_a_key_with_the_secret_of_another_holder_opens_nothing(self, town: Town) -> None:
        other = str(uuid4())
        town.service(other)
        secret = town.key(other)[-36:]
        assert refused(request(f"mine-{SERVICE}-{secret}")).code == "API_KEY_INVALID"

    @pytest.mark.parametrize(("status", "code"), [(404, "NOT_FOUND"), (500, "INTERNAL_SERVER_ERROR"), (400, "INVALID")])
    def test_other_refusals_are_said_in_the_same_shape(self, status: int, code: str) -> None:
        shaped = developer_keys.shape(Refusal(status, "Why.", code="invalid", field="name"))
        assert shaped == {"error": {"code": code, "message": "Why.", "field": "name"}}


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
