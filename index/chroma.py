"""Chroma as the ``VectorIndex``: a folder of its own, or a server when settings name one."""

from __future__ import annotations

import re
import shutil
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import httpx
import numpy as np

from index.errors import DamagedError, ModelError, StoreError
from index.ports import Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import GetResult, Where

    from index.ports import Indexed, Vector, Window

_COLLECTION: Final = "passages"
_BATCH: Final = 1_000
_UNDATED: Final = 0
_DAMAGED: Final = re.compile("not a database|malformed")
_ROUNDING: Final = 1e-6
_PATIENCE: Final = 60.0  # seconds for one request


class ChromaIndex:
    """Passages by cosine similarity; ``fingerprint`` says with which model and chunking built."""

    def __init__(self, client: ClientAPI, fingerprint: str) -> None:
        with _translated():
            self._collection = _collection(client, fingerprint)

    @property
    def instance(self) -> str:
        """Name this copy of the collection."""
        return str(self._collection.metadata["instance"])

    def upsert(self, passages: Sequence[Indexed]) -> None:
        """Store vectors with their day; the text stays in the catalogue."""
        for first in range(0, len(passages), _BATCH):
            batch = passages[first : first + _BATCH]
            with _translated():
                self._collection.upsert(
                    ids=[passage.id for passage in batch],
                    embeddings=np.stack([passage.vector for passage in batch]),
                    metadatas=[{"day": _day(passage.day)} for passage in batch],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Forget passages by id."""
        for first in range(0, len(ids), _BATCH):
            with _translated():
                self._collection.delete(ids=list(ids[first : first + _BATCH]))

    def check(self) -> None:
        """Read one vector and search for it: Chroma opens its files on first use alone.

        Raises:
            DamagedError: they can't be read.
        """
        from chromadb.errors import InternalError

        try:
            found = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
            if found is not None and len(found):
                self._collection.query(query_embeddings=found, n_results=1, include=[])
        except InternalError as error:
            raise DamagedError(f"the vectors can't be searched ({error})") from error

    def count(self) -> int:
        """Count the passages held."""
        with _translated():
            return self._collection.count()

    def copy_to(self, other: ChromaIndex, progress: Callable[[str, int, int], None]) -> int:
        """Copy all vectors to another index, read them back, and count them.

        Raises:
            StoreError: the other one holds something else as well, or not what was written.
        """
        total = self.count()
        for first in range(0, total, _BATCH):
            with _translated():
                page = self._collection.get(
                    limit=_BATCH, offset=first, include=["embeddings", "metadatas"]
                )
                other._collection.upsert(
                    ids=page["ids"], embeddings=page["embeddings"], metadatas=page["metadatas"]
                )
                back = other._collection.get(ids=page["ids"], include=["embeddings", "metadatas"])
            if not _same(_by_id(page), _by_id(back)):
                raise StoreError("Chroma gives back other vectors than it was given; try again")
            progress("copying vectors", min(first + _BATCH, total), total)
        if (there := other.count()) != total:
            raise StoreError(
                f"the Chroma to move to holds {there} vectors, {total} of them from here; delete"
                " its collection 'passages' and try again"
            )
        return total

    def nearest(self, vector: Vector, *, top: int, window: Window) -> list[Hit]:
        """Return up to ``top`` passages by cosine similarity, best first."""
        with _translated():
            found = self._collection.query(
                query_embeddings=vector[np.newaxis],
                n_results=top,
                where=_where(window),
                include=["distances"],
            )
        distances = found["distances"]
        if not distances:
            return []
        pairs = zip(found["ids"][0], distances[0], strict=True)
        return [Hit(id=id_, score=1.0 - distance) for id_, distance in pairs]


@contextmanager
def _translated() -> Iterator[None]:
    """Turn Chroma's errors, and those of the way to its server, into a StoreError."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, httpx.HTTPError) as error:
        raise StoreError(
            f"Chroma failed ({type(error).__name__}: {error}); check that its server runs or that"
            " its folder is writable, then try again"
        ) from error


def embedded(folder: Path) -> ClientAPI:
    """Open the Chroma of one folder; only one process may.

    Raises:
        StoreError: the folder can't be opened as a Chroma store.
    """
    import chromadb
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    folder.mkdir(parents=True, exist_ok=True)
    try:
        return chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False)
        )
    except (ChromaError, ValueError, OSError) as error:
        kind = DamagedError if _DAMAGED.search(str(error)) else StoreError
        raise kind(f"the vectors in {folder} can't be opened ({error})") from error


def discard(folder: Path) -> None:
    """Delete the Chroma of one folder, which no client of this process may use any more."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()  # it would hand out the client of the old folder
    shutil.rmtree(folder)


def server(host: str, port: int) -> ClientAPI:
    """Connect to a Chroma server.

    Raises:
        StoreError: nothing answers there.
    """
    import chromadb
    from chromadb.config import Settings

    try:
        client = chromadb.HttpClient(
            host=host, port=port, settings=Settings(anonymized_telemetry=False)
        )
    except (ValueError, httpx.HTTPError) as error:
        raise StoreError(
            f"no Chroma server answers at {host}:{port} ({error}); start it or change"
            " stores.chroma_url"
        ) from error
    # It would wait for ever for a server that stands still, and has no setting for it.
    cast("Any", client)._server._session.timeout = _PATIENCE  # noqa: SLF001
    return client


def _collection(client: ClientAPI, fingerprint: str) -> Collection:
    from chromadb.errors import NotFoundError

    try:
        collection = client.get_collection(_COLLECTION, embedding_function=None)
    except NotFoundError:
        return client.create_collection(
            _COLLECTION,
            metadata={"fingerprint": fingerprint, "instance": uuid.uuid4().hex},
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=None,
        )
    built = collection.metadata.get("fingerprint")
    if built != fingerprint:
        raise ModelError(
            f"the vectors were built with {built!r}, the settings ask for {fingerprint!r}; run"
            " `briefing reindex`, or set model.name and index.passage_chars back"
        )
    return collection


def drop(client: ClientAPI) -> None:
    """Forget the whole collection, so that it is built anew."""
    from chromadb.errors import NotFoundError

    try:
        client.delete_collection(_COLLECTION)
    except NotFoundError:
        return


def _by_id(found: GetResult) -> dict[str, tuple[Vector, object]]:
    vectors = np.asarray(found["embeddings"], np.float32)
    known = zip(vectors, found["metadatas"] or (), strict=True)
    return dict(zip(found["ids"], known, strict=True))


def _same(ours: dict[str, tuple[Vector, object]], theirs: dict[str, tuple[Vector, object]]) -> bool:
    """Compare passages; a store may bring vectors to length 1 again, which rounds."""
    return ours.keys() == theirs.keys() and all(
        metadata == theirs[id_][1] and np.allclose(vector, theirs[id_][0], atol=_ROUNDING)
        for id_, (vector, metadata) in ours.items()
    )


def _day(day: date | None) -> int:
    return _UNDATED if day is None else day.toordinal()


def _where(window: Window) -> Where | None:
    bounds: list[dict[str, dict[str, int]]] = []
    if window.first is not None:
        bounds.append({"day": {"$gte": window.first.toordinal()}})
    if window.last is not None:
        bounds.append({"day": {"$lte": window.last.toordinal()}})
    if not bounds:
        return None
    return cast("Where", bounds[0] if len(bounds) == 1 else {"$and": bounds})
