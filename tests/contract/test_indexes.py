"""Vectors and words: fakes, Chroma in a folder, a Chroma server, and Tantivy keep one contract."""

from __future__ import annotations

import math
import shutil
import socket
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np
import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from index import chroma
from index.errors import DamagedError, ModelError, StoreError
from index.lexical import TantivyIndex
from index.ports import Indexed, LexicalIndex, Projection, VectorIndex, Window
from tests.fakes.indexes import MemoryVectors, MemoryWords, Shelf
from tests.fakes.servers import start_chroma

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from index.ports import Hit, Vector
    from tests.fakes.servers import ChromaServer

P = TypeVar("P", bound=Projection)

MODEL: Final = "a model|700"
DIMENSIONS: Final = 8
EVERYTHING: Final = Window()


@dataclass(frozen=True)
class Place(Generic[P]):
    """Where one index is kept: opened as by another process each time, or wiped."""

    open: Callable[[str], P]
    wipe: Callable[[], None]


def memory(make: Callable[[Shelf, str], P]) -> Place[P]:
    shelf = Shelf()
    return Place(open=partial(make, shelf), wipe=shelf.wipe)


def embedded(folder: Path) -> Place[VectorIndex]:
    def opened(fingerprint: str) -> VectorIndex:
        SharedSystemClient.clear_system_cache()
        return chroma.ChromaIndex(chroma.embedded(folder), fingerprint)

    return Place(open=opened, wipe=lambda: shutil.rmtree(folder))


def served(server: ChromaServer) -> Place[VectorIndex]:
    def opened(fingerprint: str) -> VectorIndex:
        return chroma.ChromaIndex(server.connect(), fingerprint)

    def wipe() -> None:
        chroma.drop(server.connect())

    wipe()
    return Place(open=opened, wipe=wipe)


def tantivy(folder: Path) -> Place[LexicalIndex]:
    return Place(open=partial(TantivyIndex, folder), wipe=lambda: shutil.rmtree(folder))


@pytest.fixture(scope="module")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = start_chroma(tmp_path_factory.mktemp("chroma-server"))
    yield server
    server.stop()


