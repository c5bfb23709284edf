"""Reports that operators send: a file or an address, read as ``briefing ingest`` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from bot.dialogue import Command, Reply, Request
from bot.markup import bold, join, link
from bot.model import Message
from bot.wording import shortened
from index.errors import NotFoundError
from index.model import Document, IngestStatus
from index.robots import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.markup import Html
    from bot.texts import Texts
    from index.intake import Intake
    from index.model import IngestResult, Report

MOST_BYTES: Final = 20 * 1024 * 1024  # what Telegram lets a bot fetch
_MEGABYTE: Final = 1024 * 1024
_NAME: Final = 120
_TITLE: Final = 120
_ERROR: Final = 300
_MOST_LINES: Final = 8
_MOST_TITLES: Final = 3
_SCHEMES: Final = ("http://", "https://")
_NEWS: Final = frozenset({IngestStatus.ADDED, IngestStatus.UPDATED})


class Shelf(Protocol):
    """Where reports go: ``index.library.Library``."""

    def intake(self) -> Intake:
        """Return what reads inputs into it."""
        ...

    def report(self, report_id: str, revision: int | None = None) -> Report:
        """Return a stored report."""
        ...

    def follow_if_free(self, progress: Callable[[str, int, int], None]) -> None:
        """Make stored reports searchable, unless another process does so."""
        ...


class Uploads:
    """Reads what operators send and words what came of it. Calls block."""

    def __init__(self, shelf: Shelf, texts: Texts) -> None:
        self._shelf = shelf
        self._texts = texts

    def name_of(self, name: str | None) -> str:
        """Return a file's name or an address as it is shown."""
        return shortened(name or "", _NAME) or self._texts.plain("upload.unnamed")

    def refuse_size(self, name: str, size: int) -> Html | None:
        """Say that a file of ``size`` bytes is too large to be fetched, None if it is not."""
        if size <= MOST_BYTES:
            return None
        megabytes, limit = f"{size / _MEGABYTE:.0f}", MOST_BYTES // _MEGABYTE
        return self._texts("upload.too_large", name=name, size=megabytes, limit=limit)

    def refuse_address(self, text: str) -> Html | None:
        """Say what an address must be, None if it is one; paths of this machine never are."""
        if not text:
            return self._texts("upload.how")
        if len(text.split()) > 1 or not text.lower().startswith(_SCHEMES):
            return self._texts("upload.no_address")
        return None

    def read_file(self, name: str, content: bytes) -> list[IngestResult]:
        """Store the reports of a file.

        Raises:
            StoppedError: the program is stopping; what was stored before stays.
        """
        document = Document(name=name, content=content)
        return list(self._shelf.intake().take_document(document, f"upload:{name}"))

    def read_address(self, url: str) -> list[IngestResult]:
        """Store the reports of a page, a file or a feed.

        Raises:
            StoppedError: the program is stopping; what was stored before stays.
        """
        return list(self._shelf.intake().take(url))

    def index(self) -> bool:
        """Make what was stored searchable; tell whether it is, and not another process's task."""
        said: list[int] = []
        self._shelf.follow_if_free(lambda _stage, _done, total: said.append(total))
        return all(said)  # what another process will do is said without a total

    @staticmethod
    def is_news(results: Iterable[IngestResult]) -> bool:
        """Tell whether anything new was stored."""
        return any(result.status in _NEWS for result in results)

    def outcome(self, results: Sequence[IngestResult], *, searchable: bool | None = None) -> Html:
        """Say what came of an input, a line for each result; ``searchable`` of what is new."""
        lines = [self._line(result) for result in results[:_MOST_LINES]]
        if more := len(results) - len(lines):
            lines.append(self._texts("upload.more", n=more))
        if searchable is not None:
            key = "upload.searchable" if searchable else "upload.not_searchable"
            lines.append(self._texts(key))
        return join(lines, "\n")

    def _line(self, result: IngestResult) -> Html:
        if result.error:
            return self._texts("upload.failed", error=shortened(result.error, _ERROR))
        if not result.reports:
            return self._texts("upload.nothing")
        titles = join([self._title(id_) for id_ in result.reports[:_MOST_TITLES]], "; ")
        if (more := len(result.reports) - _MOST_TITLES) > 0:
            titles = self._texts("upload.titles_more", titles=titles, n=more)
        return self._texts(f"upload.{result.status}", titles=titles)

    def _title(self, report_id: str) -> Html:
        try:
            report = self._shelf.report(report_id)
        except NotFoundError:
            return bold(report_id)
        title = shortened(report.title or "", _TITLE) or self._texts.plain("answer.untitled")
        return link(bold(title), report.url)


class IngestCommand:
    """/ingest ADDRESS where no progress is shown; it blocks.

    Args:
        may_add: tells whether a person may add reports.
    """

    def __init__(self, uploads: Uploads, may_add: Callable[[int], bool], texts: Texts) -> None:
        self._uploads = uploads
        self._may_add = may_add
        self._texts = texts

    @property
    def command(self) -> Command:
        """The command; it is for few people and in no menu."""
        return Command(name="ingest", about="", run=self.run)

    def run(self, request: Request) -> Reply:
        """Read an address and say what came of it."""
        if not self._may_add(request.asker.person):
            return _said(self._texts("upload.operators_only"))
        if refusal := self._uploads.refuse_address(request.text):
            return _said(refusal)
        name = self._uploads.name_of(request.text)
        try:
            results = self._uploads.read_address(request.text)
        except StoppedError:
            return _said(self._texts("upload.stopping", name=name))
        searchable = self._uploads.index() if self._uploads.is_news(results) else None
        return _said(self._uploads.outcome(results, searchable=searchable))


def _said(html: Html) -> Reply:
    return Reply(messages=(Message(html=html),))
