"""Views as Telegram messages: what is read first stands first, and every quote says where from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.markup import Html, bold, is_link, italic, join, pack, quotation
from bot.model import Button, Message
from bot.render_store import help_blocks, latest_blocks, sources_blocks
from bot.views import (
    AnswerView,
    ContextView,
    FootnotesView,
    HelpView,
    LatestView,
    NoticeView,
    SourcesView,
    View,
)
from bot.wording import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.views import Cited
    from bot.wording import Wording
    from index.model import Quote, Searched

_REMINDER = 90
_NAMED_PUBLISHERS = 5
_ROW = 8  # buttons; Telegram takes no wider row
_BUTTON_URL = 1000  # characters; the keyboard as a whole may have 10,000 bytes


class Links(Protocol):
    """Addresses of pages that show what is stored."""

    def quote(self, quote: Quote) -> str:
        """Return the address of a quote's report, at the quote."""
        ...

    def reading_list(self) -> str:
        """Return the address of the list of reports."""
        ...


class Renderer:
    """Renders views in the wording given, with ``links`` to stored reports if there are any."""

    def __init__(self, wording: Wording, links: Links | None = None) -> None:
        self._wording = wording
        self._texts = wording.texts
        self._links = links

    def render(self, view: View) -> tuple[Message, ...]:
        """Return the messages that show a view, buttons under the last."""
        keys: list[list[Button]] = []
        match view:
            case AnswerView():
                blocks, keys = self._answer(view), self._answer_keys(view)
            case FootnotesView():
                blocks, keys = self._footnotes(view), [[self._back(view.id)]]
            case ContextView():
                blocks, keys = self._context(view), self._context_keys(view)
            case LatestView():
                blocks, keys = latest_blocks(view, self._wording), self._latest_keys()
            case SourcesView():
                blocks = sources_blocks(view, self._wording)
            case HelpView():
                blocks = help_blocks(view, self._wording)
            case NoticeView():
                blocks = [self.notice(view)]
        return messages(blocks, keys)

    def notice(self, view: NoticeView) -> Html:
        """Return the one sentence of a notice."""
        return self._texts(view.key, **view.values)

    def _answer(self, view: AnswerView) -> list[Html]:
        if view.related or not view.cited:
            return self._refusal(view)
        blocks = []
        for number, cited in enumerate(view.cited, 1):
            label = bold(self._texts("answer.number", n=number))
            head = join([label, self._wording.speakers(cited)], " ")
            blocks.append(join([head, self._wording.quote(cited)], "\n"))
        return blocks

    def _refusal(self, view: AnswerView) -> list[Html]:
        heading = bold(self._texts("refusal.heading"))
        said = [heading, self._searched(view.searched)]
        if view.foreign:
            said.append(self._texts("refusal.foreign"))
        blocks = [join(said, "\n")]
        for cited in view.cited:
            related = italic(self._texts("refusal.related"))
            speakers = self._wording.speakers(cited)
            blocks.append(join([related, speakers, self._wording.quote(cited)], "\n"))
        return blocks

    def _searched(self, searched: Searched) -> Html:
        if not searched.reports:
            return self._texts("refusal.searched_nowhere")
        named = [self._wording.publisher(name) for name in searched.publishers[:_NAMED_PUBLISHERS]]
        publishers = ", ".join(named) or self._wording.publisher(None)
        if more := len(searched.publishers) - len(named):
            publishers = self._texts.plain("refusal.more_publishers", publishers=publishers, n=more)
        return self._texts(
            "refusal.searched",
            reports=self._texts.count("reports", searched.reports),
            days=self._texts.days(searched.first, searched.last),
            publishers=publishers,
        )

    def _footnotes(self, view: FootnotesView) -> list[Html]:
        heading = "footnotes.heading_related" if view.related else "footnotes.heading"
        blocks = [bold(self._texts(heading))]
        for number, cited in view.cited:
            label = "" if view.related else bold(self._texts("answer.number", n=number))
            cut = shortened(cited.quote.text, _REMINDER, self._texts.plain("answer.cut"))
            reminder = italic(self._texts("footnotes.reminder", quote=cut))
            head = join([label, self._wording.citation(cited)], " ")
            blocks.append(join([head, reminder], "\n"))
            blocks += self._wording.notes(cited)
        return blocks

    def _context(self, view: ContextView) -> list[Html]:
        heading = "context.heading_related" if view.related else "context.heading"
        cut = self._texts("answer.cut")
        passage = join(
            [
                join([cut, " "]) if view.cut_before else "",
                view.before,
                bold(view.cited.quote.text),
                view.after,
                join([" ", cut]) if view.cut_after else "",
            ]
        )
        lines = [
            bold(self._texts(heading, n=view.number)),
            self._wording.place(view.cited),
            quotation(passage),
            self._wording.source_line(view.cited),
        ]
        return [join(lines, "\n")]

    def _answer_keys(self, view: AnswerView) -> list[list[Button]]:
        if not view.cited:
            return []
        actions = [
            self._button("button.footnotes", f"f:{view.id}"),
            self._button("button.context", f"c:{view.id}:1"),
        ]
        research = [
            self._button("button.timeline", f"tq:{view.id}"),
            self._button("button.export", f"x:{view.id}"),
        ]
        return [actions, [] if view.related else research, self._source_buttons(view.cited)]

    def _context_keys(self, view: ContextView) -> list[list[Button]]:
        numbers = []
        if view.count > 1:
            for n in range(1, view.count + 1):
                key = "button.quote_current" if n == view.number else "button.quote"
                data = f"c:{view.id}:{n}"
                numbers.append(Button(label=self._texts.plain(key, n=n), data=data))
        actions = [self._back(view.id), self._button("button.footnotes", f"f:{view.id}")]
        rows = [numbers[n : n + _ROW] for n in range(0, len(numbers), _ROW)]
        return [*rows, actions, self._source_buttons([view.cited])]

    def _source_buttons(self, cited: Sequence[Cited]) -> list[Button]:
        """Return a row of a button per address, with the numbers of its quotes if several."""
        numbers: dict[str, list[str]] = {}
        for number, each in enumerate(cited, 1):
            url = self._address(each.quote)
            if url and (url in numbers or len(numbers) < _ROW):
                numbers.setdefault(url, []).append(str(number))
        if len(numbers) == 1:
            return [Button(label=self._texts.plain("button.source"), url=url) for url in numbers]
        return [
            Button(label=self._texts.plain("button.sources", numbers=", ".join(which)), url=url)
            for url, which in numbers.items()
        ]

    def _address(self, quote: Quote) -> str | None:
        """Return where a quote can be seen: in the stored report, else at its publisher."""
        addresses = (self._links.quote(quote) if self._links else None, quote.url)
        return next((url for url in addresses if url and _fits_button(url)), None)

    def _latest_keys(self) -> list[list[Button]]:
        url = self._links.reading_list() if self._links else ""
        if not _fits_button(url):
            return []
        return [[Button(label=self._texts.plain("button.reading_list"), url=url)]]

    def _back(self, answer_id: str) -> Button:
        return self._button("button.back", f"a:{answer_id}")

    def _button(self, key: str, data: str) -> Button:
        return Button(label=self._texts.plain(key), data=data)


def _fits_button(url: str) -> bool:
    return is_link(url) and len(url) <= _BUTTON_URL


def messages(
    blocks: Iterable[Html], keyboard: Sequence[Sequence[Button]] = ()
) -> tuple[Message, ...]:
    """Pack blocks into messages, the buttons under the last; there must be something to see."""
    *head, last = pack(blocks)
    rows = tuple(tuple(row) for row in keyboard if row)
    return (*(Message(html=html) for html in head), Message(html=last, keyboard=rows))
