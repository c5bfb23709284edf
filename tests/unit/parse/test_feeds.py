"""Reading feeds: the kinds there are, what breaks them, and traps."""

from __future__ import annotations

import contextlib
import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.feeds import MOST_ENTRIES, Feed, FeedEntry, page_of
from index.model import Document
from index.parse.feed import is_feed, read_feed
from tests.unit.parse.make import read_all

DATA: Final = Path(os.environ.get("BRIEFING_SHARED_DATA", "../shared/data")) / "feeds"
REFUSED: Final = {
    "incomplete-fields.atom": "no entry has a page or a text",
    "missing-fields.atom": "no entry has a page or a text",
    "unrecognized.rss": "neither RSS, Atom nor JSON Feed",
}
WHERE: Final = "https://harbour.example/news/feed"
LONG: Final = "<p>" + "The ferry left Oldtown at noon, and nobody saw it come back. " * 30 + "</p>"

RSS: Final = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbour &amp; Hill</title>
<item><title>The ferry &lt;b&gt;left&lt;/b&gt;</title><link>../ferry</link><guid>1</guid>
<pubDate>Wed, 09 Apr 2025 23:30:00 -0400</pubDate><dc:creator>A. Writer</dc:creator>
<description>In short</description><content:encoded><![CDATA[{LONG}]]></content:encoded></item>
<item><title>No page</title><guid isPermaLink="false">n-2</guid><description>Only this&nbsp;is
known.</description></item>
</channel></rss>"""
ATOM: Final = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Harbour</title>
<entry><id>urn:1</id><title>The bridge</title><link rel="alternate" href="https://h.example/b"/>
<link rel="enclosure" href="https://h.example/b.mp3"/><author><name>B. Writer</name></author>
<published>2025-04-08T23:00:00+02:00</published><updated>2025-04-09T10:00:00Z</updated>
<content type="html"><![CDATA[{LONG}]]></content></entry></feed>"""
RDF: Final = """<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Journal</title></channel>
<item rdf:about="y"><title>Wheat</title><link>https://h.example/w</link><dc:date>2025-04-07</dc:date>
</item></rdf:RDF>"""
JSON: Final = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Harbour in JSON",
    "items": [
        {"id": "1", "url": "/ferry", "title": "Ferry", "content_html": LONG},
        {"id": 2, "content_text": "A note.\n\nAnd <more>.", "authors": [{"name": "C. Writer"}]},
        {"id": "3", "external_url": "https://h.example/e", "date_published": "2025-04-07T01:00Z"},
        "no item",
        {"id": "4"},
    ],
}


def feed(content: str | bytes, name: str = WHERE) -> Feed:
    data = content.encode() if isinstance(content, str) else content
    return read_feed(Document(name=name, content=data, url=name))


def test_rss_is_read() -> None:
    found = feed(RSS)
    assert (found.title, found.address, found.left_out) == ("Harbour & Hill", WHERE, 0)
    ferry, note = found.entries
    assert ferry.url == "https://harbour.example/ferry"
    assert ferry.title == "The ferry left"
    assert ferry.published == date(2025, 4, 9)  # the day where it was written
    assert ferry.authors == ("A. Writer",)
    assert ferry.content == LONG
    assert ferry.is_full
    assert note.url is None
    assert not note.is_full
    assert "Only this\xa0is" in (note.content or "")


def test_atom_is_read() -> None:
    (bridge,) = feed(ATOM).entries
    assert (bridge.url, bridge.title) == ("https://h.example/b", "The bridge")
    assert (bridge.published, bridge.authors) == (date(2025, 4, 8), ("B. Writer",))
    assert bridge.is_full


def test_rdf_is_read() -> None:
    (wheat,) = feed(RDF).entries
    assert (wheat.url, wheat.published) == ("https://h.example/w", date(2025, 4, 7))


def test_json_feed_is_read() -> None:
    found = feed(json.dumps(JSON))
    assert found.title == "Harbour in JSON"
    ferry, note, elsewhere = found.entries
    assert (ferry.url, ferry.is_full) == ("https://harbour.example/ferry", True)
    assert note.content == "<p>A note.</p><p>And &lt;more&gt;.</p>"
    assert note.authors == ("C. Writer",)
    assert (elsewhere.url, elsewhere.published) == ("https://h.example/e", date(2025, 4, 7))


def test_half_characters_of_json_go_no_further() -> None:
    odd = "a\ud800b\0c"
    items = [
        {"id": odd, "url": f"/{odd}", "title": odd, "content_html": odd, "author": {"name": odd}}
    ]
    found = feed(json.dumps({"version": JSON["version"], "title": odd, "items": items}))
    (one,) = found.entries
    texts = (found.title, one.url, one.title, one.content, *one.authors)
    assert len(texts) == 5
    for text in texts:
        assert text is not None
        assert "\0" not in text
        assert text.encode()
    assert read_all(page_of(one, name="x").content)


