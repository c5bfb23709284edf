"""Questions that are offered: examples for /help, and those that may follow an answer."""

from __future__ import annotations

from datetime import date

from bot.dialogue import Request
from bot.examples import Examples
from bot.manners import voices_of
from bot.suggestions import Candidate, candidates, holds
from bot.texts import load_texts
from index import lexicon
from index.model import Answer, BlockKind, Searched
from tests.fakes.chat import ALICE, PEACEKEEPERS, Bench
from tests.fakes.reports import FakeReports, make_report

DAY = date(2025, 4, 9)
TEXTS = load_texts()


def asking(voice: str, topic: str | None, day: date | None) -> str:
    return f"{voice}|{topic}|{day}"


def answered(question: str, bench: Bench) -> Answer:
    return bench.reports.ask(question, asked_on=bench.clock.now().date())


def test_examples_are_such_as_the_newest_reports_answer() -> None:
    report = make_report(
        "one",
        (BlockKind.TAKEAWAY, "Putin said that drones were seen near Bakhmut."),
        (BlockKind.PARAGRAPH, "Putin said that drones were seen near Bakhmut in April."),
        published=DAY,
        title="Notes",
    )
    reports = FakeReports([report])
    examples = Examples(reports, lexicon.load(), TEXTS)
    assert examples() == ()
    examples.look()
    assert examples() == ("What happened near Bakhmut on 9 Apr 2025?",)
    assert reports.ask(examples()[0], asked_on=DAY).status == "answered"
    refused = "What did Putin say on 9 Apr 2025?"
    assert refused in [question for question, _, _ in reports.asked]
    assert reports.ask(refused, asked_on=DAY).status == "not_found"


def test_help_shows_the_examples_or_a_general_one() -> None:
    bench = Bench()
    assert "peacekeepers" in help_of(bench)
    bench.chat._examples = lambda: ("What happened near Bakhmut?", "<b>?")
    shown = help_of(bench)
    assert "<i>What happened near Bakhmut?</i>\n<i>&lt;b&gt;?</i>" in shown
    assert "peacekeepers" not in shown


def help_of(bench: Bench) -> str:
    reply = bench.dialogue.hear(Request(asker=ALICE, text="/help"))
    return "".join(message.html for message in reply.messages)


def test_an_empty_store_has_no_examples() -> None:
    examples = Examples(FakeReports([]), lexicon.load(), TEXTS)
    examples.look()
    assert examples() == ()


def test_candidates_are_other_voices_on_the_same_topic() -> None:
    voices = voices_of(lexicon.load())
    found = list(candidates(answered(PEACEKEEPERS, Bench()), voices, asking))
    assert "Ukraine|peacekeepers|None" in [one.question for one in found]
    assert not any(one.question.startswith("Russia|") for one in found)  # asked about already
    assert len({one.question for one in found}) == len(found)


def test_a_candidate_must_bring_something_new_in_the_voice_asked_about() -> None:
    bench = Bench()
    before = answered(PEACEKEEPERS, bench)
    first = before.quotes[0]
    speaker = first.statements[0].speaker
    same = Candidate(question="?", topic="peacekeepers", speaker=speaker)
    assert not holds(same, before, before)
    nothing = Answer(
        question="?",
        asked_on=DAY,
        status="not_found",
        confidence=0.0,
        quotes=(),
        searched=Searched(reports=1, first=DAY, last=DAY, publishers=()),
    )
    assert holds(same, before, nothing)
    assert not holds(
        Candidate(question="?", topic="peacekeepers", speaker="Nobody"), before, nothing
    )
    assert not holds(Candidate(question="?", topic="weather", speaker=speaker), before, nothing)
    assert not holds(same, nothing, nothing)


def test_an_office_is_no_person() -> None:
    voices = voices_of(lexicon.load())
    assert voices.is_person("Vladimir Putin")
    assert not voices.is_person("Russian sources")
