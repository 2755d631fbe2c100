"""Callbacks whose receiver is away or refuses, what is told again, and who may see it (contract 4, 6)."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest

from functions.common import clients, clock, webhooks
from functions.common.failures import Invalid
from functions.notifications import directory
from functions.notifications.announce import announce
from functions.notifications.configure import configure
from functions.notifications.store import messages
from functions.notifications.store.table import table
from schemas.platform import CallbackFailed
from tests.unit.notifications.asking import as_caller, ask
from tests.unit.notifications.ground import ANOTHERS_SERVICE, CALLBACK, SERVICE, Clock, Ground, accepted_email, handle
from tests.unit.notifications.receiver import CALLBACKS, HOOK, TOKEN, Receiver, changed, delivered, deliveries, tell


class TestReceiversThatDoNotTakeIt:
    @pytest.fixture(autouse=True)
    def waits(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        """Something waits to be told."""
        handle(announce, changed(accepted_email(status="delivered", key_type="team").id, key_type="team"))
        ground.new()

    @pytest.mark.parametrize(
        ("failure", "reason"),
        [
            (webhooks.Refused(410), "the receiver answered 410"),
            (webhooks.Refused(301), "the receiver answered 301"),
            (Invalid("must begin with https://", "url"), "the address is none that may be posted to"),
        ],
    )
    def test_who_refuses_is_not_asked_again_and_it_is_said(
        self, ground: Ground, receiver: Receiver, time: Clock, failure: Exception, reason: str
    ) -> None:
        receiver.answers = [failure]
        assert tell(ground) == [True]
        time.go_on(hours=2)
        assert tell(ground) == []
        assert len(receiver.got) == 1
        (shown,) = deliveries()
        assert (shown["state"], shown["reason"], shown["tries"], shown["told_at"]) == ("failed", reason, 1, None)
        (said,) = [CallbackFailed.read(one) for one in ground.new()]
        assert (said.callback, said.kind, said.reason, str(said.delivery_id)) == (CALLBACK, "delivery", reason, shown["id"])

    def test_who_is_away_is_tried_for_a_day_ever_more_seldom_and_given_up_then(
        self, ground: Ground, receiver: Receiver, time: Clock
    ) -> None:
        receiver.away = True
        tried = [clock.now()]
        assert tell(ground) == [True]
        while ground.put_off:
            assert len(ground.put_off) == 1
            time.now, before = ground.put_off[0][0], len(receiver.got)
            assert tell(ground) == [True]
            tried += [clock.now()] if len(receiver.got) > before else []
        pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(tried)]
        assert pauses[:14] == [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600]
        assert set(pauses[14:]) == {3600}
        assert timedelta(hours=23) < tried[-1] - tried[0] < timedelta(hours=24)
        (said,) = [CallbackFailed.read(one) for one in ground.new()]
        assert said.reason == "given up: the receiver was not reached: TimeoutError"
        assert ground.turns() == []

    def test_while_it_waits_it_says_why(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        receiver.answers = [webhooks.Unreached("the receiver answered 429")]
        tell(ground)
        (shown,) = deliveries()
        assert (shown["state"], shown["reason"], shown["tries"]) == ("waiting", "the receiver answered 429", 1)
        time.go_on(seconds=1)
        tell(ground)
        (shown,) = deliveries()
        assert (shown["state"], shown["reason"], shown["tries"]) == ("delivered", None, 2)
        assert shown["told_at"]
        assert ground.new() == []

    def test_a_callback_that_is_gone_is_said_to_be(self, ground: Ground, receiver: Receiver) -> None:
        ground.sends(callbacks={})
        assert tell(ground) == [True]
        assert [CallbackFailed.read(one).reason for one in ground.new()] == ["the callback is gone"]
        assert receiver.got == []

    def test_what_is_gone_cannot_be_told(self, ground: Ground, receiver: Receiver) -> None:
        (shown,) = deliveries()
        table.delete(*messages.key(SERVICE, shown["notification_id"]))
        tell(ground)
        assert [CallbackFailed.read(one).reason for one in ground.new()] == ["what it was about is gone"]


class TestTellingAgain:
    @pytest.fixture
    def failed(self, ground: Ground, receiver: Receiver) -> str:
        """One of three deliveries failed; its notification."""
        ids = []
        for number in range(3):
            id_, news = delivered()
            ids.append(id_)
            handle(announce, news)
            receiver.refuses = HOOK if number == 1 else None
            tell(ground)
        receiver.refuses = None
        receiver.got.clear()
        ground.new()
        return ids[1]

    @staticmethod
    def again(**asked: Any) -> Any:
        answer = ask("POST", f"{CALLBACKS}/{CALLBACK}/replay", {"day": clock.stamp()[:10], **asked}, of=configure)
        assert answer.status == 202, answer.text
        return answer.json

    def test_what_failed_is_told_again_under_its_id(self, ground: Ground, receiver: Receiver, failed: str) -> None:
        before = {one["id"] for one in deliveries() if one["state"] == "failed"}
        assert self.again() == {"told_again": 1, "next": None}
        assert all(tell(ground))
        assert [body["id"] for body in receiver.bodies()] == [failed]
        assert {headers["webhook-id"] for _, _, headers in receiver.got} == before
        assert {one["state"] for one in deliveries()} == {"delivered"}

    def test_all_of_a_day_is_told_again_each_once_however_often_it_is_asked(self, ground: Ground, receiver: Receiver, failed: str) -> None:
        assert [self.again(all=True)["told_again"] for _ in range(2)] == [3, 3]
        assert all(tell(ground))
        assert len(receiver.bodies()) == 3

    def test_it_has_a_day_again(self, ground: Ground, receiver: Receiver, failed: str, monkeypatch: pytest.MonkeyPatch) -> None:
        began = clock.now()
        day = clock.stamp()[:10]
        monkeypatch.setattr(clock, "now", lambda: began + timedelta(days=3))
        self.again(day=day)
        receiver.answers = [webhooks.Unreached("away")]
        assert all(tell(ground))
        assert len(receiver.got) == 1
        assert ground.new() == []

    def test_a_long_day_is_told_again_part_by_part(self, ground: Ground, receiver: Receiver, failed: str) -> None:
        told, after = 0, None
        with patch("functions.notifications.configure.MOST_AGAIN", 2):
            while answer := self.again(all=True, **({"after": after} if after else {})):
                told += answer["told_again"]
                if (after := answer["next"]) is None:
                    break
        assert told == 3
        tell(ground)
        assert len(receiver.bodies()) == 3

    def test_what_was_to_be_told_again_when_nobody_could_be_woken_is_told_when_it_is_asked_again(
        self, ground: Ground, receiver: Receiver, failed: str
    ) -> None:
        with patch("functions.notifications.turns.send", side_effect=OSError):
            answer = ask("POST", f"{CALLBACKS}/{CALLBACK}/replay", {"day": clock.stamp()[:10]}, of=configure)
        assert answer.status == 500
        assert self.again()["told_again"] == 0, "it waits already"
        assert all(tell(ground))
        assert [body["id"] for body in receiver.bodies()] == [failed]

    def test_an_empty_place_to_go_on_from_is_none(self, ground: Ground, receiver: Receiver, failed: str) -> None:
        assert self.again(after="")["told_again"] == 1
        for path in (f"{CALLBACKS}/{CALLBACK}/deliveries", f"/notifications/services/{SERVICE}/unsubscribes"):
            assert ask("GET", path, of=configure, query="after=").status == 200

    def test_another_day_has_nothing(self, ground: Ground, receiver: Receiver, failed: str) -> None:
        assert self.again(day="2020-01-01") == {"told_again": 0, "next": None}


class TestTokens:
    SETTINGS = f"/notifications/services/{SERVICE}/settings"

    @pytest.fixture
    def made(self, ground: Ground, receiver: Receiver) -> dict[str, Any]:
        """The service is one made over HTTP, whose callback has a token; what it sends with."""
        ground.made_over_http(SERVICE)
        said = ask("GET", self.SETTINGS, of=configure).json["settings"]
        ground.declared["services"].pop(SERVICE)
        ground.declared["numbers"].clear()
        directory.forget()
        with as_caller(configure, scopes=frozenset({"notifications:manage", "departments:admin"})):
            assert ask("PUT", self.SETTINGS, said, of=configure).status == 200
        assert ask("PUT", f"{CALLBACKS}/{CALLBACK}/token", {"token": TOKEN}, of=configure).status == 204
        return dict(said)

    def told(self, ground: Ground, receiver: Receiver) -> str | None:
        receiver.got.clear()
        handle(announce, changed(accepted_email(status="delivered", key_type="team").id, key_type="team"))
        tell(ground)
        ((_, _, headers),) = receiver.got
        return headers.get("Authorization")

    def set(self, said: dict[str, Any], **changes: Any) -> None:
        assert ask("PUT", self.SETTINGS, {**said, **changes}, of=configure).status == 200

    def test_another_address_never_hears_it(self, ground: Ground, receiver: Receiver, made: dict[str, Any]) -> None:
        self.set(made)
        assert self.told(ground, receiver) == f"Bearer {TOKEN}"
        self.set(made, callbacks={CALLBACK: {**made["callbacks"][CALLBACK], "url": "http://127.0.0.1:1/elsewhere"}})
        assert self.told(ground, receiver) is None
        assert ground.item(f"secret#{SERVICE}#{CALLBACK}", "token") == {}

    def test_it_goes_with_its_callback(self, ground: Ground, receiver: Receiver, made: dict[str, Any]) -> None:
        self.set(made, callbacks={})
        self.set(made)
        assert self.told(ground, receiver) is None

    def test_another_address_in_a_file_does_not_hear_it_either(self, ground: Ground, receiver: Receiver) -> None:
        ask("PUT", f"{CALLBACKS}/{CALLBACK}/token", {"token": TOKEN}, of=configure)
        ground.sends(callbacks={CALLBACK: {"url": "http://127.0.0.1:1/elsewhere", "for": ["delivery"]}})
        assert self.told(ground, receiver) is None

    def test_it_can_be_taken_back_when_its_callback_is_gone(self, ground: Ground, receiver: Receiver) -> None:
        ask("PUT", f"{CALLBACKS}/{CALLBACK}/token", {"token": TOKEN}, of=configure)
        ground.sends(callbacks={})
        assert ask("DELETE", f"{CALLBACKS}/{CALLBACK}/token", of=configure).status == 204
        assert ground.item(f"secret#{SERVICE}#{CALLBACK}", "token") == {}


class TestOthers:
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("GET", "secret", None),
            ("PUT", "token", {"token": TOKEN}),
            ("DELETE", "token", None),
            ("GET", "deliveries", None),
            ("POST", "replay", {"day": "2026-11-23"}),
        ],
    )
    def test_anothers_callback_is_as_if_not_there(
        self, ground: Ground, receiver: Receiver, method: str, path: str, body: dict[str, str] | None
    ) -> None:
        with as_caller(configure, service_id=ANOTHERS_SERVICE, department="communities"):
            assert ask(method, f"{CALLBACKS}/{CALLBACK}/{path}", body, of=configure).status == 404
        assert ask(method, f"{CALLBACKS}/no-such/{path}", body, of=configure).status == (204 if method == "DELETE" else 404)
        assert ask(method, f"{CALLBACKS}/{CALLBACK}/{path}", body, of=configure).status < 300

    def test_nothing_of_the_token_or_the_person_is_logged(
        self, ground: Ground, receiver: Receiver, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ask("PUT", f"{CALLBACKS}/{CALLBACK}/token", {"token": "canary-token"}, of=configure)
        id_ = accepted_email(given_recipient="canary@example.com", status="delivered").id
        handle(announce, changed(id_))
        receiver.answers = [webhooks.Unreached("away"), webhooks.Refused(400)]
        tell(ground)
        assert "canary" not in "".join(capsys.readouterr()).lower()

    def test_a_days_deliveries_are_shown_a_page_at_a_time(self, ground: Ground, receiver: Receiver, time: Clock) -> None:
        for _ in range(5):
            time.go_on(seconds=1)
            handle(announce, delivered()[1])
        found: list[str] = []
        after = None
        with patch("functions.notifications.configure.PAGE", 2):
            while True:
                query = [("day", "2026-11-23"), *([("after", after)] if after else [])]
                answer = ask("GET", f"{CALLBACKS}/{CALLBACK}/deliveries", of=configure, query=query).json
                found += [one["id"] for one in answer["deliveries"]]
                if (after := answer["next"]) is None:
                    break
        assert len(found) == len(set(found)) == 5
        assert ask("GET", f"{CALLBACKS}/{CALLBACK}/deliveries", of=configure, query="day=yesterday").status == 422

    @pytest.mark.parametrize("odd", ["x", "²", "a" * 2_000, "2026-11-23T12:00:00+00:00#", "2026-11-23T12:00:00+00:00#x\n"])
    def test_a_place_to_go_on_from_that_no_answer_named_is_refused(self, ground: Ground, receiver: Receiver, odd: str) -> None:
        for path in (f"{CALLBACKS}/{CALLBACK}/deliveries", f"/notifications/services/{SERVICE}/unsubscribes"):
            answer = ask("GET", path, of=configure, query=[("after", odd)])
            assert (answer.status, answer.json["errors"][0]["field"]) == (422, "after")
        answer = ask("POST", f"{CALLBACKS}/{CALLBACK}/replay", {"day": "2026-11-23", "after": odd}, of=configure)
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "after")

    def test_the_table_forgets_what_was_told_after_a_month(self, ground: Ground, receiver: Receiver) -> None:
        handle(announce, delivered()[1])
        items = [
            item
            for item in clients.dynamodb().scan(TableName="notifications")["Items"]
            if item["pk"]["S"].startswith(("callback#", "telling#"))
        ]
        assert len(items) == 4
        assert all(abs(int(item["expires_at"]["N"]) - clock.epoch() - 30 * 86_400) < 60 for item in items)
