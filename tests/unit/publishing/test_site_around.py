"""What is around the words of a page: the way up to it, its languages, its notices, its steps, and what is beside it."""

import re
from pathlib import Path
from typing import Any

import pytest

from functions.publishing import site
from functions.publishing.site import head, languages, people, related, words
from schemas.content.fields import LOCALES
from tests import read_side
from tests.read_side import AGENCY, FLOODS, STEPS, link

VIEWS = Path(site.__file__).parents[1] / "views"


def html(name: str, **more: Any) -> str:
    return re.sub(r"\s+", " ", site.pages_of(read_side.item(name, **more), origin="https://example.org")[0].html)


def crumbs(page: str) -> list[str]:
    return re.findall(r'class="govuk-breadcrumbs__link" href="[^"]*">([^<]*)<', page)


def test_the_way_up_goes_through_the_topics() -> None:
    assert crumbs(html("answer")) == ["Home", "Environment", "Floods and coasts"]


def test_the_way_up_to_a_topic_goes_through_those_above_it_and_not_through_itself() -> None:
    assert crumbs(html("taxon")) == ["Home", "Environment"]


def test_a_parent_goes_before_topics() -> None:
    above = link("Rivers", "/browse/rivers", "mainstream_browse_page")
    parent = link("Weirs", "/browse/rivers/weirs", "mainstream_browse_page", links={"parent": [above]})
    assert crumbs(html("answer", links={"parent": [parent], "taxons": [FLOODS]})) == ["Home", "Rivers", "Weirs"]


def test_the_way_up_to_a_section_is_its_manual() -> None:
    assert crumbs(html("manual_section")) == ["Home", "River keepers&#39; manual"]
    assert crumbs(html("manual_section", links={})) == ["Home", "Manual"]


def test_without_anything_above_the_way_is_from_home() -> None:
    assert crumbs(html("answer", links={})) == ["Home"]


def translated(locale: str) -> dict[str, Any]:
    shown = [link("A", f"/a.{one}", "answer", locale=one) for one in ("en", "cy", "ar", "dr")]
    return {"locale": locale, "links": {"available_translations": shown}}


def test_a_page_leads_to_itself_in_other_languages_by_the_names_they_have_for_themselves() -> None:
    page = html("answer", **translated("en"))
    assert '<a class="govuk-link" href="/a.cy" hreflang="cy" lang="cy">Cymraeg</a>' in page
    assert '<a class="govuk-link" href="/a.dr" hreflang="fa-AF" lang="fa-AF" dir="rtl">دری</a>' in page
    assert '<li aria-current="true">English</li>' in page
    assert '<link rel="alternate" hreflang="ar" href="https://example.org/a.ar">' in page


def test_a_page_in_one_language_speaks_of_no_others() -> None:
    alone = {"available_translations": [link("A", "/a", "answer")]}
    assert "hreflang" not in html("answer", links=alone)


def test_every_locale_has_a_name() -> None:
    assert languages.NAMES.keys() == LOCALES


def test_a_welsh_page_is_welsh_throughout() -> None:
    page = html("news_article", locale="cy", links={"organisations": [AGENCY]})
    assert '<html lang="cy"' in page
    for english in (
        "Skip to",
        "Home<",
        "From:",
        "Published:",
        "Last updated",
        "Updates to",
        "as data",
        "Press release",
        "14 September",
    ):
        assert english not in page
    assert "Neidio i’r prif gynnwys" in page
    assert "2 Mawrth 2026" in page


def test_a_text_from_right_to_left_says_so_and_the_page_around_it_stays_english() -> None:
    page = html("answer", locale="ar", title="فيضان")
    assert '<html lang="en"' in page
    assert '<title lang="ar" dir="rtl">' in page
    assert '<div class="govspeak" lang="ar" dir="rtl">' in page
    assert '<h1 class="govuk-heading-xl" lang="ar" dir="rtl">' in page


def test_all_that_views_say_can_be_said_in_welsh() -> None:
    sources = [path.read_text() for path in (*VIEWS.rglob("*.html"), *Path(site.__file__).parent.glob("*.py"))]
    in_views = {match for source in sources for match in re.findall(r"""\bt\((?:"([^"]+)"|'([^']+)')""", source)}
    said = {double or single for double, single in in_views} | {title for title, _ in (*related._GROUPS, *people._GROUPS)}
    assert said <= words.WELSH.keys()
    everywhere = "\n".join(source for source in sources if "WELSH = {" not in source)
    unsaid = {english for english in words.WELSH if english not in everywhere}
    assert unsaid == {"Confirmed", "England", "Northern Ireland", "Provisional", "Scotland", "Wales"}  # what departments say by name


def test_what_is_withdrawn_says_so_before_all_else() -> None:
    page = html("answer", withdrawn_notice={"explanation": "<p>Out of date.</p>", "withdrawn_at": "2026-10-01T00:00:00Z"})
    assert "[Withdrawn] Report a blocked river - Commonweal" in page
    assert page.index("This page was withdrawn on 1 October 2026") < page.index("Out of date.") < page.index("<h1")


