"""Whether a change of an item is one that others show (contract 1.9)."""

from __future__ import annotations

from functions.publishing.expansion import rules, standing
from functions.publishing.expansion.graph import Candidate, Links
from functions.publishing.expansion.paths import FOLLOWED


def changes(before: Candidate | None, after: Candidate | None) -> bool:
    """Whether what links show of an edition differs, or what they show below it, so that its dependents are to be expanded again."""
    return _seen(before) != _seen(after) or links_change(before.links if before else {}, after.links if after else {})


def links_change(before: Links, after: Links) -> bool:
    """Whether links differ that others than their own item show, so that its dependents are to be expanded again."""
    return _followed(before) != _followed(after)


def _seen(edition: Candidate | None) -> standing.Shown | None:
    if edition is None or edition.document_type in rules.NEVER_EXPANDED:
        return None
    return standing.shown(edition, rules.fields_anywhere(edition.document_type))


def _followed(links: Links) -> dict[str, tuple[str, ...]]:
    return {link_type: tuple(targets) for link_type, targets in links.items() if link_type in FOLLOWED and targets}
