"""The texts of departments as they stand on a page."""

import time

import pytest

from functions.publishing.site.texts import Heading, Texts


def shown(html: str, **more: int) -> str:
    return str(Texts()(html, **more).html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Fish &amp; chips, &lt;3</p>",
        '<h2 id="a">A</h2><p>b<br>c</p>',
        '<ul><li><a href="https://example.org/?a=1&amp;b=2" rel="external">x</a></li></ul>',
        '<div class="call-to-action"><p>x</p></div>',
    ],
)
def test_a_text_that_is_in_order_stays_as_it_is(html: str) -> None:
    assert shown(html) == html


def test_what_could_run_is_taken_out_whichever_field_it_came_from() -> None:
    assert shown('<p onclick="x">a<script>b</script></p><a href="javascript:x">c</a>') == "<p>a</p><a>c</a>"


def test_the_heading_of_the_page_is_the_only_one_of_its_level() -> None:
    assert shown('<h1 id="a">A</h1>') == '<h2 id="a">A</h2>'


def test_headings_go_down_where_a_text_stands_under_one() -> None:
    assert shown('<h2 id="a">A</h2><h3 id="b">B</h3><h6 id="c">C</h6>', lower=1) == '<h3 id="a">A</h3><h4 id="b">B</h4><h6 id="c">C</h6>'


def test_the_main_headings_of_a_text_are_its_contents() -> None:
    text = Texts()("<h2 id='a'>Fish &amp; <em>chips</em></h2><h3>Not this</h3><h2>Peas, mushy</h2>")
    assert text.headings == (Heading("a", "Fish & chips"), Heading("peas-mushy", "Peas, mushy"))
    assert '<h2 id="peas-mushy">' in text.html


def test_no_two_texts_of_a_page_share_an_id_and_links_follow() -> None:
    texts = Texts()
    assert texts('<h2 id="a">A</h2><a href="#a">a</a>').html == '<h2 id="a">A</h2><a href="#a">a</a>'
    assert texts('<h2 id="a">A</h2><a href="#a">a</a>').html == '<h2 id="a-1">A</h2><a href="#a-1">a</a>'


@pytest.mark.parametrize("name", ["contents", "main-content", "commonweal-steps", "govuk-notification-banner-title"])
def test_no_text_takes_an_id_of_the_page_itself(name: str) -> None:
    assert f'id="{name}"' not in shown(f'<p id="{name}">x</p>')


def test_a_table_scrolls_in_a_place_that_the_keyboard_reaches() -> None:
    table = "<table><tbody><tr><td>x</td></tr></tbody></table>"
    around = '<div class="commonweal-scroller" tabindex="0" role="group" aria-label="Tabl">'
    assert Texts("Tabl")(table).html == f"{around}{table}</div>"


@pytest.mark.parametrize("nothing", ["", " ", "&nbsp;", "<strong> </strong>"])
def test_a_header_of_a_table_that_says_nothing_is_none(nothing: str) -> None:
    row = f'<tr><th class="corner" scope="col">{nothing}</th><th scope="col">Monday</th></tr>'
    found = shown(f"<table><thead>{row}</thead><tbody><tr><td></td></tr></tbody></table>")
    assert '<td class="corner">' in found
    assert '<th scope="col">Monday</th>' in found
    assert (found.count("<th"), found.count("</th>"), found.count("</td>")) == (2, 1, 2)  # thead, and Monday


@pytest.mark.parametrize("something", ["0", "&amp;", '<img src="/a.svg" alt="A">', "<em>x</em>"])
def test_a_header_that_says_something_stays(something: str) -> None:
    table = f"<table><tbody><tr><th>{something}</th></tr></tbody></table>"
    assert table in shown(table)


def test_the_title_of_an_attachments_card_is_in_no_contents() -> None:
    assert Texts()('<section><h2 class="gem-c-attachment__title"><a href="/a">A</a></h2></section>').headings == ()


def test_an_empty_heading_is_in_no_contents() -> None:
    assert Texts()("<h2></h2>").headings == ()


def test_a_text_of_twenty_thousand_equal_headings_takes_no_time_worth_mentioning() -> None:
    began = time.process_time()
    text = Texts()('<h2 id="a">A</h2><a href="#a">a</a>' * 20_000)
    assert len({heading.id for heading in text.headings}) == 20_000
    assert time.process_time() - began < 10
