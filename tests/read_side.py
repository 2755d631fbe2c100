"""Every content type as readers get it: what a publisher's sample becomes, with links of every kind that its page shows."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from functions.publishing.details import presented, with_html
from tests.contracts.content.samples import GOOD

type Item = dict[str, Any]

AT = "2026-09-14T10:30:00Z"


def link(title: str, base_path: str | None, document_type: str, **more: Any) -> Item:
    """A link, expanded."""
    content_id = str(uuid5(NAMESPACE_URL, base_path or title))
    shown = {"content_id": content_id, "title": title, "document_type": document_type, "locale": "en", "withdrawn": False, "links": {}}
    placed = {"base_path": base_path, "api_path": f"/api/content{base_path}"} if base_path else {}
    return {**shown, **placed, "public_updated_at": AT, **more}


def sample(name: str, **more: Any) -> Item:
    """A link to the sample of a type."""
    good = GOOD[name]
    return link(good["title"], good["base_path"], good["document_type"], **more)


AGENCY = link(
    "Rivers and Coasts Agency", "/organisations/rivers-and-coasts-agency", "organisation",
    content_id="9a3deeb1-3e5f-5bf2-a726-43c7f63ad298", analytics_identifier="R17",
)  # fmt: skip
ENVIRONMENT = link("Environment", "/topics/environment", "taxon", description="Land, water and air.")
FLOODS = link(
    "Floods and coasts", "/topics/floods-and-coasts", "taxon", description="What to do about water.", links={"parent_taxons": [ENVIRONMENT]}
)
STEPS = sample("step_by_step_nav", details=presented(with_html(GOOD["step_by_step_nav"]["details"])))
ROLE = sample("role")
RHYS = link("Rhys Penrose", "/people/rhys-penrose", "person")
PERSON = sample("person", details={"image": GOOD["person"]["details"]["image"]})


def _appointment(current: bool, since: str, until: str | None, **links: list[Item]) -> Item:
    details = {"current": current, "started_on": since, "ended_on": until}
    return link(f"An appointment of {since}", None, "role_appointment", details=details, links=links)


NOW = _appointment(True, "2023-05-01T00:00:00Z", None, role=[ROLE], person=[PERSON])
BEFORE = _appointment(
    False, "2019-02-01T00:00:00Z", "2023-04-30T00:00:00Z",
    role=[link("Chief engineer", None, "board_member_role")], person=[RHYS],
)  # fmt: skip
CONTACT = sample("contact", details=GOOD["contact"]["details"])
PAST = link("2019 to 2024 government", "/government/2019", "government", details={"current": False})

COMMON = {
    "organisations": [AGENCY],
    "primary_publishing_organisation": [AGENCY],
    "taxons": [FLOODS],
    "ordered_related_items": [sample("answer"), link("Check your flood risk", "/check-your-flood-risk", "transaction")],
    "available_translations": [],
}
OWN: Mapping[str, Mapping[str, list[Item]]] = {
    "document_collection": {
        "documents": [
            sample("publication", content_id="da880405-3e0b-5836-849b-63a70bb260ec"),
            sample("statistical_data_set", content_id="e0722844-4f60-5740-bd16-ee8cb7f90c7b"),
        ]
    },
    "guide": {"part_of_step_navs": [STEPS]},
    "homepage": {"popular_links": [sample("guide"), sample("transaction")], "level_one_taxons": [ENVIRONMENT, FLOODS]},
    "html_publication": {"parent": [sample("publication")]},
    "mainstream_browse_page": {"second_level_browse_pages": [link("Floods", "/browse/environment/floods", "mainstream_browse_page")]},
    "manual_section": {"manual": [sample("manual")]},
    "news_article": {"people": [PERSON], "topical_events": [sample("topical_event")], "government": [PAST]},
    "organisation": {
        "ordered_board_members": [
            {**PERSON, "links": {"role_appointments": [NOW]}},
            RHYS,
        ],
        "ordered_contacts": [CONTACT],
        "ordered_child_organisations": [link("Coastguard School", "/organisations/coastguard-school", "organisation")],
        "ordered_parent_organisations": [link("Department for Land and Water", "/organisations/land-and-water", "organisation")],
    },
    "person": {"role_appointments": [NOW, BEFORE]},
    "publication": {"document_collections": [sample("document_collection")], "government": [PAST]},
    "role": {"role_appointments": [NOW, BEFORE], "ordered_parent_organisations": [AGENCY]},
    "speech": {"speaker": [PERSON]},
    "taxon": {"parent_taxons": [ENVIRONMENT], "child_taxons": [link("Flood warnings", "/topics/flood-warnings", "taxon")]},
    "transaction": {"part_of_step_navs": [STEPS]},
}

LISTED: list[Item] = [
    {
        "title": GOOD[name]["title"],
        "base_path": GOOD[name]["base_path"],
        "document_type": GOOD[name]["document_type"],
        "description": GOOD[name]["description"],
        "public_updated_at": GOOD[name]["public_updated_at"],
        "locale": "en",
    }
    for name in ("news_article", "publication", "consultation", "guide")
]
"""What was published last, as whoever renders a page hands it in."""


def item(name: str, **more: Any) -> Item:
    """The sample of a type as the content API would give it."""
    sent = GOOD[name]
    left_out = {"routes", "update_type", "change_note", "links", "details"}
    return {
        **{field: value for field, value in sent.items() if field not in left_out},
        "content_id": str(uuid5(NAMESPACE_URL, sent["base_path"])),
        "updated_at": "2026-09-14T10:30:05Z",
        "details": presented(with_html(sent.get("details", {}))),
        "links": {**COMMON, **OWN.get(name, {})},
        "withdrawn_notice": {},
        **more,
    }
