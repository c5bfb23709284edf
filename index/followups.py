"""Follow-up questions: which lean on the ones before them, and what they take from there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.questionwords import stopped
from index.terms import Terms, joined, scaled
from index.wordlists import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.items import Item
    from index.lexicon import Mention
    from index.readings import Reading

MOST_HISTORY: Final = 5
_LEAST_OWN: Final = 5
_ENOUGH: Final = 4
_SHARE: Final = 0.5
_FADING: Final = 0.6
_MOST_CONTEXT_WORDS: Final = 12

_OPENER: Final = re.compile(
    r"^(?:and|but|so|then|also|or|ok|what about|how about|what of)\b|\b(?:who|what|where|anyone)"
    r" else\b|\bthe same\b|^(?:why|how|when|where|who)\W*$"
)
_DANGLING: Final = re.compile(r"\b(?:that|this|those|these|there|then)\b(?=\W*$|[,.;?!])")
_PERSONAL: Final = word_set("he him his she her hers himself herself")
_PLURAL: Final = word_set("they them their theirs themselves")
_THING: Final = word_set("it its itself")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What earlier questions lend.

    Args:
        terms: their words, the latest question's heaviest.
        words: the latest subject's words, in order, to be read beside the question.
        mentions: the names in them, the latest question's first.
    """

    terms: Terms
    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    readings: tuple[Reading, ...]

    def person(self) -> Mention | None:
        """Return who "he" is: the first person of the latest question that names one."""
        return next((one for one in self.mentions if one.kind is Kind.PERSON), None)

    def side(self) -> str | None:
        """Return whose "ministry" is meant: the side the latest question names first."""
        kinds = {Kind.SIDE, Kind.CAPITAL, Kind.PERSON, Kind.INSTITUTION}
        return next((one.side for one in self.mentions if one.side and one.kind in kinds), None)


def leans(own: Reading) -> bool:
    """Tell whether a question can't be understood without those before it."""
    text = own.text.lower()
    if _OPENER.search(text) or _DANGLING.search(text) or _unresolved(own.words):
        return True
    if own.mentions:
        return False
    return _content(own) <= _LEAST_OWN


def _content(reading: Reading) -> int:
    """Count the words that say something of a subject."""
    return sum(item.mention is not None or not stopped(item.word) for item in reading.words)


def _unresolved(words: Sequence[Item]) -> bool:
    """Tell whether a pronoun has nothing before it in the question to stand for."""
    person = thing = plural = False
    for place, item in enumerate(words):
        if item.mention is not None:
            person |= item.mention.kind in {Kind.PERSON, Kind.OFFICE}
            thing |= item.mention.kind is not Kind.PERSON
            plural = True
        elif item.word in _PERSONAL:
            if not person and not _described(words[:place]):
                return True
        elif item.word in _PLURAL:
            if not plural:
                return True
        elif item.word in _THING:
            if not thing and not _dummy(words, place):
                return True
        elif not stopped(item.word):
            # Any noun may be meant, but "how many has he sent" has none yet.
            plural |= item.word.endswith(("s", "men", "people"))
            thing |= len(item.word) > len("said") and not item.word.endswith("ing")
    return False


def _described(words: Sequence[Item]) -> bool:
    """Tell whether somebody unnamed was introduced: "a russian brigade chief", "the mayor"."""
    return any(not stopped(item.word) and item.mention is None for item in words)


def _dummy(words: Sequence[Item], place: int) -> bool:
    """Tell whether "it" stands for nothing: "hows it looking", "did it take"."""
    after = words[place + 1].word if place + 1 < len(words) else ""
    return after in {"looking", "take", "cost", "going", "rain"}


def context_of(own: Reading, before: Sequence[Reading]) -> Context:
    """Gather what ``own`` lacks from the questions before it, the last first.

    A question that itself leans on an earlier one passes that one on, at a lower weight.
    """
    terms: list[Terms] = []
    found: list[Mention] = []
    used: list[Reading] = []
    share = _SHARE
    known = {word for word, _ in own.terms}
    for reading in reversed(before):
        terms.append(scaled(reading.terms, share, without=known))
        found += reading.mentions
        used.append(reading)
        share *= _FADING
        if not leans(reading) and _content(reading) >= _ENOUGH:
            break
    words = [
        reading.text[item.start : item.end]
        for reading in reversed(used)
        for item in reading.words
        if _lends(reading, item, known)
    ]
    return Context(
        terms=joined(*terms),
        words=tuple(dict.fromkeys(words))[:_MOST_CONTEXT_WORDS],
        mentions=tuple(found),
        readings=tuple(used),
    )


def _lends(reading: Reading, item: Item, known: set[str]) -> bool:
    """Tell whether a word of an earlier question belongs to its subject."""
    if item.word in known or (item.mention is None and stopped(item.word)):
        return False
    return not any(day.start <= item.start < day.end for day in reading.days.periods)
