"""The site: no link leads nowhere, nothing runs that was not written for it, and both kinds are the same pages."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import shlex
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, normpath
from urllib.parse import urldefrag, urlsplit

import pytest

from infra.catalogue.references import references
from infra.catalogue.site import MOST_DRAWN, files
from tests.unit.catalogue.ground import small_catalogue

SAMPLES = Path(__file__).parents[3] / "events" / "environment-agency" / "FloodWarningIssued"
WARNING = "types/environment-agency.FloodWarningIssued.v1.html"
SERVED_OTHERWISE = {"search.html", "search.json", "search.js", "missing.html", "try.js"}


class Seen(HTMLParser):
    """What a page leads to, the ids in it, and the scripts that it asks for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.scripts: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.links += [value for name in ("href", "src", "action") if (value := told.get(name)) is not None]
        self.ids += [value for value in [told.get("id")] if value]
        if tag == "script":
            self.scripts.append(told.get("src"))


@cache
def made(*, served: bool) -> dict[str, str]:
    return {path: content.decode() for path, content in files(small_catalogue(), served=served).items()}


@cache
def seen(path: str, *, served: bool) -> Seen:
    return Seen(made(served=served)[path])


PAGES = sorted(path for path in made(served=False) if path.endswith(".html"))


@pytest.mark.parametrize("served", [True, False], ids=["served", "static"])
def test_no_link_inside_the_site_leads_nowhere(served: bool) -> None:
    dead = []
    for page in PAGES:
        for link in seen(page, served=served).links:
            address, fragment = urldefrag(link)
            if urlsplit(address).scheme or address.startswith("../try/"):
                continue
            assert not address.startswith("/"), f"{page}: {link} is not relative"
            target = normpath(f"{dirname(page)}/{address}").lstrip("/") if address else page
            if target not in made(served=served) or (fragment and fragment not in seen(target, served=served).ids):
                dead.append(f"{page}: {link}")
    assert dead == []


@pytest.mark.parametrize("page", PAGES)
def test_an_id_is_given_once_on_a_page(page: str) -> None:
    ids = seen(page, served=False).ids
    assert sorted(ids) == sorted(set(ids))


def test_only_the_search_of_the_static_copy_and_served_references_have_a_script() -> None:
    scripts = {page: seen(page, served=True).scripts for page in PAGES if seen(page, served=True).scripts}
    assert {"apis/events.html", "apis/notifications.html"} <= scripts.keys()
    assert all(page.startswith("apis/") and asked == ["../try.js"] for page, asked in scripts.items())
    assert "apis/catalogue.html" not in scripts, "all of it is tried by forms alone"
    assert [(page, seen(page, served=False).scripts) for page in PAGES if seen(page, served=False).scripts] == [
        ("search.html", ["search.js"])
    ]


def test_served_and_static_are_the_same_but_for_search_and_where_things_are_tried() -> None:
    served, static = made(served=True), made(served=False)
    differ = {path for path in served | static if served.get(path) != static.get(path)}
    assert {path for path in differ - SERVED_OTHERWISE if not path.startswith("apis/")} == set()


def test_a_type_says_who_says_it_who_hears_it_what_follows_and_what_is_refused() -> None:
    page = made(served=True)[WARNING]
    for text in ("Environment Agency", "bus.reactions", "Withdraw the page", "severityLevel: 9 is greater than", "official", "30 days"):
        assert text in page
    assert '<desc id="drawing-description">' in page


def test_every_version_and_sample_can_be_downloaded_as_it_is() -> None:
    site = made(served=False)
    for one in small_catalogue().types:
        for version in one.versions:
            assert json.loads(site[version.schema.path[1:]]) == version.schema.definition
        for sample in one.samples:
            assert json.loads(site[f"samples/{one.owner}/{one.newest.schema.name}/{sample.name}.json"]) == sample.event


def test_a_form_is_offered_where_an_operation_can_be_tried_without_a_key_of_ones_own() -> None:
    static, served = made(served=False), made(served=True)
    assert 'action="http://127.0.0.1:8000/docs/try/registers/registers"' in static["apis/registers.html"]
    assert 'action="../try/registers/registers"' in served["apis/registers.html"]
    assert 'action="' not in served["apis/departments.html"]
    assert 'value="DEMO_KEY"' in served["apis/datasets.html"]


def test_what_needs_a_key_is_tried_where_it_is_served_with_an_event_that_is_taken() -> None:
    static, served = made(served=False)["apis/events.html"], made(served=True)["apis/events.html"]
    assert "<form" not in static
    assert 'href="http://127.0.0.1:8000/docs/apis/events.html"' in static
    assert 'data-method="POST" data-path="/events" data-scheme="key" data-media-type="application/cloudevents+json"' in served
    body = re.search(r"<textarea[^>]*>(.*?)</textarea>", served, re.DOTALL)
    assert body
    assert json.loads(html.unescape(body[1])) == json.loads((SAMPLES / "severe.json").read_bytes())


def test_a_command_of_the_reference_is_one_that_a_shell_takes() -> None:
    for api in references():
        for operation in api.operations:
            words = shlex.split(operation.curl)
            assert words[0] == "curl"
            assert sum(word.startswith("$URL/") for word in words) == 1


def test_what_would_be_too_much_to_look_at_is_not_drawn() -> None:
    one, *_ = small_catalogue().types
    crowd = dataclasses.replace(
        small_catalogue(), types=tuple(dataclasses.replace(one, type=f"parks.T{n}.v1") for n in range(MOST_DRAWN + 1))
    )
    page = files(crowd)["flows.html"].decode()
    assert "<svg" not in page
    assert "too many to be drawn at once" in page
    assert "parks.T7.v1" in page
    assert "<svg" in made(served=True)["flows.html"]


def test_a_department_has_a_drawing_of_what_it_says_and_hears() -> None:
    page = made(served=True)["departments/communities.html"]
    assert "<svg" in page
    for said_or_heard in ("communities.LocalAuthorityRecorded.v1", "environment-agency.FloodWarningIssued.v1"):
        assert f">{said_or_heard}</text>" in page
    assert ">Environment Agency</text>" in page
    assert ">platform.KeyRevoked.v1</text>" not in page


def test_two_subscriptions_of_a_department_are_one_who_hears() -> None:
    one = next(one for one in small_catalogue().types if one.recipients)
    (recipient,) = one.recipients
    twice = dataclasses.replace(one, recipients=(recipient, dataclasses.replace(recipient, name="another")))
    once, again = (files(dataclasses.replace(small_catalogue(), types=(each,))) for each in (one, twice))
    for page in ("index.html", "flows.html"):
        assert once[page] == again[page]
