"""Govspeak: what publishers write, and the HTML it becomes (contract 4, its 36 cases by their numbers)."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.publishing.govspeak import Options, to_html, to_text

WITHIN_TEXT = {"a", "abbr", "b", "em", "img", "span", "strong", "sub", "sup"}

PDF = {
    "id": "f.pdf",
    "content_id": "2b4d92f3-f8cd-4284-aaaa-25b3a640d26c",
    "title": "Title",
    "url": "http://e.com/f.pdf",
    "filename": "f.pdf",
    "content_type": "application/pdf",
    "file_size": 32768,
    "number_of_pages": 2,
}
PICTURE = {"id": "i.jpg", "content_id": "1fe8", "alt_text": "alt", "url": "http://e.com/i.jpg"}
CAPTIONED = {**PICTURE, "id": "f.png", "caption": "cap", "credit": "cr"}
GDS = {
    "content_id": "4f3383e4-48a2-4461-a41d-f85ea8b89ba0",
    "title": "GDS",
    "details": {"email_addresses": [{"email": "a@b.uk"}], "phone_numbers": [{"title": "helpdesk", "number": "+44"}]},
}
FIGURE = '<figure class="image embedded"><div class="img"><img src="http://e.com/i.jpg" alt="alt"></div></figure>'
BUTTON = 'role="button" data-module="govuk-button" draggable="false" href="https://gov.uk/random"'
ARROW = (
    '<svg class="govuk-button__start-icon" xmlns="http://www.w3.org/2000/svg" width="17.5" height="19" viewBox="0 0 33 40"'
    ' aria-hidden="true" focusable="false"><path fill="currentColor" d="M0 0h13l20 20-20 20H0l20-20z"></path></svg>'
)
CHARTED = "<{}><thead><tr><th scope='col'>col</th></tr></thead><tbody><tr><td>val</td></tr></tbody></table>"
NOTICE = '<div role="note" aria-label="{}" class="application-notice {}"><p>{}</p></div>'

CASES: dict[str, tuple[str, str] | tuple[str, str, dict[str, Any]]] = {
    "1 a heading can be linked to": ("## Hello World", '<h2 id="hello-world">Hello World</h2>'),
    "1 a second one like it has another id": ("## A\n\n## A", '<h2 id="a">A</h2><h2 id="a-1">A</h2>'),
    "1 an id may be chosen": ("## T {#special}", '<h2 id="special">T</h2>'),
    "1 a heading has a blank line before it": ("text\n## T", "<p>text ## T</p>"),
    "2 information": ("^note^", NOTICE.format("Information", "info-notice", "note")),
    "2 its mark need not be closed": ("^note", NOTICE.format("Information", "info-notice", "note")),
    "3 a warning": ("%warn%", NOTICE.format("Warning", "help-notice", "warn")),
    "4 an example": ("$E ex $E", '<div class="example"><p>ex</p></div>'),
    "4 Markdown inside of it": ("$E\n*ex*\n$E", '<div class="example"><p><em>ex</em></p></div>'),
    "5 a contact": ("$C\n**A**\nb\n$C", '<div class="contact"><p><strong>A</strong>\nb</p></div>'),
    "6 an address keeps its lines": ("$A\nl1\nl2\n$A", '<div class="address"><div class="adr org fn"><p>\nl1<br>l2\n</p></div></div>'),
    "7 a form to download": (
        '$D\n[f](http://example.com/ "T")\n$D',
        '<div class="form-download"><p><a href="http://example.com/" title="T">f</a></p></div>',
    ),
    "8 a place": ("$P\nx\n$P", '<div class="place"><p>x</p></div>'),
    "8 a place holds information": (
        "$P\nx\n$I\ny\n$I\n$P",
        '<div class="place"><p>x</p><div class="information"><p>y</p></div></div>',
    ),
    "9 information in a box": ("$I\nx\n$I", '<div class="information"><p>x</p></div>'),
    "10 additional information": ("$AI\nx\n$AI", '<div class="additional-information"><p>x</p></div>'),
    "11 a summary": ("$!\nx\n$!", '<div class="summary"><p>x</p></div>'),
    "12 a call to action": ("$CTA\ngo\n$CTA", '<div class="call-to-action"><p>go</p></div>'),
    "12 a call to action holds other blocks": (
        "$CTA\n## H\n\n|a|\n|-|\n|b|\n$CTA",
        (
            '<div class="call-to-action"><h2 id="h">H</h2><table><thead><tr><th scope="col">a</th></tr></thead>'
            "<tbody><tr><td>b</td></tr></tbody></table></div>"
        ),
    ),
    "13 an answer to highlight": (
        "{::highlight-answer}\nThe VAT rate is *20%*\n{:/highlight-answer}",
        '<div class="highlight-answer"><p>The VAT rate is <em>20%</em></p></div>',
    ),
    "14 a figure to headline": (
        "{stat-headline}\n*13.8bn* years\n{/stat-headline}",
        '<div class="stat-headline"><p><em>13.8bn</em> years</p></div>',
    ),
    "15 a link marked as external": ("x[t](https://e.com/r)x", '<p><a href="https://e.com/r" rel="external">t</a></p>'),
    "15 even to the site's own": ("x[t](/r)x", '<p><a href="/r" rel="external">t</a></p>'),
    "16 a link elsewhere is external": ("[a](https://e.com)", '<p><a rel="external" href="https://e.com">a</a></p>'),
    "16 one to the site's own domain is not": ("[a](https://www.gov.uk/b)", '<p><a href="https://www.gov.uk/b">a</a></p>'),
    "16 nor to a domain that is said to be": (
        "[a](https://e.com)",
        '<p><a href="https://e.com">a</a></p>',
        {"document_domains": ["e.com"]},
    ),
    "16 nor a relative one": ("[a](/b)", '<p><a href="/b">a</a></p>'),
    "16 nor an address": ("[a](mailto:b@c.uk)", '<p><a href="mailto:b@c.uk">a</a></p>'),
    "16 a given rel is kept": ('[a](https://e.com){:rel="next"}', '<p><a rel="next" href="https://e.com">a</a></p>'),
    "17 steps": ("s1. one\ns2. two\n\n", '<ol class="steps"><li><p>one</p></li><li><p>two</p></li></ol>'),
    "18 a list of legislation": (
        "$LegislativeList\n* 1. One\n* 2. Two\n  * a) Sub\n$EndLegislativeList",
        (
            '<div class="legislative-list-wrapper"><ol class="legislative-list"><li>1. One</li>'
            "<li>2. Two<ol><li>a) Sub</li></ol></li></ol></div>"
        ),
    ),
    "18 it starts a paragraph": (
        "text\n$LegislativeList\n1. One\n$EndLegislativeList",
        "<p>text $LegislativeList</p><ol><li>One $EndLegislativeList</li></ol>",
    ),
    **{
        f"19 a text for {name}": (
            f":{place}:content:{place}:",
            (
                f'<div class="devolved-content {place}"><p class="devolved-header">This section applies to {name}</p>'
                '<div class="devolved-body"><p>content</p></div></div>'
            ),
        )
        for place, name in {
            "england": "England",
            "england-wales": "England and Wales",
            "london": "London",
            "northern-ireland": "Northern Ireland",
            "scotland": "Scotland",
            "wales": "Wales",
        }.items()
    },
    "19 in Welsh": (
        ":england:\ncontent\n:england:",
        (
            '<div class="devolved-content england"><p class="devolved-header">Mae\'r adran hon yn berthnasol i Loegr</p>'
            '<div class="devolved-body"><p>content</p></div></div>'
        ),
        {"locale": "cy"},
    ),
    "20 a table is headed": (
        "| |# C1|\n|---|---|\n|# R1|v|",
        '<table><thead><tr><td></td><th scope="col">C1</th></tr></thead><tbody><tr><th scope="row">R1</th><td>v</td></tr></tbody></table>',
    ),
    "20 only a row's first cell is its header": (
        "|a|b|\n|---|---|\n|c|# d|",
        '<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody><tr><td>c</td><td># d</td></tr></tbody></table>',
    ),
    "21 alignment is a class": (
        "|a|b|c|\n|:-|-:|:-:|\n|1|2|3|",
        (
            '<table><thead><tr><th scope="col" class="cell-text-left">a</th><th scope="col" class="cell-text-right">b</th>'
            '<th scope="col" class="cell-text-center">c</th></tr></thead><tbody><tr><td class="cell-text-left">1</td>'
            '<td class="cell-text-right">2</td><td class="cell-text-center">3</td></tr></tbody></table>'
        ),
    ),
    "22 a table for a chart": ("|col|\n|---|\n|val|\n{barchart}", CHARTED.format('table class="js-barchart-table mc-auto-outdent"')),
    "22 a chart of another kind": (
        "|col|\n|---|\n|val|\n{barchart stacked compact negative}",
        CHARTED.format('table class="js-barchart-table mc-stacked compact mc-negative mc-auto-outdent"'),
    ),
    "23 a button": (
        "{button}[Continue](https://gov.uk/random){/button}",
        f'<p><a class="gem-c-button govuk-button" {BUTTON}>Continue</a></p>',
    ),
    "23 a button that starts": (
        "{button start}\n\n[Start](https://gov.uk/random)\n\n{/button}",
        f'<p><a class="gem-c-button govuk-button govuk-button--start" {BUTTON}>Start{ARROW}</a></p>',
    ),
    "23 a button that is followed": (
        "{button cross-domain-tracking:UA-X}[Go](https://gov.uk/random){/button}",
        f'<p><a class="gem-c-button govuk-button" data-tracking-code="UA-X" {BUTTON}>Go</a></p>',
    ),
    "23 a button that leads nowhere is text": ("{button}Go{/button}", "<p>{button}Go{/button}</p>"),
    "23 a button that is shown as code": (
        "    {button}[Go](https://gov.uk/random){/button}",
        "<pre><code>{button}[Go](https://gov.uk/random){/button}\n</code></pre>",
    ),
    "24 an attachment": (
        "[Attachment:f.pdf]",
        (
            '<section class="gem-c-attachment"><div class="gem-c-attachment__details"><h2 class="gem-c-attachment__title">'
            '<a class="govuk-link gem-c-attachment__link" href="http://e.com/f.pdf">Title</a></h2><p class="gem-c-attachment__metadata">'
            '<span class="gem-c-attachment__attribute"><abbr title="Portable Document Format" class="gem-c-attachment__abbr">PDF</abbr>'
            '</span>, <span class="gem-c-attachment__attribute">32 KB</span>, '
            '<span class="gem-c-attachment__attribute">2 pages</span></p></div></section>'
        ),
        {"attachments": [PDF]},
    ),
    "24 one that nobody has": ("[Attachment:f.pdf]", ""),
    "24 text after it": ("[Attachment:f.pdf] more", "<p>more</p>"),
    "24 not at a line's start": ("some [Attachment:f.pdf]", "<p>some [Attachment:f.pdf]</p>", {"attachments": [PDF]}),
    "25 a link to an attachment": (
        "See [AttachmentLink:f.pdf]",
        (
            '<p>See <span class="gem-c-attachment-link"><a class="govuk-link" href="http://e.com/f.pdf">Title</a> '
            '(<span class="gem-c-attachment-link__attribute"><abbr title="Portable Document Format" class="gem-c-attachment-link__abbr">'
            'PDF</abbr></span>, <span class="gem-c-attachment-link__attribute">32 KB</span>, '
            '<span class="gem-c-attachment-link__attribute">2 pages</span>)</span></p>'
        ),
        {"attachments": [PDF]},
    ),
    "25 to one that nobody has": ("See [AttachmentLink:f.pdf] here", "<p>See here</p>"),
    "26 an attachment in a sentence": (
        "[embed:attachments:inline:2b4d92f3-f8cd-4284-aaaa-25b3a640d26c]",
        (
            '<p><span class="attachment-inline"><a href="http://e.com/f.pdf">T</a> '
            '(<span class="type"><abbr title="Portable Document Format">PDF</abbr></span>, <span class="file-size">2 KB</span>, '
            '<span class="page-length">2 pages</span>)</span></p>'
        ),
        {"attachments": [{**PDF, "title": "T", "file_size": 2048}]},
    ),
    "27 an attachment that is an image": ("[embed:attachments:image:1fe8]", FIGURE, {"attachments": [PICTURE]}),
    "28 an image by its number": ("!!1", FIGURE, {"images": [PICTURE]}),
    "28 one that is not there": ("!!2", "", {"images": [PICTURE]}),
    "29 an image by its name": (
        "[Image:f.png]",
        (
            '<figure class="image embedded"><div class="img"><img src="http://e.com/i.jpg" alt="alt"></div>'
            "<figcaption><p>cap</p>\n<p>Image credit: cr</p></figcaption></figure>"
        ),
        {"images": [CAPTIONED]},
    ),
    "30 a link of the edition's": (
        "[embed:link:c636b433]",
        '<p><a rel="external" href="http://example.com">L</a></p>',
        {"links": [{"content_id": "c636b433", "url": "http://example.com", "title": "L"}]},
    ),
    "30 one that leads nowhere": ("[embed:link:c636b433]", "<p>L</p>", {"links": [{"content_id": "c636b433", "title": "L"}]}),
    "31 whom to turn to": (
        "[Contact:4f3383e4-48a2-4461-a41d-f85ea8b89ba0]",
        (
            '<div id="contact_4f3383e4-48a2-4461-a41d-f85ea8b89ba0" class="contact"><div class="content"><div class="vcard contact-inner">'
            '<p>GDS</p><div class="email-url-number"><p class="email"><span class="type">Email</span> '
            '<a href="mailto:a@b.uk" class="email">a@b.uk</a></p><p class="tel"><span class="type">helpdesk</span> +44</p>'
            "</div></div></div></div>"
        ),
        {"contacts": [GDS]},
    ),
    "32 a footnote": (
        "a[^1]\n\n[^1]: note",
        (
            '<p>a<sup id="fnref:1"><a href="#fn:1" class="footnote" rel="footnote" role="doc-noteref">[footnote 1]</a></sup></p>'
            '<div class="footnotes" role="doc-endnotes"><ol><li id="fn:1"><p>note <a href="#fnref:1" class="reversefootnote" '
            'role="doc-backlink" aria-label="go to where this is referenced">↩</a></p></li></ol></div>'
        ),
    ),
    "32 in Welsh": (
        "a[^1]\n\n[^1]: note",
        (
            '<p>a<sup id="fnref:1"><a href="#fn:1" class="footnote" rel="footnote" role="doc-noteref">[troednodyn 1]</a></sup></p>'
            '<div class="footnotes" role="doc-endnotes"><ol><li id="fn:1"><p>note <a href="#fnref:1" class="reversefootnote" '
            'role="doc-backlink" aria-label="ewch i ble mae hyn wedi\'i gyfeirio">↩</a></p></li></ol></div>'
        ),
        {"locale": "cy"},
    ),
    "33 an abbreviation": ("*[HTML]: Hyper Text\n\nHTML", '<p><abbr title="Hyper Text">HTML</abbr></p>'),
    "34 a quotation": ('> "quoted"', '<blockquote><p class="last-child">quoted</p></blockquote>'),
    "34 its last paragraph": ("> a\n>\n> b", '<blockquote><p>a</p><p class="last-child">b</p></blockquote>'),
    "35 typography": ('it\'s "q" -- x --- y ...', "<p>it’s “q” – x — y …</p>"),
    "36 numbered headings": (
        "## A {#a}\n\n### B {#b}\n\n### C {#c}\n\n## D {#d}\n\n#### E {#e}",
        '<h2 id="a">1. A</h2><h3 id="b">1.1 B</h3><h3 id="c">1.2 C</h3><h2 id="d">2. D</h2><h4 id="e">E</h4>',
        {"auto_numbered_headers": True},
    ),
}


class _Folded(HTMLParser):
    """HTML with its attributes in order, and without the white space that nobody sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag, f"<{' '.join([tag, *(f'{name}={value!r}' for name, value in sorted(attrs))])}>")

    def handle_endtag(self, tag: str) -> None:
        self._tag(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data))

    def _tag(self, tag: str, written: str) -> None:
        self.parts.append(written if tag in WITHIN_TEXT else f"\n{written}\n")


