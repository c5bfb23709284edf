"""One question by itself: its words with the names among them put right, its days and sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

from index.items import Item, items
from index.lexicon import Kind, Mention
from index.periods import DaysNamed, days_named
from index.questionwords import ORDINARY, WORD, clean, stopped
from index.terms import Terms, own_terms
from index.voices import Voice, voices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from index.lexicon import Guess, Lexicon
    from index.model import Span

_SHORTEST_GUESS: Final = 5
_LEAST_SCORE: Final = 82.0
_ALIKE: Final = 0.55
_NAMED: Final = frozenset({Kind.PERSON, Kind.PLACE, Kind.CAPITAL})
_OWNED: Final = frozenset({*_NAMED, Kind.INSTITUTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question without its history."""

    text: str
    words: tuple[Item, ...]
    days: DaysNamed
    voices: tuple[Voice, ...]
    publishers: tuple[str, ...]
    terms: Terms

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The names in it, in order."""
        return tuple(item.mention for item in self.words if item.mention is not None)


def read(question: str, today: date, lexicon: Lexicon) -> Reading:
    """Read a question as asked on ``today``."""
    text = _possessives(clean(question), lexicon)
    days = days_named(text, today)
    dated = [*days.periods, *days.impossible]
    text, changed = _corrected(text, mentions(text, dated, lexicon), lexicon)
    if changed:
        days = days_named(text, today)
        dated = [*days.periods, *days.impossible]
    found = mentions(text, dated, lexicon)
    words = tuple(items(text, found))
    return Reading(
        text=text,
        words=words,
        days=days,
        voices=tuple(voices(text.lower(), words, lexicon)),
        publishers=tuple(
            dict.fromkeys(
                text[one.start : one.end].upper() for one in found if one.key == lexicon.publisher
            )
        ),
        terms=own_terms(text, words, dated, lexicon),
    )


def mentions(text: str, dated: Sequence[Span], lexicon: Lexicon) -> list[Mention]:
    """Return the names in a typed text, misspelt ones and publishers included, in order."""
    found = [
        mention
        for mention in lexicon.find(text, typed=True)
        if text[mention.start : mention.end].lower() not in ORDINARY
    ]
    taken = [(one.start, one.end) for one in found] + [(one.start, one.end) for one in dated]
    for word in WORD.finditer(text):
        if any(start < word.end() and word.start() < end for start, end in taken):
            continue
        mention = _publisher(word[0], lexicon) or _guessed(word[0].lower(), lexicon)
        if mention is not None:
            found.append(replace(mention, start=word.start(), end=word.end()))
    return sorted(found, key=lambda mention: mention.start)


def _publisher(word: str, lexicon: Lexicon) -> Mention | None:
    base = word.removesuffix("'s").casefold()
    if base not in {name.casefold() for name in lexicon.publisher_words}:
        return None
    return Mention(start=0, end=1, key=lexicon.publisher, kind=Kind.SIDE, side=lexicon.publisher)


def _guessed(word: str, lexicon: Lexicon) -> Mention | None:
    if len(word) < _SHORTEST_GUESS or stopped(word) or word in ORDINARY:
        return None
    guess = _guess(word, lexicon)
    if guess is None:
        return None
    return Mention(
        start=0, end=1, key=guess.key, kind=guess.kind, side=guess.side, score=guess.score
    )


@lru_cache(maxsize=8192)
def _guess(word: str, lexicon: Lexicon) -> Guess | None:
    base = word.removesuffix("'s")
    if lexicon.find(base.removesuffix("s"), typed=True):
        return None
    return next(iter(lexicon.fuzzy(base, least=_LEAST_SCORE, most=1)), None)


def _possessives(text: str, lexicon: Lexicon) -> str:
    """Give "khersons" the apostrophe that people leave out."""
    parts: list[str] = []
    end = 0
    for word in WORD.finditer(text):
        if _owns(word[0].lower(), lexicon):
            parts += [text[end : word.end() - 1], "'s"]
            end = word.end()
    return "".join([*parts, text[end:]])


@lru_cache(maxsize=8192)
def _owns(word: str, lexicon: Lexicon) -> bool:
    if not word.endswith("s") or word.endswith(("ss", "'s")) or len(word) < _SHORTEST_GUESS:
        return False
    if stopped(word) or word in ORDINARY:
        return False
    listed = lexicon.find(word, typed=True)
    if listed and not (listed[0].kind is Kind.PERSON and _is_alias(word, listed[0], lexicon)):
        return False
    return any(_may_own(word[:-1], one, lexicon) for one in lexicon.find(word[:-1], typed=True))


def _may_own(word: str, mention: Mention, lexicon: Lexicon) -> bool:
    """Tell whether a name takes an apostrophe: of a side, the country but not its people."""
    if mention.kind is Kind.SIDE:
        return lexicon.name(mention.key).lower() == word
    return mention.kind in _OWNED


def _is_alias(word: str, mention: Mention, lexicon: Lexicon) -> bool:
    return word not in lexicon.name(mention.key).lower().split()


def _corrected(text: str, found: Sequence[Mention], lexicon: Lexicon) -> tuple[str, bool]:
    """Write people and places as reports do where the typed word is nearly that."""
    parts: list[str] = []
    end = 0
    for mention in found:
        typed = text[mention.start : mention.end]
        right = _right(typed, mention, lexicon)
        if right is not None:
            parts += [text[end : mention.start], right]
            end = mention.end
    return "".join([*parts, text[end:]]), bool(parts)


def _right(typed: str, mention: Mention, lexicon: Lexicon) -> str | None:
    """Return how reports spell what was typed, or None where it is right or quite another name."""
    if mention.kind not in _NAMED:
        return None
    shown = WORD.findall(lexicon.name(mention.key))
    base = typed.removesuffix("'s")
    words = WORD.findall(base)
    if mention.kind is Kind.PERSON and len(words) == 1:
        shown = [max(shown, key=lambda part: _likeness(base, part))]
    pairs = list(zip(words, shown, strict=False))
    if len(words) != len(shown) or any(_likeness(*pair) < _ALIKE for pair in pairs):
        return None
    if all(_likeness(*pair) == 1.0 for pair in pairs):
        return None
    return " ".join(shown) + typed[len(base) :]


def _likeness(typed: str, shown: str) -> float:
    return float(OSA.normalized_similarity(typed.lower(), shown.lower()))
