"""What a page is about, for search engines: schema.org in JSON-LD. It is data in a script element, which no browser runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from functions.publishing.site import listing
from functions.publishing.site.listing import Entry
from functions.publishing.site.page import Item, Sheet, first, links

type Thing = dict[str, Any]

_LONGEST_HEADLINE = 110


def of(item: Item, sheet: Sheet, context: Mapping[str, Any]) -> list[Thing]:
    """The thing that a page is about, and the way to it."""
    origin = context["origin"]
    if sheet.copy_of or sheet.status != 200:
        return []
    thing = _THINGS.get(item["schema_name"], _article)(item, sheet, context, f"{origin}{sheet.path}")
    return [_without_nothing({"@context": "https://schema.org", **thing}), *_breadcrumbs(context["crumbs"], origin)]


def website(name: str, origin: str) -> list[Thing]:
    """The site itself, for its home page."""
    return [{"@context": "https://schema.org", "@type": "WebSite", "name": name, "url": f"{origin}/"}]


def _breadcrumbs(crumbs: Sequence[Entry], origin: str) -> list[Thing]:
    way = [Entry("Home", "/"), *crumbs]
    positions = [
        {"@type": "ListItem", "position": number, "item": {"@id": f"{origin}{crumb.href}", "name": crumb.title}}
        for number, crumb in enumerate(way, 1)
    ]
    return [{"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": positions}] if crumbs else []


def _article(item: Item, sheet: Sheet, context: Mapping[str, Any], url: str) -> Thing:
    publisher = _publisher(item, context["origin"])
    return {
        "@type": "NewsArticle" if item["schema_name"] == "news_article" else "Article",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "name": sheet.name,
        "headline": sheet.name[:_LONGEST_HEADLINE],
        "description": item.get("description"),
        "datePublished": item.get("first_published_at"),
        "dateModified": item.get("public_updated_at"),
        "inLanguage": item.get("locale"),
        "image": _image(context),
        "author": publisher,
        "publisher": publisher,
    }


def _guide(item: Item, sheet: Sheet, context: Mapping[str, Any], url: str) -> Thing:
    """A guide is questions and answers: all of them on its first page, which is the one that stands for it."""
    parts = sheet.more["parts"]
    if len(parts) < 2 or sheet.path != item["base_path"]:
        return _article(item, sheet, context, url)
    return {
        **_article(item, sheet, context, url),
        "@type": "FAQPage",
        "name": item["title"],
        "headline": None,
        "mainEntity": [
            {
                "@type": "Question",
                "name": part["title"],
                "url": f"{url.removesuffix(sheet.path)}{part['href']}",
                "acceptedAnswer": {"@type": "Answer", "text": part.get("body", "")},
            }
            for part in parts
        ],
    }


def _organisation(item: Item, _: Sheet, context: Mapping[str, Any], url: str) -> Thing:
    details = item.get("details", {})
    return {
        "@type": "GovernmentOrganization",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "name": item["title"],
        "alternateName": details.get("acronym"),
        "description": item.get("description"),
        "url": url,
        "logo": details.get("logo", {}).get("image", {}).get("url"),
        "sameAs": [link["href"] for link in details.get("social_media_links", ())],
        "parentOrganization": _organisations(links(item, "ordered_parent_organisations"), context["origin"]),
        "subOrganization": _organisations(links(item, "ordered_child_organisations"), context["origin"]),
    }


def _person(item: Item, sheet: Sheet, context: Mapping[str, Any], url: str) -> Thing:
    return {
        "@type": "Person",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "name": item["title"],
        "description": item.get("description"),
        "image": _image(context),
        "jobTitle": [one.shown.title for one in sheet.more["appointments"] if one.current],
    }


def _service(item: Item, sheet: Sheet, context: Mapping[str, Any], url: str) -> Thing:
    begins = sheet.more["service"].get("transaction_start_link")
    return {
        "@type": "GovernmentService",
        "name": sheet.name,
        "description": item.get("description"),
        "url": url,
        "provider": _organisations(links(item, "organisations"), context["origin"]),
        "availableChannel": {"@type": "ServiceChannel", "serviceUrl": begins} if begins else None,
    }


def _steps(item: Item, sheet: Sheet, _: Mapping[str, Any], url: str) -> Thing:
    return {
        "@type": "HowTo",
        "name": item["title"],
        "description": item.get("description"),
        "url": url,
        "step": [
            {"@type": "HowToStep", "position": number, "name": step.title, "text": step.title}
            for number, step in enumerate(sheet.more["nav"].steps, 1)
        ],
    }


def _data_set(item: Item, sheet: Sheet, context: Mapping[str, Any], url: str) -> Thing:
    files = item.get("details", {}).get("attachments", ())
    article = _article(item, sheet, context, url)
    return {
        **{name: value for name, value in article.items() if name not in {"headline", "author"}},
        "@type": "Dataset",
        "creator": article["author"],
        "distribution": [
            {"@type": "DataDownload", "name": one.get("title"), "contentUrl": one["url"], "encodingFormat": one.get("content_type")}
            for one in files
            if one.get("attachment_type") == "file"
        ],
    }


def _list(item: Item, _: Sheet, __: Mapping[str, Any], url: str) -> Thing:
    return {"@type": "CollectionPage", "name": item["title"], "description": item.get("description"), "url": url}


def _publisher(item: Item, origin: str) -> Thing | None:
    link = first(item, "primary_publishing_organisation") or first(item, "organisations")
    return _organisations([link], origin)[0] if link else None


def _organisations(found: Sequence[Item], origin: str) -> list[Thing]:
    return [_without_nothing({"@type": "GovernmentOrganization", "name": link["title"], "url": _address(link, origin)}) for link in found]


def _image(context: Mapping[str, Any]) -> str:
    return listing.whole((context["picture"] or {}).get("src"), context["origin"])


def _address(link: Item, origin: str) -> str | None:
    path = link.get("base_path")
    return f"{origin}{path}" if path else None


def _without_nothing(thing: Thing) -> Thing:
    return {
        name: _without_nothing(value) if isinstance(value, dict) else value for name, value in thing.items() if value not in (None, "", [])
    }


_THINGS: Mapping[str, Callable[[Item, Sheet, Mapping[str, Any], str], Thing]] = {
    "document_collection": _list,
    "guide": _guide,
    "mainstream_browse_page": _list,
    "organisation": _organisation,
    "person": _person,
    "statistical_data_set": _data_set,
    "step_by_step_nav": _steps,
    "taxon": _list,
    "topical_event": _list,
    "transaction": _service,
}
