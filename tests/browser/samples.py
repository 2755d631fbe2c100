"""One page of every kind that the site has, by its path."""

from typing import Any

from functions.publishing import site
from functions.publishing.details import presented, with_html

GOVSPEAK = """## What to do

Act [now](https://www.example.gov.uk/act), or [read on](/answer).

^This is worth knowing.^

%This may harm you.%

$CTA
Do this first
$CTA

$C
**Floodline**
0345 000 0000
$C

* one
* two

| |# Height|# Time|
|---|---:|---|
|# Monday|1.2 m|09:30|
|# Tuesday|1.4 m|10:15|

### A smaller heading

> "Somebody said this."

A very long reference: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
"""


def _item(schema_name: str, document_type: str, details: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "base_path": f"/{schema_name}".replace("_", "-"),
        "schema_name": schema_name,
        "document_type": document_type,
        "locale": "en",
        "title": "River Test from Romsey to Southampton",
        "description": "What is known, and what to do about it.",
        "first_published_at": "2026-01-01T00:00:00Z",
        "public_updated_at": "2026-07-31T23:30:00Z",
        "details": presented(with_html(details)),
        "withdrawn_notice": {},
        **more,
    }


_BODY = [{"content_type": "text/govspeak", "content": GOVSPEAK}]
_ANSWER = {"body": _BODY, "external_related_links": [{"title": "Elsewhere", "url": "https://www.example.gov.uk/"}]}
_PARTS = [{"title": title, "slug": title.lower().replace(" ", "-"), "body": _BODY} for title in ("Before", "During a flood", "After")]
_NEWS = {"body": _BODY, "change_history": [{"note": "Raised.", "public_timestamp": "2026-07-31T23:30:00Z"}]}
_NOTICE = {"explanation": "<p>No longer in force.</p>", "withdrawn_at": "2026-08-01T00:00:00Z"}

_ITEMS = [
    _item("answer", "answer", _ANSWER),
    _item("answer", "answer", _ANSWER, base_path="/welsh", locale="cy"),
    _item("answer", "answer", _ANSWER, base_path="/arabic", locale="ar"),
    _item("answer", "answer", _ANSWER, base_path="/withdrawn", withdrawn_notice=_NOTICE),
    _item("guide", "guide", {"parts": _PARTS}),
    _item("news_article", "news_story", _NEWS),
    _item("gone", "gone", {"explanation": "It was merged.", "alternative_path": "/answer"}),
]
_LISTED = [
    {"base_path": item["base_path"], "title": item["title"], "document_type": item["document_type"], "locale": item["locale"],
     "published_at": item["public_updated_at"]}
    for item in _ITEMS
]  # fmt: skip

SITE = {page.path: page.html for item in _ITEMS for page in site.pages_of(item) if page.html}
SITE |= {"/": site.home(_LISTED), "/nowhere": site.not_found()}