def folded(html: str) -> str:
    return re.sub(r" *\n[ \n]*", "\n", re.sub(r" +", " ", "".join(_Folded(html).parts))).strip()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_thing_publishers_write_becomes_its_html(case: tuple[Any, ...]) -> None:
    govspeak, html, *options = case
    assert folded(to_html(govspeak, Options(**(options[0] if options else {})))) == folded(html)


MORE = {
    "a heading with nothing of an id is a section": ("## 2024", '<h2 id="section">2024</h2>'),
    "an id is made of the text as it was written": (
        "## Read *this* [now](/x)",
        '<h2 id="read-this-nowx">Read <em>this</em> <a href="/x">now</a></h2>',
    ),
    "a heading may be underlined": ("Title\n-----", '<h2 id="title">Title</h2>'),
    "a callout interrupts a paragraph": ("text\n$CTA\ngo\n$CTA", '<p>text</p><div class="call-to-action"><p>go</p></div>'),
    "a heading follows a callout": ("%no%\n## H", f'{NOTICE.format("Warning", "help-notice", "no")}<h2 id="h">H</h2>'),
    "a sum of money is no callout": ("$Cost of $5", "<p>$Cost of $5</p>"),
    "a callout that never ends is text": ("$CTA\ngo", "<p>$CTA go</p>"),
    "a callout ends inside its list": (
        "* $E\n  ex\n  $E\n* b\n\n$E",
        '<ul><li><div class="example"><p>ex</p></div></li><li>b</li></ul><p>$E</p>',
    ),
    "a list": ("* a\n* b", "<ul><li>a</li><li>b</li></ul>"),
    "a term and its meanings": (
        "Term\n: One\n: Two\n\n  More\n\nOther\n: Three\n\ntext",
        "<dl><dt>Term</dt><dd>One</dd><dd><p>Two</p><p>More</p></dd><dt>Other</dt><dd>Three</dd></dl><p>text</p>",
    ),
    "attributes after a block": ("text\n{: .one .two #three}", '<p class="one two" id="three">text</p>'),
    "attributes before a block": ("{: .one}\ntext", '<p class="one">text</p>'),
    "attributes that nothing follows": ("text\n\n{: .one}", "<p>text</p>"),
    "a crossed link within words stays": ("2x[t](/r)x", '<p>2x<a href="/r">t</a>x</p>'),
    "steps interrupt a paragraph": ("text\ns1. one", '<p>text</p><ol class="steps"><li><p>one</p></li></ol>'),
    "a quotation keeps its lines": ('> "a  \n> b"', '<blockquote><p class="last-child">a<br>b</p></blockquote>'),
    "quotation marks inside of a quotation": (
        '> He said "a" to me',
        '<blockquote><p class="last-child">He said “a” to me</p></blockquote>',
    ),
    "quotes around an emphasis": ("\"*a*\" ('b') '90s", "<p>“<em>a</em>” (‘b’) ’90s</p>"),
    "quotes inside of HTML": ('<b>"a"</b> "b"', "<p><b>“a”</b> “b”</p>"),
    "a quote within a quote": ("\"'a', he said\"", "<p>“‘a’, he said”</p>"),
    "what is escaped stays as typed": (r"\"a\" \-\-", '<p>"a" --</p>'),
    "code stays as typed": ('`"a" -- b`', '<p><code>"a" -- b</code></p>'),
    "an address stays as typed": ("<https://www.gov.uk/a--b>", '<p><a href="https://www.gov.uk/a--b">https://www.gov.uk/a--b</a></p>'),
    "a letter in brackets is no copyright": ("section 5(c)", "<p>section 5(c)</p>"),
    "an abbreviation is a whole word": (
        "*[EU]: European Union\n\nEU EUR (EU)",
        '<p><abbr title="European Union">EU</abbr> EUR (<abbr title="European Union">EU</abbr>)</p>',
    ),
    "the longer of two abbreviations": (
        "*[EU]: Union\n*[EU law]: Law of the Union\n\nEU law",
        '<p><abbr title="Law of the Union">EU law</abbr></p>',
    ),
    "a reference to no footnote is text": ("a[^2]", "<p>a[^2]</p>"),
    "an alignment that is written as HTML": (
        '<table><tr><td style="text-align: right">a</td><td style="color: red" class="b">c</td></tr></table>',
        '<table><tbody><tr><td class="cell-text-right">a</td><td class="b">c</td></tr></tbody></table>',
    ),
}


