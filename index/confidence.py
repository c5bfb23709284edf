"""How likely the best sentences answer the question: features, and fitted weights over them.

A score alone says little about whether an answer exists. What tells is whether the names asked
about stand there, whether it is the right mouth and day, and whether a number is there to find.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from index.rank import FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from index.lexicon import Lexicon
    from index.periods import Period
    from index.rank import Asked, Ranked

_LOOKED_AT: Final = 3
_TAIL: Final = 10
_BOUND: Final = 30.0
_WRONG_DAY: Final = 0.2  # whatever else speaks for an answer, another day's is none
_FOREIGN: Final = 0.2  # the model reads English: likeness to another language says little
_FEW_DAYS: Final = 31
_CERTAIN: Final = 0.6
_FITTING: Final = 5
_MATCHED: Final = 0.55
_OLD: Final = math.log1p(7)  # older is as old: people also ask about what is long past
_NOT_ASKED: Final = 0.7  # about what the matching word of an answer comes to
_ASKED_OF: Final = re.compile(r"\b(?:how many|which|names? of)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")


def confidence(
    asked: Asked, ranked: Sequence[Ranked], lexicon: Lexicon, weights: Mapping[str, float]
) -> float:
    """Return the fitted probability, 0 to 1, that the best sentences answer the question."""
    if not ranked or asked.query.empty:
        return 0.0
    found = signals(asked, ranked, lexicon)
    total = weights.get("bias", 0.0) + sum(
        weights.get(name, 0.0) * value for name, value in found.items()
    )
    sure = 1.0 / (1.0 + math.exp(-max(-_BOUND, min(_BOUND, total))))
    if wrong_day(asked, ranked):
        return min(sure, _WRONG_DAY)
    return sure if asked.query.language == "en" else min(sure, _FOREIGN)


def wrong_day(asked: Asked, ranked: Sequence[Ranked]) -> bool:
    """Tell whether a question about a few certain days, or distant ones, finds nothing of them.

    A sentence fits when it names such a day, or names none and its report is of those days. Asked
    for one person's words, it must also be that person's. Days no report has reached don't fit.
    """
    query = asked.query
    days = [
        one
        for one in query.events
        if one.confidence >= _CERTAIN and (one.days <= _FEW_DAYS or not _reached(one, ranked))
    ]
    if query.impossible_dates:
        return True
    if not days or len(days) < len(query.events):
        return False
    columns = [FEATURES.index(name) for name in ("event", "report_day", "speaker")]
    for one in ranked[:_FITTING]:
        named, of_day, speaker = (float(one.features[column]) for column in columns)
        fits = named > 0 or of_day == 1.0 or (named == 0 and of_day > 0)
        if fits and (speaker > 0 or not query.speakers):
            return False
    return True


def _reached(period: Period, ranked: Sequence[Ranked]) -> bool:
    """Tell whether any report found is of those days."""
    days = (one.passage.published for one in ranked)
    return any(day is not None and period.first <= day <= period.last for day in days)


def signals(asked: Asked, ranked: Sequence[Ranked], lexicon: Lexicon) -> dict[str, float]:
    """Return what tells an answered question from one that only resembles the reports.

    Of the best sentence: its score, matches, age (where no day is asked about), and ``counted``,
    how well it matches the thing of which a number or a name is asked. ``lead``: over the second;
    ``spread``: entropy of the first ten. ``names``: the share of the names asked about that its
    passage holds. ``unmatched``: the share of the question, by rarity, that none of the first three
    sentences matches. ``no_…``: what the question wants and the first three sentences (``…_here``:
    the best one) lack: the speaker asked for, a number, a person not named in the question.
    """
    query, best = asked.query, ranked[0]
    own = dict(zip(FEATURES, best.features.tolist(), strict=True))
    first = ranked[:_LOOKED_AT]
    table = np.stack([one.features for one in first])
    tops = np.array([one.score for one in ranked[:_TAIL]])
    share = np.exp(tops - tops[0])
    share /= share.sum()
    covered = np.max([one.tokens for one in first], axis=0)

    def lacking(feature: str) -> float:
        return float(table[:, FEATURES.index(feature)].max() <= 0)

    return {
        "score": best.score,
        "sentence": own["sentence"],
        "passage": own["passage"],
        "counted": _counted(asked, best),
        "unmatched": float(asked.rarity[covered < _MATCHED].sum()),
        "lead": float(tops[0] - tops[1]) if len(tops) > 1 else 0.0,
        "spread": float(-(share * np.log(share + 1e-9)).sum()),
        "age": 0.0 if query.events else min(own["age"], _OLD),
        "names": _held(set(query.entities) | set(query.speakers), best.passage.text, lexicon),
        "no_speaker": bool(query.speakers) * lacking("speaker"),
        "no_number_here": ("number" in query.wants) * float(own["number"] <= 0),
        "no_person": ("person" in query.wants) * lacking("person"),
        "no_person_here": ("person" in query.wants) * float(own["person"] <= 0),
        "wants_number": float("number" in query.wants),
        "wants_statement": float("statement" in query.wants),
        "wants_newest": float(query.recency is not None),
        "follows": float(query.follows),
    }


def _counted(asked: Asked, best: Ranked) -> float:
    """Return how a sentence matches what "how many …" or "which …" asks of; 0.7 where not asked."""
    text = asked.query.standalone
    phrase = _ASKED_OF.search(text)
    if phrase is None:
        return _NOT_ASKED
    starts, searched = asked.whole.starts, asked.rarity > 0
    for word in _WORD.finditer(text, phrase.end()):
        inside = (starts >= word.start()) & (starts < word.end())
        if (inside & searched).any():
            return float(best.tokens[inside].mean())
    return _NOT_ASKED


def _held(wanted: set[str], text: str, lexicon: Lexicon) -> float:
    """Return the share of the wanted names that stand in a text; 1 where none is wanted."""
    if not wanted:
        return 1.0
    return len(wanted & {mention.key for mention in lexicon.find(text)}) / len(wanted)
