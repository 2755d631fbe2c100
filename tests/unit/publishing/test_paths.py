"""Whose a path is: reserved, let go, taken by publishing, and meant for later."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.unit.publishing.ground import THEIRS, answer, http, published, read_content

pytestmark = pytest.mark.usefixtures("aws")

type Json = dict[str, Any]

INTENT: Json = {"publish_time": "2999-01-01T01:00:00+01:00", "publishing_app": "desk", "rendering_app": "commonweal"}


def reserve(path: str, app: str = "desk", **order: Any) -> tuple[int, Any]:
    return http("PUT", f"/paths{path}", {"publishing_app": app, **order})


def code(answered: tuple[int, Any]) -> tuple[int, str, list[str]]:
    status, said = answered
    return status, said["error"]["error_code"], list(said["error"].get("fields", {}))


IN_USE = (422, "base_path_already_in_use", ["base_path"])


def test_a_path_is_the_applications_that_asked_first_and_again() -> None:
    assert reserve("/a") == (200, {"publishing_app": "desk", "override_existing": False})
    assert reserve("/a")[0] == 200
    assert code(reserve("/a", "other")) == IN_USE
    assert reserve("/a", "other", override_existing=True)[0] == 200
    assert code(reserve("/a")) == IN_USE


def test_another_department_cannot_override() -> None:
    reserve("/a")
    assert code(http("PUT", "/paths/a", {"publishing_app": "desk", "override_existing": True}, THEIRS)) == IN_USE
    assert code(http("PUT", f"/v2/content/{uuid4()}", answer("/a"), THEIRS)) == IN_USE


def test_an_application_saves_at_its_own_paths_only() -> None:
    reserve("/a", "other")
    assert code(http("PUT", f"/v2/content/{uuid4()}", answer("/a"))) == IN_USE
    assert http("PUT", f"/v2/content/{uuid4()}", answer("/a", publishing_app="other"))[0] == 200


def test_a_path_that_is_let_go_is_anybodys() -> None:
    reserve("/a")
    assert http("DELETE", "/paths/a", {"publishing_app": "desk"}) == (200, {"publishing_app": "desk"})
    assert http("PUT", "/paths/a", {"publishing_app": "theirs"}, THEIRS)[0] == 200


def test_only_what_is_reserved_is_let_go_and_only_by_whose_it_is() -> None:
    assert code(http("DELETE", "/paths/a", {"publishing_app": "desk"}))[:2] == (404, "not_found")
    reserve("/a", "other")
    assert code(http("DELETE", "/paths/a", {"publishing_app": "desk"})) == IN_USE


def test_what_stands_at_a_path_keeps_it_when_the_reservation_goes() -> None:
    reserve("/a")
    published(answer("/a"))
    http("DELETE", "/paths/a", {"publishing_app": "desk"})
    assert code(http("PUT", "/paths/a", {"publishing_app": "theirs"}, THEIRS)) == IN_USE


def test_a_reservation_goes_with_the_draft() -> None:
    reserve("/a")
    content_id = str(uuid4())
    http("PUT", f"/v2/content/{content_id}", answer("/a"))
    http("POST", f"/v2/content/{content_id}/discard-draft", {})
    assert http("PUT", "/paths/a", {"publishing_app": "theirs"}, THEIRS)[0] == 200


def test_a_draft_that_moves_lets_its_path_go() -> None:
    content_id = str(uuid4())
    http("PUT", f"/v2/content/{content_id}", answer("/a"))
    http("PUT", f"/v2/content/{content_id}", answer("/b"))
    assert http("PUT", "/paths/a", {"publishing_app": "theirs"}, THEIRS)[0] == 200


@pytest.mark.parametrize("path", ["/v2/mine", "/events", "/Mine", "/a//b", f"/{'a' * 512}"])
@pytest.mark.parametrize("room", ["/paths", "/publish-intent"])
def test_an_address_that_is_not_to_be_had_is_named(room: str, path: str) -> None:
    order = INTENT if room == "/publish-intent" else {"publishing_app": "desk"}
    assert code(http("PUT", f"{room}{path}", order)) == (422, "absolute_path_invalid", ["base_path"])


def test_an_application_is_needed() -> None:
    assert code(http("PUT", "/paths/a", {})) == (422, "invalid", ["publishing_app"])


class TestIntents:
    def test_an_intent_is_said_read_and_taken_back(self) -> None:
        status, said = http("PUT", "/publish-intent/a", INTENT)
        assert (status, said["publish_time"]) == (200, "2999-01-01T00:00:00Z")
        assert http("GET", "/publish-intent/a") == (200, said)
        assert http("DELETE", "/publish-intent/a") == (200, {})
        assert code(http("GET", "/publish-intent/a"))[:2] == (404, "not_found")
        assert code(http("DELETE", "/publish-intent/a"))[:2] == (404, "not_found")

    def test_an_intent_reserves_the_path(self) -> None:
        http("PUT", "/publish-intent/a", INTENT)
        assert code(http("PUT", f"/v2/content/{uuid4()}", answer("/a"), THEIRS)) == IN_USE
        assert http("PUT", f"/v2/content/{uuid4()}", answer("/a"))[0] == 200

    def test_what_is_there_until_then_is_read_as_before(self) -> None:
        published(answer("/a"))
        http("PUT", "/publish-intent/a", INTENT)
        assert read_content("/a")[0] == 200
        published(answer("/b"))
        assert read_content("/b")[0] == 200
        http("PUT", "/publish-intent/c", INTENT)
        assert read_content("/c")[0] == 404

    def test_another_applications_path_is_in_use(self) -> None:
        published(answer("/a", publishing_app="other"))
        assert code(http("PUT", "/publish-intent/a", INTENT)) == IN_USE

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"publish_time": "tomorrow"}, "publish_time"),
            ({"publish_time": None}, "publish_time"),
            ({"rendering_app": "Not An App"}, "rendering_app"),
            ({"colour": "red"}, "colour"),
            ({"routes": [{"path": "/a", "type": "sideways"}]}, "routes.0.type"),
        ],
    )
    def test_what_is_wrong_is_named(self, changed: Json, field: str) -> None:
        order = {name: value for name, value in {**INTENT, **changed}.items() if value is not None}
        assert code(http("PUT", "/publish-intent/a", order)) == (422, "invalid", [field])

    @pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
    def test_the_ends_of_the_calendar_are_times_too(self, time: str) -> None:
        assert http("PUT", "/publish-intent/a", {**INTENT, "publish_time": time})[0] in {200, 422}
