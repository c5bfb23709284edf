"""Whatever the chat shows, filled with hostile text: messages, and what has to be read in them.

``content(seed)`` walks through the kinds as seeds go up, so that any run of seeds has all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable  # noqa: TC003  (in an annotation read at run time)
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from bot.chat import Chat
from bot.compare_commands import CompareCommands
from bot.deeplinks import report_messages
from bot.deliveries import Subscriber
from bot.dialogue import Request
from bot.digest_render import DigestRenderer
from bot.editions import EditionReport, Entry
from bot.inline import InlineAnswers
from bot.markup import join
from bot.model import Button, Message
from bot.passage_render import PassageRenderer
from bot.plan import Standing
from bot.ports import Corpus, SourceHealth
from bot.render import Renderer
from bot.richtext import visible
from bot.settings_dialogue import SettingsScreens
from bot.subscription_render import SubscriptionWords
from bot.subscriptions import Subscription, SubscriptionError
from bot.texts import load_texts
from bot.uploads import Uploads
from bot.views import (
    AnswerView,
    ContextView,
    FootnotesView,
    HelpView,
    LatestView,
    NoticeView,
    SourcesView,
)
from bot.wording import Wording, shortened
from index.model import IngestResult, IngestStatus
from tests.fakes.chat import ALICE, Bench
from tests.fakes.eye import accepted
from tests.fakes.hostile import Hostile, storable
from tests.fakes.reports import HARBOUR, FakeReports

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.views import Cited, View

TEXTS: Final = load_texts()
WORDING: Final = Wording(TEXTS, {HARBOUR: "HISS"}, {"russia": "Russia"})
RENDERER: Final = Renderer(WORDING)
EDITIONS: Final = DigestRenderer(WORDING, max_parts=1_000_000)
NOW: Final = datetime(2025, 4, 10, 8, 0, tzinfo=UTC)
_SHORT: Final = 1500  # characters of a quote that an inline result surely shows whole
_NAMES: Final = frozenset(
    re.findall(r"{(\w+)}", files("config").joinpath("texts.toml").read_text("utf-8"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Messages of one kind; ``told`` is text that has to be read in them."""

    kind: str
    messages: tuple[Message, ...]
    told: tuple[str, ...]


def content(seed: int) -> Content:
    """Return the content of a seed."""
    kind = KINDS[seed % len(KINDS)]
    shown, told = _MAKERS[kind](Hostile(seed))
    return Content(kind=kind, messages=shown, told=tuple(told))


def lost(one: Content) -> list[str]:
    """Let Telegram's parser read a content; return what was to be read in it and can't be.

    Raises:
        ApiError: Telegram refuses a message.
    """
    read = visible("".join(accepted(one.messages)))
    return [text for text in one.told if visible(text) not in read]


_Made = tuple[tuple[Message, ...], "Iterable[str]"]


def _shown(view: View, told: Iterable[str]) -> _Made:
    return RENDERER.render(view), told


def _quotes(many: Iterable[Cited]) -> list[str]:
    return [each.quote.text for each in many]


def _answer(chaos: Hostile) -> _Made:
    cited = tuple(chaos.cited() for _ in range(1 + chaos.number(8)))
    view = AnswerView(id="a1", searched=chaos.searched(), related=False, foreign=False, cited=cited)
    speakers = [shortened(s.speaker or "", 80) for c in cited for s in c.quote.statements]
    return _shown(view, [*_quotes(cited), *speakers])


def _refusal(chaos: Hostile) -> _Made:
    cited = (chaos.cited(),) if chaos.flag() else ()
    view = AnswerView(
        id="a1", searched=chaos.searched(), related=True, foreign=chaos.flag(), cited=cited
    )
    return _shown(view, [TEXTS.plain("refusal.heading"), *_quotes(cited)])


def _footnotes(chaos: Hostile) -> _Made:
    cited = tuple(chaos.cited() for _ in range(1 + chaos.number(4)))
    view = FootnotesView(id="a1", related=chaos.flag(), cited=tuple(enumerate(cited, 1)))
    notes = [note for each in cited for note in each.quote.footnotes]
    resolved = [note for note in notes if note.status == "resolved"]
    missing = [TEXTS.plain("footnotes.missing", label=n.label) for n in notes if n not in resolved]
    texts = [note.text for note in resolved]
    urls = [url for note in resolved for url in note.urls]
    return _shown(view, [*texts, *urls, *missing])


