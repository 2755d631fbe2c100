"""One good payload of every content type, every field of its own filled: what `make run` seeds its site with."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

SITE = Path(__file__).parents[3] / "infra" / "local" / "site"

GOOD: dict[str, Json] = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SITE.glob("*.json"))}
"""By schema name. They may be published as they are: what only editors see is not in them."""

FOR_EDITORS: Json = {
    "access_limited": {"users": ["9d2f7c1e"], "organisations": ["f323e83c-868b-4bcb-b6e2-a8f9bb40397e"]},
    "auth_bypass_ids": ["5b0fbb4c-8d1c-4d0e-9d1b-1d6a3d6e0b2f"],
    "bulk_publishing": False,
    "content_id_alias": "an-alias",
    "instructions_to_publishers": "Ask the press office before you change the title.",
    "last_edited_at": "2026-09-14T10:29:00Z",
    "last_edited_by_editor_id": "0d6cf6d5-2a9b-4bb1-9c74-5a4f2c5d8a10",
    "previous_version": "3",
}
"""The fields that every type has and no reader sees."""


BAD: list[tuple[str, str, object]] = [
    ("answer", "/base_path", "/v2/answers"),
    ("answer", "/base_path", "/answers/../elsewhere"),
    ("answer", "/details/external_related_links/0/url", "javascript:alert(1)"),
    ("answer", "/links/ordered_wishes", []),
    ("answer", "/links/organisations/0", "not-an-id"),
    ("answer", "/locale", "xx"),
    ("answer", "/previous_version", "one"),
    ("answer", "/public_updated_at", "2026-01-01"),
    ("call_for_evidence", "/details/ways_to_respond/telephone", "03069 990188"),
    ("case_study", "/details/format_display_type", "news_story"),
    ("case_study", "/details/images/0/sources/s300", "javascript:alert(1)"),
    ("consultation", "/details/closing_date", "7 December 2026"),
    ("consultation", "/details/attachments/1/content_type", "text/html"),
    ("contact", "/details/phone_numbers/0/number", None),
    ("contact", "/details/query_response_time", 5),
    ("detailed_guide", "/details/headers/0/headers/0/level", "3"),
    ("document_collection", "/details/collection_groups/0/documents/0", {"title": "not an id"}),
    ("generic", "/details/body", "none here"),
    ("gone", "/title", "none here"),
    ("help_page", "/details/body/0/content_type", "text/markdown"),
    ("html_publication", "/details/political", None),
    ("mainstream_browse_page", "/details/second_level_ordering", "by_date"),
    ("manual_section", "/details/manual/title", "only its path"),
    ("news_article", "/details/government", None),
    ("news_article", "/details/attachments/0/attachment_type", "html"),
    ("news_article", "/details/attachments/0/file_size", "180 KB"),
    ("organisation", "/details/organisation_govuk_status/status", "asleep"),
    ("organisation", "/details/social_media_links/0/service_type", "carrier-pigeon"),
    ("publication", "/details/attachments/0/attachment_type", "video"),
    ("publication", "/details/national_applicability/cornwall", {"applicable": True}),
    ("redirect", "/routes", []),
    ("redirect", "/redirects", []),
    ("role", "/details/seniority", 1.5),
    ("special_route", "/details/body", "none here"),
    ("specialist_document", "/details/metadata/marine_notice_topic", "navigation"),
    ("specialist_document", "/details/metadata/case_state", "open"),
    ("specialist_document", "/details/attachments/0/content_id", "not-an-id"),
    ("statistics_announcement", "/details/state", "postponed"),
    ("step_by_step_nav", "/details/step_by_step_nav/steps/0/contents/1/style", "optional-ish"),
    ("step_by_step_nav", "/details/step_by_step_nav/steps/1/logic", "not"),
    ("taxon", "/details/visible_to_departmental_editors", "yes"),
    ("transaction", "/details/variants/0/slug", "For a business"),
    ("travel_advice", "/details/country/synonyms", "Sarvian Republic"),
]
"""What spoils a good payload: the type, the place, and what stands there."""


def whole(schema_name: str) -> Json:
    """A payload of a type with every field there is."""
    return {**deepcopy(GOOD[schema_name]), **deepcopy(FOR_EDITORS)}


def changed(payload: Json, pointer: str, value: object) -> Json:
    """The payload with another value at one place, such as `/details/parts/0/slug`; a member that is not there is added."""
    other, place, last = _found(payload, pointer)
    place[last] = value
    return other


def without(payload: Json, pointer: str) -> Json:
    """The payload without what stands at one place."""
    other, place, last = _found(payload, pointer)
    del place[last]
    return other


def _found(payload: Json, pointer: str) -> tuple[Json, Any, str | int]:
    other = deepcopy(payload)
    place: Any = other
    *above, last = (int(step) if step.isdigit() else step for step in pointer.removeprefix("/").split("/"))
    for step in above:
        place = place[step]
    return other, place, last
