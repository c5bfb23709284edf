"""Turn what a person names (files, folders, addresses) into documents, each read on its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from index.errors import InputError
from index.model import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from index.fetch import Fetcher

_SCHEMES: Final = ("http://", "https://")


def is_address(name: str) -> bool:
    """Tell whether an input is to be fetched rather than opened."""
    return name.lower().startswith(_SCHEMES)


def expand(inputs: Iterable[str]) -> Iterator[str]:
    """Walk folders, in order of names; hidden files are left out, everything else is passed on."""
    for name in inputs:
        if is_address(name) or not Path(name).is_dir():
            yield name
            continue
        for path in sorted(Path(name).rglob("*")):
            inside = path.relative_to(name).parts
            if path.is_file() and not any(part.startswith(".") for part in inside):
                yield str(path)


def read(name: str, *, fetcher: Fetcher, most_bytes: int) -> Document:
    """Read one input.

    Raises:
        InputError: it can't be read, or is larger than ``most_bytes``.
    """
    if is_address(name):
        return fetcher.fetch(name)
    path = Path(name)
    try:
        size = path.stat().st_size
        if size > most_bytes:
            raise InputError(
                f"{name}: {size:,} bytes, more than the {most_bytes:,} that sources.most_bytes"
                " allows"
            )
        return Document(name=name, content=path.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{name}: can't be read ({reason}); check the path") from error


def source_of(name: str) -> str:
    """Name an input the same way wherever the command is run from."""
    return name if is_address(name) else str(Path(name).resolve())
