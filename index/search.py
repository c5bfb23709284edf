"""Retrieve and answer: candidates from both indexes, ranked by sentence, quoted or refused."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from index.answer import AnswerSettings, answer
from index.confidence import confidence
from index.cover import covering
from index.followups import MOST_HISTORY
from index.meaning import closeness
from index.model import RankedPassage
from index.overview import SURE, overview
from index.ports import Window
from index.query import understand, with_previous
from index.rank import (
    FEATURES,
    Asked,
    Ranked,
    match,
    rank_passages,
    rank_sentences,
    rarity,
)
from index.research import Research
from index.windowed import WindowedVectors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from index.catalogue import Catalogue
    from index.derive import Derivation, Progress
    from index.lexicon import Lexicon
    from index.model import Answer
    from index.passages import PassageStore, StoredPassage
    from index.periods import Period
    from index.ports import Embedder, Hit, LexicalIndex, Reranker, VectorIndex
    from index.query import Query
    from index.rank import Matched, Weights

_LATER: Final = timedelta(days=2)
_REPORTS: Final = 256  # about 50 MB
_DAYS: Final = 64
_PASSAGES: Final = 5_000  # about 50 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """How wide retrieval looks, and what an answer is made of.

    Args:
        dense: passages taken from the vectors.
        lexical: passages taken by their words.
        reranked: best sentences that a reranker, where there is one, puts in a new order.
        answer: how the answer is made.
    """

    dense: int = 60
    lexical: int = 40
    reranked: int = 20
    answer: AnswerSettings = field(default_factory=AnswerSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How many passages each store has, and how many changes the slowest is ``behind``."""

    passages: int
    vectors: int
    words: int
    behind: int