@pytest.mark.parametrize("content", [RSS, ATOM, RDF, json.dumps(JSON)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_feeds_are_told_from_pages(content: str, encoding: str) -> None:
    if encoding != "utf-8":
        content = content.replace(' encoding="utf-8"', "")
    if content.startswith("{") and encoding == "utf-16":
        return  # JSON is UTF-8
    document = Document(name="x", content=content.encode(encoding))
    assert is_feed(document)
    assert read_feed(document).entries


@pytest.mark.parametrize(
    "content", ["", "<html><body><p>rss</p></body></html>", '{"version": 1}', "feed", "<feeds/>"]
)
def test_what_is_no_feed_is_none(content: str) -> None:
    assert not is_feed(Document(name="x", content=content.encode()))
    with pytest.raises(InputError, match="neither RSS, Atom nor JSON Feed"):
        feed(content)


def test_a_changed_entry_has_another_state_and_the_same_key() -> None:
    before = feed(RSS).entries
    after = feed(RSS.replace("Only this", "Only that")).entries
    assert [one.key for one in before] == [one.key for one in after]
    assert [a.state == b.state for a, b in zip(before, after, strict=True)] == [True, False]


def test_an_entry_given_twice_is_one() -> None:
    item = RSS[RSS.index("<item>") : RSS.index("</item>") + 7]
    assert len(feed(RSS.replace(item, item * 3)).entries) == 2


def test_the_text_of_an_entry_reads_like_its_page() -> None:
    ferry = feed(RSS).entries[0]
    (report,) = read_all(page_of(ferry, name="x").content)
    assert report.title == "The ferry left"
    assert report.published == date(2025, 4, 9)
    assert report.authors == ("A. Writer",)
    assert report.url == ferry.url
    assert report.text.count("nobody saw it come back") == 30


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</channel></rss>", ""),
        ("&amp;", "&"),
        ("<title>Harbour", "<title>\x00\x0bHarbour"),
        ('encoding="utf-8"', 'encoding="no-such"'),
        ("<description>In short", "<description><p>In <b>short</description><description>"),
        ("Wed, 09 Apr 2025 23:30:00 -0400", "some day"),
        ("Wed, 09 Apr 2025", "Wed, 39 Apr 20250000"),
        ('xmlns:content="http://purl.org/rss/1.0/modules/content/"', ""),
    ],
)
def test_a_broken_feed_is_read_all_the_same(old: str, new: str) -> None:
    assert feed(RSS.replace(old, new)).entries[0].url == "https://harbour.example/ferry"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "http://[", " "])
def test_a_link_to_no_page_is_none(link: str) -> None:
    ferry = feed(RSS.replace("../ferry", link)).entries[0]
    assert ferry.url is None or ferry.url.startswith("https://harbour.example")


BOMB: Final = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><rss><channel><title>&i;</title><item><link>https://h.example/</link></item></channel></rss>"
)
OUTSIDE: Final = (
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title>'
    "<item><link>https://h.example/</link></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BOMB, "declares entities"),
        (BOMB.replace("<!ENTITY", "<!entity"), "declares entities"),
        (OUTSIDE, "declares entities"),
        ("<rss>" + " " * 8_000_000, "more than the 8,000,000"),
        ("<rss/>", None),
        ("<rss><channel><item/><item/></channel></rss>", "no entry has a page or a text"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "broken"),
        ('{"version": "https://jsonfeed.org/version/1", "x": ' + "[" * 100_000, "broken"),
        ('{"version": "https://jsonfeed.org/version/1", "items": {"a": 1}}', None),
    ],
)
def test_traps_are_refused_and_empty_feeds_are_not(content: str, why: str | None) -> None:
    if why is None:
        assert feed(content).entries == ()
        return
    with pytest.raises(InputError, match=why) as refused:
        feed(content)
    assert WHERE in str(refused.value)


ITEM: Final = "<item><title>t</title><link>https://h.example/{}</link></item>"


@pytest.mark.parametrize(
    "content",
    [
        "<rss><channel>" + "".join(ITEM.format(n) for n in range(60_000)),
        "<rss><channel><item><author>" + "a@b (" * 200_000 + "</author><link>https://x.y/</link>",
        "<rss><channel><item><pubDate>" + "1" * 2_000_000 + "</pubDate><link>https://x.y/</link>",
        "<rss><channel><item><title>" + "<b>" * 200_000 + "</title><link>https://x.y/</link>",
        "<rss>" + "<a>" * 500_000,
        "<rss><channel><item><description>" + "&lt;" * 1_000_000,
        "<rss><channel><item><link>https://x.y/</link><a " + "b='c' " * 500_000 + "/>",
        "<!-- -->" * 500 + "<rsx>",
        "<?a?>" * 800 + "x",
        "<!DOCTYPE [" * 300,
        "&nbsp" * 1_000_000 + "<rss>",
    ],
    ids=range(11),
)
def test_hostile_feeds_take_no_time(content: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(InputError):
        assert len(feed(content).entries) <= MOST_ENTRIES
    assert time.process_time() - begun < 10


def test_entries_beyond_the_most_are_counted() -> None:
    found = feed("<rss><channel>" + "".join(ITEM.format(n) for n in range(1_500)))
    assert (len(found.entries), found.left_out) == (1_000, 500)


@given(st.binary(max_size=300), st.integers(0, 600), st.sampled_from([RSS, ATOM, json.dumps(JSON)]))
def test_no_bytes_end_in_another_error(noise: bytes, at: int, content: str) -> None:
    data = content.encode()
    try:
        found = feed(data[:at] + noise + data[at + len(noise) :])
    except InputError:
        return
    assert all(isinstance(one, FeedEntry) for one in found.entries)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"real feeds are not at {DATA}")
def test_every_real_feed_is_read_or_refused_with_a_reason() -> None:
    files = sorted(DATA.iterdir())
    assert len(files) == 16
    for path in files:
        document = Document(name=path.name, content=path.read_bytes())
        if path.name in REFUSED:
            with pytest.raises(InputError, match=REFUSED[path.name]):
                read_feed(document)
            continue
        found = read_feed(document)
        written = path.read_bytes().count(b"<item>") + path.read_bytes().count(b"<item ")
        written += path.read_bytes().count(b"<entry>") + path.read_bytes().count(b"<entry ")
        assert 0 < len(found.entries) <= written
        assert len(found.entries) >= 0.97 * written
        assert found.title
        assert all(one.url for one in found.entries)
        assert all("�" not in (one.title or "") for one in found.entries)
