"""Text with styles as Telegram sees it: cleaned, measured, cut and written as its HTML.

What is shown differs from what was given in these ways alone (``clean``): line ends of every kind
become a line feed; control characters become a space; halves of surrogate pairs become U+FFFD;
direction overrides and isolates (U+202A to U+202E, U+2066 to U+2069) go, of a run of direction
marks the last stays, and the three combining marks Telegram deletes (U+030A, U+0333, U+033F) are
joined to their letter where Unicode has that letter and go where it has not.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TAGS = frozenset({"a", "b", "blockquote", "code", "i", "pre", "s", "tg-spoiler", "u"})
_LINE_END = re.compile("\r\n?|[\u2028\u2029\x85]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]|[\u200e\u200f]+(?=[\u200e\u200f])")
_DELETED_MARK = re.compile("[\u030a\u0333\u033f]")
_INVISIBLE = re.compile(
    r"[\s\u00ad\u180e\u200b-\u200f\u202a-\u202f\u205f-\u2069\u2800\ufeff\ufffc\U000e0000-\U000e007f]+"
)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s")  # noqa: RUF001  (quotation marks as printed)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_JOINER = "\u200d"


def clean(text: str) -> str:
    """Return ``text`` as it is shown everywhere: the module's docstring says how."""
    text = _LINE_END.sub("\n", text)
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))
    text = _DIRECTION.sub("", text)
    if _DELETED_MARK.search(text):
        text = _DELETED_MARK.sub("", unicodedata.normalize("NFC", text))
    return text


def visible(text: str) -> str:
    """Return what of ``text`` can be seen: neither white space nor invisible characters."""
    return _INVISIBLE.sub("", clean(text))


def is_visible(text: str) -> bool:
    """Tell whether anything of ``text`` can be seen; Telegram refuses a message without that."""
    return bool(visible(text))


def utf16_len(text: str) -> int:
    """Count UTF-16 units, which is how Telegram measures length."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as opened; ``number`` tells two of the same kind apart."""

    name: str
    opening: str
    number: int

    @property
    def closing(self) -> str:
        """Return the tag that closes this one."""
        return f"</{self.name}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What Telegram limits: UTF-16 units of text, entities, and bytes of markup."""

    units: int = 0
    entities: int = 0
    bytes: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(
            units=self.units + other.units,
            entities=self.entities + other.entities,
            bytes=self.bytes + other.bytes,
        )

    def within(self, limits: Size) -> bool:
        """Tell whether no limit is passed."""
        return (
            self.units <= limits.units
            and self.entities <= limits.entities
            and self.bytes <= limits.bytes
        )


@dataclass(frozen=True, slots=True)
class Styled:
    """Text with the open tags of each of its characters, outermost first."""

    text: str
    tags: tuple[tuple[Tag, ...], ...]

    @classmethod
    def plain(cls, text: str) -> Self:
        """Return text without any style."""
        return cls(text, ((),) * len(text))

    def part(self, start: int, end: int) -> Styled:
        """Return a slice with its styles."""
        return Styled(self.text[start:end], self.tags[start:end])

    def stripped(self) -> Styled:
        """Return this without white space at either end, as Telegram trims messages."""
        start = len(self.text) - len(self.text.lstrip())
        return self.part(start, max(start, len(self.text.rstrip())))

    def size(self) -> Size:
        """Measure this."""
        return Size(
            units=utf16_len(self.text),
            entities=len({tag for open_tags in self.tags for tag in open_tags}),
            bytes=len(self.markup().encode()),
        )

    def fitting(self, limits: Size) -> int:
        """Count the leading characters that stay within the limits."""
        units = size = 0
        seen: set[Tag] = set()
        for n, (character, open_tags) in enumerate(zip(self.text, self.tags, strict=True)):
            units += utf16_len(character)
            size += len(html.escape(character, quote=False).encode())
            for tag in open_tags:
                if tag not in seen:
                    seen.add(tag)
                    size += len((tag.opening + tag.closing).encode())
            if not Size(units=units, entities=len(seen), bytes=size).within(limits):
                return n
        return len(self.text)

    def markup(self) -> str:
        """Write this as balanced HTML."""
        written: list[str] = []
        current: tuple[Tag, ...] = ()
        for open_tags, run in groupby(zip(self.tags, self.text, strict=True), lambda pair: pair[0]):
            shared = _shared(current, open_tags)
            written += [tag.closing for tag in reversed(current[shared:])]
            written += [tag.opening for tag in open_tags[shared:]]
            written.append(html.escape("".join(character for _, character in run), quote=False))
            current = open_tags
        written += [tag.closing for tag in reversed(current)]
        return "".join(written)


