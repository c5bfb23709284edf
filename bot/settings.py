"""Settings: one TOML file, every name checked, defaults from the packaged config/briefing.toml."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Stores(_Section):
    """Where things are stored; empty means in the data folder."""

    database_url: str
    chroma_url: str


class Model(_Section):
    """Which embedding model."""

    name: str = Field(min_length=1)
    question_prompt: str
    passage_prompt: str
    precision: Literal["auto", "float32", "bfloat16"]


class Index(_Section):
    """How reports are cut and how wide retrieval looks."""

    passage_chars: int = Field(ge=200, le=5_000)
    dense: int = Field(ge=1, le=1_000)
    lexical: int = Field(ge=1, le=1_000)


class Answers(_Section):
    """When an answer is given, and how long it is."""

    quotes: int = Field(ge=1, le=20)
    quote_chars: int = Field(ge=100, le=3_000)
    widen_gap: float = Field(ge=0)
    threshold: float = Field(ge=0, le=1)


class Sources(_Section):
    """Bounds on what is read."""

    timeout: float = Field(gt=0, le=600)
    most_bytes: int = Field(ge=1_000)
    private_addresses: bool
    user_agent: str = Field(min_length=1)


class Settings(_Section):
    """Everything that can be set."""

    stores: Stores
    model: Model
    index: Index
    answers: Answers
    sources: Sources


def load(path: Path | None = None) -> Settings:
    """Read the settings: the packaged defaults, with those of ``path`` over them.

    Raises:
        SettingsError: the file can't be read, or a name or value is not one; the text names it.
    """
    values = tomllib.loads((resources.files("config") / "briefing.toml").read_text("utf-8"))
    if path is not None:
        values = _over(values, _read(path))
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        where = path or "config/briefing.toml"
        raise SettingsError(f"setting {name} in {where}: {first['msg']}") from error


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"the settings file {path} can't be read: {error}") from error


def _over(below: dict[str, object], above: dict[str, object]) -> dict[str, object]:
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        both = isinstance(under, dict) and isinstance(value, dict)
        merged[name] = {**under, **value} if both else value
    return merged
