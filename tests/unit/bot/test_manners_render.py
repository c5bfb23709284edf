"""Reports, inline results and uploads as Telegram takes them, hostile text included."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import Chat
from bot.deeplinks import report_messages
from bot.dialogue import Request
from bot.inline import InlineAnswers
from bot.markup import clean, escape
from bot.model import Message
from bot.uploads import Uploads
from bot.zones import zone_info
from index.model import BlockKind, IngestResult, IngestStatus
from tests.fakes.chat import ALICE, Bench
from tests.fakes.eye import seen
from tests.fakes.reports import FakeReports, make_report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.model import Report

HOSTILE = "<b>&amp;</b> \"'> <script>{x}</script> &lt; ]]> </blockquote> [7]"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.just(HOSTILE)

NAMES = [
    "id",
    "limit",
    "seconds",
    "name",
    "titles",
    "error",
    "n",
    "size",
    "days",
    "questions",
    "minutes",
    "updates",
    "good",
    "bad",
    "speaker",
    "day",
    "reports",
    "question",
]


def squeezed(text: str) -> str:
    return "".join(clean(text).split())


def written(title: str, sentence: str, takeaways: Iterable[str] = ()) -> Report:
    return make_report(
        "one",
        (BlockKind.HEADING, title or "-"),
        *((BlockKind.TAKEAWAY, one) for one in takeaways),
        (BlockKind.PARAGRAPH, sentence),
        published=date(2025, 4, 9),
        publisher=title,
        title=title,
        url="https://harbour.example/" + "x" * 100,
    )


@given(WORDS, st.lists(WORDS.filter(str.strip), max_size=40))
@settings(max_examples=150, deadline=None)
def test_a_report_of_any_words_is_shown_whole(title: str, takeaways: list[str]) -> None:
    report = written(title, f"Peacekeepers {HOSTILE}.", takeaways)
    wording = Bench().wording
    shown = squeezed("".join(map(seen, report_messages(report, wording))))
    for span in report.takeaways[:30]:
        assert squeezed(span.of(report.text)) in shown


@given(WORDS, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_quote_can_be_sent_from_another_chat(title: str, words: str) -> None:
    report = written(title, f"Antonov said peacekeepers {HOSTILE} {words} left.")
    bench = Bench(reports=FakeReports([report]))
    inline = InlineAnswers(bench.reports, bench.wording, bench.clock, zone_info("UTC"))
    found = inline.find("Antonov peacekeepers", "briefing_bot")
    assert found
    assert len({one.id for one in found}) == len(found)
    for one in found:
        assert one.title.strip()
        assert 0 < len(one.title) <= 200
        assert "Antonov said peacekeepers" in seen(one.message)


def test_a_quote_too_long_for_one_message_is_cut_and_the_cut_is_marked() -> None:
    sentence = "Antonov said peacekeepers " + "w\u0303ander & " * 700 + "home."
    bench = Bench(reports=FakeReports([written("Long", sentence)]))
    inline = InlineAnswers(bench.reports, bench.wording, bench.clock, zone_info("UTC"))
    (one,) = inline.find("Antonov peacekeepers", "briefing_bot")
    shown = seen(one.message)
    assert " […]" in shown
    block = shown.split("\n")[1].removesuffix("[…]").rstrip()
    assert sentence.startswith(block)
    assert len(block) > 1000


@given(st.lists(st.tuples(st.sampled_from(list(IngestStatus)), WORDS), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_what_comes_of_an_upload_fits_into_its_message(
    found: list[tuple[IngestStatus, str]],
) -> None:
    bench = Bench(reports=FakeReports([written(HOSTILE * 9, "Peacekeepers left.")]))
    uploads = Uploads(bench.reports, bench.texts)  # type: ignore[arg-type]
    results = [
        IngestResult(
            input=words,
            status=status,
            reports=() if status is IngestStatus.FAILED else ("one", "gone", "one", "one"),
            error=(words or "why") * 20 if status is IngestStatus.FAILED else None,
        )
        for status, words in found
    ]
    html = uploads.outcome(results, searchable=uploads.is_news(results) or None)
    shown = seen(Message(html=html))
    assert shown.count("\n") <= 9
    assert ("And " in shown) or len(found) <= 8
    seen(Message(html=bench.texts("upload.received", name=uploads.name_of(found[0][1]))))


@given(WORDS.filter(lambda words: clean(words).strip()))
@settings(max_examples=30, deadline=None)
def test_every_sentence_takes_any_words(words: str) -> None:
    texts = Bench().texts
    sections = ("door.", "groups.", "privacy.", "upload.", "links.", "feedback.", "inline.")
    keys = [key for key in texts.keys if key.startswith(sections)]
    assert len(keys) > 40
    values = dict.fromkeys(NAMES, words)
    for key in keys:
        shown = seen(Message(html=texts(key, **values)))
        assert squeezed(shown) == squeezed(texts.plain(key, **values))


@given(st.lists(WORDS, min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_a_suggested_question_stands_above_its_answer(words: list[str]) -> None:
    class Offering:
        def under(self, message: Message, answer_id: str) -> Message:
            assert answer_id
            return message

        def look_further(self, answer_id: str) -> bool:
            raise AssertionError(f"nobody waits for more under {answer_id}")

        def question(self, suggestion_id: str) -> str | None:
            return None if suggestion_id else "peacekeepers?" + HOSTILE

    sentence = f"Antonov said peacekeepers {' '.join(words)}."
    bench = Bench(reports=FakeReports([written("Words", sentence)]))
    chat = Chat(bench.conversation, bench.renderer, bench.texts, beneath=Offering())
    reply = chat.dialogue().press(Request(asker=ALICE, text="s:"))
    shown = [seen(message) for message in reply.messages]
    assert shown[0].startswith("peacekeepers?" + HOSTILE)
    assert escape(HOSTILE) in reply.messages[0].html
    assert all(not message.keyboard for message in reply.messages[:-1])
