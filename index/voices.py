"""Whose words a question asks for: "what did Russia say", "according to Kyiv", "how did X react".

Somebody is a source only as the subject of a verb of saying or judging, or behind "according to";
whoever is merely spoken of is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.voicewords import (
    ANY_SIDE,
    AUXILIARIES,
    DETERMINERS,
    EXTRA_VERBS,
    GENERIC,
    GIVEN,
    INSIDE,
    LONGEST_NAME,
    NEEDS,
    OPENING,
    OWN_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    SKIPPED,
    STANCES,
    TOLD,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.items import Item
    from index.lexicon import Lexicon, Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One source asked for.

    Args:
        speakers: keys of the people and bodies asked, an office before its holders.
        sides: keys of sides where any mouth of that side will do.
        words: how the question calls the source, for names that the lexicon lacks.
        pronoun: "he" or "they" where only that stands there.
        start: where its words start in the question; end likewise.
    """

    speakers: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    pronoun: str = ""
    start: int
    end: int


BOTH_SIDES: Final = ("ukraine", "russia")
"""Who is meant by "each side" where the question names no sides."""


def voices(text: str, words: Sequence[Item], lexicon: Lexicon) -> list[Voice]:
    """Return the sources a question asks for, in order; several where "A and B" are asked."""
    verbs = _verbs(lexicon)
    spans = [*_behind(words), *_apart(words)]
    spans += [*_subjects(text, words, verbs), *_tellers(text, words, lexicon)]
    if not spans:
        spans = list(_owners(words))
    found: list[Voice] = []
    for first, last in sorted(set(spans)):
        for group in _groups(text, words[first:last]):
            voice = _voice(group, words, lexicon)
            if voice is not None and all(voice.start >= other.end for other in found):
                found.append(voice)
    return found


@lru_cache(maxsize=4)
def _verbs(lexicon: Lexicon) -> frozenset[str]:
    return EXTRA_VERBS.union(lexicon.saying.values())


