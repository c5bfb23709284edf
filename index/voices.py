"""Whose words a question asks for: "what did Russia say", "according to Kyiv", "how did X react".

Somebody is a source only as the subject of a verb of saying or judging, or behind "according to";
whoever is merely spoken of is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.questionwords import WORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.lexicon import Lexicon, Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A word of a question in lower case, or a name of several words as one item."""

    word: str
    start: int
    end: int
    mention: Mention | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One source asked for.

    Args:
        speakers: keys of the people and bodies asked, an office before its holders.
        sides: keys of sides where any mouth of that side will do.
        words: how the question calls the source, for names that the lexicon lacks.
        pronoun: True where only "he" or "they" stands there.
        start: where its words start in the question; end likewise.
    """

    speakers: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    pronoun: bool = False
    start: int
    end: int


BOTH_SIDES: Final = ("ukraine", "russia")
"""Who is meant by "each side" where the question names no sides."""

_AUXILIARIES: Final = frozenset(
    "did does do has have had is was are were would will can could might should didn't doesn't don't"
    " hasn't haven't didnt doesnt dont isn't".split()
)
_SKIPPED: Final = frozenset(
    "actually also already at back be been both each ever exactly first first, has have he had"
    " himself herself itself just later no now once only originally publicly really recently still"
    " then themselves to together".split()
)
_INSIDE: Final = frozenset("of the a an and or & that this his her its their our own pro former new".split())
_EXTRA_VERBS: Final = frozenset(
    "accuse answer blame buy claim compare comment consider credit define differ disagree expect"
    " explain fear feel forecast give guess hope hoping judge justify make mean offer plan point"
    " predict promise put rate react read reckon regard reply respond said say see spin stand sum"
    " suspect talk think thinking tweet view want wanting warn write".split()
)
# These are verbs of judging only with the word behind them, or with the noun asked for.
_NEEDS: Final = {
    "make": re.compile(r"^of\b"),
    "read": re.compile(r"^into\b"),
    "stand": re.compile(r"^on\b"),
    "point": re.compile(r"^(?:the|a) finger\b|^to\b|^out\b"),
    "put": re.compile(r"^(?:it|the)\b.*\bdown to\b"),
    "buy": re.compile(r"^(?:it|that|this|the)\b"),
    "see": re.compile(r"^(?:it|that|this|the|as)\b"),
    "compare": re.compile(r"^(?:on|over|about)\b"),
    "show": re.compile(r"^that\b"),
    "find": re.compile(r"^that\b"),
    "plan": re.compile(r"^to say\b"),
    "continue": re.compile(r"^to (?:say|claim)\b"),
    "agree": re.compile(r"^that\b"),
    "offer": re.compile(r"^(?:as|to explain)\b"),
}
_GIVEN: Final = frozenset(
    "reason reasons number numbers figure figures turnout excuse explanation estimate account toll"
    " version versions count answer date warning percentage share total description".split()
)
_OWN_WORDS: Final = frozenset(
    "account answer assessment attitude claim claims comment comments complaint count demand demands"
    " estimate excuse explanation figure figures forecast justification line message narrative number"
    " numbers opinion position promise reaction reading response rhetoric stance statement statements"
    " story take threat toll version versions view views warning words".split()
)
_ROLES: Final = frozenset(
    "spokesman spokeswoman spokesperson spokespeople spies spooks generals brass bosses boss side"
    " troops men soldiers press tv ministry ministrys ministry's governor mayor adviser aide".split()
)
_PRONOUNS: Final = frozenset("he she they it him her them".split())
_ANY_SIDE: Final = frozenset("side sides camp camps parties".split())
_LONGEST_NAME: Final = 11
_GENERIC: Final = frozenset({"government", "officials", "armed_forces"})


def items(text: str, mentions: Sequence[Mention]) -> list[Item]:
    """Cut a question into words and names, in order."""
    starts = {mention.start: mention for mention in mentions}
    found: list[Item] = []
    covered = 0
    for word in WORD.finditer(text):
        if word.start() < covered:
            continue
        mention = starts.get(word.start())
        end = max(word.end(), mention.end if mention else 0)
        covered = end
        shown = text[word.start() : end].lower()
        found.append(Item(word=shown, start=word.start(), end=end, mention=mention))
    return found


def voices(text: str, words: Sequence[Item], lexicon: Lexicon) -> list[Voice]:
    """Return the sources a question asks for, in order; several where "A and B" are asked."""
    verbs = _verbs(lexicon)
    spans = [*_behind(words), *_subjects(text, words, verbs), *_tellers(text, words, lexicon)]
    if not spans:
        spans = list(_owners(words))
    found: list[Voice] = []
    for first, last in sorted(set(spans)):
        for group in _groups(text, words[first:last]):
            voice = _voice(group, words, lexicon)
            if voice is not None and all(voice.start >= other.end for other in found):
                found.append(voice)
    return found


def each_side(text: str) -> bool:
    """Tell whether both sides are asked, without their names."""
    return re.search(r"\b(?:each|both|either|the two|two|all) (?:sides?|camps?)\b", text) is not None


@lru_cache(maxsize=4)
def _verbs(lexicon: Lexicon) -> frozenset[str]:
    said = set(lexicon.saying.values()) | set(lexicon.judging.values())
    return frozenset(said | _EXTRA_VERBS)


def _behind(words: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Find whoever stands behind "according to"."""
    for place, item in enumerate(words[:-1]):
        opens = item.word in {"according", "acording", "accordin"} and words[place + 1].word == "to"
        opens = opens or (
            item.word in {"words", "view", "opinion", "eyes"} and words[place + 1].word == "of"
        )
        if opens:
            yield place + 2, _noun_end(words, place + 2)


