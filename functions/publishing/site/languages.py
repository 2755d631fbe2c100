"""Languages: how they are tagged, which way they run, and what they call themselves."""

from __future__ import annotations

from markupsafe import Markup

from schemas.content.fields import RIGHT_TO_LEFT

FURNITURE = frozenset({"en", "cy"})
"""The languages that pages speak around what a department wrote (RFC 192: English, and Welsh where the content is Welsh)."""

_TAGS = {"dr": "fa-AF", "pa-pk": "pa-PK", "zh-hk": "zh-HK", "zh-tw": "zh-TW"}
"""Locales that are no language tag of BCP 47 as they stand, and the tag that means the same."""

NAMES = {
    "ar": "العربية", "az": "Azərbaycanca", "be": "Беларуская", "bg": "Български", "bn": "বাংলা", "cs": "Čeština", "cy": "Cymraeg",
    "da": "Dansk", "de": "Deutsch", "dr": "دری", "el": "Ελληνικά", "en": "English", "es": "Español", "es-419": "Español (Latinoamérica)",
    "et": "Eesti", "fa": "فارسی", "fi": "Suomi", "fr": "Français", "gd": "Gàidhlig", "gu": "ગુજરાતી", "he": "עברית", "hi": "हिन्दी",
    "hr": "Hrvatski", "hu": "Magyar", "hy": "Հայերեն", "id": "Bahasa Indonesia", "is": "Íslenska", "it": "Italiano", "ja": "日本語",
    "ka": "ქართული", "kk": "Қазақ тілі", "ko": "한국어", "ku": "Kurdî", "ky": "Кыргызча", "lt": "Lietuvių", "lv": "Latviešu",
    "ms": "Bahasa Melayu", "mt": "Malti", "ne": "नेपाली", "nl": "Nederlands", "no": "Norsk", "pa": "ਪੰਜਾਬੀ", "pa-pk": "پنجابی",
    "pl": "Polski", "ps": "پښتو", "pt": "Português", "ro": "Română", "ru": "Русский", "si": "සිංහල", "sk": "Slovenčina",
    "sl": "Slovenščina", "so": "Soomaali", "sq": "Shqip", "sr": "Српски", "sv": "Svenska", "sw": "Kiswahili", "ta": "தமிழ்", "th": "ไทย",
    "ti": "ትግርኛ", "tk": "Türkmençe", "tr": "Türkçe", "uk": "Українська", "ur": "اردو", "uz": "Oʻzbekcha", "vi": "Tiếng Việt",
    "yi": "ייִדיש", "zh": "中文", "zh-hk": "中文（香港）", "zh-tw": "中文（台灣）",
}  # fmt: skip


def tag(locale: str) -> str:
    """The language tag of a locale."""
    return _TAGS.get(locale, locale)


def furniture(locale: str) -> str:
    """The language that the page itself speaks, whatever its content is in."""
    return locale if locale in FURNITURE else "en"


def spoken(locale: str | None, among: str) -> Markup:
    """The attributes that say which language a text is in, where that is not the one around it."""
    if locale is None or locale == among:
        return Markup("")
    return Markup(' lang="{}"{}').format(tag(locale), Markup(' dir="rtl"') if locale in RIGHT_TO_LEFT else "")