def vector_place(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Place[VectorIndex]:
    if name == "memory":
        return memory(MemoryVectors)
    if name == "chroma":
        return embedded(tmp_path / "chroma")
    return served(request.getfixturevalue("chroma_server"))


def word_place(name: str, tmp_path: Path) -> Place[LexicalIndex]:
    return memory(MemoryWords) if name == "memory" else tantivy(tmp_path / "words")


@pytest.fixture(params=["memory", "chroma", "chroma-server"])
def vectors(request: pytest.FixtureRequest, tmp_path: Path) -> Place[VectorIndex]:
    return vector_place(request.param, tmp_path, request)


@pytest.fixture(params=["memory", "tantivy"])
def words(request: pytest.FixtureRequest, tmp_path: Path) -> Place[LexicalIndex]:
    return word_place(request.param, tmp_path)


@pytest.fixture(params=["memory", "chroma", "chroma-server", "memory-words", "tantivy"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place[Projection]:
    if request.param in {"memory-words", "tantivy"}:
        found = word_place(request.param.partition("-")[0], tmp_path)
        return Place(open=found.open, wipe=found.wipe)
    dense = vector_place(request.param, tmp_path, request)
    return Place(open=dense.open, wipe=dense.wipe)


def unit(*values: float) -> Vector:
    padded = np.zeros(DIMENSIONS, np.float32)
    padded[: len(values)] = values
    found: Vector = padded / np.linalg.norm(padded)
    return found


def passage(
    id_: str, text: str = "a word", *, vector: Vector | None = None, day: int = 0
) -> Indexed:
    """Build a passage of a day in April 2025; day 0 is undated."""
    return Indexed(
        id=id_,
        text=text,
        vector=unit(1.0) if vector is None else vector,
        day=date(2025, 4, day) if day else None,
    )


def april(first: int | None, last: int | None) -> Window:
    return Window(
        first=None if first is None else date(2025, 4, first),
        last=None if last is None else date(2025, 4, last),
    )


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.id for hit in hits]


# --- what every projection keeps ---


def test_a_new_projection_is_empty(place: Place[Projection]) -> None:
    assert place.open(MODEL).count() == 0


def test_passages_of_one_id_replace_each_other(place: Place[Projection]) -> None:
    index = place.open(MODEL)
    index.upsert([passage("a.1.0"), passage("a.1.1")])
    index.upsert([passage("a.1.1", "other words"), passage("b.1.0")])
    assert index.count() == 3


def test_nothing_to_do_is_done(place: Place[Projection]) -> None:
    index = place.open(MODEL)
    index.upsert([])
    index.delete([])
    index.delete(["never.1.0"])
    assert index.count() == 0


def test_deleted_passages_are_gone(place: Place[Projection]) -> None:
    index = place.open(MODEL)
    index.upsert([passage("a.1.0"), passage("a.1.1"), passage("a.1.10")])
    index.delete(["a.1.1", "never.1.0"])
    assert index.count() == 2


def test_what_was_stored_is_there_for_the_next_process(place: Place[Projection]) -> None:
    first = place.open(MODEL)
    first.upsert([passage("a.1.0"), passage("a.1.1")])
    first.delete(["a.1.0"])
    instance = first.instance
    del first
    again = place.open(MODEL)
    assert (again.count(), again.instance) == (1, instance)


def test_a_copy_made_anew_has_another_name(place: Place[Projection]) -> None:
    index = place.open(MODEL)
    index.upsert([passage("a.1.0")])
    before = index.instance
    del index
    place.wipe()
    index = place.open(MODEL)
    assert index.count() == 0
    assert index.instance != before


def test_another_model_is_refused_and_the_way_out_named(place: Place[Projection]) -> None:
    index = place.open(MODEL)
    index.upsert([passage("a.1.0")])
    del index
    with pytest.raises(ModelError, match="briefing reindex") as refused:
        place.open("another|700")
    assert MODEL in str(refused.value)
    assert place.open(MODEL).count() == 1


def test_more_passages_than_a_batch_holds(place: Place[Projection]) -> None:
    index = place.open(MODEL)
    index.upsert([passage(f"many.1.{number}") for number in range(1_050)])
    assert index.count() == 1_050
    index.delete([f"many.1.{number}" for number in range(1_049)])
    assert index.count() == 1


# --- dense ---


def test_nearest_comes_first_with_its_cosine(vectors: Place[VectorIndex]) -> None:
    index = vectors.open(MODEL)
    index.upsert(
        [
            passage("far.1.0", vector=unit(-1.0, 0.1)),
            passage("near.1.0", vector=unit(1.0, 0.1)),
            passage("between.1.0", vector=unit(0.5, 1.0)),
        ]
    )
    question = unit(1.0, 0.2)
    hits = index.nearest(question, top=10, window=EVERYTHING)
    assert ids(hits) == ["near.1.0", "between.1.0", "far.1.0"]
    for hit, own in zip(hits, (unit(1.0, 0.1), unit(0.5, 1.0), unit(-1.0, 0.1)), strict=True):
        assert hit.score == pytest.approx(float(own @ question), abs=1e-4)


def test_nearest_keeps_to_its_limit(vectors: Place[VectorIndex]) -> None:
    index = vectors.open(MODEL)
    index.upsert([passage(f"a.1.{n}", vector=unit(1.0, n / 10)) for n in range(9)])
    assert ids(index.nearest(unit(1.0), top=2, window=EVERYTHING)) == ["a.1.0", "a.1.1"]


def test_an_empty_index_finds_nothing_near(vectors: Place[VectorIndex]) -> None:
    assert vectors.open(MODEL).nearest(unit(1.0), top=5, window=EVERYTHING) == []


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (None, None, {"undated.1.0", "a.1.0", "b.1.0", "c.1.0"}),
        (None, 10, {"undated.1.0", "a.1.0", "b.1.0"}),
        (None, 1, {"undated.1.0"}),
        (10, None, {"b.1.0", "c.1.0"}),
        (9, 10, {"a.1.0", "b.1.0"}),
        (10, 9, set()),
        (11, 11, {"c.1.0"}),
    ],
)
def test_a_window_holds_both_its_ends_and_the_undated_where_it_is_open(
    vectors: Place[VectorIndex], first: int | None, last: int | None, found: set[str]
) -> None:
    index = vectors.open(MODEL)
    days = {"undated.1.0": 0, "a.1.0": 9, "b.1.0": 10, "c.1.0": 11}
    index.upsert([passage(id_, day=day) for id_, day in days.items()])
    hits = index.nearest(unit(1.0), top=10, window=april(first, last))
    assert set(ids(hits)) == found


