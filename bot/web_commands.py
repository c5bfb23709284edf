"""`briefing link`: print a signed link to a report or to the reading list."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from bot import documents, settings
from bot.build import engine_for, library_for
from bot.signed_links import ReadingList, ReportPage
from bot.web_wiring import web_for
from index.errors import SettingsError
from index.model import Span

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from bot.signed_links import Target

_OK: Final = 0


def register(parser: ArgumentParser) -> None:
    """Add the options of `briefing link`."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?", metavar="REPORT_ID")
    which.add_argument("--list", action="store_true", help="the list of reports by day")
    parser.add_argument("--revision", type=int, help="an older revision")
    parser.add_argument("--start", type=int, metavar="N", help="where the cited words begin")
    parser.add_argument("--end", type=int, metavar="N", help="where the cited words end")


def link(options: Namespace) -> int:
    """Print a signed link."""
    chosen = settings.load(options.config)
    given = [one for one in (options.start, options.end, options.revision) if one is not None]
    if (options.start is None) != (options.end is None) or (options.list and given):
        raise SettingsError("--start and --end go together, and with a REPORT_ID")
    target = ReadingList() if options.list else _report_page(chosen, options)
    links = web_for(chosen, options.data).links
    document: dict[str, Any] = {"url": links.to(target), "until": links.expiry()}
    text = documents.line(document) if options.json else document["url"]
    sys.stdout.write(f"{text}\n")
    return _OK


def _report_page(chosen: settings.Settings, options: Namespace) -> Target:
    engine = engine_for(chosen, options.data)
    try:
        with closing(library_for(chosen, options.data, engine, command="link")) as library:
            report = library.report(options.id, options.revision)
    finally:
        engine.dispose()
    span = None
    if options.start is not None:
        if not 0 <= options.start < options.end <= len(report.text):
            raise SettingsError(
                f"--start {options.start} --end {options.end} is no slice of report {report.id}, "
                f"which has {len(report.text)} characters"
            )
        span = Span(start=options.start, end=options.end)
    return ReportPage(report_id=report.id, revision=report.revision, span=span)
