"""Markup against Telegram's own parser: nothing is lost, nothing breaks, nothing is too long."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import tdjson
from hypothesis import example, given
from hypothesis import strategies as st

from bot.markup import (
    Html,
    bold,
    clean,
    code,
    escape,
    fill,
    is_link,
    is_visible,
    italic,
    join,
    link,
    pack,
    quotation,
    text_of,
    underline,
    utf16_len,
)

SPACE = re.compile(r"\s+")
HOSTILE = "<b>&amp;</b> \"'> <script>{x}</script> &lt; &nbsp; &#60; ]]> <!-- </blockquote>"


def td(request: dict[str, Any]) -> dict[str, Any]:
    answer = tdjson.td_execute(json.dumps(request).encode())
    assert answer is not None
    loaded: dict[str, Any] = json.loads(answer)
    return loaded


td({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


def parsed(markup: str) -> tuple[str, list[dict[str, Any]]]:
    """Read markup as Telegram does; fail on what it refuses."""
    answer = td(
        {
            "@type": "parseTextEntities",
            "text": markup,
            "parse_mode": {"@type": "textParseModeHTML"},
        }
    )
    assert answer["@type"] == "formattedText", answer
    return answer["text"], answer["entities"]


def letters(text: str) -> str:
    return SPACE.sub("", text)


def kinds(markup: str) -> list[str]:
    return [entity["type"]["@type"].removeprefix("textEntityType") for entity in parsed(markup)[1]]


anything = st.text(st.characters(), max_size=40) | st.sampled_from(
    [
        HOSTILE,
        "a\r\nb\u2028c\x00d\x1be",
        "A\u030angstro\u0308m x\u0333",
        "👩‍👩‍👧‍👦 👍🏽 e\u0301",
        "\ud800",
        "w" * 90,
    ]
)
styles = st.sampled_from([bold, italic, underline, quotation, code, escape])
addresses = st.sampled_from(
    ['https://example.org/a?b=1&c="2"', "http://example.org/" + "x" * 500, "ftp://no.example", "no"]
)


def markup(depth: int = 3) -> st.SearchStrategy[Html]:
    leaf = st.builds(escape, anything)
    if not depth:
        return leaf
    inner = markup(depth - 1)
    return (
        leaf
        | st.builds(
            lambda style, content: style(content), styles.filter(lambda s: s is not code), inner
        )
        | st.builds(code, anything)
        | st.builds(link, inner, addresses)
        | st.builds(join, st.lists(inner, max_size=4), st.sampled_from(["", " ", ". ", "\n"]))
    )


@given(anything)
@example(HOSTILE)
def test_escaped_text_reads_back_as_cleaned(text: str) -> None:
    shown, entities = parsed(escape(text))
    assert shown == clean(text)
    assert not entities
    assert text_of(escape(text)) == clean(text)


@given(anything)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("tab\there\x00\x1b[31m\x9b", "tab here  [31m "),
        ("\ud83d alone", "\ufffd alone"),
        ("\u202egnirts\u202c \u2066x\u2069", "gnirts x"),
        ("\u200e\u200f\u200eabc\u200f", "\u200eabc\u200f"),
        ("A\u030angstrom, x\u030a", "Ångstrom, x"),
        ("x\u0333\u033f", "x"),
        ("e\u0301 stays decomposed", "e\u0301 stays decomposed"),
        ("naïve — “quoted” №7 Ω", "naïve — “quoted” №7 Ω"),
    ],
)
def test_what_cleaning_changes(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\ufeff\u2800", "\xad\u2060", "\x00"])
def test_nothing_to_see(text: str) -> None:
    assert not is_visible(text)
    assert pack([escape(text)]) == []


@given(st.text())
def test_length_is_counted_in_utf16_units(text: str) -> None:
    assert utf16_len(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_each_builder_is_what_telegram_calls_it() -> None:
    line = join(
        [bold("b"), italic("i"), underline("u"), code("c"), link("l", "https://e.org")], " "
    )
    assert kinds(line) == ["Bold", "Italic", "Underline", "Code", "TextUrl"]
    assert kinds(quotation("q")) == ["BlockQuote"]
    assert kinds(quotation("q", expandable=True)) == ["ExpandableBlockQuote"]


def test_text_is_escaped_once_and_markup_never() -> None:
    assert bold(italic("a<b")) == "<b><i>a&lt;b</i></b>"
    assert fill("{who}: <{what}> & {n}", who=bold("<x>"), what="{who}", n=3) == (
        "<b>&lt;x&gt;</b>: &lt;{who}&gt; &amp; 3"
    )
    assert join(["a&", bold("b"), ""], " < ") == "a&amp; &lt; <b>b</b>"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://a b.org", "http://localhost/", "https://", "https://x@y.org/",
     "https://e.org:port/", "https://e.org/" + "x" * 3000, "https://[", "https://e.org/\x00",
     "mailto:a@b.c"],
)  # fmt: skip
def test_an_address_that_cannot_be_a_link_leaves_its_label(url: str) -> None:
    assert not is_link(url)
    assert link("label <", url) == "label &lt;"
    assert link("label", None) == "label"


@given(
    st.builds(
        "{}://{}{}".format,
        st.sampled_from(["http", "https"]),
        st.sampled_from(["e.org", "www.пример.рф", "a-b.c_d.example:8080", "127.0.0.1"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(lambda t: "/" + t),
    )
)
def test_telegram_takes_every_link_made(url: str) -> None:
    assert kinds(link("label", url)) == (["TextUrl"] if is_link(url) else [])


@given(st.lists(markup(), max_size=6), st.integers(12, 80), st.integers(8, 30))
def test_packing_keeps_every_letter_within_the_limits(
    blocks: list[Html], limit: int, entity_limit: int
) -> None:
    messages = pack(blocks, limit, entity_limit)
    shown = [parsed(message) for message in messages]
    for text, entities in shown:
        assert utf16_len(text) <= limit
        assert len(entities) <= entity_limit
        assert is_visible(text)
        assert text == text.strip()
    given_text = "".join(text_of(block) for block in blocks if is_visible(text_of(block)))
    got = letters("".join(text for text, _ in shown))
    if is_visible(given_text):
        assert visible_letters(got) == visible_letters(given_text)


def visible_letters(text: str) -> str:
    """Leave out what can't be seen: a piece of only that is no message."""
    return "".join(character for character in text if is_visible(character))