def test_a_passage_found_by_its_new_vector_only(vectors: Place[VectorIndex]) -> None:
    index = vectors.open(MODEL)
    index.upsert([passage("a.1.0", vector=unit(1.0), day=9)])
    index.upsert([passage("a.1.0", vector=unit(0.0, 1.0), day=12)])
    assert index.nearest(unit(1.0), top=5, window=april(None, 11)) == []
    (hit,) = index.nearest(unit(0.0, 1.0), top=5, window=april(12, 12))
    assert hit.score == pytest.approx(1.0, abs=1e-4)


# --- words ---

TEXTS: Final = {
    "peace.1.0": "Peacekeepers would not stand at the front, the general said.",
    "drones.1.0": "The air force counted 92 drones overnight; the general said most were shot.",
    "aid.1.0": "Partners pledged aid. The general said thanks.",
    "long.1.0": "drones " * 3 + "and the long tail of other words that nobody asked about at all",
}


@pytest.fixture
def filled(words: Place[LexicalIndex]) -> LexicalIndex:
    index = words.open(MODEL)
    days = {"peace.1.0": 9, "drones.1.0": 10, "aid.1.0": 11, "long.1.0": 0}
    index.upsert([passage(id_, text, day=days[id_]) for id_, text in TEXTS.items()])
    return index


def find(index: LexicalIndex, *terms: str, window: Window = EVERYTHING, top: int = 10) -> list[str]:
    return ids(index.search([(term, 1.0) for term in terms], top=top, window=window))


def test_words_find_their_passages_in_any_form(filled: LexicalIndex) -> None:
    assert find(filled, "peacekeeper") == ["peace.1.0"]
    assert find(filled, "DRONES") == find(filled, "drone")
    assert set(find(filled, "drone")) == {"drones.1.0", "long.1.0"}


def test_rare_words_count_more(filled: LexicalIndex) -> None:
    assert find(filled, "general", "pledged")[0] == "aid.1.0"
    hits = filled.search([("general", 1.0), ("pledged", 1.0)], top=10, window=EVERYTHING)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score > 0 for hit in hits)


def test_weights_scale_a_word(filled: LexicalIndex) -> None:
    (whole,) = filled.search([("peacekeepers", 1.0)], top=1, window=EVERYTHING)
    (half,) = filled.search([("peacekeepers", 0.5)], top=1, window=EVERYTHING)
    assert half.score == pytest.approx(whole.score / 2, rel=1e-3)
    (twice,) = filled.search(
        [("peacekeepers", 0.5), ("peacekeeper", 1.0)], top=1, window=EVERYTHING
    )
    assert twice.score == pytest.approx(whole.score, rel=1e-3)


def test_words_keep_to_limit_and_window(filled: LexicalIndex) -> None:
    assert len(find(filled, "general", top=2)) == 2
    assert find(filled, "general", window=april(10, 10)) == ["drones.1.0"]
    assert set(find(filled, "general", window=april(None, 10))) == {"peace.1.0", "drones.1.0"}
    assert set(find(filled, "drones", window=april(None, 9))) == {"long.1.0"}
    assert find(filled, "drones", window=april(11, None)) == []
    narrow = filled.search([("peacekeepers", 1.0)], top=1, window=april(9, 9))
    assert narrow == filled.search([("peacekeepers", 1.0)], top=1, window=EVERYTHING)


def test_no_words_and_unknown_words_find_nothing(filled: LexicalIndex) -> None:
    assert filled.search([], top=5, window=EVERYTHING) == []
    assert find(filled, "") == []
    assert find(filled, "zyxwv") == []
    assert find(filled, "?!", "🙂", "\u202e") == []


