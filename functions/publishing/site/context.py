"""What every view is given: the language around the content, the way up, the notices above it, dates, and what is beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from functions.publishing import dates
from functions.publishing.site import languages, names, related, steps, words
from functions.publishing.site.listing import Entry, entries, entry
from functions.publishing.site.page import Item, Sheet, above, first, links
from functions.publishing.site.texts import Texts


def furniture(locale: str = "en") -> dict[str, Any]:
    """What a page speaks around its content, whichever page it is."""
    language = languages.furniture(locale)
    t = words.speaking(language)
    return {
        "language": language,
        "t": t,
        "day": partial(_said, dates.day, language),
        "minute": partial(_said, dates.minute, language),
        "foreign": partial(languages.spoken, among=language),
        "kind": lambda document_type: t(names.document_type(document_type)),
        "texts": Texts(t("Table")),
    }


def _said(read: Callable[[str, str], str], language: str, written: object) -> str:
    """A date in words. Not every schema asks that one be a date: what is none is shown as it was written."""
    try:
        return read(str(written), language)
    except ValueError:
        return str(written)


def of(item: Item, sheet: Sheet, origin: str) -> dict[str, Any]:
    """What the view of an item's page is given beside what its type adds."""
    details = item.get("details", {})
    locale = item.get("locale", "en")
    nav = steps.beside(item, {item["base_path"], sheet.path})
    beside = related.groups(item)
    return {
        **furniture(locale),
        "origin": origin,
        "item": item,
        "details": details,
        "spoken": languages.spoken(locale, among=languages.furniture(locale)),
        "crumbs": crumbs(item),
        "translations": translations(item),
        "withdrawn": withdrawn(item),
        "past_government": past_government(item),
        "applies": applies(details),
        "publishers": entries(publishers(item)),
        "speakers": entries(links(item, "speaker", "people")),
        "changes": changes(details),
        "picture": picture(details),
        "steps_beside": nav,
        "related": [group for group in beside if not (nav and group.title == "Part of")],
    }


def crumbs(item: Item) -> list[Entry]:
    """The way up to an item, from the highest: its parents, else the first of its topics and those above it."""
    if item["schema_name"] == "manual_section":
        way = [first(item, "manual") or {"title": "Manual", **item.get("details", {}).get("manual", {})}]
    elif item["schema_name"] == "taxon":
        way = list(above(item, "parent_taxons"))
    else:
        way = list(above(item, "parent"))
        if not way and (topic := first(item, "taxons")):
            way = [topic, *above(topic, "parent_taxons")]
    return [entry(one) for one in reversed(way) if one.get("base_path")]


def translations(item: Item) -> list[Entry]:
    """The item in each of its languages, itself included; nothing where there is one alone."""
    found = entries(link for link in links(item, "available_translations") if link.get("locale") and link.get("base_path"))
    return sorted(found, key=lambda one: one.locale or "") if len(found) > 1 else []


def withdrawn(item: Item) -> Mapping[str, Any] | None:
    """That an item holds no more, when that was said, and why."""
    notice = item.get("withdrawn_notice") or {}
    archived = item.get("details", {}).get("archive_notice") or {}
    at = notice.get("withdrawn_at") or archived.get("archived_at")
    return {"at": at, "why": notice.get("explanation") or archived.get("explanation") or ""} if at or notice else None


def past_government(item: Item) -> str | None:
    """The government under which something political was published, where another governs today."""
    details = item.get("details", {})
    government = first(item, "government") or {}
    told = {**details.get("government", {}), **government.get("details", {})}
    title = government.get("title") or told.get("title")
    return title if details.get("political") and told.get("current") is False else None


def applies(details: Item) -> Mapping[str, Any] | None:
    """The nations that a page is for, and where the others find theirs; nothing where it is for all."""
    told = details.get("national_applicability", {}).items()
    nations = [{"label": name.replace("_", " ").title(), **nation} for name, nation in told]
    elsewhere = [nation for nation in nations if not nation.get("applicable")]
    if not elsewhere or len(elsewhere) == len(nations):
        return None
    here = [nation["label"] for nation in nations if nation.get("applicable")]
    return {
        "to": here,
        "elsewhere": [Entry(nation["label"], nation["alternative_url"]) for nation in elsewhere if nation.get("alternative_url")],
    }


def publishers(item: Item) -> list[Item]:
    """The organisations that a page is from, those to be emphasised first."""
    found = links(item, "lead_organisations", "organisations", "worldwide_organisations")
    emphasised = item.get("details", {}).get("emphasised_organisations", ())
    return sorted(found, key=lambda link: link.get("content_id") not in emphasised)


def changes(details: Item) -> list[Mapping[str, Any]]:
    """The notes of what changed, the newest first."""
    return sorted(details.get("change_history", ()), key=lambda change: str(change["public_timestamp"]), reverse=True)


def picture(details: Item) -> Mapping[str, Any] | None:
    """The picture of a page, from the field that its type has for it."""
    for image in details.get("images", ()):
        sources = {name: url for name, url in image["sources"].items() if name.removeprefix("s").isdigit()}
        by_width = sorted(sources.items(), key=lambda source: int(source[0].removeprefix("s")))
        if by_width:
            sizes = ", ".join(f"{url} {name.removeprefix('s')}w" for name, url in by_width if " " not in url)
            return {**image, "src": by_width[-1][1], "srcset": sizes}
        return {**image, "src": next(iter(image["sources"].values()), None)}
    image = details.get("image")
    return {**image, "src": image.get("medium_resolution_url") or image["url"]} if image else None
