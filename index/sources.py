"""Turn what a person names (files, folders, addresses) into documents, each read on its own."""

from __future__ import annotations

import os
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


def shown(name: str) -> str:
    r"""Write a name so that it can be printed and stored: what is no text in it as ``\udcff``."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def expand(inputs: Iterable[str]) -> Iterator[str]:
    """Walk folders, in order of names; hidden files are left out, everything else is passed on.

    A folder inside that can't be opened is passed on itself, to fail under its name; links to
    folders are not followed.
    """
    for name in inputs:
        if is_address(name) or not _is_folder(name):
            yield name
        else:
            yield from _walk(name)


def _is_folder(name: str) -> bool:
    try:
        return bool(name) and Path(name).is_dir()
    except OSError:
        return False  # reading it will say why


def _walk(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = str(Path(entry.path))
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path)
        elif entry.is_file(follow_symlinks=False) or (entry.is_symlink() and not _is_folder(path)):
            yield path


def read(name: str, *, fetcher: Fetcher, most_bytes: int) -> Document:
    """Read one input.

    Raises:
        InputError: it can't be read, or is larger than ``most_bytes``.
    """
    label = shown(name)
    if is_address(name):
        return fetcher.fetch(label)
    if not name:
        raise InputError("an input without a name can't be read; give a path or an address")
    try:
        with Path(name).open("rb") as file:
            # One byte more than allowed tells a file that is too large, a device without end too.
            content = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{label}: can't be read ({reason}); check the path") from error
    if len(content) > most_bytes:
        raise InputError(
            f"{label}: larger than {most_bytes:,} bytes, the limit set by sources.most_bytes"
        )
    return Document(name=label, content=content)


def source_of(name: str) -> str:
    """Name an input the same way wherever the command is run from."""
    return shown(name if is_address(name) else str(Path(name).resolve()))