@pytest.mark.parametrize(
    "hostile",
    [
        "text:drones",
        "drones AND aid",
        "+drones -general",
        '"general said"',
        "(drones",
        "drone*",
        "drones^9",
        "day:[1 TO 9]",
        "a\x00b drones",
        "'; DROP TABLE passages; -- drones",
        "/dron.*/",
        "drones~2",
    ],
)
def test_words_are_no_query_language(filled: LexicalIndex, hostile: str) -> None:
    """Signs are dropped and each word stands for itself."""
    found = find(filled, hostile)
    plain = "".join(sign if sign.isalnum() and sign.isascii() else " " for sign in hostile)
    assert sorted(found) == sorted(find(filled, *plain.split()))


def test_a_replaced_text_is_found_by_its_new_words_only(filled: LexicalIndex) -> None:
    filled.upsert([passage("aid.1.0", "Shells and interceptors.", day=11)])
    assert find(filled, "pledged") == []
    assert find(filled, "interceptor") == ["aid.1.0"]


def test_rarity_is_the_formula_of_the_contract(filled: LexicalIndex) -> None:
    assert filled.rarity("general") == pytest.approx(math.log(1 + 4 / (1 + 3)))
    assert filled.rarity("peacekeepers") == pytest.approx(math.log(1 + 4 / (1 + 1)))
    assert filled.rarity("zyxwv") == pytest.approx(math.log(1 + 4))
    assert filled.rarity("...") == 0.0


def test_stems_are_what_the_index_compares(filled: LexicalIndex) -> None:
    assert filled.stems("Drones, DRONE!") == filled.stems("drone drones")
    assert filled.stems("") == []
    assert len(filled.stems("the general said")) == 3


# --- what only the real ones can suffer ---


def test_a_broken_word_folder_is_named(tmp_path: Path) -> None:
    place = tantivy(tmp_path / "words")
    place.open(MODEL).upsert([passage("a.1.0")])
    (tmp_path / "words" / "meta.json").write_text("{ cut")
    with pytest.raises(DamagedError, match="words"):
        place.open(MODEL)


def test_a_word_folder_whose_making_was_cut_short_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "half-a-segment").write_text("x")
    assert tantivy(tmp_path / "words").open(MODEL).count() == 0


@pytest.mark.parametrize("note", ["", MODEL, f"{MODEL}\n"])
def test_a_word_folder_whose_note_was_cut_short_is_made_again(tmp_path: Path, note: str) -> None:
    place = tantivy(tmp_path / "words")
    place.open(MODEL).upsert([passage("a.1.0")])
    (tmp_path / "words" / "briefing-instance").write_text(note)
    index = place.open(MODEL)
    assert index.count() == 0
    assert index.instance


def test_a_broken_vector_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_text("no database")
    with pytest.raises(DamagedError, match="chroma"):
        embedded(folder).open(MODEL)


def test_an_absent_server_is_named() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
    with pytest.raises(StoreError, match=f"127.0.0.1:{port}.*stores.chroma_url"):
        chroma.server("127.0.0.1", port)


def test_a_server_that_goes_away_is_a_store_that_failed(tmp_path: Path) -> None:
    server = start_chroma(tmp_path)
    index = chroma.ChromaIndex(server.connect(), MODEL)
    index.upsert([passage("a.1.0")])
    server.die()
    uses: list[Callable[[], object]] = [
        lambda: index.nearest(unit(1.0), top=1, window=EVERYTHING),
        lambda: index.upsert([passage("a.1.1")]),
        lambda: index.delete(["a.1.0"]),
        index.count,
    ]
    for use in uses:
        with pytest.raises(StoreError, match="Chroma"):
            use()
    server.stop()


def test_words_are_read_while_another_index_of_the_folder_writes(tmp_path: Path) -> None:
    writer = TantivyIndex(tmp_path / "words", MODEL)
    writer.upsert([passage("a", "The convoy crossed the bridge.")])
    reader = TantivyIndex(tmp_path / "words", MODEL)
    assert [hit.id for hit in reader.search([("convoy", 1.0)], top=1, window=EVERYTHING)] == ["a"]
    with pytest.raises(StoreError, match="words"):
        reader.delete(["a"])
    assert writer.count() == 1
