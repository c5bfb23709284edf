"""The source page's HTML: every character once, the cited ones marked, and none of it code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from bot.texts import load_texts
from bot.web_pages import Entry, ListPage, Pages
from bot.web_text import is_web_address, noted
from index.model import Block, BlockKind, Endnote, Marker, Report, Span
from tests.fakes.reports import make_report, sample_reports
from tests.fakes.web import ATTACK, hostile_report, long_report

PAGES = Pages(load_texts())
REPORTS = [*sample_reports(), hostile_report()]
APRIL_9 = next(one for one in REPORTS if one.id == "hi-0409")


def tree(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


def texts(page: str, path: str) -> list[str]:
    return [str(one.text_content()) for one in tree(page).xpath(path)]


def marked(page: str) -> str:
    return "".join(texts(page, "//mark"))


def bare(text: str) -> str:
    return "".join(text.split())


def whole(page: str) -> str:
    """Return all of the report's text that a page shows, without white space."""
    return bare("".join(texts(page, "//h1") + texts(page, "//main")))


@pytest.mark.parametrize("report", REPORTS, ids=lambda one: f"{one.id}.{one.revision}")
def test_every_character_is_shown_once(report: Report) -> None:
    shown = whole(PAGES.report(report, None))
    headline = report.blocks[0].of(report.text) == report.title
    assert shown == ("" if headline else bare(report.title or "")) + bare(report.text)


@given(st.data())
@settings(max_examples=150)
def test_the_cited_slice_is_marked_and_nothing_else(data: st.DataObject) -> None:
    report = data.draw(st.sampled_from(REPORTS))
    start = data.draw(st.integers(0, len(report.text) - 1))
    end = data.draw(st.integers(start + 1, min(len(report.text), start + 400)))
    span = Span(start=start, end=end)
    page = PAGES.report(report, span)
    # The gap between two blocks is no text of either.
    assert bare(marked(page)) == bare(span.of(report.text))
    assert len(tree(page).xpath("//*[@id='cited']")) == bool(span.of(report.text).strip())
    assert whole(page) == whole(PAGES.report(report, None))


def test_within_a_block_the_marked_words_are_the_slice_itself() -> None:
    quote = "Antonov claimed that such peacekeepers would become a legitimate target. [2] [7]"
    start = APRIL_9.text.index(quote)
    page = PAGES.report(APRIL_9, Span(start=start, end=start + len(quote)))
    assert texts(page, "//mark") == [quote]
    assert texts(page, "//section[@class='behind']//li")[1].startswith("[7] This copy")


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="ends outside"):
        PAGES.report(APRIL_9, Span(start=1, end=len(APRIL_9.text) + 1))


@pytest.mark.parametrize("report", [*REPORTS, long_report()], ids=lambda one: one.id)
def test_ids_are_unique_and_every_fragment_has_its_place(report: Report) -> None:
    page = tree(PAGES.report(report, Span(start=0, end=40)))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {one[1:] for one in page.xpath("//@href") if one.startswith("#")}
    assert targets <= set(ids)


def test_notes_of_one_label_and_labels_without_a_note_are_all_listed() -> None:
    body = (BlockKind.PARAGRAPH, "One. [1] Two. [a/b] Three. [9]")
    notes = [Endnote(label="1", text="First"), Endnote(label="1", text="Again")]
    report = make_report("x", body, published=None, endnotes=notes)
    report = replace(report, markers=(*report.markers, Marker(start=14, end=19, label="a/b")))
    listed = texts(PAGES.report(report, None), "//section[@role='doc-endnotes']//li")
    assert [one.split("↩")[0].strip() for one in listed] == [
        "[1] First",
        "[1] Again",
        "[9] This copy of the report has no endnote 9.",
        "[a/b] This copy of the report has no endnote a/b.",
    ]


def test_text_outside_all_blocks_and_overlapping_blocks_lose_nothing() -> None:
    report = make_report("x", (BlockKind.PARAGRAPH, "0123456789abcdefghij"), published=None)
    blocks = tuple(
        Block(start=start, end=end, kind=BlockKind.LIST_ITEM) for start, end in ((4, 9), (7, 12))
    )
    page = PAGES.report(replace(report, blocks=blocks), Span(start=2, end=15))
    assert "".join(texts(page, "//main")).split() == ["0123", "45678", "9ab", "cdefghij"]
    assert marked(page) == "23456789abcde"


