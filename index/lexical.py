"""Tantivy as the ``LexicalIndex``: BM25 over the passages, in a folder of its own."""

from __future__ import annotations

import math
import re
import shutil
import uuid
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import tantivy

from index.errors import DamagedError, ModelError, StoreError
from index.ports import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.ports import Indexed, Window

_HEAP_BYTES: Final = 64 << 20
_UNDATED: Final = 0
_DAMAGED: Final = re.compile("corrupt|does not exist", re.IGNORECASE)
_NOTE: Final = "briefing-instance"


class TantivyIndex:
    """Passages by BM25; the words are stemmed as English."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._schema = (
            tantivy.SchemaBuilder()
            .add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
            .add_text_field("text", tokenizer_name="en_stem", index_option="freq")
            .add_unsigned_field("day", indexed=True, fast=True)
            .build()
        )
        self.instance = _instance(folder, fingerprint)
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
        except (ValueError, OSError) as error:
            raise _unopened(folder, error) from error
        self._folder = folder

    @cached_property
    def _writer(self) -> tantivy.IndexWriter:
        """What writes; made when first needed, since it locks the folder and most only read."""
        try:
            return self._index.writer(_HEAP_BYTES, num_threads=1)
        except (ValueError, OSError) as error:
            raise _unopened(self._folder, error) from error

    def upsert(self, passages: Sequence[Indexed]) -> None:
        """Store passages; committed when it returns."""
        for passage in passages:
            self._writer.delete_documents_by_term("id", passage.id)
            day = _UNDATED if passage.day is None else passage.day.toordinal()
            document = tantivy.Document(id=passage.id, text=passage.text)
            document.add_unsigned("day", day)
            self._writer.add_document(document)
        self._commit()

    def delete(self, ids: Sequence[str]) -> None:
        """Forget passages by id."""
        for id_ in ids:
            self._writer.delete_documents_by_term("id", id_)
        self._commit()

    def _commit(self) -> None:
        self._writer.commit()
        self._index.reload()

    def count(self) -> int:
        """Count the passages held."""
        return int(self._index.searcher().num_docs)

    def search(self, terms: Sequence[tuple[str, float]], *, top: int, window: Window) -> list[Hit]:
        """Return up to ``top`` passages by BM25 over weighted words, best first."""
        weights: dict[str, float] = {}
        for word, weight in terms:
            for stem in self.stems(word):
                weights[stem] = max(weight, weights.get(stem, 0.0))
        if not weights:
            return []
        words = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term(stem, weight)) for stem, weight in weights.items()]
        )
        searcher = self._index.searcher()
        found = searcher.search(self._within(words, window), top, count=False).hits
        return [Hit(id=str(searcher.doc(place)["id"][0]), score=score) for score, place in found]

    def stems(self, text: str) -> list[str]:
        """Return the words of ``text`` as the index holds them."""
        return list(_analyzer().analyze(text))

    def rarity(self, word: str) -> float:
        """Return ln(1 + passages / (1 + passages with the word)); 0 for what has no letters."""
        searcher = self._index.searcher()
        return max(
            (
                math.log1p(searcher.num_docs / (1 + searcher.doc_freq("text", stem)))
                for stem in self.stems(word)
            ),
            default=0.0,
        )

    def _term(self, stem: str, weight: float) -> tantivy.Query:
        term = tantivy.Query.term_query(self._schema, "text", stem, index_option="freq")
        return term if weight == 1.0 else tantivy.Query.boost_query(term, weight)

    def _within(self, words: tantivy.Query, window: Window) -> tantivy.Query:
        if window.first is None and window.last is None:
            return words
        days = tantivy.Query.range_query(
            self._schema,
            "day",
            tantivy.FieldType.Unsigned,
            lower_bound=None if window.first is None else window.first.toordinal(),
            upper_bound=None if window.last is None else window.last.toordinal(),
        )
        unscored = tantivy.Query.const_score_query(days, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, words), (tantivy.Occur.Must, unscored)]
        )


def _unopened(folder: Path, error: Exception) -> StoreError:
    kind = DamagedError if _DAMAGED.search(str(error)) else StoreError
    return kind(f"the word index in {folder} can't be opened ({error})")


@lru_cache(maxsize=1)
def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(40))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("English"))
        .build()
    )


def _instance(folder: Path, fingerprint: str) -> str:
    """Read which copy this is, or begin a new one; a copy without its note is none."""
    note = folder / _NOTE
    if note.is_file():
        built, _, instance = note.read_text("utf-8").partition("\n")
        if instance.strip() and built != fingerprint:
            raise ModelError(
                f"the word index was built with {built!r}, the settings ask for {fingerprint!r};"
                " run `briefing reindex`"
            )
        if instance.strip():
            return instance.strip()
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    instance = uuid.uuid4().hex
    note.write_text(f"{fingerprint}\n{instance}\n", "utf-8")
    return instance
