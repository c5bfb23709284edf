"""Settings: one TOML file, every name checked, defaults from the packaged config/briefing.toml."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.zones import is_zone
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
    follow_seconds: int = Field(ge=1, le=86_400)


class Answers(_Section):
    """When an answer is given, and how long it is."""

    quotes: int = Field(ge=1, le=20)
    quote_chars: int = Field(ge=100, le=3_000)
    widen_gap: float = Field(ge=0)
    threshold: float = Field(ge=0, le=1)
    reranker: str
    reranked: int = Field(ge=1, le=200)


class Sources(_Section):
    """Bounds on what is read."""

    timeout: float = Field(gt=0, le=600)
    most_bytes: int = Field(ge=1_000)
    private_addresses: bool
    user_agent: str = Field(min_length=1)


class Feeds(_Section):
    """Which feeds are polled, how often, and how considerately."""

    addresses: list[Annotated[str, Field(pattern=r"^https?://[^/\s\p{C}][^\s\p{C}]*$")]]
    every_minutes: int = Field(ge=1, le=10_080)
    longest_minutes: int = Field(ge=1, le=43_200)
    pages: int = Field(ge=1, le=1_000)
    spacing: float = Field(ge=0, le=60)
    robots_name: str = Field(pattern="^[A-Za-z_-]+$")
    tick_seconds: int = Field(ge=1, le=3_600)


class Folders(_Section):
    """Which folders are watched, and how closely."""

    paths: list[Annotated[str, Field(min_length=1)]]
    quiet_seconds: float = Field(ge=0, le=3_600)
    tick_seconds: int = Field(ge=1, le=3_600)


class Chat(_Section):
    """How the conversation goes."""

    question_chars: int = Field(ge=50, le=10_000)
    history_questions: int = Field(ge=0, le=20)
    history_minutes: int = Field(ge=0)
    latest: int = Field(ge=1, le=50)
    questions_per_minute: int = Field(ge=1, le=1_000)
    at_once: int = Field(ge=1, le=256)
    waiting: int = Field(ge=0, le=100_000)
    zone: str
    answers_kept_days: int = Field(ge=1)
    api_url: str = Field(pattern="^https?://")

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, zone: str) -> str:
        return _zone(zone)


class Telegram(_Section):
    """Who operates the bot, and whom it answers."""

    admins: list[Annotated[int, Field(gt=0)]]
    allowed: list[int]
    groups: list[Annotated[int, Field(lt=0)]]


class Digest(_Section):
    """What a subscription is until its subscriber says more, and what is news."""

    time: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    zone: str
    max_age_days: int = Field(ge=0, le=3_650)
    tick_seconds: int = Field(ge=1, le=3_600)

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, zone: str) -> str:
        return _zone(zone)


def _zone(zone: str) -> str:
    if not is_zone(zone):
        raise ValueError(f"{zone!r} is not a time zone; write one like Europe/Kyiv")
    return zone


class Web(_Section):
    """The page of a report at its cited words, and links to it."""

    enabled: bool
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65_535)
    public_url: str = Field(pattern=r"^(https?://[^/\s\p{C}?#]+(/[^\s\p{C}?#]*)?)?$")
    link_days: int = Field(ge=1, le=3_650)


class Webhook(_Section):
    """Where Telegram brings updates; an empty address means that the bot fetches them."""

    url: str = Field(pattern=r"^(https?://[^/\s\p{C}?#]+(/[^\s\p{C}?#]*)?)?$")
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65_535)


class Settings(_Section):
    """Everything that can be set."""

    stores: Stores
    model: Model
    index: Index
    answers: Answers
    sources: Sources
    feeds: Feeds
    folders: Folders
    chat: Chat
    telegram: Telegram
    webhook: Webhook
    digest: Digest
    web: Web


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
        if isinstance(under, dict) and isinstance(value, dict):
            merged[name] = {**under, **value}
        else:
            merged[name] = value
    return merged
