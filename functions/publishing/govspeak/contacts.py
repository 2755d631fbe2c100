"""Whom to turn to: a card with addresses, telephone numbers and forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from functions.publishing.govspeak.options import Options, Thing
from functions.publishing.govspeak.wording import words

_ADDRESS = {
    "street_address": "street-address",
    "locality": "locality",
    "region": "region",
    "postal_code": "postal-code",
    "world_location": "country-name",
}
"""The class of each part of a postal address, in the order in which it is written."""


def card(options: Options, name: str) -> Markup:
    """`[Contact:…]`: all the ways to reach whoever has this content id."""
    contact = options.contact_by_content_id.get(name)
    if contact is None:
        return Markup()
    return _card(contact, options.locale, Markup('id="contact_{}" ').format(name))


def block(contact: Thing, locale: str) -> Markup:
    """The same card where a contact is a content block, which may stand in a text more than once: without an id."""
    return _card(contact, locale, Markup())


def _card(contact: Thing, locale: str, identity: Markup) -> Markup:
    told = contact.get("details")
    details = {**contact, **(told if isinstance(told, Mapping) else {})}
    posted = [*_posted(details)]
    reached = Markup("\n").join(_reached(details, words(locale)))
    return Markup(
        '<div {}class="contact{}"><div class="content"><div class="vcard contact-inner"><p>{}</p>{}{}{}</div></div></div>'
    ).format(
        identity,
        " postal-address" if posted else "",
        _said(contact, "title"),
        Markup().join(posted),
        Markup('<div class="email-url-number">{}</div>').format(reached) if reached else "",
        Markup('<p class="comments">{}</p>').format(_said(details, "description")) if _said(details, "description") else "",
    )


def _posted(details: Thing) -> Iterator[Markup]:
    for address in _all(details, "post_addresses"):
        parts = [(name, _said(address, field)) for field, name in _ADDRESS.items()]
        shown = [Markup('<span class="{}">{}</span>').format(name, part) for name, part in parts if part and part != "United Kingdom"]
        if shown:
            yield Markup('<p class="adr">{}</p>').format(Markup("<br>").join(shown))


def _reached(details: Thing, wording: Mapping[str, str]) -> Iterator[Markup]:
    # Contacts of older editions have one address and a list of numbers, with labels for titles.
    for email in [details, *_all(details, "email_addresses")]:
        if address := _said(email, "email"):
            shown = _said(email, "title") if email is not details else ""
            yield Markup('<p class="email"><span class="type">{}</span> <a href="mailto:{}" class="email">{}</a></p>').format(
                wording["email"], address, shown or address
            )
    for form in _all(details, "contact_form_links"):
        if href := _said(form, "link"):
            yield Markup('<p class="contact_form_url"><span class="type">{}</span> <a href="{}">{}</a></p>').format(
                wording["contact form"], href, _said(form, "title") or href
            )
    for phone in [*_all(details, "phone_numbers"), *_all(details, "contact_numbers")]:
        if number := _said(phone, "number"):
            label = _said(phone, "title") or _said(phone, "label")
            yield Markup('<p class="tel"><span class="type">{}</span> {}</p>').format(label, number)


def _all(details: Thing, field: str) -> Iterable[Thing]:
    found = details.get(field)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []


def _said(thing: Thing, field: str) -> str:
    value = thing.get(field)
    return value.strip() if isinstance(value, str) else ""
