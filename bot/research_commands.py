"""/timeline and /trend: what all reports say of a topic, by day and by how often."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot import chart
from bot.dialogue import Action, Command, Reply, Request
from bot.markup import Html, bold, italic, join
from bot.model import Attachment, Button, Message
from bot.research_render import message, page_of
from index.timeline import timeline
from index.topic import without_days
from index.trend import trend

if TYPE_CHECKING:
    from bot.ports import Research
    from bot.research_lookups import Lookups
    from bot.research_render import ResearchRenderer
    from bot.research_store import Lookup
    from bot.service import ConversationStore
    from bot.texts import Texts
    from index.topic import Found
    from index.trend import Bar, Trend

PAGE: Final = "tl"
OF_ANSWER: Final = "tq"
_FILE_WORD: Final = re.compile(r"[a-z0-9]+")
_NAME: Final = 60  # characters of a file's name


class ResearchCommands:
    """Handlers for ``bot.dialogue``; they block: run them off the event loop."""

    def __init__(
        self,
        research: Research,
        lookups: Lookups,
        turns: ConversationStore,
        renderer: ResearchRenderer,
        texts: Texts,
    ) -> None:
        self._research = research
        self._lookups = lookups
        self._turns = turns
        self._renderer = renderer
        self._texts = texts

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands."""
        handlers = {"timeline": self.timeline, "trend": self.trend}
        return tuple(
            Command(name=name, about=self._texts.plain(f"command.{name}"), run=run)
            for name, run in handlers.items()
        )

    @property
    def actions(self) -> tuple[Action, ...]:
        """The buttons."""
        return (Action(name=PAGE, run=self.turn), Action(name=OF_ANSWER, run=self.of_answer))

    def timeline(self, request: Request) -> Reply:
        """Show the first page of a topic's timeline."""
        if not request.text:
            return self._said("timeline.of_what")
        return self._begun(self._lookups.begin(request, request.text))

    def of_answer(self, request: Request) -> Reply:
        """Show the timeline of what a question was about, whatever days it named."""
        turn = self._turns.turn(request.text)
        if turn is None:
            return Reply(toast=self._texts.plain("notice.gone"))
        if turn.asker.place.chat_id != request.asker.place.chat_id:
            return Reply(toast=self._texts.plain("notice.elsewhere"))
        asked = turn.answer
        topic = without_days(asked.question, asked.asked_on)
        return self._begun(self._lookups.begin(request, topic))

    def turn(self, request: Request) -> Reply:
        """Show another page in the place of one; page 0 is the first in a message of its own."""
        found = self._lookups.found(request)
        if isinstance(found, Reply):
            return found
        lookup, number = found
        shown = self._page(lookup, number)
        if shown is None:
            return Reply(toast=self._texts.plain("research.gone"))
        return Reply(messages=(shown,), edit=number > 0)

    def _begun(self, lookup: Lookup) -> Reply:
        shown = self._page(lookup, 1)
        if shown is None:
            return self._nothing(lookup)
        self._lookups.keep(lookup)
        return Reply(messages=(shown,))

    def _page(self, lookup: Lookup, number: int) -> Message | None:
        found = self._research.about(lookup.text, today=lookup.asked_on)
        possible = not found.topic.impossible
        entries = timeline(found.sentences, found.topic.window) if possible else ()
        if not entries:
            return None
        some, page = page_of(entries, number)
        head = [bold(self._texts("timeline.heading", topic=self._named(found)))]
        reports = len({one.sentence.report_id for one in entries})
        counts: dict[str, str | int] = {
            "sentences": self._texts.count("sentences", len(entries)),
            "reports": self._texts.count("reports", reports),
            "page": page.number,
            "pages": page.count,
        }
        head.append(self._texts("timeline.counts", **counts))
        head += self._left_out(found)
        return message(
            self._renderer.timeline(head, some),
            self._renderer.turning(PAGE, lookup.id, page),
        )

    def trend(self, request: Request) -> Reply:
        """Show how often the reports of a period speak of a topic."""
        if not request.text:
            return self._said("trend.of_what")
        lookup = self._lookups.begin(request, request.text)
        found = self._research.about(lookup.text, today=lookup.asked_on)
        stored = [one.published for one in self._research.reports() if one.published]
        stored = [day for day in stored if day <= lookup.asked_on]
        counted = trend(found.sentences, stored, found.topic.window)
        if counted is None or found.topic.impossible:
            return self._nothing(lookup)
        self._lookups.keep(lookup)
        return Reply(messages=(self._picture(found, counted), self._peaks(lookup, counted)))

    def _picture(self, found: Found, counted: Trend) -> Message:
        topic = self._named(found)
        words = chart.Words(
            title=self._texts.plain("trend.title", topic=topic),
            axis=self._texts.plain(f"trend.per_{counted.unit.value}"),
            prominent=self._texts.plain("trend.prominent"),
            body=self._texts.plain("trend.body"),
            nothing=self._texts.plain("trend.nothing_stored"),
            months=tuple(self._texts.plain("dates.months").split()),
        )
        values: dict[str, str | int] = {
            "sentences": self._texts.count("sentences", counted.total),
            "reports": self._texts.count("reports", counted.reports),
            "stored": sum(bar.stored for bar in counted.bars),
            "prominent": sum(bar.prominent for bar in counted.bars),
            "days": self._texts.days(counted.first, counted.last),
        }
        caption = [
            bold(self._texts("trend.heading", topic=topic)),
            self._texts("trend.counts", **values),
            *self._left_out(found),
        ]
        name = "-".join(["trend", *_FILE_WORD.findall(topic.casefold())])
        picture = Attachment(
            name=f"{name[:_NAME]}.png", content=chart.draw(counted, words), kind="picture"
        )
        return Message(html=join(caption, "\n"), attachment=picture)

    def _peaks(self, lookup: Lookup, counted: Trend) -> Message:
        found = [
            (self._peak(number, counted.bars[peak.bar], counted), peak.sentence)
            for number, peak in enumerate(counted.peaks, 1)
        ]
        key = Button(label=self._texts.plain("button.timeline"), data=f"{PAGE}:{lookup.id}:0")
        head = [bold(self._texts("trend.peaks"))]
        return message(self._renderer.quoted(head, found), [key])

    def _peak(self, number: int, bar: Bar, counted: Trend) -> Html:
        return self._texts(
            f"trend.peak_{counted.unit.value}",
            n=bold(str(number)),
            day=self._texts.day(bar.first),
            sentences=self._texts.count("sentences", bar.total),
        )

    def _named(self, found: Found) -> str:
        if not found.voices:
            return found.name
        voices = ", ".join(found.voices)
        return self._texts.plain("research.voices", voices=voices, topic=found.name)

    def _left_out(self, found: Found) -> list[Html]:
        if not found.left_out:
            return []
        words = ", ".join(f"“{word}”" for word in found.left_out)
        return [italic(self._texts("research.left_out", words=words))]

    def _nothing(self, lookup: Lookup) -> Reply:
        """Say why there is nothing to show."""
        found = self._research.about(lookup.text, today=lookup.asked_on)
        if found.topic.impossible:
            return self._said("research.no_day", text=found.topic.impossible[0])
        if not found.topic.things:
            return self._said("research.no_topic", text=lookup.text)
        if found.sentences:
            days = found.topic.window
            return self._said(
                "research.not_then",
                topic=self._named(found),
                days=self._texts.days(days.first, days.last),
            )
        return self._said("research.nowhere", topic=self._named(found), **self._searched(lookup))

    def _searched(self, lookup: Lookup) -> dict[str, str]:
        days = [one.published for one in self._research.reports()]
        days = [day for day in days if day is None or day <= lookup.asked_on]
        dated = [day for day in days if day is not None]
        return {
            "reports": self._texts.count("reports", len(days)),
            "days": self._texts.days(min(dated, default=None), max(dated, default=None)),
        }

    def _said(self, key: str, **values: str) -> Reply:
        return Reply(messages=(Message(html=self._texts(key, **values)),))
