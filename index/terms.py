"""The words to search for: those of a question, other spellings of its names, and near synonyms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.questionwords import WORD, stopped
from index.wordlists import word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from index.items import Item
    from index.lexicon import Lexicon, Mention
    from index.model import Span

Terms = tuple[tuple[str, float], ...]

MOST_TERMS: Final = 80
_MOST_SPELLINGS: Final = 8
_MOST_SIDE_SPELLINGS: Final = 3
_MOST_PAIRS: Final = 12
_SPELLING: Final = {
    Kind.PERSON: 0.8,
    Kind.PLACE: 0.7,
    Kind.CAPITAL: 0.4,
    Kind.SIDE: 0.3,
    Kind.TERM: 0.5,
}
_OTHER_SPELLING: Final = 0.5
_GIVEN_NAME: Final = 0.2
_JOINED: Final = 0.8
_SYNONYM: Final = 0.5
_LEAST_PART: Final = 3
_LONGEST_JOINED: Final = 15
# Words of feasts name days, yet are printed as they are asked.
_KEPT: Final = word_set("christmas easter new year years eve independence victory")

_PHRASES: Final = tuple(
    (re.compile(rf"\b(?:{said})\b"), printed.split())
    for said, printed in (
        (r"g[ia]v(?:e|es|en|ing) (?:him|her|them|your)sel(?:f|ves) up|lay down arms", "surrender"),
        (r"(?:take|takes|took|taken|taking|win|won|get|got|gets) back", "recaptured liberated"),
        (r"bl[eo]w(?:n|ing)? up", "exploded destroyed"),
        (r"call(?:ed|ing)?[ -]up", "mobilized mobilization"),
        (r"(?:shot|shoot|brought|bring|knocked) down", "shot downed"),
        (r"sign(?:ed|ing|s)? up|join(?:ed|ing)? up", "recruit enlist volunteers"),
        (r"put(?:ting)? off", "postponed"),
        (r"dig(?:ging)? in", "fortifications trenches"),
        (r"pull(?:ed|ing)? (?:out|back)", "withdrew withdrawal"),
        (r"r[ua]n(?:ning)? out of steam", "culminating culmination"),
        (r"w[io]pe(?:d|s)? out", "destroyed"),
    )
)
# What people say, and what reports print for it. Stems differ, meanings hardly.
_PLAIN: Final = {
    word: report.split()
    for words, report in (
        ("kid kids child", "children"),
        ("hurt wounded injured", "injured wounded injuring wounding"),
        ("killed dead died die dying deaths", "killed killing deaths died"),
        ("jail jails prison prisons jailed", "prison prisons convicts"),
        ("boss bosses chief", "head commander chief"),
        ("cash money pay paid paying salary wage", "salary salaries payments rubles bonus"),
        ("town towns village villages", "settlement settlements"),
        ("plane planes warplane warplanes jet jets", "aircraft"),
        ("chopper choppers", "helicopter helicopters"),
        ("surrender surrendering", "surrender surrendered"),
        ("recapture retake retaken retook liberate", "recaptured liberated retook"),
        ("clip clips footage", "video footage"),
        ("lie lies lying", "falsely disinformation"),
        ("spy spies spooks", "intelligence agent"),
        ("sack sacked fired", "dismissed replaced fired"),
        ("vote votes voting", "referendum referenda vote"),
        ("shot", "shot downed"),
        ("wrecked", "destroyed damaged"),
        ("province provinces region regions", "oblast region"),
        ("quit", "resigned resign"),
        ("guns gun", "rifles weapons"),
        ("arms", "weapons"),
        ("weapon weapons", "weapons arms"),
        ("ammo", "ammunition"),
    )
    for word in words.split()
}


def own_terms(text: str, words: Sequence[Item], dates: Iterable[Span], lexicon: Lexicon) -> Terms:
    """Return the words of one question in reading order, without those of its dates.

    A weight is the share of a plain word's: 1.0 for what was typed, less for what was added.
    """
    dated = [(span.start, span.end) for span in dates]
    weights: dict[str, float] = {}
    before: Item | None = None
    pairs = 0
    for phrase, printed in _PHRASES:
        if phrase.search(text.lower()):
            weights.update(dict.fromkeys(printed, _SYNONYM))
    for item in words:
        if any(start <= item.start < end for start, end in dated) and item.word not in _KEPT:
            before = None
            continue
        for word, weight in _item_terms(item, lexicon):
            weights[word] = max(weight, weights.get(word, 0.0))
        plain = item.mention is None and not stopped(item.word)
        if plain and before is not None and pairs < _MOST_PAIRS and _adjoin(text, before, item):
            weights.setdefault(before.word + item.word, _JOINED)
            pairs += 1
        before = item if plain else None
    return tuple(weights.items())[:MOST_TERMS]


def _item_terms(item: Item, lexicon: Lexicon) -> Iterator[tuple[str, float]]:
    if item.mention is None:
        if not stopped(item.word):
            base = item.word.removesuffix("'s")
            yield base, 1.0
            yield from ((word, _SYNONYM) for word in _PLAIN.get(base, ()) if word != base)
        return
    for word in WORD.findall(item.word):
        base = word.removesuffix("'s")
        if not stopped(base):
            yield base, 1.0
            yield from ((other, _SYNONYM) for other in _PLAIN.get(base, ()) if other != base)
    yield from _spellings(item.mention, lexicon)


def _spellings(mention: Mention, lexicon: Lexicon) -> Iterator[tuple[str, float]]:
    """Yield the words of the shown name, and other spellings that are one word."""
    weight = _SPELLING.get(mention.kind, _OTHER_SPELLING)
    shown, *others = lexicon.variants(mention.key)
    parts = [part for part in WORD.findall(shown.lower()) if not stopped(part)]
    for place, part in enumerate(parts):
        given = mention.kind is Kind.PERSON and place < len(parts) - 1
        yield part.removesuffix("'s"), _GIVEN_NAME if given else weight
    single = [name.lower() for name in others if name.isascii() and name.isalpha()]
    most = _MOST_SIDE_SPELLINGS if mention.kind is Kind.SIDE else _MOST_SPELLINGS
    yield from ((name, weight) for name in single[:most] if not stopped(name))


def _adjoin(text: str, before: Item, item: Item) -> bool:
    """Tell whether two words may be one word split: "peace keepers", "steel works"."""
    one, other = before.word, item.word
    if min(len(one), len(other)) < _LEAST_PART or len(one) + len(other) > _LONGEST_JOINED:
        return False
    plain = one.isalpha() and other.isalpha() and not one.endswith(("ing", "ed"))
    return (
        plain and not other.endswith(("ing", "ed")) and text[before.end : item.start] in {" ", "-"}
    )


def scaled(terms: Terms, share: float, *, without: Iterable[str] = ()) -> Terms:
    """Return terms at a share of their weight, leaving some words out."""
    left_out = set(without)
    return tuple((word, share * weight) for word, weight in terms if word not in left_out)


def joined(*several: Terms) -> Terms:
    """Put term lists together; a word keeps its highest weight."""
    weights: dict[str, float] = {}
    for terms in several:
        for word, weight in terms:
            weights[word] = max(weight, weights.get(word, 0.0))
    return tuple(weights.items())[:MOST_TERMS]
