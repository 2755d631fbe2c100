"""What readers are told of a file: its kind, size and length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from functions.publishing.govspeak.options import Thing
from functions.publishing.govspeak.wording import words


@dataclass(frozen=True)
class Kind:
    """The name of a kind of file, and the abbreviation that readers know it by."""

    name: str
    abbreviation: str = ""


_KINDS = {
    "csv": Kind("Comma-separated Values", "CSV"),
    "doc": Kind("MS Word Document"),
    "docx": Kind("MS Word Document"),
    "dxf": Kind("AutoCAD Drawing Exchange Format", "DXF"),
    "eps": Kind("Encapsulated PostScript", "EPS"),
    "gif": Kind("Graphics Interchange Format", "GIF"),
    "gml": Kind("Geography Markup Language", "GML"),
    "html": Kind("HTML"),
    "ics": Kind("iCalendar file", "ICS"),
    "jpeg": Kind("JPEG"),
    "jpg": Kind("JPEG"),
    "json": Kind("JavaScript Object Notation", "JSON"),
    "odp": Kind("OpenDocument Presentation", "ODP"),
    "ods": Kind("OpenDocument Spreadsheet", "ODS"),
    "odt": Kind("OpenDocument Text", "ODT"),
    "pdf": Kind("Portable Document Format", "PDF"),
    "png": Kind("Portable Network Graphic", "PNG"),
    "ppt": Kind("MS PowerPoint Presentation"),
    "pptx": Kind("MS PowerPoint Presentation"),
    "rtf": Kind("Rich Text Format", "RTF"),
    "svg": Kind("Scalable Vector Graphics", "SVG"),
    "txt": Kind("Plain Text"),
    "xls": Kind("MS Excel Spreadsheet"),
    "xlsx": Kind("MS Excel Spreadsheet"),
    "xml": Kind("Extensible Markup Language", "XML"),
    "zip": Kind("Zip archive", "ZIP"),
}
_EXTENSIONS: Mapping[str, str] = {
    "application/json": "json",
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/zip": "zip",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
}
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def kind(file: Thing) -> Kind | None:
    """What kind of file this is: by its content type, else by the end of its name."""
    if file.get("attachment_type") == "html":
        return _KINDS["html"]
    named = str(file.get("file_extension") or file.get("filename") or file.get("url") or "")
    extension = _EXTENSIONS.get(str(file.get("content_type"))) or named.rpartition(".")[2].lower()
    return _KINDS.get(extension)


def size(file: Thing) -> str:
    """How large it is, to three significant digits: 32 KB, 1.18 MB. Empty where nobody says."""
    count = file.get("file_size")
    if not isinstance(count, int) or not 0 < count < 1024 ** len(_UNITS):
        return ""
    power = (count.bit_length() - 1) // 10
    amount = count / 1024**power
    return f"{amount:.3g} {_UNITS[power]}" if amount < 999.5 else f"{amount:.0f} {_UNITS[power]}"


def length(file: Thing, locale: str) -> str:
    """How many pages it has. Empty where nobody says."""
    pages = file.get("number_of_pages")
    if not isinstance(pages, int) or pages < 1:
        return ""
    return words(locale)["page" if pages == 1 else "pages"].format(pages)