def _behind(words: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Find whoever stands behind "according to"."""
    for place, item in enumerate(words[:-1]):
        opens = item.word in {"according", "acording", "accordin"} and words[place + 1].word == "to"
        opens = opens or (
            item.word in {"words", "view", "opinion", "eyes"} and words[place + 1].word == "of"
        )
        if opens:
            yield place + 2, _noun_end(words, place + 2)
        elif item.word == "per" and any(one.mention for one in words[place + 1 : place + 3]):
            yield place + 1, _noun_end(words, place + 1)


def _apart(words: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Find who is compared in "how far apart are A and B on"."""
    for place, item in enumerate(words[:-2]):
        if item.word == "apart" and words[place + 1].word in AUXILIARIES:
            yield place + 2, _noun_end(words, place + 2)


def _noun_end(words: Sequence[Item], first: int) -> int:
    """Follow a name to its end: determiners, adjectives and roles around names."""
    place = first
    while place < min(len(words), first + LONGEST_NAME):
        item = words[place]
        follows = item.mention is not None or item.word in INSIDE or place == first
        follows = follows or words[place - 1].mention is not None or words[place - 1].word in INSIDE
        if not follows or item.word in AUXILIARIES | OPENING | PREPOSITIONS:
            break
        place += 1
    while place > first and words[place - 1].word in INSIDE:
        place -= 1
    return place


def _subjects(text: str, words: Sequence[Item], verbs: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Find the subject between an auxiliary and a verb of saying: "what did X say"."""
    for place, item in enumerate(words):
        if item.word not in AUXILIARIES:
            continue
        for last, other in enumerate(words[place + 2 : place + 2 + LONGEST_NAME], place + 2):
            if other.word in AUXILIARIES - {"have", "do"}:
                break
            if _is_verb(text, words, last, verbs):
                end = last
                while end > place + 1 and words[end - 1].word in SKIPPED:
                    end -= 1
                subject = words[place + 1 : end]
                if subject and all(one.word not in PREPOSITIONS for one in subject):
                    yield place + 1, end
                break


def _is_verb(text: str, words: Sequence[Item], place: int, verbs: frozenset[str]) -> bool:
    item = words[place]
    base = item.word if item.word in verbs else item.word.removesuffix("ing")
    if item.mention is not None and item.mention.kind is not Kind.TERM:
        return False
    if base not in verbs or words[place - 1].word in DETERMINERS:
        return False
    if base == "give":
        return any(other.word in GIVEN for other in words)
    needed = NEEDS.get(base)
    return needed is None or needed.search(text[item.end :].lstrip()) is not None


def _tellers(text: str, words: Sequence[Item], lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Find names right before "says" or "claimed": "lavrov says the talks"."""
    for place, item in enumerate(words[1:], 1):
        base = lexicon.saying.get(item.word) or TOLD.get(item.word)
        if item.word == "gave":
            base = "give" if any(one.word in GIVEN for one in words[place:]) else None
        if base is None or item.word == base or item.mention is not None:
            continue
        before = words[place - 1]
        if before.mention is not None and before.mention.kind not in {Kind.TERM, Kind.PLACE}:
            joined = text[before.end : item.start].strip()
            if not joined and not item.word.endswith("ing"):
                yield place - 1, place


def _owners(words: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Find whose account is asked about: "Moscow's line on", "Russian and Ukrainian claims"."""
    for place, item in enumerate(words):
        if item.mention is None or item.mention.kind in {Kind.TERM, Kind.PLACE}:
            continue
        for last, other in enumerate(words[place + 1 : place + 4], place + 1):
            owned = other.word in STANCES and item.word.endswith("'s")
            if owned or other.word in OWN_WORDS:
                yield _first_owner(words, place), last
                break
            if other.mention or other.word in AUXILIARIES | PREPOSITIONS | INSIDE - {"own"}:
                break


def _first_owner(words: Sequence[Item], place: int) -> int:
    """Go back over "A and" in front of an owner."""
    paired = place > 1 and words[place - 1].word in {"and", "or"}
    return place - 2 if paired and words[place - 2].mention else place


def _groups(text: str, words: Sequence[Item]) -> Iterator[list[Item]]:
    """Split "A, B and the C" into its names."""
    group: list[Item] = []
    for item in words:
        comma = bool(group) and "," in text[group[-1].end : item.start]
        if item.word in {"and", "or", "&"} or comma:
            if group:
                yield group
            group = []
        if item.word not in {"and", "or", "&", "each"}:
            group.append(item)
    if group:
        yield group


def _voice(group: Sequence[Item], words: Sequence[Item], lexicon: Lexicon) -> Voice | None:
    named = [item for item in group if item.word not in INSIDE | SKIPPED]
    if not named:
        if len(group) == 1 and group[0].word in PRONOUNS:
            return Voice(pronoun=group[0].word, start=group[0].start, end=group[0].end)
        return None
    start, end = group[0].start, group[-1].end
    if any(item.word in ANY_SIDE for item in named) and not any(i.mention for i in named):
        return Voice(sides=_sides_of(words, lexicon), start=start, end=end)
    if all(item.word in PRONOUNS for item in named):
        return Voice(pronoun=named[0].word, start=start, end=end)
    mentions = [
        item.mention for item in named if item.mention and item.mention.kind is not Kind.TERM
    ]
    if not mentions and named[-1].word in OWN_WORDS:
        return None  # "how do the counts differ"
    spoken = tuple(item.word for item in named)
    speakers, sides = _who(mentions, named, lexicon)
    return Voice(speakers=speakers, sides=sides, words=spoken, start=start, end=end)


def _sides_of(words: Sequence[Item], lexicon: Lexicon) -> tuple[str, ...]:
    """Return who "each side" is: those that fight, unless the question is of two others."""
    named = {
        item.mention.side: None
        for item in words
        if item.mention and item.mention.side and item.mention.kind in {Kind.SIDE, Kind.CAPITAL}
    }
    found = tuple(named)
    fighting = any(lexicon.covers(side, one) for side in found for one in BOTH_SIDES)
    return found if len(found) > 1 and not fighting else BOTH_SIDES


def _who(
    mentions: Sequence[Mention], named: Sequence[Item], lexicon: Lexicon
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return speakers and sides of one source: the last name counts, an adjective before it not."""
    if not mentions:
        return (), ()
    head, last = mentions[-1], named[-1]
    side = head.side or next((one.side for one in reversed(mentions) if one.side), None)
    sides = (side,) if side else ()
    role = last.mention is None and last.word in (lexicon.speakers | ROLES) - OWN_WORDS
    if head.kind is Kind.SIDE and role and last.word.startswith("ministry"):
        return (f"{head.key}.ministry_of_defense",), ()
    if head.kind is Kind.PLACE:
        return (), sides if role or len(mentions) > 1 else ()
    if head.kind is Kind.PERSON and not role:
        return (head.key,), ()
    generic = head.kind is Kind.GROUP or head.key.rpartition(".")[2] in GENERIC
    if generic or head.kind in {Kind.SIDE, Kind.CAPITAL, Kind.PERSON}:
        return (), sides
    key = f"{side}.{head.key}" if side and head.side is None else head.key
    return (key, *lexicon.holders(key)), sides if role or head.key == "kremlin" else ()
