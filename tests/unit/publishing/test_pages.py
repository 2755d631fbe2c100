"""The site: pages rendered when content changes, and read in one call."""

import json
from pathlib import Path

import pytest

from functions.publishing import pages as site_pages
from functions.publishing.render import render
from functions.publishing.store import pages as store
from schemas.envelope import CloudEvent
from tests.unit.publishing.ground import answer, calls, deliver, everything, http, outboxes, published, rendered, visit

pytestmark = pytest.mark.usefixtures("aws")


def guide(base_path: str = "/guide", slugs: tuple[str, ...] = ("first", "second", "third")) -> dict[str, object]:
    parts = [{"title": slug.title(), "slug": slug, "body": f"<p>{slug}</p>"} for slug in slugs]
    return answer(base_path, schema_name="guide", document_type="guide", details={"parts": parts})


def test_a_published_page_is_read_in_one_call() -> None:
    published(answer("/a"))
    rendered()
    with calls() as made:
        page = visit("/a")
    assert (page["statusCode"], made) == (200, ["Query"])
    assert "<p>Hello</p>" in page["body"]


def test_a_page_that_the_visitor_has_is_not_sent_again() -> None:
    published(answer("/a"))
    rendered()
    etag = visit("/a")["headers"]["ETag"]
    again = visit("/a", if_none_match=etag)
    assert (again["statusCode"], again["body"]) == (304, "")