def _context(chaos: Hostile) -> _Made:
    cited, before, after = chaos.cited(), chaos.long(), chaos.long()
    count = 1 + chaos.number(19)
    view = ContextView(
        id="a1",
        related=chaos.flag(),
        number=1 + chaos.number(count - 1),
        count=count,
        cited=cited,
        before=before,
        after=after,
        cut_before=chaos.flag(),
        cut_after=chaos.flag(),
    )
    return _shown(view, [before, cited.quote.text, after])


def _latest(chaos: Hostile) -> _Made:
    reports = tuple(chaos.summary() for _ in range(chaos.number(20)))
    titles = [WORDING.title(report.title) for report in reports]
    return _shown(LatestView(reports=reports, total=20), titles)


def _corpus(chaos: Hostile) -> Corpus:
    return Corpus(
        reports=chaos.number(2),
        passages=chaos.number(9),
        publishers=tuple((chaos.text(20), chaos.number(9)) for _ in range(chaos.number(12))),
        first=chaos.day(),
        last=chaos.day(),
    )


def _sources(chaos: Hostile) -> _Made:
    sources = tuple(
        SourceHealth(
            name=chaos.text(20),
            reports=chaos.number(9),
            last_success=chaos.moment(),
            last_error=chaos.maybe(60),
        )
        for _ in range(chaos.number(60))
    )
    corpus = _corpus(chaos)
    names = [WORDING.full_publisher(name) for name, _ in corpus.publishers]
    errors = [shortened(one.last_error or "", 200) for one in sources]
    return _shown(SourcesView(corpus=corpus, sources=sources), [*names, *errors])


def _help(chaos: Hostile) -> _Made:
    commands = tuple((chaos.text(2), chaos.text(20)) for _ in range(chaos.number(30)))
    examples = tuple(chaos.words(12) for _ in range(chaos.number(3)))
    view = HelpView(corpus=_corpus(chaos), commands=commands, examples=examples)
    return _shown(view, [*examples, *(about for _, about in commands)])


def _sentence(chaos: Hostile) -> _Made:
    """Fill any sentence of the catalogue."""
    key = chaos.chance.choice(sorted(TEXTS.keys))
    values = dict.fromkeys(_NAMES, chaos.words(40))
    return _shown(NoticeView(key=key, values=values), [TEXTS.plain(key, **values)])


def _edition(chaos: Hostile) -> _Made:
    edition = chaos.edition()
    items = [entry.item.text for part in edition.reports for entry in part.entries]
    fixed = [text for one in edition.corrections for text in (*one.withdrawn, *one.now)]
    return EDITIONS.edition(edition), [*items, *fixed]


def _part_of_edition(chaos: Hostile) -> _Made:
    edition = chaos.edition()
    if edition.corrections and chaos.flag():
        first = edition.corrections[0]
        return EDITIONS.correction(edition, 1), [*first.withdrawn, *first.now]
    if not edition.reports:
        return _edition(chaos)
    items = [entry.item.text for entry in edition.reports[0].entries]
    return EDITIONS.report(edition, 1), items


def _catching_up(chaos: Hostile) -> _Made:
    messages = EDITIONS.edition(chaos.edition(catching_up=True))
    assert len(messages) == 1
    return tuple(map(EDITIONS.repeated, messages)), [TEXTS.plain("edition.repeat")]


def _passage(chaos: Hostile) -> _Made:
    report = chaos.report(5)
    reports = FakeReports([report])
    digest = reports.digest_report(report.id)
    entries = tuple(Entry(item=item) for item in digest.takeaways)
    part = EditionReport(report=digest, entries=entries)
    edition = replace(chaos.edition(), reports=(part,))
    number = 1 + chaos.number(len(entries) - 1)
    found = PassageRenderer(WORDING, EDITIONS).behind(edition, str(number), reports)
    item = entries[number - 1].item
    return found, [item.text, item.passage.of(report.text) if item.passage else ""]


def _compare(chaos: Hostile) -> _Made:
    days = date(2025, 4, 8), date(2025, 4, 9)
    reports = [replace(chaos.report(8), id=str(day), published=day) for day in days]
    store = FakeReports(reports)
    compare = CompareCommands(store, WORDING, Bench().clock, UTC)
    reply = compare.compare(Request(asker=ALICE, text=""))
    if len({report.publisher for report in reports}) > 1:
        return reply.messages, []
    items = [item.text for report in store.digest(days[1]).reports for item in report.takeaways]
    return reply.messages, items


