"""Links into the chat: ``t.me/BOT?start=a_ID`` opens an answer, ``…r_ID`` a report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from bot.dialogue import Reply, Request
from bot.markup import bold, is_link, italic, join, link, quotation
from bot.model import Button
from bot.render import messages
from bot.views import NoticeView
from index.errors import NotFoundError
from index.model import BlockKind

if TYPE_CHECKING:
    from bot.model import Message
    from bot.ports import Reports
    from bot.render import Renderer
    from bot.service import Conversation
    from bot.wording import Wording
    from index.model import Report

_PAYLOAD: Final = re.compile(r"(?P<kind>[ar])_(?P<id>[A-Za-z0-9_-]{1,62})")
_MOST_TAKEAWAYS: Final = 30
_BUTTON_URL: Final = 1000  # characters
_BULLET: Final = "• "


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepLink:
    """What a link opens: an answer (``a``) or a report (``r``)."""

    kind: Literal["a", "r"]
    id: str


def read_payload(text: str) -> DeepLink | None:
    """Read what follows /start; None where it is no link of this kind."""
    match = _PAYLOAD.fullmatch(text)
    if match is None:
        return None
    return DeepLink(kind="a" if match["kind"] == "a" else "r", id=match["id"])


def address(bot: str, target: DeepLink) -> str:
    """Return the address that opens something in a bot, given by its username.

    Raises:
        ValueError: an id that no such address can carry.
    """
    payload = f"{target.kind}_{target.id}"
    if not _PAYLOAD.fullmatch(payload):
        raise ValueError(f"{target.id!r} does not fit into a link")
    return f"https://t.me/{bot}?start={payload}"


class DeepLinks:
    """Opens what a link leads to. Calls block."""

    def __init__(
        self, conversation: Conversation, reports: Reports, renderer: Renderer, wording: Wording
    ) -> None:
        self._conversation = conversation
        self._reports = reports
        self._renderer = renderer
        self._wording = wording

    def open(self, request: Request) -> Reply | None:
        """Reply to what follows /start; None where it is no link."""
        target = read_payload(request.text)
        if target is None:
            return None
        if target.kind == "a":
            view = self._conversation.reopen(request.asker, target.id)
            return Reply(messages=self._renderer.render(view))
        try:
            report = self._reports.report(target.id)
        except NotFoundError:
            return Reply(messages=self._renderer.render(NoticeView(key="links.no_report")))
        return Reply(messages=report_messages(report, self._wording))


def report_messages(report: Report, wording: Wording) -> tuple[Message, ...]:
    """Show a report: what it is, its key takeaways as it prints them, where to read it."""
    texts = wording.texts
    publisher = wording.full_publisher(report.publisher, confirmed=report.publisher_confirmed)
    title = link(bold(wording.title(report.title)), report.url)
    blocks = [join([title, join([publisher, texts.day(report.published)], " · ")], "\n")]
    takeaways = [span.of(report.text) for span in report.takeaways]
    if takeaways:
        shown = [join([_BULLET, words]) for words in takeaways[:_MOST_TAKEAWAYS]]
        blocks.append(join([bold(texts("links.takeaways")), shown[0]], "\n"))
        blocks += shown[1:]
    else:
        paragraphs = (one for one in report.blocks if one.kind is BlockKind.PARAGRAPH)
        first = next(paragraphs, None)
        blocks.append(italic(texts("links.no_takeaways")))
        if first is not None:
            blocks.append(quotation(first.of(report.text), expandable=True))
    keys = []
    if report.url and is_link(report.url) and len(report.url) <= _BUTTON_URL:
        keys.append([Button(label=texts.plain("button.source"), url=report.url)])
    return messages(blocks, keys)
