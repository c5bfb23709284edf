from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest_render import DigestRenderer, plain
from bot.editions import Correction, Edition, EditionReport, Entry, compose, dump, load
from bot.markup import Html, text_of, utf16_len
from bot.passage_render import PassageRenderer
from bot.plan import Contents, Revised, Revision, Selection
from bot.texts import load_texts
from bot.topics import Match, TopicMatcher
from bot.wording import Wording
from index.errors import StoreError
from index.model import DigestItem, DigestReport, Span
from tests.fakes.channel import day_report
from tests.fakes.reports import FakeReports

if TYPE_CHECKING:
    from bot.model import Message

WORDING = Wording(load_texts(), {}, {})
RENDERER = DigestRenderer(WORDING)
PASSAGES = PassageRenderer(WORDING, RENDERER)
DAY = date(2025, 4, 9)


def item(
    text: str, *, new: bool = True, support: Literal["verbatim", "none"] = "verbatim"
) -> DigestItem:
    passage = Span(start=500, end=600) if support == "verbatim" else None
    return DigestItem(
        start=0, end=len(text), text=text, support=support, passage=passage, footnotes=(), new=new
    )


def part(
    *items: DigestItem,
    name: str = "r1",
    published: date | None = DAY,
    kind: Literal["published", "extractive"] = "published",
) -> EditionReport:
    report = DigestReport(
        id=name,
        revision=1,
        title=f"Assessment <{name}> & more",
        publisher="Harbour",
        published=published,
        url="https://harbour.example/?a=1&b=2",
        kind=kind,
        takeaways=items,
    )
    return EditionReport(report=report, entries=tuple(Entry(item=each) for each in items))


def edition(*parts: EditionReport, since: date | None = None) -> Edition:
    return Edition(
        token="0123456789abcdef",
        kind="catching_up" if since else "regular",
        reports=parts,
        corrections=(),
        topics=(),
        since=since,
        day="",
    )


def shown(messages: tuple[Message, ...]) -> str:
    return "\n".join(text_of(Html(message.html)) for message in messages)


def labels(messages: tuple[Message, ...]) -> list[str]:
    return [b.label for message in messages for row in message.keyboard for b in row]


def test_takeaways_stand_verbatim_numbered_through_with_a_button_each() -> None:
    texts = ["First <b>claim</b> & 3 < 4, reportedly.", "Second, unconfirmed.", "Third."]
    messages = RENDERER.edition(
        edition(part(item(texts[0]), item(texts[1])), part(item(texts[2]), name="r2"))
    )
    assert len(messages) == 1
    assert all(f"{n}. {text}" in shown(messages) for n, text in enumerate(texts, 1))
    buttons = [button for row in messages[0].keyboard for button in row]
    assert [(b.label, b.data) for b in buttons] == [
        (str(n), f"dg:0123456789abcdef:{n}") for n in (1, 2, 3)
    ]
    assert "2 reports, 3 takeaways" in shown(messages)


def test_new_takeaways_are_marked_and_repeated_ones_folded() -> None:
    mixed = edition(part(item("Fresh."), item("Same as before.", new=False), item("Other.")))
    html = RENDERER.edition(mixed)[0].html
    assert "1. NEW Fresh." in html
    assert "3. NEW Other." in html
    assert "<blockquote expandable>2. Same as before.</blockquote>" in html
    assert "all new" in RENDERER.edition(edition(part(item("Fresh."))))[0].html
    stale = RENDERER.edition(edition(part(item("Same.", new=False))))[0].html
    assert "all new" not in stale
    assert "Unchanged" in stale


def test_what_is_not_the_publishers_own_or_dated_or_supported_is_said() -> None:
    html = shown(
        RENDERER.edition(
            edition(part(item("No passage.", support="none"), published=None, kind="extractive"))
        )
    )
    assert "These are key sentences" in html
    assert "undated" in html
    assert "No passage. No passage in this copy supports this." in html


