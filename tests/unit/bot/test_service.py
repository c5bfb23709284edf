"""The conversation: what is asked, remembered, shown again, and refused."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.model import Place
from bot.service import ConversationSettings, QuoteMismatchError, cite
from bot.views import (
    AnswerView,
    Asker,
    ContextView,
    FootnotesView,
    HelpView,
    LatestView,
    NoticeView,
    SourcesView,
    View,
)
from index.model import Block, BlockKind, Quote
from tests.fakes.chat import ALICE, BOB, PEACEKEEPERS, Bench
from tests.fakes.reports import FakeReports, make_report

if TYPE_CHECKING:
    from collections.abc import Sequence

REFUSED = "Which peacekeepers play football?"


def answered(view: View) -> AnswerView:
    assert isinstance(view, AnswerView), view
    return view


def key(view: View) -> str:
    assert isinstance(view, NoticeView), view
    return view.key


def test_an_answer_says_where_each_quote_stands() -> None:
    view = answered(Bench().conversation.ask(ALICE, PEACEKEEPERS))
    assert not view.related
    (cited,) = view.cited
    assert cited.quote.text.startswith("Deputy minister Viktor Antonov stated")
    assert (cited.section, cited.paragraph) == ("Negotiations", 4)
    assert cited.publisher_confirmed
    assert cited.has_endnotes


def test_a_refusal_shows_the_nearest_passage_as_related() -> None:
    view = answered(Bench().conversation.ask(ALICE, REFUSED))
    assert view.related
    assert len(view.cited) == 1
    assert view.searched.reports == 4


def test_a_refusal_without_anything_near_has_no_quotes_to_look_behind() -> None:
    talk = Bench().conversation
    view = answered(talk.ask(ALICE, "How do chickens sing?"))
    assert view.related
    assert view.cited == ()
    assert key(talk.footnotes(ALICE)) == "notice.no_quotes"
    assert key(talk.context(ALICE)) == "notice.no_quotes"


@pytest.mark.parametrize("text", ["", "   ", "?!…", "\u200b\ufeff", "\x00", "👍🏽", "\ud800"])
def test_what_holds_no_word_is_not_asked(text: str) -> None:
    bench = Bench()
    assert key(bench.conversation.ask(ALICE, text)) == "notice.no_words"
    assert bench.reports.asked == []


def test_an_over_long_question_is_declined_whole() -> None:
    bench = Bench()
    view = bench.conversation.ask(ALICE, "x" * 1001)
    assert view == NoticeView(key="notice.too_long", values={"length": 1001, "limit": 1000})
    assert bench.reports.asked == []
    answered(bench.conversation.ask(ALICE, "x" * 1000))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("  who\n\n said\twhat ", "who said what"),
        ("who\x00said\u202ewhat", "who saidwhat"),
        ("<b>who</b> & \ud83d why", "<b>who</b> & \ufffd why"),
        ("что сказала Россия?", "что сказала Россия?"),
    ],
)
def test_the_question_is_asked_as_it_can_be_shown(text: str, asked: str) -> None:
    bench = Bench()
    bench.conversation.ask(ALICE, text)
    assert bench.reports.asked[0][0] == asked


def test_earlier_questions_explain_a_follow_up() -> None:
    bench = Bench(settings=ConversationSettings(history_questions=2, history=timedelta(minutes=30)))
    for question in ("first one", "second one", "third one", "fourth one"):
        bench.conversation.ask(ALICE, question)
        bench.clock.moment += timedelta(minutes=1)
    assert bench.reports.asked[-1][2] == ("second one", "third one")


def test_history_ends_with_time_place_and_person() -> None:
    bench = Bench()
    bench.conversation.ask(ALICE, "first one")
    topic = Asker(person=1001, place=Place(chat_id=1001, thread_id=7))
    bench.clock.moment += timedelta(minutes=30)
    for asker in (BOB, topic, ALICE):
        bench.conversation.ask(asker, "second one")
    bench.clock.moment += timedelta(minutes=30, seconds=1)
    bench.conversation.ask(ALICE, "third one")
    assert [history for _, _, history in bench.reports.asked[1:]] == [(), (), ("first one",), ()]


def test_today_is_a_day_of_the_zone_set() -> None:
    bench = Bench(settings=ConversationSettings(zone=ZoneInfo("America/New_York")))
    bench.clock.moment = datetime(2025, 4, 10, 2, 0, tzinfo=UTC)
    bench.conversation.ask(ALICE, PEACEKEEPERS)
    assert bench.reports.asked[0][1] == date(2025, 4, 9)


def test_footnotes_of_the_last_answer_of_one_quote_and_of_an_older_answer() -> None:
    talk = Bench().conversation
    talk.ask(ALICE, PEACEKEEPERS)
    talk.ask(ALICE, "Which peacekeepers become a legitimate target for Antonov?")
    last = talk.footnotes(ALICE)
    assert isinstance(last, FootnotesView)
    assert last.id == "a2"
    assert [n for n, _ in last.cited] == list(range(1, len(last.cited) + 1))
    assert len(last.cited) > 1
    second = talk.footnotes(ALICE, number=2)
    assert isinstance(second, FootnotesView)
    assert second.cited == (last.cited[1],)
    older = talk.footnotes(ALICE, "a1")
    assert isinstance(older, FootnotesView)
    assert older.id == "a1"


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_quote_that_is_not_there(number: int) -> None:
    talk = Bench().conversation
    talk.ask(ALICE, PEACEKEEPERS)
    assert key(talk.footnotes(ALICE, number=number)) == "notice.one_quote"
    assert key(talk.context(ALICE, number=number)) == "notice.one_quote"


def test_context_holds_the_quote_between_what_stands_around_it() -> None:
    bench = Bench()
    bench.conversation.ask(ALICE, "grid operator expects cuts")
    view = bench.conversation.context(ALICE)
    assert isinstance(view, ContextView)
    around = bench.reports.report("hi-0409").text
    assert view.before + view.cited.quote.text + view.after in around
    assert view.before.startswith("Repair crews")
    assert (view.cut_before, view.cut_after) == (False, False)


def test_context_marks_a_paragraph_that_is_cut() -> None:
    class Narrow(FakeReports):
        def around(self, quote: Quote) -> Quote:
            return quote

    talk = Bench(reports=Narrow()).conversation
    talk.ask(ALICE, "grid operator expects cuts")
    view = talk.context(ALICE)
    assert isinstance(view, ContextView)
    assert (view.before, view.after) == ("", "")
    assert (view.cut_before, view.cut_after) == (True, False)


def test_nothing_was_asked_yet() -> None:
    talk = Bench().conversation
    talk.ask(BOB, PEACEKEEPERS)
    assert key(talk.footnotes(ALICE)) == "notice.nothing_yet"
    assert key(talk.context(ALICE)) == "notice.nothing_yet"


def test_an_answer_belongs_to_its_chat() -> None:
    talk = Bench().conversation
    talk.ask(ALICE, PEACEKEEPERS)
    for view in (talk.answer(BOB, "a1"), talk.footnotes(BOB, "a1"), talk.context(BOB, "a1")):
        assert key(view) == "notice.elsewhere"
    guest = replace(BOB, place=ALICE.place)
    answered(talk.answer(guest, "a1"))


def test_old_answers_are_shown_by_a_new_process() -> None:
    before = Bench()
    first = before.conversation.ask(ALICE, PEACEKEEPERS)
    after = Bench(engine=before.engine, first_id=2)
    assert after.conversation.answer(ALICE, "a1") == first


def test_a_newer_revision_leaves_old_answers_as_they_were() -> None:
    bench = Bench()
    first = bench.conversation.ask(ALICE, PEACEKEEPERS)
    report = bench.reports.report("hi-0409")
    bench.reports.add(
        replace(report, text="New. " + report.text, blocks=(), markers=(), takeaways=())
    )
    assert bench.conversation.answer(ALICE, "a1") == first


@pytest.mark.parametrize("show", ["answer", "footnotes", "context"])
def test_a_quote_that_is_no_slice_any_more_never_leaves(
    show: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench()
    bench.conversation.ask(ALICE, PEACEKEEPERS)
    report = bench.reports.report("hi-0409")
    bench.reports.alter(replace(report, text=report.text.replace("rejects", "accepts")))
    with caplog.at_level(logging.ERROR):
        view = getattr(bench.conversation, show)(ALICE, "a1")
    assert key(view) == "notice.changed"
    assert "a1" in caplog.text
    assert "hi-0409" in caplog.text
    assert "peacekeepers" not in caplog.text


def test_a_fresh_answer_with_a_false_quote_is_neither_shown_nor_kept() -> None:
    class Lying(FakeReports):
        def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()):  # type: ignore[no-untyped-def]  # noqa: ANN202
            answer = super().ask(question, asked_on=asked_on, history=history)
            false = replace(answer.quotes[0], text=answer.quotes[0].text.replace("t", "d"))
            return replace(answer, quotes=(false,))

    talk = Bench(reports=Lying()).conversation
    assert key(talk.ask(ALICE, PEACEKEEPERS)) == "notice.changed"
    assert key(talk.footnotes(ALICE)) == "notice.nothing_yet"


def test_a_report_that_is_gone_takes_its_quotes_along() -> None:
    before = Bench()
    before.conversation.ask(ALICE, PEACEKEEPERS)
    after = Bench(engine=before.engine, reports=FakeReports([]))
    assert key(after.conversation.answer(ALICE, "a1")) == "notice.changed"


def test_forgetting_erases_every_place_of_one_person() -> None:
    talk = Bench().conversation
    group = Asker(person=ALICE.person, place=Place(chat_id=-100))
    for asker in (ALICE, group, BOB):
        talk.ask(asker, PEACEKEEPERS)
    assert talk.forget(ALICE) == 2
    assert talk.forget(ALICE) == 0
    assert key(talk.answer(ALICE, "a1")) == "notice.gone"
    answered(talk.answer(BOB, "a3"))


def test_what_is_in_store() -> None:
    talk = Bench(settings=ConversationSettings(latest=2)).conversation
    latest = talk.latest()
    assert isinstance(latest, LatestView)
    assert [report.id for report in latest.reports] == ["ed-0409", "hi-0409"]
    assert latest.total == 4
    sources = talk.sources()
    assert isinstance(sources, SourcesView)
    assert [source.reports for source in sources.sources] == [2, 1]
    assert talk.help([("ask", "a question")]) == HelpView(
        corpus=sources.corpus, commands=(("ask", "a question"),)
    )


def test_citing_counts_paragraphs_and_leaves_headings_out() -> None:
    report = make_report(
        "r",
        (BlockKind.HEADING, "One\n two"),
        (BlockKind.BYLINE, "By nobody"),
        (BlockKind.PARAGRAPH, "First."),
        (BlockKind.BOILERPLATE, "As always."),
        (BlockKind.LIST_ITEM, "Second."),
        published=None,
    )

    def quote(text: str) -> Quote:
        start = report.text.index(text)
        return Quote(
            start=start,
            end=start + len(text),
            text=text,
            report_id="r",
            revision=1,
            publisher=None,
            title=None,
            published=None,
            url=None,
            score=1.0,
        )

    second = cite(quote("Second."), report)
    assert (second.section, second.paragraph) == ("One two", 2)
    assert cite(quote("First."), report).paragraph == 1
    assert cite(quote("As always."), report).paragraph is None
    bare = replace(report, blocks=(Block(start=0, end=3, kind=BlockKind.PARAGRAPH),))
    assert cite(quote("Second."), bare).section is None
    with pytest.raises(QuoteMismatchError, match="r revision 1"):
        cite(replace(quote("First."), text="Fir$t."), report)
