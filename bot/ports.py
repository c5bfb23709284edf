"""What the chat side needs from outside, as protocols: the contract is in each docstring."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from index.errors import BriefingError
from index.model import Arrival, Corpus, SourceHealth

__all__ = ["Arrival", "Corpus", "SourceHealth"]

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.model import Message, Place, Sent
    from index.model import Answer, Digest, DigestReport, Quote, Report, ReportSummary, Span
    from index.said import Said, Voice
    from index.topic import Found, Sentence


class Reports(Protocol):
    """The index as the chat sees it: ``index.library.Library``. Calls block: use threads."""

    def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
        """Answer or refuse; never raises for what a person typed."""
        ...

    def report(self, report_id: str, revision: int | None = None) -> Report:
        """Return one stored revision (the newest by default); NotFoundError if there is none."""
        ...

    def reports(self) -> list[ReportSummary]:
        """List all reports, newest published first, undated last."""
        ...

    def around(self, quote: Quote) -> Span:
        """Return the span of the passage or paragraph to show around a quote, holding it wholly."""
        ...

    def digest(self, day: date) -> Digest:
        """Compose the digest of the reports published on ``day`` (empty if none)."""
        ...

    def digest_report(self, report_id: str, revision: int | None = None) -> DigestReport:
        """Compose one report's part of a digest."""
        ...

    def arrivals(self, *, after: int = 0) -> list[Arrival]:
        """List the change log past ``after``, oldest first."""
        ...

    def newest_day(self) -> date | None:
        """Return the latest published date in the store."""
        ...

    def corpus(self) -> Corpus:
        """Count what is stored."""
        ...

    def sources(self) -> list[SourceHealth]:
        """List the sources reports came from, with their health."""
        ...


class Research(Protocol):
    """All that the reports say of something: ``index.library.Library``. Calls block."""

    def about(self, topic: str, *, today: date) -> Found:
        """Find every sentence of reports published by ``today`` that speaks of a topic."""
        ...

    def named(self, name: str) -> list[Voice]:
        """Return who may be meant by a name as typed, who says most first."""
        ...

    def said(self, voice: Voice, about: str, *, today: date) -> Said:
        """Return what a voice says, newest first: of a topic, or of anything (no topic)."""
        ...

    def quote(self, sentence: Sentence) -> Quote:
        """Cite one of those sentences."""
        ...

    def report(self, report_id: str, revision: int | None = None) -> Report:
        """Return one stored revision (the newest by default); NotFoundError if there is none."""
        ...

    def reports(self) -> list[ReportSummary]:
        """List all reports, newest published first, undated last."""
        ...


class Priority(IntEnum):
    """Who goes first when the messenger's limits bind: smaller first."""

    CHAT = 0
    DIGEST = 1


class ChannelError(BriefingError):
    """A message was not sent, or may not have been."""


class BlockedError(ChannelError):
    """The person or chat refuses the bot (403): permanent until they come back."""


class GoneError(ChannelError):
    """The chat or topic does not exist any more (400)."""


class MigratedError(ChannelError):
    """The group became a supergroup; nothing was sent. ``chat_id`` is the new address."""

    def __init__(self, chat_id: int) -> None:
        super().__init__(f"the chat moved to {chat_id}")
        self.chat_id = chat_id


class RetryAfterError(ChannelError):
    """The messenger asks to wait (429); nothing was sent. ``seconds`` as it said."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the messenger asks to wait {seconds} s")
        self.seconds = seconds


class RejectedError(ChannelError):
    """The messenger refuses this very message (400): a defect of the rendering, permanent."""


class UnavailableError(ChannelError):
    """Nothing was accepted for certain (connection refused, 502 before acceptance): try again."""


class UnknownOutcomeError(ChannelError):
    """The connection broke after the request left: it may or may not have been accepted."""


class Channel(Protocol):
    """The messenger. Each call is one message; limits are kept inside, errors are ChannelErrors."""

    async def send(
        self, place: Place, message: Message, *, priority: Priority, silent: bool = False
    ) -> Sent:
        """Send one message, with its file if it has one, and return its id."""
        ...

    async def edit(self, place: Place, message_id: int, message: Message) -> None:
        """Replace a message's text and buttons; unchanged content is no error.

        The message has no attachment: what has one is sent.
        """
        ...
