"""Score passages and sentences for a question: plain features, weighed by fitted numbers.

Features are described where they are computed; their weights stand in ``config/ranking.toml`` and
are fitted by ``benchmarks/fit_ranking.py``. Order of candidates never matters.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

from index.late import matches, unpack
from index.model import BlockKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from index.lexicon import Lexicon
    from index.parts import Part
    from index.passages import StoredPassage, StoredSentence
    from index.periods import Period
    from index.ports import EncodedQuestion, Vector
    from index.query import Query

FEATURES: Final = (
    "sentence",
    "sentence_rare",
    "passage",
    "passage_rare",
    "own",
    "dense",
    "before",
    "after",
    "length",
    "age",
    "fresh",
    "event",
    "report_day",
    "source",
    "speaker",
    "number",
    "person",
    "takeaway",
)
QUOTABLE: Final = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TAKEAWAY})
_WORD: Final = re.compile(r"\w+")
# Figures that count something: not days, times, ordinals, names of weapons, units and roads.
_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
)
_NO_QUANTITY: Final = re.compile(
    rf"\b(?:{_MONTHS})\s+\d{{1,2}}(?:\s*(?:-|\u2013|to|and|through)\s*\d{{1,2}})?(?:,\s*\d{{4}})?\b"
    r"|\b(?:19|20)\d\d\b|\b\d{1,2}(?::\d\d)?\s*(?:am|pm|local time)\b"
    r"|\b\d+\s?(?:st|nd|rd|th)\b|\b[A-Za-z]+-?\d+\w*|\b24 hours\b|\bone of\b|\bG7\b",
    re.IGNORECASE,
)
_QUANTITY: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six"
    r"|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?"
    r"|thousands?|millions?|half|third|quarter|percent)\b",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"\b([A-Z][\w\u2019'-]+)\s(?=[A-Z][a-z])")
_WORDED: Final = frozenset({"number", "person"})
_UNDATED_AGE: Final = 30
_NEVER: Final = 10_000
_MARKERS: Final = re.compile(r"\[\s*\w{1,6}\s*\]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A sentence with its passage and what it scored.

    ``tokens`` says how well it matches each token of the question, 0 to 1.
    """

    passage: StoredPassage
    place: int
    score: float
    features: NDArray[np.float32]
    tokens: Vector

    @property
    def sentence(self) -> StoredSentence:
        """The sentence itself."""
        return self.passage.sentences[self.place]

    @property
    def text(self) -> str:
        """The sentence as printed."""
        return self.passage.slice(self.sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each feature counts; a feature that is not named counts nothing."""

    sentence: Mapping[str, float]
    passage: Mapping[str, float]
    confidence: Mapping[str, float]


def load_weights() -> Weights:
    """Read the fitted weights that come with the package."""
    fitted = tomllib.loads((resources.files("config") / "ranking.toml").read_text("utf-8"))
    return Weights(
        sentence=fitted["sentence"], passage=fitted["passage"], confidence=fitted["confidence"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as ranked against: understood, encoded, and how rare each of its tokens is.

    ``own`` is the encoded question without what history adds; for most questions the same.
    ``rarity`` and ``own_rarity`` hold one weight a token, summing to 1.
    """

    query: Query
    whole: EncodedQuestion
    own: EncodedQuestion
    rarity: Vector


def rarity(text: str, starts: NDArray[np.int32], of_word: Callable[[str], float]) -> Vector:
    """Weigh each token of ``text`` by the rarity of the word it belongs to; they sum to 1."""
    weights = np.zeros(len(starts), np.float32)
    for word in _WORD.finditer(text):
        inside = (starts >= word.start()) & (starts < word.end())
        weights[inside] = of_word(word.group())
    total = float(weights.sum())
    return weights / total if total else np.full(len(starts), 1 / max(1, len(starts)), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Passages with how their sentences and they themselves match.

    ``tokens`` has a row a sentence and a column a question token; what is named after a sentence
    (and ``own``) has their number of rows, what is named after a passage (and ``dense``) one a
    passage.
    """

    passages: tuple[StoredPassage, ...]
    owner: NDArray[np.intp]
    tokens: Vector
    sentence: Vector
    sentence_rare: Vector
    own: Vector
    passage: Vector
    passage_rare: Vector
    dense: Vector


def match(passages: Sequence[StoredPassage], asked: Asked) -> Matched:
    """Compare a question with passages, token by token; arrays of passages have their length."""
    tokens = unpack(passages)
    owner = np.repeat(np.arange(len(passages)), [len(one.sentences) for one in passages])
    found = matches(tokens, asked.whole.tokens)
    best = np.zeros((len(passages), found.shape[1]), np.float32)
    np.maximum.at(best, owner, found)
    sentence = found.mean(axis=1)
    own = sentence
    if asked.own is not asked.whole and len(asked.own.tokens):
        own = matches(tokens, asked.own.tokens).mean(axis=1)
    return Matched(
        passages=tuple(passages),
        owner=owner,
        tokens=found,
        sentence=sentence,
        sentence_rare=found @ asked.rarity,
        own=own,
        passage=best.mean(axis=1),
        passage_rare=best @ asked.rarity,
        dense=np.stack([one.vector for one in passages]) @ asked.whole.vector,
    )


def rank_passages(matched: Matched, lexical: Mapping[str, float], weights: Weights) -> Vector:
    """Score whole passages by their coverage, cosine and BM25 (as a share of the best)."""
    top = max(lexical.values(), default=1.0) or 1.0
    words = np.array([lexical.get(one.id, 0.0) / top for one in matched.passages], np.float32)
    parts = {
        "passage": matched.passage,
        "passage_rare": matched.passage_rare,
        "dense": matched.dense,
        "words": words,
    }
    scores = np.zeros(len(matched.passages), np.float32)
    for name, values in parts.items():
        scores += weights.passage.get(name, 0.0) * values
    return scores


def rank_sentences(
    matched: Matched, asked: Asked, weights: Weights, lexicon: Lexicon
) -> list[Ranked]:
    """Score every sentence that may be quoted, best first."""
    table = features(matched, asked, lexicon)
    counted = np.array([weights.sentence.get(name, 0.0) for name in FEATURES], np.float32)
    scores = table @ counted
    places = [place for one in matched.passages for place in range(len(one.sentences))]
    ranked = (
        Ranked(
            passage=matched.passages[matched.owner[row]],
            place=places[row],
            score=float(scores[row]),
            features=table[row],
            tokens=matched.tokens[row],
        )
        for row in np.argsort(-scores, kind="stable")
    )
    return [one for one in ranked if one.sentence.kind in QUOTABLE]


def features(matched: Matched, asked: Asked, lexicon: Lexicon) -> NDArray[np.float32]:
    """Return one row a sentence, columns as in ``FEATURES``."""
    before, after = _neighbours(matched)
    owner = matched.owner
    plain = np.column_stack(
        [
            matched.sentence,
            matched.sentence_rare,
            matched.passage[owner],
            matched.passage_rare[owner],
            matched.own - matched.sentence,
            matched.dense[owner],
            before,
            after,
        ]
    )
    told = np.column_stack(_told(matched, asked, lexicon))
    return np.concatenate([plain, told], axis=1, dtype=np.float32)


def _neighbours(matched: Matched) -> tuple[Vector, Vector]:
    """How well the sentences before and after, in the same passage, match."""
    before = np.zeros_like(matched.sentence)
    after = np.zeros_like(matched.sentence)
    together = matched.owner[1:] == matched.owner[:-1]
    before[1:][together] = matched.sentence[:-1][together]
    after[:-1][together] = matched.sentence[1:][together]
    return before, after


def _told(matched: Matched, asked: Asked, lexicon: Lexicon) -> list[Vector]:
    """What the sentences' words and attribution say: the columns from "length" on.

    Most questions ask for few of these, and what isn't asked for isn't looked at.
    """
    query, owner = asked.query, matched.owner
    sentences = [one for passage in matched.passages for one in passage.sentences]
    nothing = np.zeros(len(sentences), np.float32)
    event = report_day = of_source = of_speaker = number = person = nothing
    newest = max((one.published for one in matched.passages if one.published), default=None)
    age = np.array([_age(one, newest) for one in matched.passages], np.float32)[owner]
    if query.events:
        events = query.events
        event = np.array([_names_day(one, events) for one in sentences], np.float32)
        days = [_of_days(one.published, events) for one in matched.passages]
        report_day = np.array(days, np.float32)[owner]
    if query.sides or query.speakers:
        told = [source(one, query, lexicon) for one in sentences]
        of_source, of_speaker = np.array(told, np.float32).reshape(-1, 2).T
    if query.wants & _WORDED:
        texts = [passage.slice(one) for passage in matched.passages for one in passage.sentences]
        if "number" in query.wants:
            number = np.array([counts(text) for text in texts], np.float32)
        if "person" in query.wants:
            found = [names_somebody(text, asked, lexicon) for text in texts]
            person = np.array(found, np.float32)
    return [
        np.log([one.end - one.start for one in sentences]),
        age,
        -age if query.recency else nothing,
        event,
        report_day,
        of_source,
        of_speaker,
        number,
        person,
        np.array([one.kind is BlockKind.TAKEAWAY for one in sentences], np.float32),
    ]


@lru_cache(maxsize=50_000)
def counts(text: str) -> bool:
    """Tell whether a sentence counts something, days and ordinals aside."""
    return bool(_QUANTITY.search(_NO_QUANTITY.sub(" ", _MARKERS.sub(" ", text))))


def names_somebody(text: str, asked: Asked, lexicon: Lexicon) -> bool:
    """Tell whether a sentence names a person whom the question does not."""
    known = asked.query.standalone.casefold()
    return any(
        name[1] in lexicon.given and text[name.end() :].split(maxsplit=1)[0].casefold() not in known
        for name in _NAME.finditer(text)
    )


def _age(passage: StoredPassage, newest: date | None) -> float:
    """Log of the days before the newest report found; an undated one is as old as a month.

    Not before the day of asking: reports that stopped long ago answer as well as they did then.
    """
    if passage.published is None or newest is None:
        return math.log1p(_UNDATED_AGE)
    return math.log1p((newest - passage.published).days)


def _names_day(sentence: StoredSentence, events: Sequence[Period]) -> float:
    """Return 1 where the sentence names a day asked about, -1 where only others, else 0."""
    if not sentence.days:
        return 0.0
    asked = any(
        first <= event.last and event.first <= last
        for first, last in sentence.days
        for event in events
    )
    return 1.0 if asked else -1.0


def _of_days(published: date | None, events: Sequence[Period]) -> float:
    """Return 1 for a report of the days asked about, falling over the two days after, else 0."""
    if published is None:
        return 0.0
    late = min(
        (published - event.last).days if published >= event.first else _NEVER for event in events
    )
    return max(0.0, min(1.0, 1.0 - late / 3))


def source(sentence: StoredSentence, query: Query | Part, lexicon: Lexicon) -> tuple[float, float]:
    """Whether the sentence is said by whom the question asks about.

    Returns:
        1 where a statement's speaker (or side) is one asked for, -1 where all are others', else 0;
        and the same for the speaker in person.
    """
    if not sentence.statements or not (query.sides or query.speakers):
        return 0.0, 0.0
    sides = {said.side for said in sentence.statements}
    side = any(lexicon.covers(one, asked) for one in sides for asked in query.sides)
    people = {key for said in sentence.statements for key in _keys(said.speaker, lexicon)}
    person = bool(people & set(query.speakers))
    return (1.0 if side or person else -1.0), float(person)


@lru_cache(maxsize=20_000)
def _keys(speaker: str | None, lexicon: Lexicon) -> frozenset[str]:
    return frozenset(mention.key for mention in lexicon.find(speaker)) if speaker else frozenset()
