"""A topic as a person types it: the things that a sentence must name, and the days asked for."""

from __future__ import annotations

import re
from calendar import month_name
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.items import items
from index.model import Span
from index.periods import days_named
from index.ports import Window
from index.questionwords import clean, stopped
from index.readings import mentions
from index.terms import own_terms
from index.voices import voices

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from index.items import Item
    from index.lexicon import Lexicon, Mention
    from index.model import BlockKind, Statement
    from index.periods import DaysNamed
    from index.ports import LexicalIndex
    from index.voices import Voice

_ABBREVIATION: Final = 3  # letters: "US" and "us" are different words
_EXACT: Final = 100.0
_NOWHERE: Final = "zzzzzzzzzz"  # as rare as a word can be
_YEAR_AND_MONTH: Final = re.compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])\b(?!-\d)")
_LAST_YEAR: Final = re.compile(r"(?<!\d[-/.])\b((?:19|20)\d\d)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to print a thing.

    Args:
        stems: its words as the word index holds them, a blank around each.
        rarest: the word of it that the fewest passages have.
        capitals: the form itself where only capitals tell it from another word, else nothing.
    """

    stems: str
    rarest: str
    capitals: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something a sentence names in one of several forms.

    Args:
        name: how it was typed, from ``start`` to ``end``; a misspelt one as it is listed.
        known: some passage may name it.
    """

    name: str
    start: int
    end: int
    known: bool
    forms: tuple[Form, ...]

    def named_in(self, stems: str, text: str) -> bool:
        """Tell whether a sentence, given as its stems and as printed, names it."""
        return any(
            form.stems in stems and (not form.capitals or _holds(text, form.capitals))
            for form in self.forms
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is asked about.

    Args:
        things: all of them must be named, the rarest first.
        window: the days asked for; without bounds where none are.
        voices: lexicon keys of the people, bodies and sides whose words alone are asked for.
        impossible: words that name days that don't exist.
    """

    things: tuple[Thing, ...]
    window: Window = Window()  # noqa: RUF009  (frozen)
    voices: tuple[str, ...] = ()
    impossible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence(Span):
    """A sentence of a report; ``days`` are first and last of each period it names."""

    text: str
    report_id: str
    revision: int
    published: date | None
    kind: BlockKind
    statements: tuple[Statement, ...]
    days: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The sentences that speak of a topic, by report and place.

    Args:
        topic: as understood.
        voices: names of those who say them, where their words alone are asked for.
        left_out: what no sentence names together with the rest, and was not looked for.
    """

    topic: Topic
    sentences: tuple[Sentence, ...]
    voices: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What every sentence names, as it was typed."""
        named = [one for one in self.topic.things if one.name not in self.left_out]
        named.sort(key=lambda one: one.start)
        shown = ""
        for before, one in zip([None, *named], named, strict=False):
            gap = "" if before is None else " " if one.start - before.end <= 1 else ", "
            shown += gap + one.name
        return shown


def spaced(stems: Sequence[str]) -> str:
    """Return stems as one line in which a form's stems can be looked for."""
    return f" {' '.join(stems)} "


def topic_of(text: str, *, today: date, lexicon: Lexicon, words: LexicalIndex) -> Topic:
    """Read a topic or a question as typed on ``today``; never raises for odd text."""
    text, days = _dated(clean(text), today)
    dated = [*days.periods, *days.impossible]
    typed = items(text, _mentions(text, dated, lexicon, words))
    typed = [item for item in typed if not any(_within(item, span) for span in dated)]
    asked = voices(text.lower(), typed, lexicon)
    things = _things(text, typed, asked, lexicon, words)
    if asked and not things:  # "what did Putin say": then he is the topic
        asked = []
        things = _things(text, typed, asked, lexicon, words)
    return Topic(
        things=tuple(sorted(things, key=lambda one: -_rarity(one, words))),
        window=Window(
            first=min((one.first for one in days.periods), default=None),
            last=max((one.last for one in days.periods), default=None),
        ),
        voices=tuple(key for voice in asked for key in (*voice.speakers, *voice.sides)),
        impossible=tuple(span.of(text) for span in days.impossible),
    )


def _things(
    text: str,
    typed: Sequence[Item],
    asked: Sequence[Voice],
    lexicon: Lexicon,
    words: LexicalIndex,
) -> list[Thing]:
    """Return what is named beside those whose words are asked for, each thing once."""
    things: dict[tuple[Form, ...], Thing] = {}
    for item in typed:
        said = item.word in lexicon.saying or item.word in lexicon.judging
        empty = item.mention is None and (stopped(item.word) or (asked and said))
        if empty or any(_within(item, voice) for voice in asked):
            continue
        thing = _thing(text, item, lexicon, words)
        if thing.forms:
            things.setdefault(thing.forms, thing)
    return list(things.values())


def _within(item: Item, other: Span | Voice) -> bool:
    return item.start < other.end and other.start < item.end


def without_days(text: str, today: date) -> str:
    """Return a typed text without the words that name days."""
    text = clean(text)
    for day in reversed(days_named(text, today).periods):
        text = f"{text[: day.start]}{text[day.end :]}"
    return text


def _dated(text: str, today: date) -> tuple[str, DaysNamed]:
    """Find the days; a month may stand as 2025-03, and a year alone behind the topic."""
    text = _YEAR_AND_MONTH.sub(lambda found: f"{month_name[int(found[2])]} {found[1]}", text)
    days = days_named(text, today)
    if not days.periods and (year := _LAST_YEAR.search(text)):
        text = f"{text[: year.start()]}in {year[1]}"
        days = days_named(text, today)
    return text, days


def _mentions(
    text: str, dated: Sequence[Span], lexicon: Lexicon, words: LexicalIndex
) -> list[Mention]:
    """Find the names; only a word that no passage has may be a misspelt one."""
    nowhere = words.rarity(_NOWHERE)
    return [
        one
        for one in mentions(text, dated, lexicon)
        if one.score == _EXACT or words.rarity(text[one.start : one.end]) >= nowhere
    ]


def _thing(text: str, item: Item, lexicon: Lexicon, words: LexicalIndex) -> Thing:
    mention = item.mention
    guessed = mention is not None and mention.score < _EXACT
    name = lexicon.name(mention.key) if mention and guessed else text[item.start : item.end]
    forms = [form for one in _names(text, item, lexicon) for form in _forms(one, words)]
    nowhere = words.rarity(_NOWHERE)
    return Thing(
        name=name,
        start=item.start,
        end=item.end,
        known=any(words.rarity(form.rarest) < nowhere for form in forms),
        forms=tuple(dict.fromkeys(forms)),
    )


def _rarity(thing: Thing, words: LexicalIndex) -> float:
    return min(words.rarity(form.rarest) for form in thing.forms)


def _names(text: str, item: Item, lexicon: Lexicon) -> list[str]:
    if item.mention is not None:
        names = lexicon.variants(item.mention.key)
        typed = item.word.removesuffix("'s")
        return [*names, *([] if typed.upper() in names else [typed])]
    return [item.word, *(word for word, _ in own_terms(text, [item], (), lexicon))]


def _forms(name: str, words: LexicalIndex) -> Iterator[Form]:
    stems = words.stems(name)
    if not stems:
        return
    parts = re.findall(r"[^\W_]+", name)
    capitals = name if name.isupper() and len(name) <= _ABBREVIATION else ""
    yield Form(stems=spaced(stems), rarest=max(parts, key=words.rarity), capitals=capitals)


def _holds(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
