"""Fit the weights of config/ranking.toml on questions with gold; cross-validated figures.

    python benchmarks/fit_ranking.py DATA QUESTIONS… [--write]

DATA is a data folder into which the reports were ingested. Sentences are ranked by a linear score,
fitted so that gold sentences come first (softmax over the candidates of a question, L2); whether
there is an answer at all by logistic regression. Both are cross-validated by question.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from bot import settings
from bot.build import engine_for, library_for
from index.confidence import signals
from index.evaluate import holds, read_questions
from index.ports import Window
from index.query import understand
from index.rank import FEATURES, QUOTABLE, Ranked, features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.evaluate import Question
    from index.rank import Asked
    from index.search import Search

    Numbers = NDArray[np.float64]

FOLDS = 5
SENTENCE_L2 = 3e-3
CONFIDENCE_L2 = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question with its candidate sentences: their features, and which of them are gold."""

    question: Question
    asked: Asked
    table: Numbers
    gold: NDArray[np.bool_]
    ranked: tuple[Ranked, ...]


def gather(search: Search, question: Question) -> Case:
    """Retrieve the candidates of one question."""
    query = understand(
        question.question,
        asked_on=question.asked_on,
        history=question.history,
        lexicon=search.lexicon,
    )
    asked = search.asked(query)
    matched, _ = search.candidates(asked, Window(last=question.asked_on))
    if matched is None:
        raise SystemExit(f"{question.id}: the data folder holds no report published by then")
    table = features(matched, asked, search.lexicon)
    ranked = []
    places = [place for one in matched.passages for place in range(len(one.sentences))]
    for row, place in enumerate(places):
        passage = matched.passages[matched.owner[row]]
        if passage.sentences[place].kind in QUOTABLE:
            ranked.append(
                Ranked(
                    passage=passage,
                    place=place,
                    score=0.0,
                    features=table[row],
                    tokens=matched.tokens[row],
                )
            )
    gold = [
        any(
            holds(one, text=each.text, published=each.passage.published)
            for group in question.gold
            for one in group
        )
        for each in ranked
    ]
    return Case(
        question=question,
        asked=asked,
        table=np.stack([each.features for each in ranked]).astype(float),
        gold=np.array(gold),
        ranked=tuple(ranked),
    )


def fit_sentences(cases: Sequence[Case]) -> Numbers:
    """Return one weight a feature: gold sentences likeliest among each question's candidates."""
    scale = np.concatenate([case.table for case in cases]).std(axis=0) + 1e-6
    data = [(case.table / scale, case.gold) for case in cases if case.gold.any()]

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        total, slope = 0.0, np.zeros_like(weights)
        for table, gold in data:
            scores = table @ weights
            everything, best = _softmax(scores), _softmax(scores[gold])
            total += everything[1] - best[1]
            slope += table.T @ everything[0] - table[gold].T @ best[0]
        size = len(data)
        return (
            total / size + SENTENCE_L2 * float(weights @ weights),
            slope / size + 2 * SENTENCE_L2 * weights,
        )

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x
    return np.asarray(found / scale)


def _softmax(scores: Numbers) -> tuple[Numbers, float]:
    top = scores.max()
    shares = np.exp(scores - top)
    total = shares.sum()
    return shares / total, float(top + math.log(total))


def best_of(case: Case, weights: Numbers) -> list[Ranked]:
    """Rank a case's sentences."""
    scores = case.table @ weights
    order = np.argsort(-scores, kind="stable")[:20]
    return [replace(case.ranked[place], score=float(scores[place])) for place in order]


def fit_confidence(table: Numbers, answered: NDArray[np.bool_]) -> tuple[Numbers, float]:
    """Return weights and bias of a logistic regression with L2 on standardised columns."""
    middle, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    inside = (table - middle) / scale
    sign = np.where(answered, 1.0, -1.0)

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        margin = sign * (inside @ weights[:-1] + weights[-1])
        pull = -sign / (1 + np.exp(margin)) / len(sign)
        value = float(np.logaddexp(0, -margin).mean() + CONFIDENCE_L2 * weights[:-1] @ weights[:-1])
        slope = inside.T @ pull + 2 * CONFIDENCE_L2 * weights[:-1]
        return value, np.append(slope, pull.sum())

    found = minimize(loss, np.zeros(table.shape[1] + 1), jac=True, method="L-BFGS-B").x
    weights = found[:-1] / scale
    return weights, float(found[-1] - middle @ weights)


