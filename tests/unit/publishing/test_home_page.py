"""The home page: whose it is, what it may claim, and what stands there while nobody has published one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from functions.common import declarations
from schemas.ids import content_id as id_of
from schemas.platform import ContentPublishRequested, ContentUnpublishRequested
from tests.unit.publishing.ground import (
    MINE,
    THEIRS,
    answer,
    ask,
    everything,
    http,
    published,
    quarantined,
    read_content,
    rendered,
    visit,
)

pytestmark = pytest.mark.usefixtures("aws")

type Json = dict[str, Any]
type Declare = Callable[[str | None], None]


@pytest.fixture(autouse=True)
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Say whose the home page is; at first it is `MINE`."""

    def given_to(owner: str | None) -> None:
        departments = {slug: {"title": slug, **({"home_page": True} if slug == owner else {})} for slug in (MINE, THEIRS)}
        monkeypatch.setattr(declarations, "compiled", lambda: {"departments": departments, "emits": {}})

    given_to(MINE)
    return given_to


def home(title: str = "Welcome", **changed: Any) -> Json:
    return answer("/", title=title, schema_name="homepage", document_type="homepage", details={}, **changed)


def put(department: str, payload: Json) -> tuple[int, Any]:
    return http("PUT", f"/v2/content/{uuid4()}", payload, department)


def test_the_department_that_it_is_declared_to_be_publishes_it() -> None:
    published(home())
    rendered()
    page = visit("/")
    assert (page["statusCode"], "<h1" in page["body"], "Welcome" in page["body"]) == (200, True, True)
    assert "max-age=300" in page["headers"]["Cache-Control"]
    assert read_content("")[1]["title"] == "Welcome"
    assert visit("/", if_none_match=page["headers"]["ETag"])["statusCode"] == 304


def test_no_other_department_saves_or_publishes_it() -> None:
    status, said = put(THEIRS, home())
    assert (status, said["error"]["error_code"], list(said["error"]["fields"])) == (422, "absolute_path_invalid", ["base_path"])
    request = ContentPublishRequested(base_path="/", schema_name="homepage", document_type="homepage", title="Ours now", details={})
    assert ask(request, department=THEIRS) == []
    assert "home_page" in quarantined()[0]
    assert everything() == []


def test_no_other_department_takes_it_by_taking_away_what_is_not_there() -> None:
    assert ask(ContentUnpublishRequested(base_path="/", type="gone"), department=THEIRS) == []
    assert "home_page" in quarantined()[0]
    assert everything() == []
    published(home())


def test_a_draft_of_before_leads_nowhere_once_it_is_anothers(declare: Declare) -> None:
    content_id = str(uuid4())
    http("PUT", f"/v2/content/{content_id}", home())
    declare(THEIRS)
    order = {"type": "redirect", "alternative_path": "/mine", "allow_draft": True}
    assert http("POST", f"/v2/content/{content_id}/unpublish", order)[0] == 422
    assert http("POST", f"/v2/content/{content_id}/discard-draft", {})[0] == 200
    published(home("Theirs"), department=THEIRS)


def test_nobody_publishes_it_where_nobody_is_declared_to(declare: Declare) -> None:
    declare(None)
    assert [put(department, home())[0] for department in (MINE, THEIRS)] == [422, 422]


def test_a_draft_of_before_is_not_published_once_it_is_anothers(declare: Declare) -> None:
    content_id = str(uuid4())
    assert http("PUT", f"/v2/content/{content_id}", home())[0] == 200
    declare(THEIRS)
    status, said = http("POST", f"/v2/content/{content_id}/publish", {})
    assert (status, said["error"]["error_code"]) == (422, "absolute_path_invalid")


def test_who_had_it_makes_room_for_who_has_it(declare: Declare) -> None:
    content_id = published(home("The first"))
    declare(THEIRS)
    assert put(THEIRS, home("The second"))[1]["error"]["error_code"] == "base_path_already_in_use"
    assert http("POST", f"/v2/content/{content_id}/unpublish", {"type": "vanish"})[0] == 200
    assert put(MINE, home("The third"))[0] == 422


@pytest.mark.parametrize("way", ["gone", "vanish"])
def test_once_it_is_taken_away_the_platforms_own_is_back(way: str) -> None:
    published(answer("/a", title="Published lately"))
    content_id = published(home())
    rendered()
    assert "Published lately" not in visit("/")["body"]
    assert http("POST", f"/v2/content/{content_id}/unpublish", {"type": way})[0] == 200
    rendered()
    assert (visit("/")["statusCode"], "Published lately" in visit("/")["body"]) == (200, True)


def test_it_may_lead_elsewhere() -> None:
    content_id = published(home())
    assert http("POST", f"/v2/content/{content_id}/unpublish", {"type": "redirect", "alternative_path": "/start"})[0] == 200
    rendered()
    assert (visit("/")["statusCode"], visit("/")["headers"]["Location"]) == (301, "/start")
    assert visit("/anything")["statusCode"] == 404


@pytest.mark.parametrize(
    "claimed",
    [
        {"routes": [{"path": "/", "type": "exact"}, {"path": "/theirs", "type": "exact"}]},
        {"redirects": [{"path": "/theirs", "type": "prefix", "destination": "/mine"}]},
        {"redirects": [{"path": "/.well-known", "type": "exact", "destination": "/mine"}]},
    ],
)
def test_it_claims_no_path_but_its_own(claimed: Json) -> None:
    status, said = put(MINE, home(**claimed))
    assert (status, said["error"]["error_code"]) == (422, "route_not_below_base_path")


def test_a_prefix_route_of_it_answers_for_nothing_else() -> None:
    published(home(routes=[{"path": "/", "type": "prefix"}]))
    published(answer("/theirs"), department=THEIRS)
    rendered()
    assert visit("/nothing")["statusCode"] == 404
    assert read_content("/nothing")[0] == 404
    assert visit("/theirs")["statusCode"] == 200


def test_nothing_but_a_home_page_stands_there() -> None:
    assert put(MINE, answer("/"))[0] == 422
    assert ask(ContentPublishRequested(base_path="/", schema_name="answer", document_type="answer", title="A", details={})) == []
    assert len(quarantined()) == 1
    assert http("GET", f"/v2/content/{id_of('/')}")[0] == 404