@pytest.mark.parametrize(("govspeak", "html"), MORE.values(), ids=MORE.keys())
def test_what_else_publishers_write_becomes_what_they_mean(govspeak: str, html: str) -> None:
    assert folded(to_html(govspeak)) == folded(html)


def test_footnotes_are_numbered_as_they_are_referred_to() -> None:
    html = to_html("$CTA\na[^b]\n$CTA\n\nc[^a] d[^b]\n\n[^a]: first[^z]\n[^b]: second\n\n    * more\n[^unused]: x\n\n[^z]: last")
    assert re.findall(r'href="#fn:(\w)"[^>]*>\[footnote (\d)\]', html) == [("b", "1"), ("a", "2"), ("b", "1"), ("z", "3")]
    assert re.findall(r'<li id="fn:(\w+)">', html) == ["b", "a", "z"]
    assert re.findall(r'href="#(fnref:b[^"]*)"[^>]*aria-label="([^"]+)"', html) == [
        ("fnref:b", "go to where this is referenced"),
        ("fnref:b:1", "go to where this is referenced 2"),
    ]


def test_a_file_for_which_there_is_another_format_says_whom_to_ask() -> None:
    file = {**PDF, "accessible": False, "alternative_format_contact_email": "formats@b.uk", "unique_reference": "Cm 1"}
    html = to_html("[Attachment:f.pdf]", Options(attachments=[file]))
    assert '<a class="govuk-link" href="mailto:formats@b.uk">formats@b.uk</a>' in html
    assert '<p class="gem-c-attachment__metadata">Cm 1</p>' in html


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({}, "T"),
        ({"attachment_type": "html"}, "T (HTML)"),
        ({"attachment_type": "external", "url": "https://e.com/"}, "T (https://e.com/)"),
        ({"filename": "a.ODS", "file_size": 1_234_567}, "T (ODS, 1.18 MB)"),
        ({"content_type": "text/plain", "number_of_pages": 1}, "T (Plain Text, 1 page)"),
        ({"file_size": 1000}, "T (1000 bytes)"),
        ({"file_size": 1_048_000}, "T (1023 KB)"),
    ],
)
def test_readers_are_told_what_a_file_is(file: dict[str, Any], said: str) -> None:
    assert to_text("[AttachmentLink:f]", Options(attachments=[{"id": "f", "title": "T", **file}])) == said