def test_topics_say_what_matched() -> None:
    entry = Entry(
        item=item("Grain rose."),
        matches=(Match(topic="grain", by="words"), Match(topic="trade <x>", by="meaning")),
    )
    with_topics = replace(edition(replace(part(), entries=(entry,))), topics=("grain", "trade <x>"))
    text = shown(RENDERER.edition(with_topics))
    assert "Topics: grain, trade <x>" in text
    assert "Grain rose. [grain] [near: trade <x>]" in text


def long_parts(count: int) -> list[EditionReport]:
    return [
        part(
            *(item(f"Report {n} takeaway {k}. " + "word " * 60) for k in range(6)),
            name=f"r{n}",
            published=DAY - timedelta(days=n),
        )
        for n in range(count)
    ]


def test_catching_up_is_one_message_whatever_was_missed() -> None:
    messages = RENDERER.edition(edition(*long_parts(120), since=date(2025, 3, 1)))
    assert len(messages) == 1
    text = shown(messages)
    assert text.startswith("What you missed since 1 Mar 2025")
    assert "And 80 more" in text
    assert labels(messages)[:3] == ["1", "2", "3"]
    assert utf16_len(text) <= 4096
    short = RENDERER.edition(edition(part(item("Only this.")), since=DAY))
    assert "Only this." in shown(short)


def test_an_edition_of_very_many_messages_becomes_a_list() -> None:
    few = RENDERER.edition(edition(*long_parts(6)))
    assert 2 <= len(few) <= 8
    many = RENDERER.edition(edition(*long_parts(40)))
    assert len(many) == 1
    assert "A number opens a report" in shown(many)


def test_a_list_opens_each_report_with_its_own_numbers() -> None:
    whole = edition(*long_parts(3))
    second = RENDERER.report(whole, 2)
    assert labels(second) == ["7", "8", "9", "10", "11", "12"]
    assert RENDERER.report(whole, 0) == ()
    assert RENDERER.report(whole, 4) == ()


def test_a_correction_shows_both_wordings() -> None:
    note = Correction(report=part().report, withdrawn=("Three <ships>.",), now=("Two ships.",))
    corrected = replace(edition(), corrections=(note,))
    text = shown(RENDERER.edition(corrected))
    assert text.index("Three <ships>.") < text.index("Two ships.")
    assert "was revised after you got it" in text
    assert not text.startswith("Key takeaways")
    assert RENDERER.correction(corrected, 1) == RENDERER.edition(corrected)
    assert RENDERER.correction(corrected, 2) == RENDERER.correction(corrected, 0) == ()


def test_a_second_copy_says_so_and_still_fits() -> None:
    for message in RENDERER.edition(edition(*long_parts(6))):
        again = RENDERER.repeated(message)
        assert "You may have this already" in again.html
        assert again.keyboard == message.keyboard
        assert utf16_len(text_of(Html(again.html))) <= 4096


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.text(min_size=1, max_size=900).filter(str.strip), min_size=1, max_size=5),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_takeaways_hold_messages_keep_telegrams_limits_and_every_button(
    texts: list[list[str]],
) -> None:
    made = edition(*(part(*map(item, lines), name=f"r{n}") for n, lines in enumerate(texts)))
    messages = RENDERER.edition(made)
    assert all(0 < utf16_len(text_of(Html(m.html))) <= 4096 for m in messages)
    assert all(sum(map(len, m.keyboard)) <= 100 for m in messages)
    if "r1" not in str(messages[0].keyboard):  # not shortened to a list
        assert labels(messages) == [str(n + 1) for n in range(sum(map(len, texts)))]


def test_an_edition_survives_being_stored() -> None:
    whole = replace(
        edition(*long_parts(2), part(item("x", support="none"), published=None), since=DAY),
        corrections=(Correction(report=part().report, withdrawn=("a",), now=()),),
    )
    assert load(dump(whole)) == whole
    with pytest.raises(StoreError, match="can't be read"):
        load('{"token": 3}')


