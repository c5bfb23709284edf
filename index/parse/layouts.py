"""What is known of publishers and their pages: the data of `config/publishers.toml`, checked."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from index.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.etree import _Element as Element

_NOTHING: Final = r"(?!)"


def _whole(patterns: object) -> re.Pattern[str]:
    """Compile alternatives that must match a whole line, up to closing punctuation."""
    return _compile(patterns, r"(?:{})[\s:.]*\Z")


def _opening(patterns: object) -> re.Pattern[str]:
    """Compile alternatives that must match a line's beginning."""
    return _compile(patterns, r"(?:{})")


def _compile(patterns: object, template: str) -> re.Pattern[str]:
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        raise ValueError("must be a list of patterns")
    try:
        for one in patterns:
            re.compile(one)
        return re.compile(template.format("|".join(patterns) or _NOTHING), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"holds a pattern that is not one: {error}") from error


Lines = Annotated[re.Pattern[str], BeforeValidator(_whole)]
Openings = Annotated[re.Pattern[str], BeforeValidator(_opening)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Words(_Settings):
    """Wordings by which any report tells where it stands."""

    takeaways: Lines
    endnotes: Lines
    ends: Lines
    errors: Lines
    boilerplate: Openings
    menus: Openings


class Place(_Settings):
    """The first element with that tag of which an attribute holds a word, or is a phrase.

    ``take`` names the attribute that holds what is wanted; without it, the element's text does.
    """

    tag: str
    attribute: str
    value: str
    take: str | None = None

    def find(self, root: Element) -> Element | None:
        """Return the element, or None where the page has none."""
        for element in root.iter(self.tag):
            said = element.get(self.attribute)
            if said is not None and (said == self.value or self.value in said.split()):
                return element
        return None


class Layout(_Settings):
    """Where pages of one make keep things; it applies where its body is found."""

    name: str
    body: Place
    title: Place | None = None
    stamp: Place | None = None


class Publisher(_Settings):
    """One publisher: its address, the hosts and names it is known by, and its feeds."""

    name: str
    address: str
    hosts: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    feeds: tuple[str, ...] = ()


class Layouts(_Settings):
    """Everything the reader of reports is told beforehand."""

    words: Words
    layouts: tuple[Layout, ...] = ()
    publishers: tuple[Publisher, ...] = ()

    def at(self, url: str | None) -> Publisher | None:
        """Return the publisher whose address ``url`` is, subdomains included."""
        try:
            host = (urlsplit(url).hostname or "") if url else ""
        except ValueError:
            return None
        for publisher in self.publishers:
            if any(host == own or host.endswith("." + own) for own in publisher.hosts):
                return publisher
        return None

    def named(self, name: str | None) -> Publisher | None:
        """Return the publisher that goes by ``name``."""
        wanted = (name or "").strip().casefold()
        for publisher in self.publishers:
            if wanted in {publisher.name.casefold(), *(one.casefold() for one in publisher.names)}:
                return publisher
        return None


def load(path: Path | None = None) -> Layouts:
    """Return the layouts of ``path``, or those that come with the program.

    Raises:
        SettingsError: the file can't be read, or holds something unknown or impossible.
    """
    try:
        if path is None:
            text = resources.files("config").joinpath("publishers.toml").read_text("utf-8")
        else:
            text = path.read_text("utf-8")
        data: dict[str, Any] = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        where = path or "the packaged publishers.toml"
        raise SettingsError(f"{where} can't be read: {error}; correct or replace it.") from error
    try:
        return Layouts.model_validate(data)
    except ValidationError as error:
        raise SettingsError(_explain(path, error)) from error


def _explain(path: Path | None, error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    return f"{path or 'publishers.toml'}: {key}: {first['msg']}; correct that setting."
