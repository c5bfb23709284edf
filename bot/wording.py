"""How the parts of a citation are worded: publishers, speakers, places, source lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.markup import Html, bold, clean, escape, italic, join, link, quotation, utf16_len

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.texts import Texts
    from bot.views import Cited
    from index.model import Footnote, Statement

FOLDED_FROM = 350  # UTF-16 units: about five lines on a phone
TITLE = 200
_NAME = 80
_SEPARATOR = " · "


class Wording:
    """Words citations.

    Args:
        texts: the catalogue.
        short_names: short names of publishers, by full name; others are named in full.
        side_names: names of sides, by their key in the lexicon; others by their key.
    """

    def __init__(
        self, texts: Texts, short_names: Mapping[str, str], side_names: Mapping[str, str]
    ) -> None:
        self.texts = texts
        self._short_names = short_names
        self._side_names = side_names

    def publisher(self, name: str | None, *, confirmed: bool = True) -> str:
        """Name a publisher as briefly as is known, marked where only a heading names it."""
        brief = None if name is None else self._short_names.get(name, name)
        return self.full_publisher(brief, confirmed=confirmed)

    def full_publisher(self, name: str | None, *, confirmed: bool = True) -> str:
        """Name a publisher in full, marked where only a heading in the text names it."""
        shown = shortened(name or "", TITLE)
        if not shown:
            return self.texts.plain("answer.no_publisher")
        return shown if confirmed else self.texts.plain("answer.unconfirmed", publisher=shown)

    def title(self, title: str | None) -> str:
        """Return a report's title on one line, or that it has none."""
        return shortened(title or "", TITLE) or self.texts.plain("answer.untitled")

    def quote(self, cited: Cited) -> Html:
        """Return the quotation block of a quote and its source line."""
        text = cited.quote.text
        block = quotation(text, expandable=utf16_len(text) > FOLDED_FROM)
        return join([block, self.source_line(cited)], "\n")

    def source_line(self, cited: Cited) -> Html:
        """Return the short citation: publisher, day, paragraph, notes."""
        quote = cited.quote
        parts: list[str] = [
            self.publisher(quote.publisher, confirmed=cited.publisher_confirmed),
            self.texts.day(quote.published),
        ]
        if cited.paragraph:
            parts.append(self.texts("answer.paragraph", n=cited.paragraph))
        labels = list(dict.fromkeys(note.label for note in quote.footnotes))
        if labels:
            key = f"answer.notes.{'one' if len(labels) == 1 else 'other'}"
            parts.append(self.texts(key, labels=", ".join(labels)))
        return link(join(parts, _SEPARATOR), quote.url)

    def citation(self, cited: Cited) -> Html:
        """Return the long citation, a line each: title, publisher and day, place."""
        quote = cited.quote
        publisher = self.full_publisher(quote.publisher, confirmed=cited.publisher_confirmed)
        return join(
            [
                link(bold(self.title(quote.title)), quote.url),
                join([publisher, self.texts.day(quote.published)], _SEPARATOR),
                self.place(cited),
            ],
            "\n",
        )

    def place(self, cited: Cited) -> Html:
        """Say where in its report a quote stands, or nothing where that is unknown."""
        section = shortened(cited.section or "", TITLE)
        if section == shortened(cited.quote.title or "", TITLE):
            section = ""
        if section and cited.paragraph:
            return self.texts("place.both", section=section, n=cited.paragraph)
        if section:
            return self.texts("place.section", section=section)
        return self.texts("place.paragraph", n=cited.paragraph) if cited.paragraph else Html()

    def speakers(self, cited: Cited) -> Html:
        """Say who speaks in a quote, how, and when if not on the report's day; or nothing."""
        statements = cited.quote.statements
        names = dict.fromkeys(name for name in map(self._speaker, statements) if name)
        if not names:
            return Html()
        cues = {shortened(statement.cue, _NAME) for statement in statements}
        # One day that not all of them spoke on would be a wrong date for the others.
        days = {statement.date for statement in statements}
        day = days.pop() if len(days) == 1 else None
        return join(
            [
                join(map(bold, names), ", "),
                cues.pop() if len(cues) == 1 else "",
                self.texts.day(day) if day and day != cited.quote.published else "",
            ],
            _SEPARATOR,
        )

    def _speaker(self, statement: Statement) -> str:
        side = self._side_names.get(statement.side or "", statement.side or "")
        speaker = self._short_names.get(statement.speaker or "", statement.speaker or "")
        names = [shortened(name, _NAME) for name in (speaker, side) if name]
        if len(names) == 1 or names[:1] == names[1:]:
            return "".join(names[:1])
        return self.texts.plain("answer.speaker", speaker=names[0], side=names[1]) if names else ""

    def notes(self, cited: Cited) -> list[Html]:
        """Return the endnotes of a quote, or say that there are none."""
        notes = cited.quote.footnotes
        if not notes:
            key = "footnotes.none_here" if cited.has_endnotes else "footnotes.none_at_all"
            return [italic(self.texts(key))]
        own = [self._note(note) for note in notes if note.scope == "sentence"]
        near = [self._note(note) for note in notes if note.scope == "paragraph"]
        if near:
            near[0] = join([italic(self.texts("footnotes.nearest")), near[0]], "\n")
        return own + near

    def _note(self, note: Footnote) -> Html:
        if note.status == "missing":
            return self.texts("footnotes.missing", label=note.label)
        text = clean(note.text)
        beside = [link(url, url) for url in note.urls if url not in text]
        shown = join([linked(text, note.urls), *beside], " — ")
        return self.texts("footnotes.note", label=note.label, text=shown)


def shortened(text: str, limit: int, mark: str = "…") -> str:
    """Return text on one line, cut after a word where it is longer than ``limit`` characters."""
    line = " ".join(clean(text).split())
    if len(line) <= limit:
        return line
    head, space, _ = line[: limit + 1].rpartition(" ")
    return f"{head if space else line[:limit]} {mark}"


def linked(text: str, urls: Sequence[str]) -> Html:
    """Return text with the addresses that stand in it as links."""
    standing = sorted({url for url in urls if url in text}, key=len, reverse=True)
    if not standing:
        return escape(text)
    cuts = re.split(f"({'|'.join(map(re.escape, standing))})", text)
    return join([link(part, part) if n % 2 else escape(part) for n, part in enumerate(cuts)])
