"""The links that editions and link sets may have: the common ones everywhere, the others where a content type has them."""

import pytest

from schemas.content.failures import Unacceptable
from schemas.content.links import COMMON
from schemas.content.registry import TYPES, accept, check_links, model
from tests.contracts.content.samples import GOOD, changed

ID = "f323e83c-868b-4bcb-b6e2-a8f9bb40397e"


@pytest.mark.parametrize("name", sorted(TYPES))
def test_an_edition_takes_the_links_of_its_type_and_no_others(name: str) -> None:
    allowed = COMMON | model(name).edition_links
    assert accept(changed(GOOD[name], "/links", {link_type: [ID] for link_type in allowed}))
    with pytest.raises(Unacceptable) as refused:
        accept(changed(GOOD[name], "/links", {"organisations": [ID], "ordered_wishes": [ID], "ordered_contacts": []}))
    assert [(failure["fragment"], failure["failed_attribute"]) for failure in refused.value.failures] == [
        ("#/links/ordered_contacts", "AdditionalProperties"),
        ("#/links/ordered_wishes", "AdditionalProperties"),
    ]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_link_set_is_told_which_links_its_type_does_not_have(name: str) -> None:
    assert check_links(name, COMMON | model(name).link_set_links) == []
    [failure] = check_links(name, ["organisations", "ordered_wishes"])
    assert failure == {
        "schema": name,
        "fragment": "#/links/ordered_wishes",
        "message": f"#/links/ordered_wishes: is not a link that the link set of this content type may have (schema {name})",
        "failed_attribute": "AdditionalProperties",
    }


def test_an_edition_and_its_link_set_may_have_different_links() -> None:
    assert accept(changed(GOOD["taxon"], "/links/associated_taxons", [ID]))
    assert [failure["fragment"] for failure in check_links("taxon", ["associated_taxons", "root_taxon"])] == ["#/links/associated_taxons"]


def test_links_that_the_platform_works_out_are_nobodys_to_send() -> None:
    assert "available_translations" not in COMMON
    assert [failure["fragment"] for failure in check_links("answer", ["available_translations"])] == ["#/links/available_translations"]


def test_a_name_of_no_type_has_no_links() -> None:
    with pytest.raises(KeyError):
        check_links("placeholder", [])
