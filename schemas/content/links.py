"""Links: which kinds of link an edition, or the link set of its document, may have to other documents (content-types.md, its head).

Each content type says in `edition_links` and `link_set_links` what it allows beyond the common kinds.
"""

from __future__ import annotations

COMMON = frozenset(
    {
        "lead_organisations",
        "mainstream_browse_pages",
        "meets_user_needs",
        "ordered_related_items",
        "ordered_related_items_overrides",  # not in that head, but among the links that are expanded (publishing.md, 1.9)
        "organisations",
        "original_primary_publishing_organisation",
        "parent",
        "part_of_step_navs",
        "policy_areas",
        "primary_publishing_organisation",
        "related_to_step_navs",
        "secondary_to_step_navs",
        "suggested_ordered_related_items",
        "taxons",
        "topics",
    }
)
"""Kinds of link that every content type may have. `available_translations` is not here: the platform works it out."""