def test_markup_in_a_report_stays_text() -> None:
    report = hostile_report()
    start = report.text.index(ATTACK)
    entry = Entry(report=report, address="token")
    listed = ListPage(entries=(entry,), page=1, pages=1, total=1, newer=None, older=None)
    for page in (
        PAGES.report(report, Span(start=start, end=start + len(ATTACK))),
        PAGES.reading_list(listed),
    ):
        assert "<script" not in page
        assert tree(page).xpath("//img | //script | //@onerror | //@onmouseover") == []
        assert not [one for one in tree(page).xpath("//@href") if "javascript" in one]


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://news.example/a?b=1&c=2#d", True),
        ("http://news.example:8080/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("ftp://news.example/", False),
        ("//news.example/", False),
        ("https://", False),
        ("https://me:secret@news.example/", False),
        ("https://news.example:port/", False),
        ("https://news.example/\nx", False),
        ("https://news.example/\u202ex", False),
        ("", False),
        (None, False),
    ],
)
def test_web_addresses_alone_become_links(url: str | None, taken: bool) -> None:  # noqa: FBT001
    assert is_web_address(url) is taken


def links(text: str, *urls: str) -> list[tuple[str, str]]:
    return [(atom.text, atom.address) for atom in noted(text, urls) if atom.address]


def test_addresses_in_a_note_are_links_where_they_stand() -> None:
    whole_, cut, spelt = "https://a.example/1", "https://b.example/22-of-33", "https://c.example/x"
    text = "See (https://a.example/1); https://b.example/22... and https://c dot example/x."
    assert links(text, whole_, cut, spelt) == [
        (whole_, whole_),
        ("https://b.example/22...", cut),
        (spelt, spelt),
    ]
    joined = "".join(atom.text for atom in noted(text, (whole_, cut, spelt)))
    assert joined == f"{text} {spelt}"
    assert links("https://b.example/2...", "https://b.example/21", "https://b.example/22") == [
        ("https://b.example/21", "https://b.example/21"),
        ("https://b.example/22", "https://b.example/22"),
    ]


def test_an_address_that_may_not_be_a_link_is_still_shown() -> None:
    (atom,) = noted("", ("javascript:alert(1)",))
    assert atom.address is None
    assert atom.text.strip() == "javascript:alert(1)"


def test_links_to_elsewhere_tell_nobody_where_they_stood() -> None:
    page = tree(PAGES.report(APRIL_9, None))
    outside = [one for one in page.xpath("//a") if one.get("href").startswith("http")]
    assert outside
    assert {one.get("rel") for one in outside} == {"noopener noreferrer nofollow"}


@pytest.mark.parametrize(("code", "shown"), [("uk", ["uk"]), ("und", []), ('x" onclick="', [])])
def test_a_language_is_named_where_it_is_known(code: str, shown: list[str]) -> None:
    page = tree(PAGES.report(replace(APRIL_9, language=code), None))
    assert page.xpath("//main/@lang") == shown
    assert page.xpath("/html/@lang") == ["en"]


def test_the_head_says_whose_report_it_is() -> None:
    undated = next(one for one in REPORTS if one.id == "ed-undated")
    (source,) = texts(PAGES.report(undated, None), "//p[@class='source']")
    assert source == "Eastern Desk (publisher not confirmed) · undated"
    (source,) = texts(PAGES.report(APRIL_9, None), "//p[@class='source']")
    assert source == "Harbour Institute for Security Studies · 9 Apr 2025 · Original"


def test_paragraphs_are_numbered_as_in_citations() -> None:
    numbers = tree(PAGES.report(APRIL_9, None)).xpath("//main//@data-n")
    assert numbers == ["1", "2", "3", "4", "5"]


def test_the_list_goes_by_day() -> None:
    entries = tuple(Entry(report=one, address=one.id) for one in sample_reports())
    page = ListPage(entries=entries, page=2, pages=3, total=50, newer="n", older="o")
    found = PAGES.reading_list(page)
    assert texts(found, "//h2") == ["undated", "8 Apr 2025", "9 Apr 2025"]
    assert tree(found).xpath("//nav/a/@href") == ["n", "o"]
    assert "page 2 of 3" in found
    assert date(2025, 4, 9).isoformat() in found


@pytest.mark.parametrize("key", ["expired", "forged", "gone", "method", "failed"])
def test_what_cannot_be_shown_is_said(key: str) -> None:
    (heading,) = texts(PAGES.message(key), "//main/h1")
    assert heading
