"""Pages of no known make."""

from __future__ import annotations

import json
from datetime import date

import pytest

from index.errors import InputError
from tests.unit.parse.make import check_laws, read, takeaways, texts

PROSE = [
    f"The {thing} of Oldtown was closed on Monday, and the mayor said that it will stay so for a"
    f" while because the {thing} is old and the money for a new one has not been found yet."
    for thing in ("bridge", "school", "library", "theater", "station")
]
DATA = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "x"},
        {
            "@type": ["Report", "Thing"],
            "headline": "What Closed in Oldtown",
            "datePublished": "2025-04-10T22:30:00+01:00",
            "inLanguage": "en-GB",
            "author": [{"@type": "Person", "name": "Ann Example"}, "Bob Sample"],
            "publisher": {"@type": "Organization", "name": "Larkspur Review"},
        },
    ],
}


def page(body: str, head: str = "") -> str:
    return f"""<!doctype html><html lang="en-GB"><head><title>A - Larkspur Review</title>{head}
</head><body><header><nav><ul><li><a href="/">Home page</a></li><li><a href="/a">About us</a></li>
</ul></nav></header><main>{body}</main><footer><p>Made in Oldtown by the people of Oldtown, and
printed on paper of the county.</p></footer></body></html>"""


ARTICLE = (
    "<article><h1>What Closed in Oldtown</h1>"
    "<p class='byline'>By Ann Example and Bob Sample · "
    "<time datetime='2025-04-10'>10 April</time></p>"
    "<div class='share-bar'><a href='#'>Copy link</a></div>"
    f"<p>{PROSE[0]}<sup><a href='#fn1'>1</a></sup></p>"
    "<h2>Key takeaways</h2><ul><li>A bridge closed.</li><li>A school closed.</li></ul>"
    f"<h2>The rest</h2><p>{PROSE[1]}</p><blockquote><p>{PROSE[2]}</p></blockquote><p>{PROSE[3]}</p>"
    "<section><h2>Notes</h2><ol><li id='fn1'>The register, <a href='https://r.example.org/x'>page"
    " one</a>. <a href='#fnref1'>↩</a></li></ol></section></article>"
    "<aside class='related'><h2>More</h2><ul><li>Ports before parades</li></ul></aside>"
)
LD = f'<script type="application/ld+json">{json.dumps(DATA)}</script>'


def test_an_article_with_its_data() -> None:
    report = read(page(ARTICLE, LD), url="https://larkspur.example.org/a?x=1")
    check_laws(report)
    assert report.title == "What Closed in Oldtown"
    assert report.authors == ("Ann Example", "Bob Sample")
    assert report.published == date(2025, 4, 10)
    assert (report.publisher, report.publisher_confirmed) == ("Larkspur Review", True)
    assert report.url == "https://larkspur.example.org/a?x=1"
    assert report.language == "en-GB"
    assert takeaways(report) == ["A bridge closed.", "A school closed."]
    assert [(one.label, one.text, one.urls) for one in report.endnotes] == [
        ("1", "The register, page one.", ("https://r.example.org/x",))
    ]
    assert [one.label for one in report.markers] == ["1"]
    assert all(prose in report.text for prose in PROSE[:4])
    assert "Home page" not in report.text
    assert "Made in Oldtown" not in report.text
    assert texts(report, "boilerplate") == ["Copy link"]
    assert texts(report, "heading") == ["What Closed in Oldtown", "Key takeaways", "The rest"]


def test_metas_where_there_is_no_json() -> None:
    head = (
        '<meta property="og:site_name" content="Larkspur Review">'
        '<meta property="og:title" content="What Closed">'
        '<meta name="author" content="Ann Example"><meta name="author" content="Bob Sample">'
        '<meta property="article:published_time" content="2025-04-10T08:00:00Z">'
        '<link rel="canonical" href="https://larkspur.example.org/closed">'
    )
    report = read(page("".join(f"<p>{prose}</p>" for prose in PROSE), head))
    assert report.title == "What Closed"
    assert report.authors == ("Ann Example", "Bob Sample")
    assert report.published == date(2025, 4, 10)
    assert report.url == "https://larkspur.example.org/closed"
    assert report.publisher == "Larkspur Review"


def test_a_page_that_says_nothing_of_itself() -> None:
    report = read(f"<div><p>{PROSE[0]}</p><p>{PROSE[1]}</p></div>")
    check_laws(report)
    assert (report.title, report.publisher, report.published, report.url) == (None,) * 4
    assert not report.publisher_confirmed
    assert report.text == f"{PROSE[0]}\n\n{PROSE[1]}"


def test_a_known_publisher_by_its_address() -> None:
    report = read(page(ARTICLE), url="https://understandingwar.org/research/x/")
    assert report.publisher == "Institute for the Study of War"
    assert report.publisher_confirmed


@pytest.mark.parametrize(
    "data", ["{", "[]", "null", '{"@type": 5}', "[" * 100_000, '{"@graph": {}}']
)
def test_broken_data_is_no_reason_to_lose_the_page(data: str) -> None:
    head = f'<script type="application/ld+json">{data}</script>'
    assert PROSE[1] in read(page(ARTICLE, head)).text


def test_notes_outside_the_article_element_are_found() -> None:
    paragraphs = "".join(f"<p>{prose}</p>" for prose in PROSE)
    body = (
        f"<div><div>{paragraphs}<p>It fell.<a href='#note-1'>[1]</a></p></div>"
        "<div><p id='note-1'>[1] https://n.example.org/x</p></div></div>"
    )
    (note,) = read(page(body)).endnotes
    assert note.urls == ("https://n.example.org/x",)


def test_preformatted_text_keeps_its_lines() -> None:
    lines = "Oldtown news\n\n" + "\n\n".join(PROSE) + "\n\n- a point\n- another"
    report = read(f"<html><body><pre>{lines}</pre></body></html>")
    check_laws(report)
    assert texts(report, "list_item") == ["a point", "another"]
    assert len(texts(report, "paragraph")) == 6


def test_tables_keep_their_words_apart() -> None:
    rows = (
        "<table><tr><th>Town</th><th>Bridges</th></tr><tr><td>Oldtown</td><td>3</td></tr></table>"
    )
    assert (
        "Town Bridges\n\nOldtown 3" in read(page(f"<p>{PROSE[0]}</p>{rows}<p>{PROSE[1]}</p>")).text
    )


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("404", "<h2>We're Sorry. The page you're looking for wasn't found.</h2>"),
        ("404 Not Found | Larkspur", "<h1>Not Found</h1><p>It was not found on this server.</p>"),
        ("Just a moment...", "<h1>example.org</h1><p>Checking your browser before access.</p>"),
        ("Access Denied", "<h1>Access Denied</h1><p>You have no permission.</p>"),
        ("Larkspur", "<h1>Page not found</h1><p>Try the search.</p>"),
        ("Larkspur", "<h1>502 Bad Gateway</h1>"),
    ],
)
def test_error_pages_are_refused_by_name(title: str, body: str) -> None:
    content = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    with pytest.raises(InputError, match=r"page\.html is an error page"):
        read(content)


def test_a_short_page_may_start_with_such_a_number() -> None:
    assert read(page(f"<h1>500 Days of War</h1><p>{PROSE[0]}</p>")).title == "500 Days of War"


def test_a_report_about_errors_is_none() -> None:
    body = "<h1>404 Days of War</h1>" + "".join(f"<p>{prose}</p>" for prose in PROSE * 3)
    assert read(page(body)).title == "404 Days of War"