def test_no_answer_lets_a_script_run_or_frames_the_site() -> None:
    published(answer("/a"))
    rendered()
    for path in ("/", "/a", "/nowhere"):
        policy = visit(path)["headers"]["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy


def test_a_head_request_is_answered_without_the_page() -> None:
    published(answer("/a"))
    rendered()
    head = visit("/a", "HEAD")
    assert (head["statusCode"], head["body"]) == (200, "")
    assert head["headers"]["ETag"] == visit("/a")["headers"]["ETag"]


def test_nothing_can_be_sent_to_a_page() -> None:
    assert visit("/a", "POST")["statusCode"] == 405


def test_where_nothing_is_a_page_says_so() -> None:
    page = visit("/nowhere/at/all")
    assert page["statusCode"] == 404
    assert "Page not found" in page["body"]


@pytest.mark.parametrize("path", ["/" + "a" * 3000, "/a" * 256, "/a" * 2000, "//", "/%00", "/\r\nx: y"])
def test_an_impossible_address_is_no_page(path: str) -> None:
    page = visit(path)
    assert page["statusCode"] in {301, 404}
    assert not any(control in page["headers"].get("Location", "") for control in "\r\n")


@pytest.mark.parametrize(("asked", "leads_to"), [("/Tax-Rates", "/tax-rates"), ("/a/", "/a"), ("//example.com/", "/example.com")])
def test_an_address_written_otherwise_leads_to_the_one_there_is(asked: str, leads_to: str) -> None:
    page = visit(asked)
    assert (page["statusCode"], page["headers"]["Location"]) == (301, leads_to)


def test_each_part_of_a_guide_has_an_address_and_the_first_is_the_guides_own() -> None:
    published(guide())
    rendered()
    assert "<p>first</p>" in visit("/guide")["body"]
    with calls() as made:
        assert "<p>second</p>" in visit("/guide/second")["body"]
    assert made == ["Query"]
    assert visit("/guide/first")["headers"]["Location"] == "/guide"
    assert visit("/guide/fourth")["statusCode"] == 404


def test_a_part_that_is_taken_out_has_no_address_any_more() -> None:
    content_id = published(guide())
    rendered()
    published(guide(slugs=("first", "third")), content_id)
    rendered()
    assert visit("/guide/second")["statusCode"] == 404
    assert visit("/guide/third")["statusCode"] == 200


def test_a_page_of_its_own_comes_before_a_part_of_the_guide_above() -> None:
    published(answer("/guide/second", title="Not a part"))
    published(guide(), department="environment-agency")
    rendered()
    assert "Not a part" in visit("/guide/second")["body"]


def test_a_page_that_moved_leads_to_where_it_is_parts_and_all() -> None:
    content_id = published(guide(base_path="/old") | {"routes": [{"path": "/old", "type": "prefix"}]})
    rendered()
    published(guide(base_path="/new"), content_id)
    rendered()
    assert visit("/old")["headers"]["Location"] == "/new"
    moved = visit("/old/second")
    assert (moved["statusCode"], moved["headers"]["Location"]) == (301, "/new/second")


def test_a_page_that_is_gone_says_so_and_why() -> None:
    content_id = published(answer("/a"))
    order = {"type": "gone", "explanation": "Merged <script>x</script>with another.", "alternative_path": "/b"}
    http("POST", f"/v2/content/{content_id}/unpublish", order)
    rendered()
    page = visit("/a")
    assert page["statusCode"] == 410
    assert "Merged with another." in page["body"]
    assert 'href="/b"' in page["body"]


def test_a_withdrawn_page_is_still_read_under_its_notice() -> None:
    content_id = published(answer("/a"))
    http("POST", f"/v2/content/{content_id}/unpublish", {"type": "withdrawal", "explanation": "No longer in force."})
    rendered()
    page = visit("/a")
    assert page["statusCode"] == 200
    assert "[Withdrawn] A title - Commonweal" in page["body"]
    assert "No longer in force." in page["body"]


def test_a_vanished_page_was_never_there() -> None:
    content_id = published(answer("/a"))
    rendered()
    http("POST", f"/v2/content/{content_id}/unpublish", {"type": "vanish"})
    rendered()
    assert visit("/a")["statusCode"] == 404


def test_the_home_page_lists_what_can_be_read_newest_first() -> None:
    published(answer("/older", title="The older", public_updated_at="2026-01-01T00:00:00Z"))
    published(answer("/newer", title="The newer", public_updated_at="2026-02-01T00:00:00Z"))
    gone = published(answer("/gone", title="The gone"))
    rendered()
    http("POST", f"/v2/content/{gone}/unpublish", {"type": "gone"})
    rendered()
    with calls() as made:
        home = visit("/")["body"]
    assert made == ["Query"]
    assert home.index("The newer") < home.index("The older")
    assert "The gone" not in home


def test_a_page_published_again_is_listed_once() -> None:
    content_id = published(answer("/a", title="Before", public_updated_at="2026-01-01T00:00:00Z"))
    rendered()
    published(answer("/a", title="After", public_updated_at="2026-02-01T00:00:00Z"), content_id)
    rendered()
    home = visit("/")["body"]
    assert "After" in home
    assert "Before" not in home


def test_an_event_that_comes_late_or_twice_renders_nothing() -> None:
    content_id = published(answer("/a", title="Before"))
    [first] = outboxes()
    published(answer("/a", title="After"), content_id)
    rendered()
    answers = [item for item in everything() if item["pk"]["S"].startswith("path#")]
    deliver(render, CloudEvent.model_validate(first))
    after = everything()
    assert [item for item in after if item["pk"]["S"].startswith("path#")] == answers
    deliver(render, CloudEvent.model_validate(first))
    assert everything() == after
    assert "After" in visit("/a")["body"]


def test_a_rendering_that_is_overtaken_leaves_no_part_of_the_other_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    content_id = published(guide(slugs=("first",)))
    rendered()
    really, first = store.own_page, [True]

    def overtaken(path: str) -> object:
        before = really(path)
        if first.pop() if first else False:
            published(guide(slugs=("first", "second")), content_id)
            rendered()
            published(guide(slugs=("first", "third")), content_id)
        return before

    published(guide(), content_id)
    monkeypatch.setattr(store, "own_page", overtaken)
    rendered()
    assert visit("/guide/third")["statusCode"] == 200
    assert visit("/guide/second")["statusCode"] == 404


def test_a_long_page_waits_in_the_bucket() -> None:
    published(answer("/long", body="word " * 100_000))
    rendered()
    assert visit("/long")["body"].count("word") == 100_000


def test_a_style_sheet_is_kept_for_ever_and_an_old_name_gets_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "commonweal-new.css").write_text("body{}")
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {"commonweal.css": "commonweal-new.css"}}))
    monkeypatch.setattr(site_pages, "ASSETS", tmp_path)
    site_pages._manifest.cache_clear()
    new, old = visit("/assets/commonweal-new.css"), visit("/assets/commonweal-old.css")
    site_pages._manifest.cache_clear()
    assert new["body"] == old["body"] == "body{}"
    assert "immutable" in new["headers"]["Cache-Control"]
    assert "immutable" not in old["headers"]["Cache-Control"]
    assert new["headers"]["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/assets/../manifest.json", "/assets/manifest.json", "/assets/%2e%2e/pages.py"])
def test_nothing_but_assets_is_served_as_one(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {"commonweal.css": "commonweal-new.css"}}))
    monkeypatch.setattr(site_pages, "ASSETS", tmp_path)
    site_pages._manifest.cache_clear()
    assert visit(path)["statusCode"] == 404
    site_pages._manifest.cache_clear()


def test_a_failure_is_a_page_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE")
    page = visit("/a")
    assert page["statusCode"] == 500
    assert "TABLE" not in page["body"]
    assert page["headers"]["Cache-Control"] == "no-store"


def test_a_page_without_links_is_made_in_six_reads_and_one_write() -> None:
    published(answer("/a"))
    with calls() as made:
        rendered()
    # The item and its page before; whose id it is, its editions in every locale, its link set; who links here. Last, its history.
    reads = ["GetItem"] * 2 + ["BatchGetItem"] * 3 + ["Query"]
    assert made == ["Scan", *reads, "TransactWriteItems", "UpdateItem"]