def _noun_end(words: Sequence[Item], first: int) -> int:
    """Follow a name to its end: determiners, adjectives and roles around names."""
    place = first
    while place < min(len(words), first + _LONGEST_NAME):
        item = words[place]
        follows = item.mention is not None or item.word in _INSIDE or place == first
        follows = follows or words[place - 1].mention is not None or words[place - 1].word in _INSIDE
        if not follows or item.word in _AUXILIARIES or item.word in {"what", "how", "who"}:
            break
        place += 1
    while place > first and words[place - 1].word in _INSIDE:
        place -= 1
    return place


def _subjects(
    text: str, words: Sequence[Item], verbs: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Find the subject between an auxiliary and a verb of saying: "what did X say"."""
    for place, item in enumerate(words):
        if item.word not in _AUXILIARIES:
            continue
        for last in range(place + 2, min(len(words), place + 2 + _LONGEST_NAME)):
            word = words[last].word
            if word in _AUXILIARIES - {"have", "do"} or words[last].mention is words[place].mention is not None:
                break
            if _is_verb(text, words, last, verbs):
                end = last
                while end > place + 1 and words[end - 1].word in _SKIPPED:
                    end -= 1
                if end > place + 1 and _is_name(words[place + 1 : end]):
                    yield place + 1, end
                break


def _is_verb(text: str, words: Sequence[Item], place: int, verbs: frozenset[str]) -> bool:
    item = words[place]
    base = item.word if item.word in verbs else item.word.removesuffix("ing")
    if item.mention is not None and item.mention.kind is not Kind.TERM:
        return False
    if base not in verbs:
        return False
    if base == "give":
        return any(other.word in _GIVEN for other in words)
    needed = _NEEDS.get(base)
    return needed is None or needed.search(text[item.end :].lstrip()) is not None


def _is_name(words: Sequence[Item]) -> bool:
    """Tell whether words can be one subject: names, roles and what joins them, no clause."""
    joins = {"in", "on", "at", "for", "with", "from", "about", "who", "which", "when", "while"}
    return all(item.word not in joins for item in words)


def _tellers(text: str, words: Sequence[Item], lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Find names right before "says" or "claimed": "pushilin says his men"."""
    for place, item in enumerate(words[1:], 1):
        base = lexicon.saying.get(item.word)
        if item.word == "gave":
            base = "give" if any(one.word in _GIVEN for one in words[place:]) else None
        if base is None or item.word == base or item.mention is not None:
            continue
        before = words[place - 1]
        if before.mention is not None and before.mention.kind not in {Kind.TERM, Kind.PLACE}:
            joined = text[before.end : item.start].strip()
            if not joined and not item.word.endswith("ing"):
                yield place - 1, place


def _owners(words: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Find whose account is asked about: "Moscow's line on", "the Russian story"."""
    for place, item in enumerate(words):
        if item.mention is None or item.mention.kind in {Kind.TERM, Kind.PLACE}:
            continue
        for last in range(place + 1, min(len(words), place + 4)):
            if words[last].word in _OWN_WORDS:
                yield place, last
                break
            if words[last].word not in {"own", "own's", "official"} | _ROLES:
                break


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
    named = [item for item in group if item.word not in _INSIDE | _SKIPPED]
    if not named:
        if len(group) == 1 and group[0].word in _PRONOUNS:
            return Voice(pronoun=True, start=group[0].start, end=group[0].end)
        return None
    start, end = group[0].start, group[-1].end
    if any(item.word in _ANY_SIDE for item in named) and not any(i.mention for i in named):
        return Voice(sides=_sides_of(words, lexicon), start=start, end=end)
    if all(item.word in _PRONOUNS for item in named):
        return Voice(pronoun=True, start=start, end=end)
    mentions = [item.mention for item in named if item.mention and item.mention.kind is not Kind.TERM]
    spoken = tuple(item.word for item in named)
    speakers, sides = _who(mentions, named, lexicon)
    return Voice(speakers=speakers, sides=sides, words=spoken, start=start, end=end)


def _sides_of(words: Sequence[Item], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the sides a question names where it names two, else those that fight."""
    named = dict.fromkeys(
        item.mention.side
        for item in words
        if item.mention and item.mention.side and item.mention.kind in {Kind.SIDE, Kind.CAPITAL}
    )
    found = tuple(side for side in named if side is not None)
    known = tuple(side for side in BOTH_SIDES if side in lexicon.sides)
    return found if len(found) > 1 else known


def _who(
    mentions: Sequence[Mention], named: Sequence[Item], lexicon: Lexicon
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return speakers and sides of one source: the last name counts, an adjective before it not."""
    if not mentions:
        return (), ()
    head = mentions[-1]
    side = head.side or next((one.side for one in reversed(mentions) if one.side), None)
    sides = (side,) if side else ()
    last = named[-1]
    role = last.mention is None and (last.word in lexicon.speakers or last.word in _ROLES)
    if head.kind is Kind.SIDE and role and last.word.startswith("ministry"):
        return (f"{head.key}.ministry_of_defense",), ()
    if head.kind in {Kind.SIDE, Kind.CAPITAL}:
        return (), sides
    if head.kind is Kind.PLACE:
        return (), sides if role or len(mentions) > 1 else ()
    if head.kind is Kind.PERSON:
        return ((), sides) if role else ((head.key,), ())
    key = head.key
    if side and key not in lexicon.sides and head.side is None:
        key = f"{side}.{head.key}"
    if head.key.rpartition(".")[2] in _GENERIC:
        return (), sides
    speakers = (key, *lexicon.holders(key))
    return speakers, sides if role or head.key == "kremlin" else ()
