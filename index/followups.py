"""Follow-up questions: which lean on the ones before them, and what they take from there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.questionwords import stopped
from index.terms import Terms, joined, scaled
from index.voicewords import AUXILIARIES
from index.wordlists import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.items import Item
    from index.lexicon import Lexicon, Mention
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
PERSONAL: Final = word_set("he him his she her hers himself herself")
_PLURAL: Final = word_set("they them their theirs themselves")
_THING: Final = word_set("it its itself")
_SOMEBODY: Final = word_set(
    "man woman boy girl person guy somebody someone who driver pilot killer"
)
_CLAUSES: Final = word_set("and but or so after before when because if since while until although")
_EMPTY_IT: Final = re.compile(
    r"it (?:looking|takes?|costs?|going|true|possible|likely)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What earlier questions lend.

    Args:
        terms: their words, the latest question's heaviest.
        words: the latest subject's words, in order, to be read beside the question.
        mentions: the names in them, the latest question's first.
        readings: the questions themselves, the latest first.
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


def leans(own: Reading, lexicon: Lexicon) -> bool:
    """Tell whether a question can't be understood without those before it."""
    text = own.text.lower()
    if _OPENER.search(text) or _DANGLING.search(text) or _unresolved(own, lexicon):
        return True
    return not own.mentions and _content(own) <= _LEAST_OWN


def _content(reading: Reading) -> int:
    """Count the words that say something of a subject."""
    return sum(item.mention is not None or not stopped(item.word) for item in reading.words)


def _unresolved(own: Reading, lexicon: Lexicon) -> bool:
    """Tell whether a pronoun has nothing before it in the question to stand for.

    "did they" is the subject of its clause: only earlier clauses can have named it.
    """
    here: set[str] = set()
    earlier: set[str] = set()
    before: Item | None = None
    for item in own.words:
        if before is not None and _breaks(own.text[before.end : item.start], item):
            earlier |= here
        subject = before is not None and before.word in AUXILIARIES
        sort = _sort(item)
        if sort and sort not in (earlier if subject else here) and not _dummy(own, item):
            return True
        if before is None or not _acts(before):  # what follows a person is a verb
            here |= _stands_for(item, lexicon)
        before = item
    return False


def _breaks(gap: str, item: Item) -> bool:
    return item.word in _CLAUSES or any(mark in gap for mark in ",.;?!")


def _acts(item: Item) -> bool:
    person = item.mention is not None and item.mention.kind is Kind.PERSON
    return person or item.word in PERSONAL | _PLURAL


def _sort(item: Item) -> str | None:
    """Return what a pronoun stands for: somebody, several, or a thing."""
    if item.word in PERSONAL:
        return "somebody"
    if item.word in _PLURAL:
        return "several"
    return "thing" if item.word in _THING else None


def _stands_for(item: Item, lexicon: Lexicon) -> set[str]:
    """Return the sorts of pronoun that may stand for a word later in the question."""
    if item.mention is not None:
        person = item.mention.kind in {Kind.PERSON, Kind.OFFICE}
        return {"several", "somebody" if person else "thing"}
    if stopped(item.word):
        return set()
    if item.word in lexicon.speakers or item.word in _SOMEBODY:
        return {"several", "somebody", "thing"}
    plural = item.word.endswith(("s", "men", "people"))
    return {"several"} if plural else {"thing"}


def _dummy(own: Reading, item: Item) -> bool:
    """Tell whether "it" stands for nothing: "is it true", "did it take"."""
    return item.word == "it" and _EMPTY_IT.match(own.text, item.start) is not None


def context_of(own: Reading, before: Sequence[Reading], lexicon: Lexicon) -> Context:
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
        if not leans(reading, lexicon) and _content(reading) >= _ENOUGH:
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
