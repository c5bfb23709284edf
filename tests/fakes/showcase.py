"""One of each message the chat sends, over the fakes: what golden renderings are made of.

The content is the tests' own. Some of it is as long, as hostile or as empty as content gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from bot import chat_tables
from bot.beneath import Beneath
from bot.chat import Chat
from bot.compare_commands import CompareCommands
from bot.deeplinks import DeepLinks
from bot.delivery_status import DeliveryStatus
from bot.dialogue import Request
from bot.digest_render import DigestRenderer
from bot.editions import Correction, Edition, EditionReport, Entry
from bot.feedback import Feedback
from bot.feedback_store import FeedbackStore
from bot.inline import InlineAnswers
from bot.markup import escape
from bot.model import Message
from bot.passage_render import PassageRenderer
from bot.privacy import Privacy
from bot.settings import load
from bot.suggestion_store import SuggestionStore
from bot.suggestions import Suggestions, Voices
from bot.topics import Match
from bot.uploads import Uploads
from index.model import (
    BlockKind,
    DigestItem,
    DigestReport,
    Endnote,
    IngestResult,
    IngestStatus,
    Span,
)
from tests.fakes.channel import DigestBench, HandClock, day_report
from tests.fakes.chat import ALICE, PEACEKEEPERS, Bench, memory
from tests.fakes.reports import HARBOUR, FakeReports, make_report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.dialogue import Dialogue, Reply
    from index.model import Report

HOSTILE: Final = (
    "<b>&amp;</b> </blockquote> <script>{x}</script> \u202eright to left\u202c \u200bzero\u200d "
    "width שלום مرحبا \U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 x\u030a \x1b[31m *_`[7]"
)
LONG: Final = " ".join(
    f"On day {n} the ferry office counted {n * 7} crossings & {n} delays." for n in range(1, 160)
)
TARGET: Final = "Which peacekeepers become a legitimate target for Antonov?"
_VALUES: Final[Mapping[str, str | int]] = {
    "length": 1234, "limit": 1000, "count": 3, "command": "context", "name": "nosuch", "n": 4,
    "reference": 42, "seconds": 30, "id": 1666, "titles": "Evening assessment", "size": "48",
    "error": "the file has no text",
}  # fmt: skip
_SCREENS: Final = (
    "time", "days", "zone", "publishers", "topics", "always", "sound", "pause", "unsubscribe",
)  # fmt: skip
_SENTENCES: Final = ("notice", "door", "groups", "upload")
Shown = Callable[[], tuple[Message, ...]]
NOON: Final = datetime(2025, 4, 10, 12, 0, tzinfo=UTC)
_LAST: Final = date(2025, 4, 9)


def one_report(sentence: str, *takeaways: str, title: str = "Harbour notes") -> Report:
    """Return a report of the newest day that has one sentence."""
    return make_report(
        "one",
        (BlockKind.HEADING, title),
        *((BlockKind.TAKEAWAY, line) for line in takeaways),
        (BlockKind.PARAGRAPH, sentence),
        published=_LAST,
        title=title,
        url="https://harbour.example/one?a=1&b=<2>",
        endnotes=[Endnote(label="7", text=f"See {HOSTILE}", urls=("https://n.example/?q=1&r=2",))],
    )


@dataclass
class Stand:
    """The whole chat over a few reports; every reply comes through its dialogue."""

    reports: FakeReports = field(default_factory=FakeReports)

    def __post_init__(self) -> None:
        engine = memory()
        chat_tables.create(engine)
        self.bench = bench = Bench(engine=engine, reports=self.reports)
        self.digests = DigestBench(engine, reports=self.reports, clock=HandClock(NOON))
        texts, wording, clock = bench.texts, bench.wording, bench.clock
        feedback = Feedback(FeedbackStore(engine), bench.store, clock, texts)
        voices = Voices(sides={"russia": "Russia", "ukraine": "Ukraine"}, is_person=bool)
        suggestions = Suggestions(
            self.reports, SuggestionStore(engine), bench.store, clock, lambda: "s1", texts, voices
        )
        self.beneath = Beneath(feedback, suggestions)
        self.uploads = Uploads(self.reports, texts)  # type: ignore[arg-type]
        self.inline = InlineAnswers(self.reports, wording, clock, UTC)
        status = DeliveryStatus(
            self.digests.stores.deliveries,
            self.digests.commands._about,
            clock,
            [ALICE.person],
            feedback.lines,
        )
        self.dialogue: Dialogue = Chat(
            bench.conversation,
            bench.renderer,
            texts,
            follow=DeepLinks(bench.conversation, self.reports, bench.renderer, wording).open,
            beneath=self.beneath,
        ).dialogue(
            (
                *self.digests.commands.commands,
                *CompareCommands(self.reports, wording, clock, UTC).commands,
                Privacy(load().chat, texts).command,
                status.command,
            ),
            (*self.digests.commands.actions, feedback.action),
        )

    def says(self, *lines: str) -> tuple[Message, ...]:
        """Return the reply to the last of these lines; ``!data`` presses a button."""
        for line in lines:
            request = Request(asker=ALICE, text=line.removeprefix("!"))
            press = line.startswith("!")
            reply = self.dialogue.press(request) if press else self.dialogue.hear(request)
        return shown(reply)


def shown(reply: Reply) -> tuple[Message, ...]:
    """Return what a reply shows, what stands over the chat as a message of its own."""
    over = (Message(html=escape(f"(over the chat) {reply.toast}")),) if reply.toast else ()
    return (*over, *reply.messages)


def _said(*lines: str, reports: Iterable[Report] | None = None) -> Shown:
    return lambda: Stand(reports=FakeReports(reports)).says(*lines)


def _sentences(section: str) -> Shown:
    """Show all sentences of a section of the catalogue, a message each."""

    def messages() -> tuple[Message, ...]:
        texts = Bench().texts
        keys = sorted(key for key in texts.keys if key.startswith(f"{section}."))
        return tuple(Message(html=texts(key, **_VALUES)) for key in keys)

    return messages


def _more_beneath() -> tuple[Message, ...]:
    """Show an answer once follow-up questions were found for it."""
    stand = Stand()
    stand.says(PEACEKEEPERS)
    request = Request(asker=ALICE, text=PEACEKEEPERS)
    later = stand.dialogue.hear(request).later
    message = later() if later else None
    assert message is not None
    return (message,)


def _inline(typed: str, reports: Iterable[Report] | None = None) -> Shown:
    def messages() -> tuple[Message, ...]:
        stand = Stand(reports=FakeReports(reports))
        found = stand.inline.find(typed, "briefing_bot")
        lines = [Message(html=escape(f"(in the list) {one.title}\n{one.about}")) for one in found]
        return (*lines, *(one.message for one in found))

    return messages


def _upload(results: Iterable[IngestResult], *, searchable: bool | None) -> Shown:
    def messages() -> tuple[Message, ...]:
        html = Stand().uploads.outcome(list(results), searchable=searchable)
        return (Message(html=html),)

    return messages


def _result(status: IngestStatus, *reports: str, error: str | None = None) -> IngestResult:
    return IngestResult(input="x", status=status, reports=reports, error=error)


def _edition(**changes: object) -> Shown:
    return lambda: EDITIONS.edition(replace(_EDITION, **changes))  # type: ignore[arg-type]


def _behind(what: str, reports: Iterable[Report] | None = None) -> Shown:
    """Open a button of an edition made of these reports."""

    def messages() -> tuple[Message, ...]:
        store = FakeReports(reports)
        parts = tuple(
            EditionReport(report=one, entries=tuple(Entry(item=item) for item in one.takeaways))
            for one in (store.digest_report(listed.id) for listed in store.reports()[:2])
        )
        edition = replace(_EDITION, reports=parts)
        return PassageRenderer(EDITIONS._wording, EDITIONS).behind(edition, what, store)

    return messages


def _item(text: str, *, new: bool = True, supported: bool = True) -> DigestItem:
    return DigestItem(
        start=0,
        end=len(text),
        text=text,
        support="supported" if supported else "none",
        passage=Span(start=0, end=9) if supported else None,
        footnotes=(),
        new=new,
    )


def _part(*items: DigestItem, **changes: object) -> EditionReport:
    report = DigestReport(
        id="r1",
        revision=1,
        title="Evening assessment & more",
        publisher=HARBOUR,
        published=_LAST,
        url="https://harbour.example/?a=1&b=2",
        kind="published",
        takeaways=items,
    )
    report = replace(report, **changes)  # type: ignore[arg-type]
    return EditionReport(report=report, entries=tuple(Entry(item=item) for item in items))


EDITIONS: Final = DigestRenderer(Bench().wording)
_MIXED: Final = _part(
    _item("Grain exports rose."), _item("Ferries stopped.", new=False), _item("Trains ran.")
)
_EDITION: Final = Edition(
    token="0123456789abcdef",
    kind="regular",
    reports=(_MIXED,),
    corrections=(),
    topics=(),
    since=None,
    day="9 Apr 2025, 07:30",
)
_CORRECTION: Final = Correction(
    report=_MIXED.report, withdrawn=("Three <ships> left.",), now=("Two ships left.",)
)
_MATCHED: Final = EditionReport(
    report=_MIXED.report,
    entries=(
        Entry(item=_item("Grain rose."), matches=(Match(topic="grain", by="words"),)),
        Entry(item=_item("Tariffs."), matches=(Match(topic="trade <x>", by="meaning"),)),
    ),
)
_TWO_DAYS: Final = (
    day_report(date(2025, 4, 8), "Ferries stopped.", "Crews repaired 3 of 9 substations in a day."),
    day_report(_LAST, "Ferries stopped.", "Crews repaired 8 of 9 substations in a day.", "Grain."),
)
_HOSTILE_DAYS: Final = tuple(
    replace(one_report("x", HOSTILE, f"{n} {LONG}"), id=f"r{n}", published=date(2025, 4, n))
    for n in (8, 9)
)
_SETTINGS: Final = "/subscribe 07:30 Kyiv topics: grain, <b>trade</b> & tariffs"

SHOWCASE: Final[Mapping[str, Shown]] = {
    "answer": _said(TARGET),
    "answer-undated-unconfirmed": _said("observers travel"),
    "answer-hostile": _said(
        "Antonov peacekeepers", reports=[one_report(f"Antonov said peacekeepers {HOSTILE}.")]
    ),
    "answer-long": _said(
        "Antonov peacekeepers",
        reports=[one_report(f"Antonov said peacekeepers counted: {LONG.replace('. ', '; ')}")],
    ),
    "answer-with-suggestions": _more_beneath,
    "answer-again": _said(TARGET, "!f:a1", "!a:a1"),
    "refusal": _said("Which peacekeepers play football?"),
    "refusal-foreign": _said("Какие миротворцы играют?"),
    "refusal-without-nearest": _said("How do chickens sing?"),
    "refusal-empty-store": _said(PEACEKEEPERS, reports=[]),
    "footnotes": _said(TARGET, "/footnotes"),
    "footnotes-of-the-paragraph": _said("Repair crews restored power", "/footnotes"),
    "footnotes-none": _said("observers travel", "/footnotes"),
    "footnotes-related": _said("peacekeepers", "/footnotes"),
    "footnotes-hostile": _said(
        "Antonov peacekeepers",
        "!f:a1",
        reports=[one_report("Antonov said peacekeepers left. [7]", title=HOSTILE)],
    ),
    "context": _said(TARGET, "!c:a1:2"),
    "context-hostile": _said(
        "Antonov peacekeepers",
        "/context",
        reports=[one_report(f"{HOSTILE}. Antonov said peacekeepers left. {HOSTILE}.")],
    ),
    "context-long": _said(
        "Antonov peacekeepers",
        "/context",
        reports=[one_report(f"{LONG} Antonov said peacekeepers left. {LONG}")],
    ),
    "latest": _said("/latest"),
    "latest-empty": _said("/latest", reports=[]),
    "sources": _said("/sources"),
    "sources-empty": _said("/sources", reports=[]),
    "help": _said("/help"),
    "help-empty": _said("/help", reports=[]),
    "privacy": _said("/privacy"),
    "status": _said(TARGET, "!v:a1:1", "/status"),
    "vote-good": _said(TARGET, "!v:a1:1"),
    "vote-bad": _said(TARGET, "!v:a1:0"),
    "vote-old": _said("!v:a9:1"),
    "button-unknown": _said("!zz:1"),
    "button-of-an-old-answer": _said("!f:a9"),
    "command-unknown": _said("/nosuch <b>"),
    "forget": _said(TARGET, "/forget"),
    "report": _said("/start r_hi-0409"),
    "report-without-takeaways": _said("/start r_ed-undated"),
    "report-hostile": _said(
        "/start r_one", reports=[one_report("x", HOSTILE, LONG, title=HOSTILE)]
    ),
    "report-gone": _said("/start r_gone"),
    "digest": _said("/digest 2025-04-10"),
    "digest-empty": _said("/digest", reports=[]),
    "digest-bad-day": _said("/digest <b>tomorrow</b>"),
    "edition": _edition(),
    "edition-with-topics": _edition(reports=(_MATCHED,), topics=("grain", "trade <x>")),
    "edition-extractive": _edition(
        reports=(_part(_item("No passage.", supported=False), kind="extractive", published=None),)
    ),
    "edition-with-a-correction": _edition(corrections=(_CORRECTION,)),
    "edition-hostile": _edition(reports=(_part(_item(HOSTILE), title=HOSTILE, publisher=HOSTILE),)),
    "edition-long": _edition(reports=(_part(*(_item(f"{n}: {LONG[:900]}") for n in range(9))),)),
    "edition-nothing-new": _edition(kind="nothing_new", reports=()),
    "edition-catching-up": _edition(
        kind="catching_up",
        since=date(2025, 4, 1),
        reports=tuple(_part(_item(LONG[:900]), id=f"r{n}") for n in range(60)),
    ),
    "edition-second-copy": lambda: tuple(map(EDITIONS.repeated, EDITIONS.edition(_EDITION))),
    "takeaway": _behind("1"),
    "takeaway-verbatim": _behind("2"),
    "takeaway-unsupported": _behind("3"),
    "takeaway-hostile": _behind("1", [one_report(f"{HOSTILE}. {LONG}", HOSTILE)]),
    "takeaway-of-a-list": _behind("r1"),
    "compare": _said("/compare", reports=_TWO_DAYS),
    "compare-hostile": _said("/compare", reports=_HOSTILE_DAYS),
    "compare-one-day": _said("/compare", reports=_TWO_DAYS[:1]),
    "compare-bad-days": _said("/compare <b>", reports=_TWO_DAYS),
    "compare-empty": _said("/compare", reports=[]),
    "subscribed": _said(_SETTINGS),
    "subscribe-refused": _said("/subscribe 25:99 Nowhere"),
    "unsubscribed": _said(_SETTINGS, "/unsubscribe"),
    "settings": _said(_SETTINGS, "/settings"),
    "settings-none": _said("/settings"),
    **{f"settings-{name}": _said(_SETTINGS, f"!st:{name}") for name in _SCREENS},
    "settings-saved": _said(_SETTINGS, "!st:sound:0"),
    "settings-last-time": _said(_SETTINGS, "!st:time:-0730"),
    "inline": _inline(TARGET),
    "inline-hostile": _inline(
        "Antonov peacekeepers", [one_report(f"Antonov said peacekeepers {HOSTILE}.")]
    ),
    "inline-nothing": _inline("How do <chickens> sing?"),
    "upload": _upload(
        [
            _result(IngestStatus.ADDED, "hi-0409"),
            _result(IngestStatus.UPDATED, "hi-0408"),
            _result(IngestStatus.UNCHANGED, "ed-0409"),
            _result(IngestStatus.DUPLICATE, "hi-0409", "gone", "hi-0408", "ed-0409"),
            _result(IngestStatus.FAILED, error=f"{HOSTILE} can't be read"),
            _result(IngestStatus.ADDED),
        ],
        searchable=True,
    ),
    "upload-many": _upload([_result(IngestStatus.ADDED, "hi-0409")] * 30, searchable=False),
    **{f"sentences-{section}": _sentences(section) for section in _SENTENCES},
}