def _inline(chaos: Hostile) -> _Made:
    bench = Bench(reports=FakeReports([chaos.report(0)]))
    inline = InlineAnswers(bench.reports, WORDING, bench.clock, UTC)
    found = inline.find("Antonov peacekeepers", "briefing_bot")
    quotes = bench.reports.ask("Antonov peacekeepers", asked_on=date(2025, 4, 10)).quotes
    told = [quote.text for quote in quotes if len(quote.text) < _SHORT]
    return tuple(one.message for one in found), told


def _report(chaos: Hostile) -> _Made:
    report = chaos.report(40)
    takeaways = [span.of(report.text) for span in report.takeaways]
    body = [report.blocks[-1].of(report.text)]
    return report_messages(report, WORDING), takeaways[:30] or body


def _upload(chaos: Hostile) -> _Made:
    uploads = Uploads(FakeReports([chaos.report(0)]), TEXTS)  # type: ignore[arg-type]
    results = []
    for _ in range(1 + chaos.number(20)):
        status = chaos.chance.choice(list(IngestStatus))
        failed = status is IngestStatus.FAILED
        error = chaos.words(80) if failed else None
        ids = () if failed else ("one", "gone", "one", "one")[: chaos.number(4)]
        results.append(IngestResult(input="x", status=status, reports=ids, error=error))
    html = uploads.outcome(results, searchable=chaos.flag())
    errors = [shortened(one.error or "", 300) for one in results[:8]]
    return (Message(html=html),), errors


def _subscription(chaos: Hostile) -> _Made:
    """Show a subscription with any topics and publishers, and a screen to change it."""
    names = [_tidy(storable(chaos.text(6))) for _ in range(chaos.number(20))]
    try:
        wanted = Subscription(
            zone="Europe/Kyiv",
            times=(time(7, 30),),
            topics=tuple(names),
            publishers=tuple(names[:5]),
            paused_until=chaos.day(),
        )
    except SubscriptionError as error:
        return (Message(html=join([str(error)])),), [str(error)]
    subscriber = Subscriber(
        id=1,
        place=ALICE.place,
        wanted=wanted,
        ended=None,
        standing=Standing(cursor=0, first=False),
        settled=NOW,
        next_due=NOW,
        version=1,
    )
    about = SubscriptionWords(TEXTS)
    screens = SettingsScreens(about)
    name = chaos.chance.choice(("home", "publishers", "topics", "pause"))
    there = [storable(chaos.words(30)) for _ in range(chaos.number(60))]
    shown = screens.screen(name, subscriber, NOW, there)
    done = Message(html=join([about.summary(subscriber, NOW), about.line(wanted)], "\n\n"))
    return (done, shown), names


def _tidy(name: str) -> str:
    return " ".join(name.replace(",", " ").replace(";", " ").split())[:100].strip()


def _suggested(chaos: Hostile) -> _Made:
    """Answer a suggested question, which stands above its answer, more suggestions below."""
    report = chaos.report(0)
    bench = Bench(reports=FakeReports([report]))
    question = f"peacekeepers {chaos.text(12)}"
    offers = tuple(storable(f"? {chaos.text(8)}")[:64] for _ in range(2))
    chat = Chat(bench.conversation, RENDERER, TEXTS, beneath=_Offers(question, offers))
    reply = chat.dialogue().press(Request(asker=ALICE, text="s:1"))
    return reply.messages, [question]


@dataclass(frozen=True, slots=True)
class _Offers:
    """Suggestions as the chat takes them."""

    asked: str
    offered: tuple[str, ...]

    def under(self, message: Message, answer_id: str) -> Message:
        rows = [(Button(label=label, data=f"s:{answer_id}"),) for label in self.offered]
        return replace(message, keyboard=(*message.keyboard, *rows))

    def look_further(self, answer_id: str) -> bool:
        return bool(answer_id)

    def question(self, suggestion_id: str) -> str | None:
        return self.asked if suggestion_id else None


_MAKERS: Final[dict[str, Callable[[Hostile], _Made]]] = {
    "answer": _answer,
    "refusal": _refusal,
    "footnotes": _footnotes,
    "context": _context,
    "latest": _latest,
    "sources": _sources,
    "help": _help,
    "sentence": _sentence,
    "edition": _edition,
    "part of an edition": _part_of_edition,
    "catching up": _catching_up,
    "passage": _passage,
    "compare": _compare,
    "inline": _inline,
    "report": _report,
    "upload": _upload,
    "subscription": _subscription,
    "suggested": _suggested,
}
KINDS: Final = tuple(_MAKERS)
