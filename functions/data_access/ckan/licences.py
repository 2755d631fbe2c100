"""The licences that datasets here are under, as CKAN names them (contract 5)."""

from __future__ import annotations

OPEN_GOVERNMENT = "Open Government Licence v3.0"
OPEN_GOVERNMENT_ID = "uk-ogl"

_OPEN_GOVERNMENT: dict[str, object] = {
    "id": OPEN_GOVERNMENT_ID,
    "title": "UK Open Government Licence (OGL)",
    "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "is_okd_compliant": True,
    "is_osi_compliant": False,
    "maintainer": "The National Archives",
    "family": "",
    "status": "active",
    "domain_content": True,
    "domain_data": True,
    "domain_software": False,
    "od_conformance": "approved",
    "osd_conformance": "not reviewed",
}


def licence(named: str) -> dict[str, object]:
    """The licence that a register names. One that is not known here keeps its name and says nothing of openness."""
    if named == OPEN_GOVERNMENT:
        return _OPEN_GOVERNMENT
    return {"id": "notspecified", "title": named, "url": "", "is_okd_compliant": False, "status": "active"}


def known() -> list[dict[str, object]]:
    """All that have an id of their own."""
    return [_OPEN_GOVERNMENT]
