"""/said: who said what, newest first; a name that several have is chosen by a button."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.dialogue import Action, Command, Reply, Request
from bot.markup import bold, italic
from bot.model import Button, Message
from bot.research_render import message, page_of

if TYPE_CHECKING:
    from bot.ports import Research
    from bot.research_lookups import Lookups
    from bot.research_render import ResearchRenderer
    from bot.research_store import Lookup
    from bot.texts import Texts
    from index.said import Said

PAGE: Final = "sd"
_ABOUT: Final = re.compile(r"\s+(?:about|on)\s+", re.IGNORECASE)
_CHOICES: Final = 8
_LABEL: Final = 40  # characters of a name on a button


class SaidCommands:
    """Handlers for ``bot.dialogue``; they block: run them off the event loop."""

    def __init__(
        self, research: Research, lookups: Lookups, renderer: ResearchRenderer, texts: Texts
    ) -> None:
        self._research = research
        self._lookups = lookups
        self._renderer = renderer
        self._texts = texts

    @property
    def command(self) -> Command:
        """The command."""
        return Command(name="said", about=self._texts.plain("command.said"), run=self.said)

    @property
    def action(self) -> Action:
        """The buttons."""
        return Action(name=PAGE, run=self.turn)

    def said(self, request: Request) -> Reply:
        """Show the newest of what somebody said, or who may be meant."""
        name, *about = _ABOUT.split(request.text, maxsplit=1)
        if not name:
            return self._notice("said.who")
        lookup = self._lookups.begin(request, name, "".join(about))
        voices = self._research.named(lookup.text)
        if not voices:
            return self._notice("said.nobody", name=lookup.text)
        if len(voices) > 1:
            return self._choice(request, lookup, [voice.name for voice in voices])
        shown = self._page(lookup, 1)
        if shown is None:
            key = "said.nothing_about" if lookup.about else "said.nothing"
            return self._notice(key, name=voices[0].name, topic=lookup.about)
        self._lookups.keep(lookup)
        return Reply(messages=(shown,))

    def turn(self, request: Request) -> Reply:
        """Show another page, or what the one chosen said, in the place of a message."""
        found = self._lookups.found(request)
        if isinstance(found, Reply):
            return found
        lookup, number = found
        shown = self._page(lookup, number)
        if shown is None:
            return Reply(toast=self._texts.plain("said.nothing", name=lookup.text))
        return Reply(messages=(shown,), edit=True)

    def _choice(self, request: Request, typed: Lookup, names: list[str]) -> Reply:
        """Offer those who say most; each button carries a lookup of its own."""
        offered = [self._lookups.begin(request, name, typed.about) for name in names[:_CHOICES]]
        self._lookups.keep(*offered)
        rows = [[Button(label=one.text[:_LABEL], data=f"{PAGE}:{one.id}:1")] for one in offered]
        key = "said.which" if len(names) <= _CHOICES else "said.which_more"
        html = self._texts(key, name=typed.text, n=len(names))
        return Reply(messages=(message(html, *rows),))

    def _page(self, lookup: Lookup, number: int) -> Message | None:
        voices = self._research.named(lookup.text)
        if not voices:
            return None
        said = self._research.said(voices[0], lookup.about, today=lookup.asked_on)
        if not said.sentences:
            return None
        some, page = page_of(said.sentences, number)
        head = [
            bold(self._heading(said, lookup)),
            self._texts(
                "said.counts" if said.whole else "said.counts_newest",
                sentences=self._texts.count("sentences", len(said.sentences)),
                page=page.number,
                pages=page.count,
            ),
        ]
        if said.left_out:
            words = ", ".join(f"“{word}”" for word in said.left_out)
            head.append(italic(self._texts("research.left_out", words=words)))
        return message(
            self._renderer.said(head, some),
            self._renderer.turning(PAGE, lookup.id, page),
        )

    def _heading(self, said: Said, lookup: Lookup) -> str:
        if not lookup.about:
            return self._texts.plain("said.heading", name=said.voice.name)
        return self._texts.plain("said.heading_about", name=said.voice.name, topic=said.topic)

    def _notice(self, key: str, **values: str) -> Reply:
        return Reply(messages=(Message(html=self._texts(key, **values)),))