def joined(parts: Sequence[Styled]) -> Styled:
    """Return parts that share no tag as one text."""
    tags = tuple(open_tags for part in parts for open_tags in part.tags)
    return Styled("".join(part.text for part in parts), tags)


def _shared(one: Sequence[Tag], other: Sequence[Tag]) -> int:
    """Count the leading tags that two characters have in common."""
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    return number


def pieces(block: Styled, limits: Size) -> list[Styled]:
    """Cut one block into parts within the limits, white space at the cuts left out."""
    parts = []
    while (fitting := block.fitting(limits)) < len(block.text):
        if not fitting:
            raise ValueError(f"one character with its tags does not fit {limits}")
        cut = _boundary(block.text, fitting)
        parts.append(block.part(0, cut).stripped())
        block = block.part(cut, len(block.text)).stripped()
    return [piece for piece in [*parts, block] if is_visible(piece.text)] or [block]


def _boundary(text: str, fitting: int) -> int:
    """Return where to cut: at most after ``fitting`` characters, in the second half of them."""
    window = text[: fitting + 1]
    sentences = [match.end() for match in _SENTENCE_END.finditer(window)]
    spaces = [n for n in range(fitting, fitting // 2, -1) if window[n].isspace()]
    candidates = (window.rfind("\n"), sentences[-1] if sentences else -1, *spaces[:1])
    for candidate in candidates:
        if fitting // 2 < candidate <= fitting:
            return candidate
    cut = fitting
    while cut > fitting // 2 and _belongs_to_previous(text, cut):
        cut -= 1
    return cut if cut > fitting // 2 else fitting


def _belongs_to_previous(text: str, position: int) -> bool:
    """Tell whether a cut before this character would tear a letter or a picture apart."""
    character = text[position]
    return (
        unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or character == _JOINER
        or text[position - 1] == _JOINER
        or ord(character) in _SKIN_TONES
    )


class _Reader(HTMLParser):
    """Reads this module's markup back into text and tags."""

    def __init__(self, numbers: Iterator[int]) -> None:
        super().__init__(convert_charrefs=True)
        self._numbers = numbers
        self.text: list[str] = []
        self.tags: list[tuple[Tag, ...]] = []
        self._open: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs  # the opening tag is kept as written
        if tag not in _TAGS:
            raise ValueError(f"Telegram knows no <{tag}>")
        self._open.append(Tag(tag, self.get_starttag_text() or "", next(self._numbers)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop().name != tag:
            raise ValueError(f"</{tag}> closes what was not opened")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self.tags += [tuple(self._open)] * len(data)

    def close(self) -> None:
        super().close()
        if self._open:
            raise ValueError(f"<{self._open[-1].name}> is not closed")


def read(markup: str, numbers: Iterator[int]) -> Styled:
    """Read HTML of this kind; ``numbers`` tell its tags from those of other texts.

    Raises:
        ValueError: a tag is unknown or unbalanced.
    """
    reader = _Reader(numbers)
    reader.feed(markup)
    reader.close()
    return Styled("".join(reader.text), tuple(reader.tags))