@given(st.lists(markup(2), min_size=1, max_size=5), st.integers(20, 60))
def test_packing_keeps_every_style_of_every_letter(blocks: list[Html], limit: int) -> None:
    def styled(messages: list[Html]) -> list[tuple[str, frozenset[str]]]:
        pairs = []
        for message in messages:
            text, entities = parsed(message)
            units = text.encode("utf-16-le")
            position = 0
            for character in text:
                over = frozenset(
                    str(entity["type"])
                    for entity in entities
                    if entity["offset"] <= position < entity["offset"] + entity["length"]
                )
                position += utf16_len(character)
                if is_visible(character):
                    pairs.append((character, over))
            assert position * 2 == len(units)
        return pairs

    assert styled(pack(blocks, limit)) == styled([b for b in blocks if is_visible(text_of(b))])


def test_blocks_that_fit_stay_whole_and_together() -> None:
    assert pack([bold("one"), escape("two")]) == ["<b>one</b>\n\ntwo"]
    assert pack([bold("one"), escape("two")], 8) == ["<b>one</b>\n\ntwo"]
    assert pack([bold("one"), escape("two")], 7) == ["<b>one</b>", "two"]


def test_a_long_block_is_cut_after_a_sentence_with_its_tags_reopened() -> None:
    long = quotation(join(["First sentence here. ", bold("Second one. Third is"), " last."]))
    assert pack([long], 35) == [
        "<blockquote>First sentence here. <b>Second one.</b></blockquote>",
        "<blockquote><b>Third is</b> last.</blockquote>",
    ]


def test_words_then_letters_are_cut_where_no_sentence_ends() -> None:
    assert pack([escape("alpha beta gamma")], 12) == ["alpha beta", "gamma"]
    assert pack([escape("x" * 25)], 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert pack([escape("ab" + "👍🏽" * 4)], 12) == ["ab👍🏽👍🏽", "👍🏽👍🏽"]


def test_entities_are_counted_and_so_is_the_size_of_the_markup() -> None:
    many = join([bold(str(n % 10)) for n in range(250)])
    assert [len(parsed(message)[1]) for message in pack([many])] == [100, 100, 50]
    wide = [link(str(n), "https://example.org/" + "y" * 1900) for n in range(40)]
    messages = pack(wide)
    assert len(messages) == 3
    assert all(len(message.encode()) <= 32768 for message in messages)
    assert letters(text_of(join(messages))) == "".join(str(n) for n in range(40))


def test_full_length_messages_are_accepted() -> None:
    text = "Ж😀<& " * 5000
    messages = pack([quotation(text, expandable=True)])
    assert letters("".join(parsed(message)[0] for message in messages)) == letters(text)
    assert all(utf16_len(parsed(message)[0]) <= 4096 for message in messages)


@pytest.mark.parametrize("broken", ["<b>x", "x</b>", "<b>x</i>", "<script>x</script>"])
def test_markup_from_elsewhere_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match="<"):
        pack([Html(broken)])


def test_limits_no_character_fits_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack([bold(italic("x"))], 10, 1)
