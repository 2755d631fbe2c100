"""Where an edition may be, and where a redirect may lead."""

import pytest

from functions.common.failures import Refusal
from functions.publishing import routing


@pytest.mark.parametrize(
    "destination", ["/b", "/b?c=d#e", "/", "https://www.nhs.uk/x", "https://beta.example.service.gov.uk/", "https://www.gov.uk/tax"]
)
def test_a_redirect_may_lead_here_or_to_public_bodies(destination: str) -> None:
    routing.check_redirect("/a", destination)


@pytest.mark.parametrize(
    ("destination", "code"),
    [
        ("/a", "redirect_path_equals_destination"),
        ("b", "redirect_destination_invalid"),
        ("/b/", "redirect_destination_invalid"),
        ("/b//c", "redirect_destination_invalid"),
        ("/\\evil.com", "redirect_destination_invalid"),
        ("/b\r\nx", "redirect_destination_invalid"),
        ("//evil.com", "redirect_external_not_https"),
        ("http://www.nhs.uk/", "redirect_external_not_https"),
        ("javascript:alert(1)", "redirect_external_not_https"),
        ("https://evil.com/", "redirect_external_disallowed_domain"),
        ("https://gov.uk.evil.com/", "redirect_external_disallowed_domain"),
        ("https://[evil", "redirect_destination_invalid"),
    ],
)
def test_a_redirect_leads_nowhere_else(destination: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        routing.check_redirect("/a", destination)
    assert refused.value.code == code


def rule(path: str, kind: str, destination: str, **more: str) -> dict[str, str]:
    return {"path": path, "type": kind, "destination": destination, **more}


def test_the_longest_rule_decides_and_a_prefix_keeps_the_rest_of_the_path() -> None:
    rules = [rule("/a", "prefix", "/b"), rule("/a/x", "exact", "/c")]
    assert routing.destination(rules, "/a") == "/b"
    assert routing.destination(rules, "/a/y/z", "q=1") == "/b/y/z?q=1"
    assert routing.destination(rules, "/a/x") == "/c"
    assert routing.destination(rules, "/ab") is None


def test_segments_are_kept_or_left_as_the_rule_says() -> None:
    assert routing.destination([rule("/a", "prefix", "/b", segments_mode="ignore")], "/a/c", "q=1") == "/b"
    assert routing.destination([rule("/a", "exact", "/b", segments_mode="preserve")], "/a", "q=1") == "/b?q=1"


def test_nothing_is_below_the_home_page() -> None:
    routing.check("homepage", "/", [{"path": "/", "type": "exact"}], [])
    with pytest.raises(Refusal) as refused:
        routing.check("homepage", "/", [{"path": "/", "type": "exact"}, {"path": "/a", "type": "exact"}], [])
    assert refused.value.code == "route_not_below_base_path"
