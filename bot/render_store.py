"""What is in store, as blocks of a message: the newest reports, the sources, the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.markup import Html, bold, italic, join, link
from bot.wording import TITLE, shortened

if TYPE_CHECKING:
    from bot.ports import Corpus, SourceHealth
    from bot.views import HelpView, LatestView, SourcesView
    from bot.wording import Wording
    from index.model import ReportSummary

_ERROR = 200
_BULLET = "• "


def latest_blocks(view: LatestView, wording: Wording) -> list[Html]:
    """Return the newest reports, a line each."""
    texts = wording.texts
    if not view.reports:
        return [texts("latest.empty")]
    lines = [join([_BULLET, _report_line(report, wording)]) for report in view.reports]
    blocks = [join([bold(texts("latest.heading")), *lines], "\n")]
    if view.total > len(view.reports):
        blocks.append(italic(texts("latest.more", n=len(view.reports), total=view.total)))
    return blocks


def _report_line(report: ReportSummary, wording: Wording) -> Html:
    return wording.texts(
        "latest.line",
        day=wording.texts.day(report.published),
        title=link(wording.title(report.title), report.url),
        publisher=wording.publisher(report.publisher, confirmed=report.publisher_confirmed),
    )


def sources_blocks(view: SourcesView, wording: Wording) -> list[Html]:
    """Return what is stored, by publisher, and how each source fares."""
    texts, corpus = wording.texts, view.corpus
    total = texts(
        "sources.total",
        reports=texts.count("reports", corpus.reports),
        passages=texts.count("passages", corpus.passages),
        days=_days(corpus, wording),
    )
    if not corpus.reports:
        total = texts("latest.empty")
    publishers = [
        texts(
            "sources.publisher",
            publisher=wording.full_publisher(name),
            reports=texts.count("reports", n),
        )
        for name, n in corpus.publishers
    ]
    health = [_health(source, wording) for source in view.sources]
    blocks = [join([bold(texts("sources.heading")), total, *_bulleted(publishers)], "\n")]
    if health:
        blocks.append(join([bold(texts("sources.health_heading")), *_bulleted(health)], "\n"))
    return blocks


def _health(source: SourceHealth, wording: Wording) -> Html:
    texts = wording.texts
    name, reports = shortened(source.name, TITLE), texts.count("reports", source.reports)
    if source.last_success is None:
        line = texts("sources.never", name=name, reports=reports)
    else:
        moment = texts.moment(source.last_success)
        line = texts("sources.fine", name=name, reports=reports, moment=moment)
    if not source.last_error:
        return line
    return texts("sources.trouble", line=line, error=shortened(source.last_error, _ERROR))


def help_blocks(view: HelpView, wording: Wording) -> list[Html]:
    """Return what the bot does, an example, and its commands."""
    texts = wording.texts
    coverage = texts("latest.empty")
    if view.corpus.reports:
        reports = texts.count("reports", view.corpus.reports)
        coverage = texts("help.coverage", reports=reports, days=_days(view.corpus, wording))
    commands = [texts("help.command", name=name, about=about) for name, about in view.commands]
    examples = view.examples or (texts.plain("help.example"),)
    return [
        join([texts("help.greeting"), coverage], "\n"),
        join([texts("help.how"), *map(italic, examples)], "\n"),
        join([bold(texts("help.commands")), *commands], "\n"),
    ]


def _days(corpus: Corpus, wording: Wording) -> str:
    return wording.texts.days(corpus.first, corpus.last)


def _bulleted(lines: list[Html]) -> list[Html]:
    return [join([_BULLET, line]) for line in lines]