def test_a_contact_has_all_its_ways() -> None:
    details = {
        "post_addresses": [{"street_address": "1 Road", "postal_code": "A1", "world_location": "United Kingdom"}, {"street_address": ""}],
        "contact_form_links": [{"link": "https://b.uk/form", "title": "Ask"}, {"link": ""}],
        "description": "Weekdays",
    }
    html = to_html("[Contact:c]", Options(locale="cy", contacts=[{"content_id": "c", "title": "GDS", "details": details}]))
    assert 'class="contact postal-address"' in html
    assert html.count('<p class="adr">') == 1
    assert '<span class="street-address">1 Road</span><br><span class="postal-code">A1</span></p>' in html
    assert '<span class="type">Ffurflen cysylltu</span> <a href="https://b.uk/form">Ask</a>' in html
    assert '<p class="comments">Weekdays</p>' in html


def test_what_is_told_of_a_contact_is_no_markup() -> None:
    html = to_html("[Contact:c]", Options(contacts=[{"content_id": "c", "title": "<b>GDS</b>", "contact_numbers": [{"number": "<i>1"}]}]))
    assert "&lt;b&gt;GDS&lt;/b&gt;" in html
    assert "<i>" not in html


@pytest.mark.parametrize("broken", [None, 1, "x", [], [1], {"url": {}}, {"id": "f", "content_id": "f", "title": [], "details": 3}])
def test_details_that_are_not_what_they_should_be_do_no_harm(broken: Any) -> None:
    things = [broken] if isinstance(broken, dict) else []
    options = Options(attachments=things, images=things, links=things, contacts=things)
    to_html("[Attachment:f]\n[AttachmentLink:f] [embed:link:f] [embed:attachments:inline:f]\n[Contact:f]\n[Image:f]\n!!1", options)