def test_plain_text_for_a_terminal() -> None:
    text = plain(RENDERER.edition(edition(part(item("A < B."))))[0])
    assert "1. A < B." in text
    assert text.endswith("[1]")
    assert "<b>" not in text


def reports() -> FakeReports:
    first = day_report(DAY, "Grain exports rose.", "Ferries stopped.", name="r1")
    second = day_report(DAY, "Grain exports fell.", "Ferries  stopped.", name="r1")
    stored = FakeReports([first, day_report(DAY, "Trains ran.", name="r2", publisher="East")])
    stored.add(second)
    return stored


def chosen(*names: str, **more: object) -> Contents:
    selection = Selection(reports=tuple(Revision(report_id=n, number=1) for n in names))
    return Contents(selection=selection, **more)  # type: ignore[arg-type]


def test_composing_keeps_matching_takeaways_and_chosen_publishers() -> None:
    topics = compose(chosen("r1", "r2", topics=("grain",)), reports(), TopicMatcher())
    assert [[e.item.text for e in p.entries] for p in topics.reports] == [["Grain exports rose."]]
    publishers = compose(chosen("r1", "r2", publishers=("East",)), reports(), TopicMatcher())
    assert [p.report.id for p in publishers.reports] == ["r2"]
    none = compose(chosen("r1", topics=("whales",)), reports(), TopicMatcher())
    assert none.is_empty
    assert compose(chosen("gone"), reports(), TopicMatcher()).is_empty


def test_a_correction_is_made_only_where_a_takeaway_changed() -> None:
    revised = Selection(revised=(Revised(report_id="r1", had=1, now=2),))
    made = compose(Contents(selection=revised), reports(), TopicMatcher())
    assert [(c.withdrawn, c.now) for c in made.corrections] == [
        (("Grain exports rose.",), ("Grain exports fell.",))
    ]
    other = compose(Contents(selection=revised, topics=("ferry",)), reports(), TopicMatcher())
    assert other.is_empty
    same = FakeReports([day_report(DAY, "Same.", name="r1")])
    same.add(day_report(DAY, "Same.", name="r1"))
    assert compose(Contents(selection=revised), same, TopicMatcher()).is_empty


def test_behind_a_number_stand_the_passage_and_its_endnotes() -> None:
    stored = reports()
    made = compose(chosen("r1"), stored, TopicMatcher())
    text = shown(PASSAGES.behind(made, "1", stored))
    assert "Takeaway 1\nGrain exports rose." in text
    assert "Grain exports rose according to the port authority." in text
    assert "This copy of the report has no endnote 1." in text


def test_behind_an_unsupported_takeaway_stands_that_no_passage_supports_it() -> None:
    stored = reports()
    made = compose(chosen("r1"), stored, TopicMatcher())
    entry = made.reports[0].entries[0]
    alone = replace(entry, item=replace(entry.item, support="none", passage=None, footnotes=()))
    text = shown(
        PASSAGES.behind(
            replace(made, reports=(replace(made.reports[0], entries=(alone,)),)), "1", stored
        )
    )
    assert "No passage in this copy of the report supports this takeaway." in text


@pytest.mark.parametrize("what", ["0", "99", "", "x", "r9", "c1", "-1", "1" * 50, "٣", "r", "1:2"])
def test_buttons_of_nothing_open_nothing(what: str) -> None:
    stored = reports()
    assert PASSAGES.behind(compose(chosen("r1"), stored, TopicMatcher()), what, stored) == ()


def test_a_report_that_is_gone_or_altered_is_said_to_be_so() -> None:
    stored = reports()
    made = compose(chosen("r1"), stored, TopicMatcher())
    assert "no longer stored" in shown(PASSAGES.behind(made, "1", FakeReports([])))
