"""The texts inside an edition's details: rendered with what the details hold, shown as HTML alone."""

import subprocess
import sys
from typing import Any

import pytest

from functions.publishing.details import presented, with_html


def written(text: str) -> list[dict[str, str]]:
    return [{"content_type": "text/govspeak", "content": text}]


def shown(details: dict[str, Any], locale: str = "en") -> Any:
    return presented(with_html(details, locale))


def test_html_and_govspeak_are_one_text_to_readers() -> None:
    saved = with_html({"body": written("*hi*"), "parts": [{"body": "<b>x</b><script>y</script>"}]})
    assert [rendition["content_type"] for rendition in saved["body"]] == ["text/govspeak", "text/html"]
    assert presented(saved) == {"body": "<p><em>hi</em></p>\n", "parts": [{"body": "<b>x</b>"}]}


def test_html_that_came_with_the_govspeak_is_kept() -> None:
    both = {"body": [*written("a"), {"content_type": "text/html", "content": "<p>b</p>"}]}
    assert with_html(both) == both
    assert presented(both) == {"body": "<p>b</p>"}


def test_a_text_may_name_what_the_edition_has() -> None:
    details = {
        "parts": [
            {"slug": "a", "body": written("[AttachmentLink:f.csv]\n\n[Image:i.png]\n\n[embed:link:l] [embed:link:m]\n\n[Contact:c]")}
        ],
        "attachments": [{"id": "f.csv", "title": "Figures", "url": "/f.csv"}],
        "images": [{"id": "i.png", "url": "/i.png", "alt_text": "A bar"}],
        "links": [{"content_id": "l", "url": "/l", "title": "Next"}, "no link"],
        "contacts": [{"content_id": "c", "title": "GDS"}],
    }
    body = shown(details)["parts"][0]["body"]
    for said in ('href="/f.csv">Figures</a>', '<img src="/i.png" alt="A bar">', '<a href="/l">Next</a>', 'id="contact_c"'):
        assert said in body


def test_a_text_speaks_the_language_of_its_edition() -> None:
    body = shown({"body": written(":wales:x:wales:")}, "cy")["body"]
    assert "Mae'r adran hon yn berthnasol i Gymru" in body


@pytest.mark.parametrize("details", [{"attachments": "x", "links": {"a": 1}, "images": [1], "body": written("a")}])
def test_details_that_hold_something_else_do_no_harm(details: dict[str, Any]) -> None:
    assert shown(details)["body"] == "<p>a</p>\n"


def test_a_chart_is_shown() -> None:
    body = shown({"body": written("|a|b|\n|-|-|\n|c|1|\n{barchart}")})["body"]
    assert body.count("<rect") == 1


def test_the_engine_is_imported_where_there_is_govspeak() -> None:
    asked = "import sys; from functions.publishing.details import with_html; with_html({'body': 'x'}); print('markdown_it' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "False"
