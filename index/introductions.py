"""Full names that the lexicon doesn't know, where the text shows that they are people's.

It shows by a role beside the name ("Lidia Osmolova, the ministry's deputy spokesperson"), by a
known given name, or by a verb of saying behind it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.naming import bare
from index.tokens import MONTHS, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.lexicon import Lexicon
    from index.naming import Names
    from index.tokens import Token

_PART: Final = "[A-Z][a-z\u00df-\u00ff\u0100-\u017f\u2019'-][\\w\u2019'-]*"
_FULL_NAME: Final = re.compile(f"\\b({_PART}) ((?:{_PART} )?{_PART})")
_NAME: Final = re.compile("[A-Z][\\w\u2019'-]*[^\\W\\d_A-Z]")
_LOWER: Final = re.compile(r"(?<![\w\u2019'-])[a-z]+(?![\w-])")
_AFTER_STOP: Final = re.compile('(?:^|[.!?:\\]\u201c\u201d"\n])\\s*$')
_ROLE: Final = 160  # characters in which a role stands behind a name
_ROLE_END: Final = re.compile("[.;:!?\u201c\u201d\n\u2014\u2013]|,(?! (?:and|or) )|, and ")
BEHIND: Final = re.compile("\\s*(, | of (?=[A-Z\u2019']|the )|\\(|(?:has |had |have )?([a-z]+)\\b)")
_DETERMINERS: Final = word_set("a an the its their his her one")
_NO_SUBJECT: Final = word_set("the a an in at near of from to on for with")
_ROLE_WORDS: Final = 9  # among which a role says what somebody is
NO_NAMES: Final = frozenset(MONTHS) | word_set(
    "while although though after before if as since because however but and yet so also meanwhile"
    " then still even only the a an in on at by for with from to of"
    " monday tuesday wednesday thursday friday saturday sunday he she it we they his her its our"
    " their this that these those there here both neither nobody none everyone everybody someone"
    " somebody anyone another each few many most some all such what who how why when where which"
    " people north south east west northern southern eastern western central oblast raion river"
    " city street axis airport republic federation sea front contact forum coalition review report"
    " dispatch monitor news radio times post telegraph journal agency foundation university bank"
    " corps battalion regiment division brigade army navy force forces camp plant station works"
    " bridge okrug krai autonomous region district province county key note notes mr mrs ms dr"
    " takeaways"
)
_SHORTEST: Final = 3  # letters of a surname


def surname(name: str) -> str:
    """Return the last word of a name, as it is looked up."""
    return bare(name).rpartition(" ")[2].lower()


class Introductions:
    """The names of one report, as they stand in its text."""

    def __init__(self, text: str, lexicon: Lexicon, names: Names) -> None:
        self._text = text
        self._lexicon = lexicon
        self._names = names
        self._nouns = lexicon.speakers | lexicon.units
        self._lower = frozenset(_LOWER.findall(text))

    def found(self) -> Iterator[tuple[int, int]]:
        """Yield where full names stand that the lexicon doesn't know and the text shows to be."""
        at = 0
        while (match := _FULL_NAME.search(self._text, at)) is not None:
            at = match.end(1)
            if self._names.covers(match.start(), match.end(1)) or self._is_listed(match):
                continue
            given = match[1] in self._lexicon.given
            if surname(match[0]) in self._nouns:
                continue
            words = bare(match[0]).split()
            if given or (self.look_like_name(words, match.start()) and self._is_shown(match)):
                at = match.end()
                yield match.start(), match.end()

    def look_like_name(self, words: Sequence[str], start: int) -> bool:
        """Tell whether words that stand at ``start`` can be a name that nobody listed."""
        for word in words:
            low = word.lower()
            if _NAME.fullmatch(word) is None or low in NO_NAMES or low in self._nouns:
                return False
            if low in self._lexicon.modifiers or self._lexicon.side_named(word) is not None:
                return False
        if words[0].lower() in self._lower and self._opens_sentence(start):
            return False
        return not self._names.covers(start, start + len(" ".join(words)))

    def is_surname(self, token: Token) -> bool:
        """Tell an unknown surname before a verb of saying from any other word with a capital."""
        word = bare(token.text)
        if len(word) < _SHORTEST or not self.look_like_name([word], token.start):
            return False
        if not word.isalpha() or word.lower() in self._lower:
            return False
        if not self._opens_sentence(token.start):
            return True
        again = re.finditer(rf"\b{word}\b", self._text)
        return any(not self._opens_sentence(one.start()) for one in again)

    def has_role(self, words: str) -> bool:
        """Tell "the deputy head of the cell" from "asked about the head of the cell"."""
        first, *others = (word.strip(",.()") for word in words.split()[:_ROLE_WORDS])
        if first == "who" or first in self._lexicon.human:
            return True
        opens = first[:1].isupper() or first in _DETERMINERS or first in self._lexicon.modifiers
        return opens and any(word.lower() in self._lexicon.human for word in others)

    def role_end(self, start: int) -> int:
        """Return where the role ends that begins at ``start``."""
        cut = _ROLE_END.search(self._text, start, start + _ROLE)
        return cut.start() if cut is not None else min(len(self._text), start + _ROLE)

    def _is_listed(self, match: re.Match[str]) -> bool:
        """Tell a listed person under another spelling from a namesake."""
        people = self._names.at(match.start(), match.end())
        shown = (self._lexicon.name(one.key) for one in people if one.kind is Kind.PERSON)
        return any(name.startswith(f"{match[1]} ") for name in shown)

    def _is_shown(self, match: re.Match[str]) -> bool:
        """Tell whether a role or a verb of saying beside a name shows a person."""
        before = self._text[max(0, match.start() - 40) : match.start()].split()
        if before and before[-1].strip(",").lower() in self._lexicon.human:
            return True
        behind = BEHIND.match(self._text, match.end(), match.end() + 60)
        if behind is None or match[0].endswith(("\u2019s", "'s")):
            return False
        if behind[2]:
            last = before[-1] if before else "."
            longer = last[0].isupper() and last[-1].isalnum()
            if longer or last.lower() in _NO_SUBJECT:
                return False
            return behind[2] in self._lexicon.saying and behind[2] not in self._lexicon.saying_that
        start = behind.end()
        role = self._text[start : self.role_end(start)]
        return behind[1] == ", " and bool(role.strip()) and self.has_role(role)

    def _opens_sentence(self, start: int) -> bool:
        return _AFTER_STOP.search(self._text, max(0, start - 4), start) is not None
