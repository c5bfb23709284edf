"""The source page's HTML: a report at its cited words, the reading list, and what can't be shown.

Values in, text out. Templates escape whatever they fill in, and no address becomes a link but one
of the web's.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Final

from jinja2 import DictLoader, Environment, StrictUndefined

from bot.web_text import Note, NoteIndex, groups, headline, is_web_address, noted, visible
from index.footnotes import footnotes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.texts import Texts
    from bot.web_text import Atom
    from index.model import Footnote, Report, Span

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TEMPLATES: Final = ("frame.html", "parts.html", "report.html", "list.html", "message.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A report in the reading list, with the address of its page."""

    report: Report
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of the reading list; ``newer`` and ``older`` are addresses of its neighbours."""

    entries: tuple[Entry, ...]
    page: int
    pages: int
    total: int
    newer: str | None
    older: str | None


class Pages:
    """Writes pages in the wording given."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        folder = resources.files("config") / "web"
        self._style = (folder / "style.css").read_text("utf-8")
        templates = {name: (folder / name).read_text("utf-8") for name in _TEMPLATES}
        self._environment = Environment(
            loader=DictLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            w=self._word,
            t=texts.plain,
            day=texts.day,
            count=texts.count,
            is_web_address=is_web_address,
        )

    @cached_property
    def policy(self) -> str:
        """The Content-Security-Policy of every page: its own style, and nothing else."""
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        return "; ".join(
            [
                "default-src 'none'",
                f"style-src 'sha256-{digest}'",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ]
        )

    def report(self, report: Report, span: Span | None, newest: str | None = None) -> str:
        """Write a report's page.

        Args:
            report: the revision that was quoted.
            span: the cited words, within the text; or None.
            newest: the address of the newest revision where that is another one.

        Raises:
            ValueError: the span ends outside the text.
        """
        if span is not None and span.end > len(report.text):
            raise ValueError(f"{span} ends outside a text of {len(report.text)} characters")
        span = visible(report, span)
        notes = NoteIndex.of(report)
        behind = footnotes(report, span) if span else ()
        return self._page(
            "report.html",
            language=_language(report.language),
            report=report,
            title=self._title(report.title),
            publisher=self._publisher(report.publisher, confirmed=report.publisher_confirmed),
            heading=headline(report, span, notes),
            groups=groups(report, span, notes),
            notes=notes.notes,
            cited=span is not None,
            behind=[self._behind(one) for one in behind],
            nearest=any(one.scope == "paragraph" for one in behind),
            newest=newest,
        )

    def reading_list(self, page: ListPage) -> str:
        """Write a page of the reading list."""
        days: dict[date | None, list[Entry]] = {}
        for entry in page.entries:
            days.setdefault(entry.report.published, []).append(entry)
        return self._page(
            "list.html",
            days=days,
            page=page,
            title_of=self._title,
            publisher_of=self._publisher,
            language_of=_language,
        )

    def message(self, key: str) -> str:
        """Write a page that says one thing: the texts ``web.KEY.heading`` and ``web.KEY.text``."""
        return self._page("message.html", key=key)

    def _page(self, template: str, **values: object) -> str:
        return self._environment.get_template(template).render(style=self._style, **values)

    def _word(self, key: str, **values: str | int) -> str:
        return self._texts.plain(f"web.{key}", **values)

    def _title(self, title: str | None) -> str:
        return " ".join((title or "").split()) or self._texts.plain("answer.untitled")

    def _publisher(self, name: str | None, *, confirmed: bool) -> str:
        if not name:
            return self._texts.plain("answer.no_publisher")
        return name if confirmed else self._texts.plain("answer.unconfirmed", publisher=name)

    @staticmethod
    def _behind(one: Footnote) -> Note:
        atoms: Sequence[Atom] = () if one.status == "missing" else noted(one.text, one.urls)
        return Note(label=one.label, atoms=tuple(atoms))


def _language(code: str) -> str | None:
    return code if _LANGUAGE.fullmatch(code) and code != "und" else None