def main() -> None:
    """Fit, cross-validate, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--write", type=Path, help="a ranking.toml to write the weights to")
    options = parser.parse_args()
    chosen = settings.load()
    library = library_for(
        chosen, options.data, engine_for(chosen, options.data), command="fit_ranking"
    )
    questions = [one for path in options.questions for one in read_questions(path)]
    cases = [gather(library.search, one) for one in questions]
    answerable = [case for case in cases if case.question.gold]
    print(f"{len(answerable)} answerable of {len(cases)} questions")
    found = np.mean([case.gold.any() for case in answerable])
    print(f"gold among the candidates: {found:.3f}")

    folds = np.random.default_rng(0).permutation(len(cases)) % FOLDS
    ranked: list[list[Ranked]] = [[] for _ in cases]
    for fold in range(FOLDS):
        weights = fit_sentences([c for c, f in zip(cases, folds, strict=True) if f != fold])
        for place in np.flatnonzero(folds == fold):
            ranked[place] = best_of(cases[place], weights)
    _report_ranks(cases, ranked)

    answered = np.array([bool(case.question.gold) for case in cases])
    rows = [
        signals(case.asked, best, library.search.lexicon)
        for case, best in zip(cases, ranked, strict=True)
    ]
    names = list(rows[0])
    table = np.array([[row[name] for name in names] for row in rows], dtype=float)
    sure = np.zeros(len(cases))
    for fold in range(FOLDS):
        inside = folds != fold
        weights, bias = fit_confidence(table[inside], answered[inside])
        sure[~inside] = table[~inside] @ weights + bias
    pairs = [(a > b) + (a == b) / 2 for a in sure[answered] for b in sure[~answered]]
    print(f"refusal, unseen questions: area under the curve {np.mean(pairs):.3f}")
    for threshold in (0.4, 0.5, 0.6):
        refused = 1 / (1 + np.exp(-sure)) < threshold
        rightly = (refused & ~answered).sum()
        print(
            f"  below {threshold}: precision {rightly / max(1, refused.sum()):.2f}, recall"
            f" {rightly / (~answered).sum():.2f}, answerable refused"
            f" {(refused & answered).sum() / answered.sum():.3f}"
        )

    if options.write:
        sentence = dict(zip(FEATURES, fit_sentences(cases), strict=True))
        weights, bias = fit_confidence(table, answered)
        confidence = {"bias": bias, **dict(zip(names, weights, strict=True))}
        options.write.write_text(_toml(sentence, library.search.weights.passage, confidence))


def _report_ranks(cases: Sequence[Case], ranked: Sequence[Sequence[Ranked]]) -> None:
    firsts = []
    for case, best in zip(cases, ranked, strict=True):
        if case.question.gold:
            golden = {
                (one.passage.id, one.place)
                for one, gold in zip(case.ranked, case.gold, strict=True)
                if gold
            }
            hits = [n for n, one in enumerate(best) if (one.passage.id, one.place) in golden]
            firsts.append(hits[0] if hits else len(best))
    shares = ", ".join(
        f"{np.mean([first < within for first in firsts]):.3f} in {within}" for within in (1, 3, 5)
    )
    print(f"gold sentence, unseen questions: {shares}")


def _toml(sentence: dict[str, float], passage: object, confidence: dict[str, float]) -> str:
    lines = [
        "# How much each feature of index/rank.py and index/confidence.py counts.",
        "# Fitted by benchmarks/fit_ranking.py; see docs/evaluation.md.",
    ]
    for name, values in (("sentence", sentence), ("passage", passage), ("confidence", confidence)):
        lines += ["", f"[{name}]"]
        lines += [f"{key} = {float(value):.4g}" for key, value in dict(values).items()]  # type: ignore[call-overload]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
