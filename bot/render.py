"""Views as Telegram messages: what is read first stands first, and every quote says where from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.markup import (
    Html,
    bold,
    clean,
    escape,
    is_link,
    italic,
    join,
    link,
    pack,
    quotation,
    utf16_len,
)
from bot.model import Button, Message
from bot.views import (
    AnswerView,
    Cited,
    ContextView,
    FootnotesView,
    HelpView,
    LatestView,
    NoticeView,
    SourcesView,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.ports import Corpus, SourceHealth
    from bot.texts import Texts
    from index.model import Footnote, Quote, ReportSummary, Searched, Statement

FOLDED_FROM = 350  # units: about five lines on a phone
_REMINDER = 90
_TITLE = 200
_NAME = 80
_NAMED_PUBLISHERS = 5
_ERROR = 200
_SEPARATOR = " · "
_BULLET = "• "


class Renderer:
    """Renders views.

    Args:
        texts: the catalogue.
        short_names: short names of publishers, by full name; others are named in full.
        side_names: names of sides, by their key in the lexicon; others by their key.
    """

    def __init__(
        self, texts: Texts, short_names: Mapping[str, str], side_names: Mapping[str, str]
    ) -> None:
        self._texts = texts
        self._short_names = short_names
        self._side_names = side_names

    def render(self, view: View) -> tuple[Message, ...]:
        """Return the messages that show a view, buttons under the last."""
        match view:
            case AnswerView():
                return _messages(self._answer(view), self._answer_keys(view))
            case FootnotesView():
                return _messages(self._footnotes(view), [[self._back(view.id)]])
            case ContextView():
                return _messages(self._context(view), self._context_keys(view))
            case LatestView():
                return _messages(self._latest(view))
            case SourcesView():
                return _messages(self._sources(view))
            case HelpView():
                return _messages(self._help(view))
            case NoticeView():
                return _messages([self.notice(view)])

    def notice(self, view: NoticeView) -> Html:
        """Return the one sentence of a notice."""
        return self._texts(view.key, **view.values)

    def publisher(self, name: str | None) -> str:
        """Name a publisher as briefly as is known."""
        if name is None:
            return self._texts.plain("answer.no_publisher")
        return _shortened(self._short_names.get(name, name), _TITLE)

    # The answer and its refusal

    def _answer(self, view: AnswerView) -> list[Html]:
        if not view.related and view.cited:
            return [self._numbered(n, cited) for n, cited in enumerate(view.cited, 1)]
        blocks = [join([bold(self._texts("refusal.heading")), self._searched(view.searched)], "\n")]
        related = italic(self._texts("refusal.related"))
        return blocks + [join([related, self._quote(cited)], "\n") for cited in view.cited]

    def _numbered(self, number: int, cited: Cited) -> Html:
        head = join([bold(self._texts("answer.number", n=number)), self._speakers(cited)], " ")
        return join([head, self._quote(cited)], "\n")

    def _quote(self, cited: Cited) -> Html:
        text = cited.quote.text
        block = quotation(text, expandable=utf16_len(text) > FOLDED_FROM)
        return join([block, self._source_line(cited)], "\n")

    def _source_line(self, cited: Cited) -> Html:
        quote = cited.quote
        parts: list[str] = [self._publisher(cited), self._texts.day(quote.published)]
        if cited.paragraph:
            parts.append(self._texts("answer.paragraph", n=cited.paragraph))
        labels = list(dict.fromkeys(note.label for note in quote.footnotes))
        if labels:
            key = f"answer.notes.{'one' if len(labels) == 1 else 'other'}"
            parts.append(self._texts(key, labels=", ".join(labels)))
        return link(join(parts, _SEPARATOR), quote.url)

    def _publisher(self, cited: Cited) -> str:
        name = self.publisher(cited.quote.publisher)
        if cited.quote.publisher is None or cited.publisher_confirmed:
            return name
        return f"{name} ({self._texts.plain('answer.unconfirmed')})"

    def _speakers(self, cited: Cited) -> Html:
        statements = cited.quote.statements
        names = list(dict.fromkeys(filter(None, map(self._speaker, statements))))
        if not names:
            return Html()
        cues = {self._cue(statement, cited.quote) for statement in statements}
        return self._texts(
            "answer.said",
            speakers=join(map(bold, names), ", "),
            cue=cues.pop() if len(cues) == 1 else "",
        )

    def _cue(self, statement: Statement, quote: Quote) -> str:
        cue = _shortened(statement.cue, _NAME)
        if statement.date is None or statement.date == quote.published or not cue:
            return cue
        return self._texts.plain("answer.on_day", cue=cue, day=self._texts.day(statement.date))

    def _speaker(self, statement: Statement) -> str:
        side = self._side_names.get(statement.side or "", statement.side or "")
        if not statement.speaker or not side:
            return _shortened(self._short_names.get(statement.speaker or "", ""), _NAME) or (
                _shortened(statement.speaker or side, _NAME)
            )
        speaker = _shortened(statement.speaker, _NAME)
        return self._texts.plain("answer.speaker_of_side", speaker=speaker, side=side)

    def _searched(self, searched: Searched) -> Html:
        if not searched.reports:
            return self._texts("refusal.searched_nowhere")
        named = [self.publisher(name) for name in searched.publishers[:_NAMED_PUBLISHERS]]
        publishers = ", ".join(named) or self.publisher(None)
        if more := len(searched.publishers) - len(named):
            publishers = self._texts.plain("refusal.more_publishers", publishers=publishers, n=more)
        return self._texts(
            "refusal.searched",
            reports=self._texts.count("reports", searched.reports),
            days=self._texts.days(searched.first, searched.last),
            publishers=publishers,
        )

    # What is behind an answer

    def _footnotes(self, view: FootnotesView) -> list[Html]:
        heading = "footnotes.heading_related" if view.related else "footnotes.heading"
        blocks = [bold(self._texts(heading))]
        for number, cited in view.cited:
            label = "" if view.related else self._texts("answer.number", n=number)
            title = _shortened(cited.quote.title or "", _TITLE)
            title = title or self._texts.plain("footnotes.untitled")
            head = [
                join([bold(label), link(bold(title), cited.quote.url)], " "),
                join([self._full_publisher(cited), self._texts.day(cited.quote.published)],
                     _SEPARATOR),
                self._place(cited),
                italic(self._reminder(cited.quote)),
            ]  # fmt: skip
            blocks.append(join(head, "\n"))
            blocks += self._notes(cited)
        return blocks

    def _full_publisher(self, cited: Cited) -> str:
        name = cited.quote.publisher
        if name is None or cited.publisher_confirmed:
            return name or self.publisher(None)
        return f"{name} ({self._texts.plain('answer.unconfirmed')})"

    def _place(self, cited: Cited) -> Html:
        section = _shortened(cited.section or "", _TITLE)
        if section and cited.paragraph:
            return self._texts("footnotes.place", section=section, n=cited.paragraph)
        if section:
            return self._texts("footnotes.section_only", section=section)
        return (
            self._texts("footnotes.paragraph_only", n=cited.paragraph)
            if cited.paragraph
            else Html()
        )

    def _reminder(self, quote: Quote) -> Html:
        return self._texts("footnotes.reminder", quote=self._cut(quote.text, _REMINDER))

    def _notes(self, cited: Cited) -> list[Html]:
        notes = cited.quote.footnotes
        if not notes:
            key = "footnotes.none_here" if cited.has_endnotes else "footnotes.none_at_all"
            return [italic(self._texts(key))]
        own = [self._note(note) for note in notes if note.scope == "sentence"]
        near = [self._note(note) for note in notes if note.scope == "paragraph"]
        if near:
            near[0] = join([italic(self._texts("footnotes.nearest")), near[0]], "\n")
        return own + near

    def _note(self, note: Footnote) -> Html:
        if note.status == "missing":
            return self._texts("footnotes.missing", label=note.label)
        text = clean(note.text)
        beside = [link(url, url) for url in note.urls if url not in text]
        shown = join([_linked(text, note.urls), *beside], " — ")
        return self._texts("footnotes.note", label=note.label, text=shown)

    def _context(self, view: ContextView) -> list[Html]:
        heading = "context.heading_related" if view.related else "context.heading"
        quote = view.cited.quote
        cut = self._texts("answer.cut")
        passage = join(
            [
                join([cut, " "]) if view.cut_before else "",
                view.before,
                bold(quote.text),
                view.after,
                join([" ", cut]) if view.cut_after else "",
            ]
        )
        head = join([bold(self._texts(heading, n=view.number)), self._place(view.cited)], "\n")
        return [join([head, quotation(passage), self._source_line(view.cited)], "\n")]

    # What is in store

    def _latest(self, view: LatestView) -> list[Html]:
        if not view.reports:
            return [self._texts("latest.empty")]
        lines = [join([_BULLET, self._report_line(report)]) for report in view.reports]
        blocks = [join([bold(self._texts("latest.heading")), *lines], "\n")]
        if view.total > len(view.reports):
            more = self._texts("latest.more", n=len(view.reports), total=view.total)
            blocks.append(italic(more))
        return blocks

    def _report_line(self, report: ReportSummary) -> Html:
        title = _shortened(report.title or "", _TITLE)
        return self._texts(
            "latest.line",
            day=self._texts.day(report.published),
            title=link(title or self._texts.plain("footnotes.untitled"), report.url),
            publisher=self.publisher(report.publisher),
        )

    def _sources(self, view: SourcesView) -> list[Html]:
        corpus = view.corpus
        total = self._texts(
            "sources.total",
            reports=self._texts.count("reports", corpus.reports),
            passages=self._texts.count("passages", corpus.passages),
            days=self._days(corpus),
        )
        named = [
            self._texts(
                "sources.publisher",
                publisher=_shortened(name, _TITLE),
                reports=self._texts.count("reports", n),
            )
            for name, n in corpus.publishers
        ]
        heading = bold(self._texts("sources.heading"))
        health = [join([_BULLET, self._health(source)]) for source in view.sources]
        blocks = [join([heading, total, *(join([_BULLET, line]) for line in named)], "\n")]
        if health:
            blocks.append(join([bold(self._texts("sources.health_heading")), *health], "\n"))
        return blocks

    def _health(self, source: SourceHealth) -> Html:
        reports = self._texts.count("reports", source.reports)
        name = _shortened(source.name, _TITLE)
        if source.last_success is None:
            line = self._texts("sources.never", name=name, reports=reports)
        else:
            moment = self._texts.moment(source.last_success)
            line = self._texts("sources.fine", name=name, reports=reports, moment=moment)
        if not source.last_error:
            return line
        error = _shortened(source.last_error, _ERROR)
        return self._texts("sources.trouble", line=line, error=error)

    def _days(self, corpus: Corpus) -> str:
        return self._texts.days(corpus.first, corpus.last)

    def _help(self, view: HelpView) -> list[Html]:
        coverage = self._texts("help.empty")
        if view.corpus.reports:
            reports = self._texts.count("reports", view.corpus.reports)
            coverage = self._texts("help.coverage", reports=reports, days=self._days(view.corpus))
        commands = [
            self._texts("help.command", name=name, about=about) for name, about in view.commands
        ]
        return [
            join([self._texts("help.greeting"), coverage], "\n"),
            join([self._texts("help.how"), italic(self._texts("help.example"))], "\n"),
            join([bold(self._texts("help.commands")), *commands], "\n"),
        ]

    # Buttons

    def _answer_keys(self, view: AnswerView) -> list[list[Button]]:
        if not view.cited:
            return []
        actions = [
            self._button("button.footnotes", f"f:{view.id}"),
            self._button("button.context", f"c:{view.id}:1"),
        ]
        return [actions, self._source_buttons(cited.quote for cited in view.cited)]

    def _context_keys(self, view: ContextView) -> list[list[Button]]:
        numbers = [
            Button(
                label=self._texts.plain(
                    "button.quote_current" if n == view.number else "button.quote", n=n
                ),
                data=f"c:{view.id}:{n}",
            )
            for n in range(1, view.count + 1)
        ]
        actions = [self._back(view.id), self._button("button.footnotes", f"f:{view.id}")]
        source = self._source_buttons([view.cited.quote])
        return [numbers if view.count > 1 else [], actions, source]

    def _source_buttons(self, quotes: Iterable[Quote]) -> list[Button]:
        """Return a button for each address among the quotes, numbered if there are several."""
        urls = list(dict.fromkeys(q.url for q in quotes if q.url and is_link(q.url)))
        if len(urls) == 1:
            return [Button(label=self._texts.plain("button.source"), url=urls[0])]
        return [
            Button(label=self._texts.plain("button.source_numbered", n=n), url=url)
            for n, url in enumerate(urls, 1)
        ]

    def _back(self, answer_id: str) -> Button:
        return self._button("button.back", f"a:{answer_id}")

    def _button(self, key: str, data: str) -> Button:
        return Button(label=self._texts.plain(key), data=data)

    def _cut(self, text: str, limit: int) -> str:
        return _shortened(text, limit, self._texts.plain("answer.cut"))


def _messages(
    blocks: Sequence[Html], keyboard: Sequence[Sequence[Button]] = ()
) -> tuple[Message, ...]:
    *head, last = pack(blocks)
    rows = tuple(tuple(row) for row in keyboard if row)
    return (*(Message(html=html) for html in head), Message(html=last, keyboard=rows))


def _shortened(text: str, limit: int, mark: str = "…") -> str:
    """Return text on one line, cut after a word where it is longer than ``limit`` characters."""
    line = " ".join(clean(text).split())
    if len(line) <= limit:
        return line
    head, space, _ = line[: limit + 1].rpartition(" ")
    return f"{head if space else line[:limit]} {mark}"


def _linked(text: str, urls: Sequence[str]) -> Html:
    """Return text with the addresses that stand in it as links."""
    standing = sorted({url for url in urls if url in text}, key=len, reverse=True)
    if not standing:
        return escape(text)
    cuts = re.split(f"({'|'.join(map(re.escape, standing))})", text)
    return join([link(part, part) if n % 2 else escape(part) for n, part in enumerate(cuts)])
