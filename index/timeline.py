"""A timeline: sentences by the day of what they tell, which is seldom the day of their report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Final

from index.digest import repeats
from index.support import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.ports import Window
    from index.topic import Sentence

_END: Final = 16  # characters
_WIDEST: Final = 31  # days; whoever says "in 2022" or "since the invasion" dates no event by it


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A sentence in a timeline.

    Args:
        first: the day told of, or the report's where the sentence names none; None if undated.
        last: the same where one day is told of, else the last of them.
        named: the sentence itself names the day.
        copies: further sentences that say the same.
    """

    sentence: Sentence
    first: date | None
    last: date | None
    named: bool
    copies: int = 0


def timeline(sentences: Iterable[Sentence], window: Window) -> tuple[Entry, ...]:
    """Return the sentences that tell of the days of a window, oldest first, near-copies once."""
    entries = [one for one in map(_entry, sentences) if window.holds(one.first)]
    entries.sort(key=lambda one: (one.first or date.max, one.sentence.published or date.max))
    known = {id(one.sentence): one for one in entries}
    kept = distinct(one.sentence for one in entries)
    return tuple(replace(known[id(one)], copies=copies) for one, copies in kept)


def _entry(sentence: Sentence) -> Entry:
    told = event(sentence)
    first, last = told or (sentence.published, sentence.published)
    return Entry(sentence=sentence, first=first, last=last, named=told is not None)


def event(sentence: Sentence) -> tuple[date, date] | None:
    """Return first and last of the days a sentence tells of, where it names such days.

    Of several the narrowest counts, in reading order; days after the report only where it names no
    others.
    """
    narrow = [days for days in sentence.days if (days[1] - days[0]).days < _WIDEST]
    if not narrow or sentence.published is None:
        return None
    published = sentence.published
    return min(narrow, key=lambda days: (days[0] > published, days[1] - days[0]))


def distinct(sentences: Iterable[Sentence]) -> list[tuple[Sentence, int]]:
    """Keep the first of sentences that say the same, and count the others.

    The same words two days later are about another event.
    """
    found: list[tuple[Sentence, int]] = []
    kept: defaultdict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
    for one in sentences:
        day, words = _day(one), plain(one.text)
        # What repeats a text begins or ends as it does: comparing all with all takes too long.
        ends = words[:_END], words[-_END:]
        near = chain.from_iterable(kept.get((day + n, end), ()) for n in (0, 1, -1) for end in ends)
        place = next((place for known, place in near if repeats(words, known)), None)
        if place is None:
            for end in ends:
                kept[day, end].append((words, len(found)))
            found.append((one, 0))
        else:
            first, copies = found[place]
            found[place] = first, copies + 1
    return found


def _day(sentence: Sentence) -> int:
    days = event(sentence)
    return (days[0] if days else sentence.published or date.max).toordinal()
