"""Attached files: a card of their own, or a link in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from functions.publishing.govspeak import files
from functions.publishing.govspeak.options import Options, Thing
from functions.publishing.govspeak.wording import words

_NOTHING = Markup()


def card(options: Options, name: str) -> Markup:
    """`[Attachment:…]`: the file's title, and all that is known of it."""
    file = options.attachment_by_id.get(name)
    if file is None:
        return _NOTHING
    return Markup(
        '<section class="gem-c-attachment"><div class="gem-c-attachment__details">'
        '<h2 class="gem-c-attachment__title"><a class="govuk-link gem-c-attachment__link" href="{}">{}</a></h2>{}</div></section>'
    ).format(_url(file), _title(file), _NOTHING.join(_lines(file, options.locale)))


def link(options: Options, name: str) -> Markup:
    """`[AttachmentLink:…]`: the file's title, and in brackets what it is."""
    file = options.attachment_by_id.get(name)
    if file is None:
        return _NOTHING
    known = Markup(", ").join(_known(file, options.locale, "gem-c-attachment-link"))
    return Markup('<span class="gem-c-attachment-link"><a class="govuk-link" href="{}">{}</a>{}</span>').format(
        _url(file), _title(file), Markup(" ({})").format(known) if known else ""
    )


def inline(options: Options, name: str) -> Markup:
    """`[embed:attachments:inline:…]`: the same, as it was written before."""
    file = options.attachment_by_content_id.get(name)
    if file is None:
        return _NOTHING
    classes = {"url": "url", "kind": "type", "size": "file-size", "length": "page-length"}
    known = Markup(", ").join(
        Markup('<span class="{}">{}</span>').format(classes[what], said) for what, said in _facts(file, options.locale)
    )
    return Markup('<span class="attachment-inline"><a href="{}">{}</a>{}</span>').format(
        _url(file), _title(file), Markup(" ({})").format(known) if known else ""
    )


def _lines(file: Thing, locale: str) -> Iterable[Markup]:
    line = Markup('<p class="gem-c-attachment__metadata">{}</p>')
    if reference := file.get("unique_reference"):
        yield line.format(str(reference))
    if known := [*_known(file, locale, "gem-c-attachment")]:
        yield line.format(Markup(", ").join(known))
    address = file.get("alternative_format_contact_email")
    if address and file.get("accessible") is not True:
        contact = Markup('<a class="govuk-link" href="mailto:{}">{}</a>').format(str(address), str(address))
        yield line.format(Markup("{} {}").format(words(locale)["other format"], contact))


def _known(file: Thing, locale: str, name: str) -> Iterable[Markup]:
    for _, said in _facts(file, locale, f"{name}__abbr"):
        yield Markup('<span class="{}__attribute">{}</span>').format(name, said)


def _facts(file: Thing, locale: str, abbreviated: str = "") -> Iterable[tuple[str, str]]:
    if file.get("attachment_type") == "external":
        yield "url", _url(file)
        return
    if kind := files.kind(file):
        yield "kind", _kind(kind, abbreviated)
    if size := files.size(file):
        yield "size", size
    if length := files.length(file, locale):
        yield "length", length


def _kind(kind: files.Kind, abbreviated: str) -> str:
    if not kind.abbreviation:
        return kind.name
    name = Markup(' class="{}"').format(abbreviated) if abbreviated else ""
    return Markup('<abbr title="{}"{}>{}</abbr>').format(kind.name, name, kind.abbreviation)


def _url(file: Thing) -> str:
    return str(file.get("url") or "")


def _title(file: Thing) -> str:
    return str(file.get("title") or file.get("filename") or "")