class Search:
    """The open search index of one data folder."""

    def __init__(  # noqa: PLR0913  (one part each, all named)
        self,
        *,
        catalogue: Catalogue,
        passages: PassageStore,
        vectors: VectorIndex,
        words: LexicalIndex,
        embedder: Embedder,
        derivation: Derivation,
        lexicon: Lexicon,
        weights: Weights,
        settings: SearchSettings,
        reranker: Reranker | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._passages = passages
        self._vectors = vectors
        self._words = words
        self._embedder = embedder
        self._derivation = derivation
        self.lexicon = lexicon
        self.weights = weights
        self.settings = settings
        self._reranker = reranker
        self._recent: dict[str, StoredPassage] = {}
        self._newest = catalogue.newest_day()
        self._windowed = WindowedVectors(vectors, catalogue, passages)
        self.report = lru_cache(maxsize=_REPORTS)(catalogue.report)
        # What a question asked on a day is asked of, as of the last look at the change log.
        self.searched = lru_cache(maxsize=_DAYS)(catalogue.searched)
        self.research = self._research()

    def follow(self, progress: Progress) -> int:
        """Bring passages and indexes up to the change log; return passages encoded."""
        encoded = self._derivation.follow(progress)
        self._recent = {}
        self.searched.cache_clear()
        self._newest = self._catalogue.newest_day()
        self._windowed = WindowedVectors(self._vectors, self._catalogue, self._passages)
        self.research = self._research()
        return encoded

    def _research(self) -> Research:
        return Research(
            passages=self._passages, words=self._words, lexicon=self.lexicon, read=self.report
        )

    def holdings(self) -> Holdings:
        """Count what SQL holds and what the projections made of it."""
        return Holdings(
            passages=self._passages.count(),
            vectors=self._vectors.count(),
            words=self._words.count(),
            behind=self._derivation.behind(),
        )

    def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
        """Answer with quotes from reports published by ``asked_on``, or refuse."""
        query = self._understood(question, asked_on, history[-MOST_HISTORY:])
        ranked, sure = self._overview(query) if query.only_date else ([], 0.0)
        if not ranked:
            asked = self.asked(query)
            matched, _ = self.candidates(asked, self._until(asked_on))
            if matched is not None:
                ranked = rank_sentences(matched, asked, self.weights, self.lexicon)
            sure = confidence(asked, ranked, self.lexicon, self.weights.confidence)
            ranked = covering(self._reranked(query, ranked), query.parts, self.lexicon)
        return answer(
            question=question,
            query=query,
            sure=sure,
            ranked=ranked,
            read=self.report,
            searched=self.searched(asked_on),
            settings=self.settings.answer,
        )

    def _understood(self, question: str, asked_on: date, history: Sequence[str]) -> Query:
        """Read a question; one that leans on the one before is read with that one's answer."""
        query = understand(question, asked_on=asked_on, history=history, lexicon=self.lexicon)
        if not query.follows:
            return query
        before = self.ask(history[-1], asked_on=asked_on, history=history[:-1])
        return with_previous(query, [quote.text for quote in before.quotes], self.lexicon)

    def _until(self, day: date) -> Window:
        """Return the window up to a day; without a bound, which costs time, where none is later."""
        later = self._newest is not None and self._newest > day
        return Window(last=day) if later else Window()

    def _reranked(self, query: Query, ranked: list[Ranked]) -> list[Ranked]:
        """Put the best sentences in the order of the reranker; the scores stay in theirs."""
        best = ranked[: self.settings.reranked]
        if self._reranker is None or not best:
            return ranked
        found = self._reranker.scores(query.standalone, [one.text for one in best])
        order = sorted(range(len(best)), key=lambda place: -found[place])
        moved = [
            replace(best[place], score=one.score) for place, one in zip(order, best, strict=True)
        ]
        return moved + ranked[len(best) :]

    def _overview(self, query: Query) -> tuple[list[Ranked], float]:
        found = overview(
            query,
            on_day=self._catalogue.on_day,
            read=self._catalogue.report,
            passages=self._passages.of_report,
        )
        return found, SURE

    def ranked(self, question: str, *, top: int, asked_on: date) -> list[RankedPassage]:
        """Return the best passages for a question: retrieval alone."""
        query = understand(question, asked_on=asked_on, lexicon=self.lexicon)
        matched, lexical = self.candidates(self.asked(query), Window())
        if matched is None:
            return []
        scores = rank_passages(matched, lexical, self.weights)
        return [
            RankedPassage(
                start=matched.passages[place].start,
                end=matched.passages[place].end,
                report_id=matched.passages[place].report_id,
                text=matched.passages[place].text,
                score=float(scores[place]),
            )
            for place in np.argsort(-scores, kind="stable")[:top]
        ]

    def changed(
        self, *, weights: Weights | None = None, settings: SearchSettings | None = None
    ) -> Search:
        """Return the same index asked in another way."""
        other = copy(self)
        other.weights = weights or self.weights
        other.settings = settings or self.settings
        return other

    def nearest(self, text: str, *, top: int, window: Window) -> list[Ranked]:
        """Return the passages nearest in meaning by their vectors alone, best first."""
        (encoded,) = self._embedder.questions([text])
        hits = self._vectors.nearest(encoded.vector, top=top, window=window)
        loaded = self._load({hit.id for hit in hits})
        return [
            Ranked(
                passage=loaded[hit.id],
                place=0,
                score=hit.score,
                features=np.zeros(len(FEATURES), np.float32),
                tokens=np.zeros(0, np.float32),
            )
            for hit in hits
            if hit.id in loaded
        ]

    def closeness(self, topics: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
        """Return cosine similarities in meaning: a row a text, a column a topic."""
        return closeness(self._embedder, topics, texts)

    def asked(self, query: Query) -> Asked:
        """Encode a question as understood; a follow-up also without what history adds."""
        texts = [query.standalone]
        if query.text != query.standalone:
            texts.append(query.text)
        encoded = self._embedder.questions(texts)
        return Asked(
            query=query,
            whole=encoded[0],
            own=encoded[-1],
            rarity=rarity(query.standalone, encoded[0].starts, self._rarity(query)),
        )

    def _rarity(self, query: Query) -> Callable[[str], float]:
        """Weigh only the words searched for: what is left out of the terms says nothing."""
        stems = {stem for word, _ in query.terms for stem in self._words.stems(word)}

        def of_word(word: str) -> float:
            return self._words.rarity(word) if stems & set(self._words.stems(word)) else 0.0

        return of_word

    def candidates(self, asked: Asked, window: Window) -> tuple[Matched | None, dict[str, float]]:
        """Retrieve passages, dense and lexical, those of the days asked about on top.

        Returns:
            The passages matched against the question (None where there are none), and the BM25
            score of each that was found by its words.
        """
        if not len(asked.whole.tokens):
            return None, {}
        dense = self._dense(asked, window)
        lexical = self._lexical(asked, window)
        for period in asked.query.events:
            near = _around(period, window)
            dense += self._dense(asked, near)
            lexical += self._lexical(asked, near)
        loaded = self._load({hit.id for hit in (*dense, *lexical)})
        if not loaded:
            return None, {}
        passages = [loaded[id_] for id_ in sorted(loaded)]
        return match(passages, asked), {hit.id: hit.score for hit in lexical}

    def _dense(self, asked: Asked, window: Window) -> list[Hit]:
        top = self.settings.dense
        return self._windowed.nearest(asked.whole.vector, top=top, window=window) if top else []

    def _lexical(self, asked: Asked, window: Window) -> list[Hit]:
        top = self.settings.lexical
        return self._words.search(asked.query.terms, top=top, window=window) if top else []

    def _load(self, ids: set[str]) -> dict[str, StoredPassage]:
        """Read passages, those of the last questions from memory."""
        if len(self._recent) > _PASSAGES:
            self._recent = {}
        recent = self._recent
        recent.update(self._passages.load(sorted(ids - recent.keys())))
        return {id_: recent[id_] for id_ in ids if id_ in recent}


def _around(period: Period, window: Window) -> Window:
    """Reports that may tell of a period: of its days and the two after, within the window."""
    last = min(period.last, date.max - _LATER) + _LATER
    return Window(first=period.first, last=last if window.last is None else min(last, window.last))