@pytest.mark.parametrize(
    ("political", "current", "noticed"), [(True, False, True), (True, True, False), (False, False, False), (True, None, False)]
)
def test_what_was_political_under_another_government_says_so(political: bool, current: bool | None, noticed: bool) -> None:
    government = link("2010 to 2015 government", "/government/2010", "government", details={"current": current})
    details = {"body": "<p>x</p>", "political": political}
    page = html("news_article", details=details, links={"government": [government]})
    assert ("This was published under the 2010 to 2015 government" in page) is noticed
    assert ('name="commonweal:political-status" content="historic"' in page) is noticed


def test_a_page_for_some_nations_leads_the_others_to_theirs() -> None:
    page = html("detailed_guide")
    assert "Applies to: England" in page
    assert '<a class="govuk-link" href="https://wales.example.org/floods">Wales</a>' in page


def test_a_page_for_all_nations_says_nothing_of_them() -> None:
    nations = {name: {"label": name, "applicable": True} for name in ("England", "Wales")}
    assert "Applies to" not in html("detailed_guide", details={"body": "<p>x</p>", "national_applicability": nations})


@pytest.mark.parametrize(("phase", "shown"), [("beta", True), ("alpha", True), ("live", False)])
def test_a_new_page_says_that_it_may_change(phase: str, shown: bool) -> None:
    assert ("This page is new, and may change." in html("answer", phase=phase)) is shown


def test_what_changed_is_told_newest_first_and_linked_from_the_dates() -> None:
    page = html("case_study")
    assert '<a class="govuk-link govuk-link--no-visited-state" href="#updates">See all updates</a>' in page
    assert page.index("Added what to do if you rent") < page.index("First published.")


def test_the_emphasised_publisher_is_named_first() -> None:
    other = link("Another", "/organisations/another", "organisation")
    page = html("case_study", links={"organisations": [other, AGENCY]})
    assert page.index(AGENCY["title"]) < page.index(">Another<")


def test_a_page_that_is_part_of_a_step_by_step_has_it_beside_and_its_own_step_open() -> None:
    page = html("transaction")
    assert f'href="{STEPS["base_path"]}">{STEPS["title"]}</a>' in page
    assert page.count("<details open>") == 1
    assert 'href="/get-flood-warnings" aria-current="page"' in page


def test_a_page_of_several_step_by_steps_leads_to_each() -> None:
    other = link("Move house", "/move-house", "step_by_step_nav", details=STEPS["details"])
    page = html("answer", links={"part_of_step_navs": [STEPS, other]})
    assert "<details" not in page
    assert '<a class="govuk-link" href="/move-house">Move house</a>' in page


def test_beside_a_page_are_what_editors_chose_and_what_it_belongs_to() -> None:
    page = html("answer", links={**read_side.COMMON, "document_collections": [read_side.sample("document_collection")]})
    headings = ["Related content", "Collection", "Explore the topic", "Elsewhere on the web"]
    assert re.findall(r'class="commonweal-beside__title" id="[^"]*">([^<]*)<', page) == headings
    assert '<a class="govuk-link" href="https://www.example.org/blocked-drain" rel="external">' in page


def test_what_is_suggested_stands_in_where_editors_chose_nothing() -> None:
    suggested = [link("Suggested", "/suggested", "answer")]
    assert "/suggested" in html("answer", links={"suggested_ordered_related_items": suggested})
    chosen = {"ordered_related_items": [link("Chosen", "/chosen", "answer")], "suggested_ordered_related_items": suggested}
    assert "/suggested" not in html("answer", links=chosen)


def test_a_page_is_not_beside_itself() -> None:
    own = read_side.sample("answer")
    assert "Related content" not in html("answer", links={"ordered_related_items": [own]})


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "//example.org", "/\\example.org", "relative", ""])
def test_a_link_that_a_page_may_not_follow_is_words(href: str) -> None:
    page = html("organisation", details={"ordered_featured_links": [{"title": "A link", "href": href}]})
    assert "<span>A link</span>" in page


def test_a_link_without_an_address_is_words() -> None:
    assert "<span>Chief engineer</span>" in html("person")


def test_a_person_of_an_organisation_has_the_roles_that_they_hold_in_it() -> None:
    other = link("Elsewhere", "/roles/elsewhere", "board_member_role")
    elsewhere = {**read_side.NOW, "content_id": "other", "links": {"role": [other]}}
    member = {**read_side.PERSON, "links": {"role_appointments": [read_side.NOW, elsewhere, read_side.BEFORE]}}
    here = html("organisation", links={"ordered_board_members": [member], "ordered_roles": [read_side.ROLE]})
    assert ">Director of Flood Resilience</span>" in here
    assert ">Elsewhere</span>" not in here
    assert ">Chief engineer</span>" not in here


def test_an_organisation_that_is_no_more_says_what_became_of_it() -> None:
    closed = {"organisation_govuk_status": {"status": "replaced"}}
    page = html("organisation", details=closed, links={"ordered_successor_organisations": [AGENCY]})
    assert "Rivers and Coasts Agency was replaced" in page
    assert "See instead:" in page


