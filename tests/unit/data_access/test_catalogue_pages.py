from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from functions.common import clients, declarations, quota
from functions.data_access import describing, dictionary, pages
from functions.data_access.canonical import Item
from functions.data_access.catalogue import entry_page, examples
from functions.data_access.catalogue.record_page import PAGE
from functions.data_access.dataset import Dataset
from functions.data_access.dictionary import Dictionary, Field
from functions.data_access.store import log, snapshots
from functions.data_access.store.table import place
from schemas.proof import printed
from tests.unit.data_access.public_data import AREA, HOST, PublicData, public_data

PATHS = [
    "/data",
    "/data/local-authority-eng",
    "/data/government-organisation",
    "/data/flood-warning",
    f"/data/flood-warning/records/{AREA}",
    "/data/flood-warning/entries/2",
]
HOSTILE = st.one_of(
    st.sampled_from(
        ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "javascript:alert(1)", "{{ 7 * 7 }}", "</dd></dl>", "&lt;b>"]
    ),
    st.text("<>&\"'`{}%/= ab\n", min_size=1, max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
)


@pytest.fixture(scope="module")
def data() -> Iterator[PublicData]:
    with public_data() as filled:
        yield filled


class Shape(HTMLParser):
    """What a browser makes of a page: its elements and the names of their attributes, where its links lead, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += " "  # as a browser parts what stands in two elements
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.words += data


def words(html: str) -> str:
    return " ".join(Shape(html).words.split())


def test_all_datasets_are_listed_declared_or_made_by_a_call(data: PublicData) -> None:
    page = data.read("/data")
    told = words(page.text)
    assert page.status == 200
    assert "5 datasets" in told
    for title in ("Flood warnings", "Government organisations", "Local authorities in England", "Pictures of landmarks", "Territories"):
        assert title in told
    assert "Communities and Local Government · 354 entries" in told


def test_a_search_says_what_fits_and_helps_where_nothing_does(data: PublicData) -> None:
    assert "1 dataset for ‘england’" in words(data.read("/data", {"q": "england"}).text)
    nothing = data.read("/data", {"q": "zebra", "department": "communities"})
    assert nothing.status == 200
    assert "0 datasets for ‘zebra’" in words(nothing.text)
    assert "check how the words are spelt" in words(nothing.text)
    assert "/data?q=zebra&sort=relevance" in Shape(nothing.text).links


def test_a_search_keeps_what_narrows_it(data: PublicData) -> None:
    narrowed = data.read("/data", {"keyword": "geography"})
    assert '<input type="hidden" name="keyword" value="geography">' in narrowed.text
    assert "/data?department=communities&keyword=geography&sort=title" in Shape(narrowed.text).links


def test_a_dataset_tells_what_it_is_and_what_its_fields_mean(data: PublicData) -> None:
    told = words(data.read("/data/local-authority-eng").text)
    assert "354 records, in 354 entries" in told
    assert "registers@communities.example.gov.uk" in told
    assert "Open Government Licence v3.0" in told
    assert "The first 20 of 354 records" in told
    assert "Yes: it is the key" in told
    assert "The register's own code for the authority." in told
    head = log.head("local-authority-eng")
    assert head is not None
    assert printed(head.root) in told


def test_a_dataset_offers_the_files_of_its_newest_snapshot_and_their_hashes(data: PublicData) -> None:
    page = data.read("/data/territory")
    assert "/datasets/territory/snapshots/79/records.parquet" in Shape(page.text).links
    assert "/datasets/territory/snapshots/latest/records.parquet" in Shape(page.text).links
    assert "Parquet (16.7 KB)" in words(page.text)
    assert f"{16_700:064x}" in words(page.text)


def test_a_dataset_of_a_department_that_was_removed_says_that_it_is_closed_and_whose_it_was(
    data: PublicData, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "closed" not in Shape(data.read("/data/territory").text).words
    before = declarations.compiled()
    closed = {**before["registers"], "territory": {**before["registers"]["territory"], "department": "old-office", "closed": True}}
    gone = {"old-office": {"title": "Office of Old Matters", "removed": "2026-11-03"}}
    monkeypatch.setattr(declarations, "compiled", lambda: {**before, "registers": closed, "removed": gone})
    page = Shape(data.read("/data/territory").text)
    assert "This register has been closed since 3 November 2026" in " ".join(page.words.split())
    assert "takes no more entries" in page.words
    assert "Office of Old Matters" in page.words
    assert describing.closed(closed["territory"]) == "2026-11-03"


def test_a_dataset_without_entries_says_so(data: PublicData) -> None:
    told = words(data.read("/data/government-organisation").text)
    assert "There are no records yet." in told
    assert "nothing to check" in told


def test_the_examples_have_the_addresses_of_this_site_and_a_value_that_is_there(data: PublicData) -> None:
    told = Shape(data.read("/data/local-authority-eng", headers={"x-forwarded-proto": "http"}).text).words
    assert f"curl -H 'X-Api-Key: DEMO_KEY' 'http://{HOST}/datasets/local-authority-eng/records?local-authority-type=UA&_limit=5'" in told
    assert f'RemoteCKAN("http://{HOST}")' in told
    assert "duckdb -c \"SELECT * FROM 'local-authority-eng.parquet' LIMIT 5\"" in told


@pytest.mark.parametrize("host", ["evil.example/$(rm -rf ~)", "a'b", 'a"b', "`id`", "a b", "a;b", "a\nb"])
def test_a_host_that_is_none_reaches_no_command(data: PublicData, host: str) -> None:
    page = data.read("/data/territory", headers={"x-forwarded-host": host})
    assert host not in Shape(page.text).words
    assert "https://localhost/datasets/territory" in Shape(page.text).words


def test_a_condition_in_an_example_is_one_that_an_index_serves_where_one_must() -> None:
    fields = Dictionary((Field("key"), Field("plain"), Field("quick", index=True)), "key")
    item = {"key": "K", "plain": "p", "quick": "q & more"}
    [small, *_] = examples.of_a_dataset("https://a", "d", Dictionary(fields.fields[:2], "key"), item, large=False, has_files=False)
    [large, *_] = examples.of_a_dataset("https://a", "d", fields, item, large=True, has_files=False)
    [none, *_] = examples.of_a_dataset("https://a", "d", Dictionary(fields.fields[:2], "key"), item, large=True, has_files=False)
    assert "?plain=p&_limit=5" in small.text
    assert "?quick=q+%26+more&_limit=5" in large.text
    assert "?_limit=5" in none.text


def test_somebody_who_types_a_key_is_led_to_its_record(data: PublicData) -> None:
    assert data.read("/data/local-authority-eng/records", {"key": " LEE "}).headers["location"] == "/data/local-authority-eng/records/LEE"
    assert (
        data.read("/data/local-authority-eng/records", {"key": "//evil.example"})
        .headers["location"]
        .startswith("/data/local-authority-eng/")
    )
    assert (
        data.read("/data/local-authority-eng/records", {"key": "a\r\nSet-Cookie: b"})
        .headers["location"]
        .endswith("a%0D%0ASet-Cookie%3A%20b")
    )
    assert data.read("/data/local-authority-eng/records").headers["location"] == "/data/local-authority-eng"


def test_a_record_tells_what_it_is_and_what_each_entry_changed(data: PublicData) -> None:
    told = words(data.read(f"/data/flood-warning/records/{AREA}").text)
    assert "Severity Warning no longer in force" in told
    assert "Is tidal No" in told
    assert "3 entries are about this record" in told
    assert "Severity was Flood alert became Severe flood warning" in told
    assert "Severity level was 1 became 4" in told
    assert "Because of event event-3" in told
    assert told.index("Entry 3,") < told.index("Entry 2,") < told.index("Entry 1,")


def test_references_lead_to_the_record_that_they_name(data: PublicData) -> None:
    item: Item = {
        "picture": "P1",
        "authority": "LEE",
        "place": "territory:GI",
        "where": "https://example.org/a?b=c",
        "tags": ["one", "two"],
        "open": "true",
    }
    data.append("picture", "P1", item)
    links = Shape(data.read("/data/picture/records/P1").text).links
    assert {"/data/local-authority-eng/records/LEE", "/data/territory/records/GI", "https://example.org/a?b=c"} <= set(links)
    assert "Tags one two" in words(data.read("/data/picture/records/P1").text)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://", "http://[", "ftp://a.b", "/data"]
)
def test_what_is_no_web_address_leads_nowhere(data: PublicData, address: str) -> None:
    data.append("picture", "P2", {"picture": "P2", "where": address})
    page = data.read("/data/picture/records/P2")
    assert page.status == 200
    assert address not in [link for link in Shape(page.text).links if not link.startswith("/data")]
    assert address in Shape(page.text).words


def test_a_removed_record_is_gone_and_its_history_stays(data: PublicData) -> None:
    data.append("picture", "gone", {"picture": "gone", "said": "here"})
    data.append("picture", "gone", {})
    removed = data.read("/data/picture/records/gone")
    assert removed.status == 410
    assert "This record was removed from the register" in words(removed.text)
    assert "The record was removed." in words(removed.text)
    data.append("picture", "gone", {"picture": "gone", "said": "back"})
    back = data.read("/data/picture/records/gone")
    assert back.status == 200
    assert "The record came back" in words(back.text)


def test_a_long_history_comes_page_by_page_each_entry_compared_with_the_one_before_it(data: PublicData) -> None:
    numbers = [data.append("picture", "long", {"picture": "long", "said": f"word {turn}"}) for turn in range(2 * PAGE + 3)]
    shown = []
    for page in (1, 2, 3):
        told = words(data.read("/data/picture/records/long", {"page": page}).text)
        shown += [int(number) for number in re.findall(r"Entry (\d+),", told)]
        for turn in re.findall(r"became word (\d+)", told):
            assert f"was word {int(turn) - 1} became word {turn}" in told
    assert shown == numbers[::-1]
    assert "The record came into the register." in told
    assert data.read("/data/picture/records/long", {"page": 9_999}).status == 200


def test_a_key_may_have_slashes(data: PublicData) -> None:
    data.append("picture", "a/b.c", {"picture": "a/b.c"})
    assert data.read("/data/picture/records/a/b.c").status == 200
    assert "/data/picture/records/a/b.c" in Shape(data.read("/data/picture").text).links


def test_an_entry_is_proved_from_its_item_up_to_the_root_hash(data: PublicData) -> None:
    page = data.read("/data/local-authority-eng/entries/149")
    told = words(page.text)
    head = log.head("local-authority-eng")
    assert head is not None
    [logged] = log.since("local-authority-eng", 148, 149)
    proof = entry_page.prove("local-authority-eng", head, logged)
    assert proof.holds
    assert proof.steps[-1].computed == printed(head.root)
    for shown in (
        logged.canonical,
        proof.item_hash,
        proof.leaf,
        proof.leaf_hash,
        *(digest for step in proof.steps for digest in (step.given, step.computed)),
    ):
        assert " ".join(shown.split()) in told
    assert "the hash of all 354 entries" in told
    assert f"python3 verify.py https://{HOST}/registers/local-authority-eng 149" in told


def test_an_entry_that_somebody_tampered_with_is_told(data: PublicData) -> None:
    data.append("picture", "T", {"picture": "T", "said": "true"})
    head = log.head("picture")
    assert head is not None
    table = clients.dynamodb()
    [row] = [
        row
        for row in table.scan(TableName="registers")["Items"]
        if row["sk"]["S"] == place(head.size - 1) and row["pk"]["S"].startswith("register#picture#tail#")
    ]
    assert '"said":"true"' in row["item"]["S"]
    forged = {**row, "item": {"S": row["item"]["S"].replace('"said":"true"', '"said":"lies"')}}
    table.put_item(TableName="registers", Item=forged)
    told = words(data.read(f"/data/picture/entries/{head.size}").text)
    assert "do not lead to the root hash" in told
    assert "So this entry is in it" not in told


def test_the_verifier_is_the_one_of_the_repository(data: PublicData) -> None:
    given_out = data.read("/data/verify.py")
    assert given_out.text == (Path(__file__).parents[3] / "verify.py").read_text("utf-8")
    assert given_out.headers["content-type"].startswith("text/x-python")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_somebody_has_is_not_made_again(data: PublicData, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = data.read(path)
    monkeypatch.setattr(pages, "render", None)
    monkeypatch.setattr(Dataset, "at_head", None)
    again = data.read(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.text) == (304, "")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_page_is_another_when_an_entry_came_or_its_address_is_another(data: PublicData) -> None:
    def tags() -> list[str]:
        return [data.read(path).headers["etag"] for path in ("/data", "/data/picture", "/data/picture/entries/1")]

    before = tags()
    data.append("picture", "more", {"picture": "more"})
    assert not set(before) & set(tags())
    assert (
        data.read("/data/territory").headers["etag"]
        != data.read("/data/territory", headers={"x-forwarded-host": "other.example"}).headers["etag"]
    )


@pytest.mark.parametrize(
    "path",
    [
        "/data/nothing",
        f"/data/{'n' * 2_000}",
        "/data/<script>alert(1)</script>",
        "/data/territory/records/nothing",
        f"/data/territory/records/{'k' * 5_000}",
        "/data/territory/entries/0",
        "/data/territory/entries/80",
        "/data/government-organisation/entries/1",
        f"/data/territory/entries/{'9' * 30}",
    ],
)
def test_what_is_not_there_is_a_page_that_leads_on(data: PublicData, path: str) -> None:
    page = data.read(path)
    assert page.status == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "/data" in Shape(page.text).links
    assert ("script", ()) not in Shape(page.text).elements


@pytest.mark.parametrize("path", [*PATHS, "/data/nothing"])
def test_no_page_runs_anything_or_may_be_framed(data: PublicData, path: str) -> None:
    page = data.read(path)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not {"script", "iframe", "object"} & {tag for tag, _ in Shape(page.text).elements}
    assert not [name for _, names in Shape(page.text).elements for name in names if name.startswith("on") or name == "style"]


# Fifty pages to an example: one that fails is told as it is, for to make it smaller would take minutes.
@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(HOSTILE, min_size=25, max_size=25, unique=True), st.uuids())
def test_no_value_of_a_record_becomes_markup(data: PublicData, values: list[str], run: UUID) -> None:
    said = {f"{run}-{number}": value for number, value in enumerate(["plain", *values])}
    for told in (dict.fromkeys(said, "before"), said):
        data.load("picture", {key: {"picture": key, "said": text, "tags": [text, "two"], "authority": text} for key, text in told.items()})
    head = log.head("picture")
    assert head is not None
    first = head.size - len(said) + 1
    plain, *others = [
        [Shape(data.read(path).text) for path in (f"/data/picture/records/{key}", f"/data/picture/entries/{first + number}")]
        for number, key in enumerate(said)
    ]
    for other in others:
        assert other[0].elements == plain[0].elements
        assert {*other[1].elements} == {*plain[1].elements}
        assert all(re.match(r"/|#|https?://", link) for page in other for link in page.links)


@settings(max_examples=30, deadline=None)
@given(HOSTILE)
def test_no_word_that_is_searched_for_becomes_markup(data: PublicData, value: str) -> None:
    plain, other = [
        Shape(data.read("/data", {"q": f"zebra {said}", "department": f"x{said}", "keyword": f"x{said}"}).text) for said in ("a", value)
    ]
    assert other.elements == plain.elements
    assert all(re.match(r"/|#", link) for link in other.links)


def test_a_burst_from_one_address_is_refused(data: PublicData) -> None:
    quota.forget()
    answers = [data.read("/data/verify.py", address="203.0.113.9") for _ in range(quota.PER_ADDRESS[0].limit + 2)]
    assert answers[0].status == 200
    assert answers[-1].status == 429
    assert "retry-after" in answers[-1].headers


def test_a_dataset_too_large_for_a_replica_is_shown_without_its_records(data: PublicData, monkeypatch: pytest.MonkeyPatch) -> None:
    head, declared = log.head("territory"), dictionary.named("territory")
    assert head is not None
    assert declared is not None
    large = Dataset("territory", declarations.compiled()["registers"]["territory"], declared, head, snapshots.newest("territory"))
    monkeypatch.setattr("functions.data_access.dataset.find", lambda name: large)
    monkeypatch.setattr("functions.data_access.replica.at_head", None)
    told = words(data.read("/data/territory").text)
    assert "79 records, in 79 entries" in told
    assert "There are too many records to show some here" in told
    assert "So this entry is in it" in words(data.read("/data/territory/entries/7").text)
    refused = data.read("/data/territory/records/GI")
    assert refused.status == 400
    assert "/datasets/territory/snapshots/latest/history.parquet" in refused.text
