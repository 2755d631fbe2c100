"""Documents that come with a page: files, pages of their own, and what is elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.publishing.site.listing import address
from functions.publishing.site.page import Item

_KINDS = {
    "application/pdf": "PDF",
    "application/msword": "Word",
    "application/rtf": "RTF",
    "application/vnd.ms-excel": "Excel",
    "application/vnd.ms-powerpoint": "PowerPoint",
    "application/vnd.oasis.opendocument.presentation": "ODP",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/xml": "XML",
    "application/zip": "ZIP",
    "text/csv": "CSV",
    "text/plain": "Text",
    "text/xml": "XML",
}
"""Media types, as people call them."""
_KILOBYTE = 1024


@dataclass(frozen=True)
class Attachment:
    """A document, and what to know before it is opened. `ask` is the address for a form of it that everybody can use."""

    title: str
    href: str
    mark: str
    size: str = ""
    pages: int | None = None
    references: tuple[tuple[str, str], ...] = ()
    locale: str | None = None
    ask: str | None = None


def chosen(details: Item, names: Iterable[str]) -> list[Attachment]:
    """Those attachments that a field of the details names, in its order."""
    known = {attachment["id"]: attachment for attachment in details.get("attachments", ())}
    return [attachment(known[name]) for name in names if name in known]


def featured(details: Item) -> list[Attachment]:
    """What a page puts first; where it does not say, all that its text does not lead to itself."""
    if names := details.get("featured_attachments"):
        return chosen(details, names)
    text = details.get("body") or ""
    return [attachment(one) for one in details.get("attachments", ()) if one["url"] not in text]


def attachment(sent: Mapping[str, Any]) -> Attachment:
    """An attachment as it was published, made ready to be shown."""
    filename = sent.get("filename") or sent["url"].rpartition("/")[2]
    suffix = filename.rpartition(".")[2].upper() if "." in filename else ""
    kind = sent.get("attachment_type", "file")
    return Attachment(
        title=sent.get("title") or filename,
        href=address(sent["url"]),
        mark={"html": "HTML", "external": "Web"}.get(kind) or _KINDS.get(sent.get("content_type", ""), suffix[:10]),
        size=_size(sent["file_size"]) if sent.get("file_size") else "",
        pages=sent.get("number_of_pages"),
        references=tuple(_references(sent)),
        locale=sent.get("locale"),
        ask=None if sent.get("accessible") or kind != "file" else sent.get("alternative_format_contact_email"),
    )


def _references(sent: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    session = f" {sent['parliamentary_session']}" if sent.get("parliamentary_session") else ""
    for name, label in (("unique_reference", "Ref"), ("isbn", "ISBN")):
        if sent.get(name):
            yield label, sent[name]
    if sent.get("command_paper_number"):
        yield "", sent["command_paper_number"]
    elif sent.get("unnumbered_command_paper"):
        yield "Unnumbered command paper", ""
    if sent.get("hoc_paper_number"):
        yield "HC", f"{sent['hoc_paper_number']}{session}"
    elif sent.get("unnumbered_hoc_paper"):
        yield "Unnumbered act paper", ""


def _size(count: float) -> str:
    unit = "bytes"
    for larger in ("KB", "MB", "GB"):
        if count < _KILOBYTE:
            break
        count, unit = count / _KILOBYTE, larger
    whole = count >= 10 or count == int(count)
    return f"{count:.0f} {unit}" if whole else f"{count:.1f} {unit}"