@pytest.mark.parametrize(
    ("document_type", "said", "unsaid"),
    [
        ("open_consultation", "Open until 7 December 2026 at 11:59pm", "We are reading"),
        ("closed_consultation", "We are reading what we were told.", "Ways to respond"),
        ("consultation", "Opens on 14 September 2026 and closes on 7 December 2026", "Ways to respond"),
        ("consultation_outcome", "What was asked", "Ways to respond"),
    ],
)
def test_a_consultation_says_where_it_stands(document_type: str, said: str, unsaid: str) -> None:
    page = html("consultation", document_type=document_type)
    assert said in page
    assert unsaid not in page


def test_whoever_may_respond_is_told_every_way() -> None:
    page = html("consultation", document_type="open_consultation")
    for way in ("https://consult.example.org/rivers/respond", "mailto:responses%40rivers.example.org", "1 Weir Lane<br>", "response.odt"):
        assert way in page


def file(**more: Any) -> dict[str, Any]:
    return {
        "attachment_type": "file", "id": "a", "title": "A file", "url": "https://assets.example.org/a.csv", "content_type": "text/csv",
        "filename": "a.csv", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("attachment", "said"),
    [
        (file(file_size=184320), "CSV, 180 KB"),
        (file(file_size=1_572_864, number_of_pages=1), "CSV, 1.5 MB, 1 page"),
        (file(file_size=12), "CSV, 12 bytes"),
        (file(content_type="application/x-unknown", filename="a.dxf"), ">DXF<"),
        (file(attachment_type="html", url="/a/b"), ">HTML<"),
        (file(attachment_type="external", url="https://maps.example.org/"), ">Web<"),
    ],
)
def test_an_attachment_says_what_it_is_and_how_large(attachment: dict[str, Any], said: str) -> None:
    assert said in html("case_study", details={"body": "<p>x</p>", "attachments": [attachment]})


@pytest.mark.parametrize(("accessible", "asked"), [(False, True), (True, False)])
def test_who_cannot_read_a_file_may_ask_for_another_form_of_it(accessible: bool, asked: bool) -> None:
    attachment = file(accessible=accessible, alternative_format_contact_email="formats@example.org")
    page = html("case_study", details={"body": "<p>x</p>", "attachments": [attachment]})
    assert ("Ask for an accessible format" in page) is asked
    assert ("mailto:formats%40example.org?subject=Another%20format%20of%3A%20A%20file" in page) is asked


def test_an_attachment_that_the_text_leads_to_is_not_listed_again() -> None:
    details = {"body": f'<p><a href="{file()["url"]}">It</a></p>', "attachments": [file()]}
    assert "commonweal-attachment" not in html("case_study", details=details)


def test_metadata_is_named_by_its_finder() -> None:
    facet = {"key": "location", "name": "Where it happened", "allowed_values": [{"value": "north-sea", "label": "The North Sea"}]}
    finder = link("Reports", "/reports", "finder", details={"facets": [facet]})
    details = {"body": "<p>x</p>", "metadata": {"location": ["north-sea", "Dover"], "bulk_published": True}}
    page = html("specialist_document", document_type="maib_report", details=details, links={"finder": [finder]})
    assert "Where it happened" in page
    assert "The North Sea, Dover" in page
    assert ">MAIB report<" in page


def test_programs_are_told_what_a_page_is_by_names_of_our_own() -> None:
    page = html("news_article")
    for name, content in (
        ("schema-name", "news_article"), ("document-type", "press_release"), ("content-has-history", "true"),
        ("primary-publishing-organisation", "Rivers and Coasts Agency"), ("organisations", "&lt;R17&gt;"),
        ("taxon-id", str(FLOODS["content_id"])), ("taxon-slugs", "floods-and-coasts"), ("taxonomy-level1", "topics/environment"),
    ):  # fmt: skip
        assert f'<meta name="{head.PREFIX}:{name}" content="{content}">' in page
    assert "govuk:" not in page
    assert '<meta property="og:url" content="https://example.org/news/new-flood-wall-opens-in-wrayford">' in page
    assert '<meta property="og:image" content="https://example.org/local/pictures/wall.svg">' in page


def test_a_summary_in_html_is_shown_as_its_words() -> None:
    told = '<div class="govspeak"><p>Fish &amp; <em>chips</em> <script>x</script></p>\n</div>'
    page = html("organisation", details={"ordered_featured_documents": [{"title": "Food", "href": "/food", "summary": told}]})
    assert '<p class="commonweal-card__text">Fish &amp; chips x</p>' in page


def test_an_organisation_lists_its_latest_and_leads_to_the_rest() -> None:
    listed = [{**read_side.LISTED[0], "base_path": f"/a{number}", "title": f"Number {number}."} for number in range(12)]
    page = site.pages_of(read_side.item("organisation"), listed, origin="https://example.org")[0].html
    assert ("Number 9." in page, "Number 10." in page) == (True, False)
