"""The edition's images: a figure, with a caption and a credit where there are any."""

from __future__ import annotations

from markupsafe import Markup

from functions.publishing.govspeak.options import Options, Thing
from functions.publishing.govspeak.wording import words


def named(options: Options, name: str) -> Markup:
    """`[Image:…]`: the image with this id."""
    return _figure(options.image_by_id.get(name), options.locale)


def numbered(options: Options, number: str) -> Markup:
    """`!!1`: the first image."""
    return _figure(options.image_by_number.get(number), options.locale)


def attached(options: Options, name: str) -> Markup:
    """`[embed:attachments:image:…]`: an attachment that is an image."""
    image = options.attachment_by_content_id.get(name)
    return _figure(image and {"alt_text": image.get("title"), **image}, options.locale)


def _figure(image: Thing | None, locale: str) -> Markup:
    if image is None:
        return Markup()
    return Markup('<figure class="image embedded"><div class="img"><img src="{}" alt="{}"></div>{}</figure>').format(
        str(image.get("url") or ""), str(image.get("alt_text") or ""), _caption(image, locale)
    )


def _caption(image: Thing, locale: str) -> Markup:
    caption, credit = (str(image.get(name) or "").strip() for name in ("caption", "credit"))
    said = [caption, credit and words(locale)["credit"].format(credit)]
    paragraphs = Markup("\n").join(Markup("<p>{}</p>").format(part) for part in said if part)
    return Markup("<figcaption>{}</figcaption>").format(paragraphs) if paragraphs else paragraphs
