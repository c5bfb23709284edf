"""Passages and projections follow the change log, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pytest

from index import attribution, lexicon
from index.catalogue import Catalogue
from index.derive import Derivation
from index.model import Statement
from index.passages import PassageStore
from index.sql import open_engine
from tests.fakes.drafts import BOILERPLATE, BYLINE, HEADING, draft
from tests.fakes.embedder import WordEmbedder
from tests.fakes.indexes import MemoryVectors, MemoryWords, Shelf
from tests.fakes.libraries import StepClock, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.derive import Attribute
    from index.model import ParsedReport, Report, Span
    from index.ports import Indexed, Projection

PAGE = "https://reports.example/april-9"
FIRST = draft(
    (HEADING, "Peacekeepers"),
    "Lavrov said on April 8 that peacekeepers would be targets. He added that talks go on.",
    "Drones struck Odesa overnight.",
    url=PAGE,
)
SECOND = draft("Nothing of the first report is left but its address.", url=PAGE)


def unsaid(_: Report, blocks: Sequence[Sequence[Span]]) -> list[list[tuple[Statement, ...]]]:
    return [[() for _ in block] for block in blocks]


class Works:
    """A catalogue on disk, two projections in memory, and whatever follows between them."""

    def __init__(self, folder: Path) -> None:
        engine = open_engine(f"sqlite:///{folder / 'briefing.sqlite'}")
        self.catalogue, self.passages = Catalogue(engine), PassageStore(engine)
        self.catalogue.create()
        self.embedder = WordEmbedder()
        self.dense, self.words = Shelf(), Shelf()
        self._clock = StepClock()

    def put(self, *reports: ParsedReport) -> list[str]:
        return [
            self.catalogue.store(one, source=f"{one.url}", arrived=self._clock.now())[1]
            for one in reports
        ]

    def projections(self) -> tuple[Projection, ...]:
        return MemoryVectors(self.dense, "model"), MemoryWords(self.words, "model")

    def follow(
        self,
        *projections: Projection,
        attribute: Attribute = unsaid,
        embedder: WordEmbedder | None = None,
    ) -> int:
        return Derivation(
            catalogue=self.catalogue,
            passages=self.passages,
            embedder=embedder or self.embedder,
            attribute=attribute,
            projections=projections or self.projections(),
            passage_chars=700,
        ).follow(quiet)

    def held(self) -> list[set[str]]:
        return [set(self.dense.passages), set(self.words.passages)]


@pytest.fixture
def works(tmp_path: Path) -> Works:
    return Works(tmp_path)


def test_every_projection_gets_every_passage(works: Works) -> None:
    (id_,) = works.put(FIRST)
    assert works.follow() == 1
    assert works.held() == [{f"{id_}.1.0"}] * 2
    (stored,) = works.passages.of_report(id_, 1)
    indexed = works.dense.passages[stored.id]
    assert (indexed.text, indexed.day) == (stored.text, FIRST.published)
    assert indexed.vector @ indexed.vector == pytest.approx(1.0, abs=2e-3)


def test_what_was_followed_is_not_encoded_again(works: Works) -> None:
    works.put(FIRST)
    works.follow()
    before = works.embedder.encoded
    assert works.follow() == 0
    assert works.embedder.encoded == before
    works.put(draft("One more.", url="https://reports.example/more"))
    assert works.follow() == 1


def test_a_revision_takes_the_place_of_the_one_before(works: Works) -> None:
    (id_,) = works.put(FIRST)
    works.follow()
    works.put(SECOND)
    works.follow()
    assert works.held() == [{f"{id_}.2.0"}] * 2
    assert works.passages.of_report(id_, 1)


def test_two_revisions_at_once_cost_one_encoding(works: Works) -> None:
    (id_, _) = works.put(FIRST, SECOND)
    assert works.follow() == 1
    assert works.held() == [{f"{id_}.2.0"}] * 2


def test_a_report_that_becomes_a_duplicate_is_forgotten(works: Works) -> None:
    (id_, _) = works.put(FIRST, draft("Other.", url="https://b.example/"))
    works.follow()
    works.put(replace(FIRST, url="https://b.example/"))
    works.follow()
    assert works.held() == [{f"{id_}.1.0"}] * 2


def test_a_report_without_sentences_is_passed_over(works: Works) -> None:
    works.put(draft((BOILERPLATE, "Click here."), url="https://a.example/"), FIRST)
    works.follow()
    assert works.follow() == 0
    assert len(works.dense.passages) == 1


def test_a_projection_made_anew_is_filled_without_the_model(works: Works) -> None:
    works.put(FIRST)
    works.follow()
    whole, before = works.held(), works.embedder.encoded
    works.dense.wipe()
    works.words.wipe()
    works.follow()
    assert works.held() == whole
    assert works.embedder.encoded == before


def test_another_model_encodes_everything_anew(works: Works) -> None:
    (id_,) = works.put(FIRST)
    works.follow()
    works.dense.wipe()
    works.words.wipe()
    assert works.follow(embedder=WordEmbedder(dimensions=32)) == 1
    assert works.passages.of_report(id_, 1)[0].vector.shape == (32,)
    assert works.dense.passages[f"{id_}.1.0"].vector.shape == (32,)


class Failing(MemoryVectors):
    """Breaks off in the middle of storing."""

    def upsert(self, passages: Sequence[Indexed]) -> None:
        super().upsert(passages[:1])
        raise ConnectionResetError


def test_a_projection_that_breaks_off_catches_up(works: Works) -> None:
    works.put(FIRST, *(draft(f"Text {n}.", url=f"https://r.example/{n}") for n in range(5)))
    with pytest.raises(ConnectionResetError):
        works.follow(Failing(works.dense, "model"), MemoryWords(works.words, "model"))
    assert [len(held) for held in works.held()] == [1, 0]
    works.follow()
    assert [len(held) for held in works.held()] == [6, 6]


def test_more_passages_than_are_encoded_at_a_time(works: Works) -> None:
    """Sections of one sentence make many passages of few reports."""
    for number in range(3):
        body = [
            part
            for section in range(900)
            for part in ((BYLINE, "—"), (HEADING, f"Section {section} of {number}"))
        ]
        works.put(draft(*body, url=f"https://r.example/{number}"))
    assert works.follow() == 2_700
    assert works.passages.count() == 2_700
    assert [len(held) for held in works.held()] == [2_700, 2_700]
    (last,) = works.passages.load([works.catalogue.summaries()[0].id + ".1.899"]).values()
    assert last.text.startswith("Section 899 of")


def test_tokens_belong_to_the_sentence_they_start_in(works: Works) -> None:
    (id_,) = works.put(FIRST)
    works.follow()
    for passage in works.passages.of_report(id_, 1):
        at = 0
        for sentence in passage.sentences:
            text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
            assert sentence.tokens == (at, at + len(text.split()))
            at = sentence.tokens[1]
        assert at == len(passage.signs)


def test_speakers_are_told_block_by_block(works: Works) -> None:
    """What is attributed to a sentence stays with it, and neighbours in a block come together."""
    asked: list[list[str]] = []

    def said(report: Report, blocks: Sequence[Sequence[Span]]) -> list[list[tuple[Statement, ...]]]:
        found: list[list[tuple[Statement, ...]]] = []
        for block in blocks:
            texts = [sentence.of(report.text) for sentence in block]
            asked.append(texts)
            found.append(
                [(Statement(speaker=text, side=None, cue="say", date=None),) for text in texts]
            )
        return found

    long = "Lavrov said so. " + "He added a great many words to that, one after another. " * 30
    (id_,) = works.put(draft((HEADING, "Talks"), long.strip(), "Drones struck.", url=PAGE))
    works.follow(attribute=said)
    assert [len(texts) for texts in asked] == [1, 31, 1]
    passages = works.passages.of_report(id_, 1)
    assert len(passages) > 1
    for passage in passages:
        for sentence in passage.sentences:
            text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
            assert [one.speaker for one in sentence.statements] == [text]


def test_a_speaker_is_carried_over_from_the_sentence_before(works: Works) -> None:
    (id_,) = works.put(FIRST)
    works.follow(attribute=partial(attribution.attribute, lexicon=lexicon.load()))
    (passage,) = works.passages.of_report(id_, 1)
    lavrov, he = passage.sentences[1:3]
    assert lavrov.statements[0].side == "russia"
    assert he.statements[0].side == "russia"
    assert lavrov.statements[0].date == date(2025, 4, 8)


def test_days_are_read_against_the_date_of_the_report(works: Works) -> None:
    undated = replace(
        FIRST, url="https://undated.example/", published=None, text="X" + FIRST.text[1:]
    )
    (id_, other) = works.put(FIRST, undated)
    works.follow()
    (passage,) = works.passages.of_report(id_, 1)
    assert passage.sentences[1].days == ((date(2025, 4, 8), date(2025, 4, 8)),)
    assert passage.sentences[2].days == ()
    (without,) = works.passages.of_report(other, 1)
    assert all(sentence.days == () for sentence in without.sentences)


class Busy:
    """A turn that another process has."""

    def take(self) -> bool:
        return False

    def release(self) -> None:
        raise AssertionError("it was never taken")


def test_while_another_process_encodes_its_work_is_followed_and_no_more(tmp_path: Path) -> None:
    works = Works(tmp_path)
    works.put(FIRST)
    vectors, words = works.projections()

    def follow(turn: Busy | None) -> int:
        return Derivation(
            catalogue=works.catalogue,
            passages=works.passages,
            embedder=works.embedder,
            attribute=unsaid,
            projections=(words,),
            shared=(vectors,),
            turn=turn,
            passage_chars=700,
        ).follow(quiet)

    assert follow(Busy()) == 0
    assert works.held() == [set(), set()]
    assert follow(None) > 0
    held = works.held()
    works.put(draft("Another report.", url="https://reports.example/other"))
    assert follow(Busy()) == 0
    assert works.held() == held  # nothing is passed that has no passages yet
    assert follow(None) > 0
    assert all(len(now) > len(before) for now, before in zip(works.held(), held, strict=True))
