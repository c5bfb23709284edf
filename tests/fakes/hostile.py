"""Text as nobody wishes for it, and values of the chat filled with it; a seed gives it again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final, Literal

from bot.editions import Correction, Edition, EditionReport, Entry
from bot.markup import is_visible
from bot.topics import Match
from bot.views import Cited
from index.model import (
    BlockKind,
    DigestItem,
    DigestReport,
    Endnote,
    Footnote,
    Quote,
    ReportSummary,
    Searched,
    Span,
    Statement,
)
from tests.fakes.reports import make_report

if TYPE_CHECKING:
    from index.model import Report

_WORDS: Final = (
    "officials", "reportedly", "rejected", "the", "of", "peacekeepers", "and", "grain", "bridge",
    "crews", "12.5", "said.", "Overnight,", "—", "[…]", "“quoted”", "didn\u2019t", "U.S.", "near",
)  # fmt: skip
_HOSTILE: Final = (
    "<b>", "</b>", "</blockquote>", "<script>alert(1)</script>", "<a href='x'>", "<", ">", "&", '"',
    "&amp;", "&lt;b&gt;", "&#x202e;", "&nbsp;", "]]>", "<!--", "-->", "<?x", "{n}", "{name}", "%s",
    "*bold*", "_under_", "`code`", "||spoiler||", "/ask", "@somebody", "#tag", "$USD", "[7]",
    "[ 12 ]", "https://e.example/?a=1&b=<2>", "tg://user?id=1", "mail@e.example", "+12025550100",
)  # fmt: skip
_STRANGE: Final = (
    "\u202e", "\u202c", "\u2066", "\u2069", "\u200e\u200f\u200e", "\u200b", "\u200d", "\ufeff",
    "\u00ad", "\u2800", "\x00", "\x07", "\x1b[31m", "\x85", "\u2028", "\u2029", "\r\n", "\r", "\n",
    "\n\n\n", "\t", "\u00a0", "\u3000", "\ud800", "\udfff", "\ufffe", "\U0010ffff", "\ufffc",
    "e\u0301", "A\u030a", "x\u030a", "o\u0333", "z" + "\u0335\u0337\u0315" * 9, "\u0301",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1fa\U0001f1e6", "\U0001f44d\U0001f3fd",
    "\u2764\ufe0f", "1\ufe0f\u20e3", "\U0001d509\U0001d52f", "\U00010348", "\ufdfa", "ß",
    "миротворцы", "українські", "السلام عليكم", "שלום", "平和維持", "한국어", "ไทย", "नमस्ते",
)  # fmt: skip
_ADDRESSES: Final = (
    "https://e.example/a?b=1&c=2",
    "https://e.example/" + "y" * 1990,
    "https://e.example/" + "z" * 990,
    "https://пример.example/путь",
    "http://[::1]:80/x",
    "https://e.example:99999/",
    "https://user:secret@e.example/",
    "https://e.example/a b",
    'https://e.example/"><b>',
    "javascript:alert(1)",
    "ftp://e.example",
    "",
    "e.example",
    "http://e",
)
_FIRST_DAY: Final = date(2022, 2, 24)


class Hostile:
    """Makes texts and values from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311

    def text(self, most: int = 60) -> str:
        """Return up to about ``most`` pieces of text, words and worse."""
        chance = self.chance
        hostility = chance.choice((0.0, 0.05, 0.3, 0.8))
        parts: list[str] = []
        for _ in range(chance.randint(0, most)):
            if chance.random() >= hostility:
                parts.append(chance.choice(_WORDS))
            elif (lot := chance.random()) < 0.4:
                parts.append(chance.choice(_HOSTILE))
            elif lot < 0.8:
                parts.append(chance.choice(_STRANGE))
            else:
                parts.append(chr(chance.choice((0x250, 0x3000, 0xFFFF, 0x110000)) - 1
                                 - chance.randrange(0x200)))  # fmt: skip
        return chance.choice((" ", " ", " ", "")).join(parts)

    def long(self) -> str:
        """Return a text of any length, now and then one of several messages."""
        lot = self.chance.random()
        if lot < 0.70:
            return self.text(40)
        if lot < 0.95:
            return self.text(150)
        if lot < 0.98:
            return self.text(1200)
        return self.chance.choice(("x", "&", "ж", "😀", "e\u0301", "<b>", "word ")) * 4500

    def words(self, most: int = 40) -> str:
        """Return text with something to see in it."""
        while not is_visible(text := self.text(most)):
            pass
        return text

    def long_words(self) -> str:
        """Return text of any length with something to see in it."""
        text = self.long()
        return text if is_visible(text) else self.words()

    def maybe(self, most: int = 12) -> str | None:
        """Return text or none."""
        return None if self.chance.random() < 0.2 else self.text(most)

    def day(self) -> date | None:
        """Return a day or none."""
        chance = self.chance
        return None if chance.random() < 0.2 else _FIRST_DAY + timedelta(chance.randrange(1500))

    def moment(self) -> datetime | None:
        """Return a moment or none."""
        day = self.day()
        return datetime(day.year, day.month, day.day, 4, 30, tzinfo=UTC) if day else None

    def address(self) -> str:
        """Return an address that Telegram takes, or not."""
        if self.chance.random() < 0.3:
            return f"https://e.example/{self.text(4)}"
        return self.chance.choice(_ADDRESSES)

    def url(self) -> str | None:
        """Return the address of a stored report, or none."""
        return storable(self.address()) if self.flag() else None

    def flag(self) -> bool:
        """Return yes or no."""
        return self.chance.random() < 0.5

    def number(self, most: int) -> int:
        """Return a number from 0, mostly a small one."""
        return min(self.chance.randint(0, most), self.chance.randint(0, most))

    def searched(self) -> Searched:
        """Return what was searched."""
        names = tuple(self.text(8) for _ in range(self.number(9)))
        return Searched(reports=self.number(3), first=self.day(), last=self.day(), publishers=names)

    def footnotes(self, most: int) -> tuple[Footnote, ...]:
        """Return endnotes, with addresses in their texts and beside them."""
        return tuple(self._footnote() for _ in range(self.number(most)))

    def _footnote(self) -> Footnote:
        urls = tuple(self.address() for _ in range(self.number(3)))
        inside = " ".join(url for url in urls if self.flag())
        status: Literal["resolved", "missing"]
        status = "missing" if self.chance.random() < 0.2 else "resolved"
        return Footnote(
            label=self.chance.choice(("1", "xii", "<9>", "118")),
            text=f"{self.long()} {inside}",
            urls=urls,
            status=status,
            scope="sentence" if self.flag() else "paragraph",
        )

    def cited(self) -> Cited:
        """Return a quote with all that belongs to it."""
        text = self.long_words()
        quote = Quote(
            start=0,
            end=len(text),
            text=text,
            report_id="r",
            revision=1,
            publisher=self.maybe(),
            title=self.maybe(40),
            published=self.day(),
            url=self.url(),
            score=1.0,
            statements=tuple(self._statement() for _ in range(self.number(4))),
            footnotes=self.footnotes(30),
        )
        return Cited(
            quote=quote,
            publisher_confirmed=self.flag(),
            section=self.maybe(40),
            paragraph=self.number(99) or None,
            has_endnotes=self.flag(),
        )

    def _statement(self) -> Statement:
        side = self.chance.choice((None, "russia", "other", self.text(3)))
        return Statement(speaker=self.maybe(6), side=side, cue=self.text(4), date=self.day())

    def summary(self) -> ReportSummary:
        """Return a report as lists show it."""
        return ReportSummary(
            id="r",
            publisher=self.maybe(),
            publisher_confirmed=self.flag(),
            title=self.maybe(40),
            authors=(),
            published=self.day(),
            url=self.url(),
            language="en",
            revision=1,
        )

    def report(self, takeaways: int = 30) -> Report:
        """Return a report with 1 to so many takeaways; one sentence speaks of peacekeepers."""
        count = 1 + self.number(takeaways - 1) if takeaways else 0
        lines = [self._line() for _ in range(count)]
        return make_report(
            "one",
            (BlockKind.HEADING, storable(self.words(12))),
            *((BlockKind.TAKEAWAY, line) for line in lines),
            (BlockKind.PARAGRAPH, f"Antonov said peacekeepers {storable(self.long())} left."),
            published=date(2025, 4, 9),
            publisher=storable(self.text(12)),
            publisher_confirmed=self.flag(),
            title=storable(self.text(40)),
            url=self.url(),
            endnotes=[Endnote(label="7", text=storable(self.text()), urls=())],
        )

    def _line(self) -> str:
        return storable(self.long_words()).strip()

    def edition(self, *, catching_up: bool = False) -> Edition:
        """Return an edition with reports, corrections and topics."""
        topics = tuple(self.words(4) for _ in range(self.number(3)))
        parts = tuple(self._part(topics) for _ in range(self.number(5)))
        corrections = tuple(self._correction() for _ in range(self.number(3)))
        if not parts and not corrections:
            parts = (self._part(topics),)
        return Edition(
            token="0123456789abcdef",
            kind="catching_up" if catching_up else "regular",
            reports=parts,
            corrections=corrections,
            topics=topics,
            since=_FIRST_DAY if catching_up else None,
            day="",
        )

    def _part(self, topics: tuple[str, ...]) -> EditionReport:
        items = tuple(self._item() for _ in range(1 + self.number(12)))
        by: tuple[Literal["words"], Literal["meaning"]] = ("words", "meaning")
        entries = tuple(
            Entry(
                item=item,
                matches=tuple(
                    Match(topic=topic, by=self.chance.choice(by)) for topic in topics if self.flag()
                ),
            )
            for item in items
        )
        return EditionReport(report=self._digest(items), entries=entries)

    def _correction(self) -> Correction:
        return Correction(
            report=self._digest(()),
            withdrawn=tuple(self.long_words() for _ in range(self.number(3))),
            now=tuple(self.long_words() for _ in range(self.number(3))),
        )

    def _digest(self, items: tuple[DigestItem, ...]) -> DigestReport:
        return DigestReport(
            id="r",
            revision=1,
            title=self.maybe(40),
            publisher=self.maybe(),
            published=self.day(),
            url=self.url(),
            kind="published" if self.flag() else "extractive",
            takeaways=items,
        )

    def _item(self) -> DigestItem:
        text = self.long_words()
        supported = self.flag()
        return DigestItem(
            start=0,
            end=len(text),
            text=text,
            support="supported" if supported else "none",
            passage=Span(start=0, end=1) if supported else None,
            footnotes=self.footnotes(20),
            new=self.flag(),
        )


def storable(text: str) -> str:
    """Return text as a database takes it: without halves of surrogate pairs."""
    return text.encode(errors="replace").decode()
