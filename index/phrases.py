"""Noun phrases that name a speaker, read from their end or their start.

No grammar is parsed: words are taken into a phrase while they can stand in the name of a speaker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from index.tokens import ADVERBS, BE, DASHES, DEFINITE, HAVE, MONTHS, PRONOUNS, SAME, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.lexicon import Lexicon
    from index.tokens import Token

_PREPOSITIONS: Final = word_set("of for to in at from with on by")
_CONNECTING: Final = _PREPOSITIONS | word_set("the de von der bin al and & la")
_ARTICLES: Final = word_set("a an the")
_OPENING: Final = word_set("the a an this these those")
# No name begins with these, whatever their capitals.
_LEADING: Final = (_CONNECTING | ADVERBS) | word_set(
    "that while as whereas but or although though whom if when because"
)
_NO_ADJECTIVES: Final = SAME | _LEADING | PRONOUNS | BE | HAVE | _OPENING | word_set(
    "will would may might could should can must do did where when who whom whose which while how"
    " why if because since until than"
)  # fmt: skip
_FARTHEST: Final = 22  # words: no name of a speaker is longer


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of a noun phrase.

    Args:
        context: the words beyond a comma that tell who it is ("Head of X, Yevhen Yerin, …").
        bounded: it begins where a noun phrase can begin, and so is whole.
        definite: "the" stands before it.
        known: only what was introduced before counts as a name in it.
    """

    tokens: tuple[Token, ...]
    context: tuple[Token, ...] = ()
    bounded: bool = True
    definite: bool = False
    known: bool = False

    @property
    def start(self) -> int:
        """Offset of the first word."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Offset behind the last word."""
        return self.tokens[-1].end


class PhraseReader:
    """Reads the noun phrases of speakers, with the words of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.nouns: Final = lexicon.speakers | lexicon.units
        self._words: Final = _CONNECTING | self.nouns | lexicon.modifiers

    def ending(
        self, tokens: Sequence[Token], stop: int, *, governed: bool = False
    ) -> Phrase | None:
        """Read the phrase that ends with token ``stop``.

        Where ``governed``, it may depend on a preposition ("a video of a soldier claiming that").
        """
        if stop < 0 or tokens[stop].low in _CONNECTING:
            return None
        start = self._back(tokens, stop)
        whole = start == 0 or not tokens[start - 1].text[-1].isalnum()
        whole = whole or tokens[start - 1].low in _LEADING | SAME
        while start <= stop and tokens[start].low in _LEADING and tokens[start].text != "The":
            word = tokens[start].text
            if word in _PREPOSITIONS and not governed:
                return None  # what it depends on is the subject, and could not be read
            whole = True
            start += 1
        if start > stop:
            return None
        listed = start > 1 and tokens[start - 1].low == ","
        return Phrase(
            tuple(tokens[start : stop + 1]),
            context=tuple(tokens[max(0, start - _FARTHEST) : start - 1]) if listed else (),
            bounded=whole or tokens[start].low in _OPENING | self._lexicon.modifiers,
            definite=start > 0 and tokens[start - 1].low in DEFINITE,
        )

    def _back(self, tokens: Sequence[Token], stop: int) -> int:
        """Return the index of the first word that can belong to the phrase ending at ``stop``."""
        start = stop + 1
        while start > max(0, stop - _FARTHEST):
            token = tokens[start - 1]
            if token.low == ")":
                opening = next((n for n in range(start - 2, -1, -1) if tokens[n].low == "("), None)
                if opening is None or start - opening > _FARTHEST:
                    break
                start = opening
            elif token.text in _OPENING:
                start -= 1
                if start and tokens[start - 1].low not in _CONNECTING:
                    break
            elif self._inside(token) or (start <= stop and self._is_adjective(tokens, start - 1)):
                start -= 1
            else:
                break
        return start

    def beginning(self, tokens: Sequence[Token], start: int) -> Phrase | None:
        """Read the phrase that begins with token ``start``."""
        stop = start
        while stop < min(len(tokens), start + _FARTHEST):
            token = tokens[stop]
            if token.low == "(":
                closing = next((n for n in range(stop, len(tokens)) if tokens[n].low == ")"), None)
                if closing is None or closing - stop > _FARTHEST:
                    break
                stop = closing
            elif not (
                self._inside(token)
                or self._apposed(tokens, start, stop)
                or self._compound(tokens, start, stop)
            ):
                break
            stop += 1
        while stop > start and self._is_dangling(tokens, start, stop - 1):
            stop -= 1
        return Phrase(tuple(tokens[start:stop])) if stop > start else None

    def apposed(self, tokens: Sequence[Token], comma: int) -> Phrase | None:
        """Read "Head of X, Yevhen Yerin," or "Putin, in an interview," before a verb."""
        same = {","} if tokens[comma].low == "," else DASHES
        farthest = max(0, comma - _FARTHEST)
        opening = next((n for n in range(comma - 1, farthest, -1) if tokens[n].low in same), None)
        if opening is None:
            return None
        inner = tokens[opening + 1 : comma]
        if inner and all(token.capital or token.low in _CONNECTING for token in inner):
            phrase = self.ending(tokens, comma - 1)
            return phrase and replace(phrase, context=tuple(tokens[:opening]))
        phrase = self.ending(tokens, opening - 1)
        return phrase and replace(phrase, context=tuple(inner) or phrase.context)

    def _is_adjective(self, tokens: Sequence[Token], at: int) -> bool:
        """Tell whether an unknown word stands where only an adjective can: "Local civil"."""
        word = tokens[at].word
        if at < 1 or not word.isalpha() or word in _NO_ADJECTIVES or word in self._lexicon.saying:
            return False
        if tokens[at + 1].low in _CONNECTING:
            return False
        before = tokens[at - 1]
        if tokens[at].possessive:
            return before.low in _ARTICLES  # "the yard's manager"
        if (
            before.low in self._lexicon.modifiers
            or before.low in _ARTICLES
            or self._lexicon.is_side_adjective(before.text)
        ):
            return True
        compound = at > 1 and before.low.isalpha() and before.low not in _NO_ADJECTIVES
        return compound and tokens[at - 2].low in _ARTICLES  # "a coalition planning official"

    def _is_dangling(self, tokens: Sequence[Token], start: int, at: int) -> bool:
        """Tell whether a phrase can't end here: "official of", "official of an unspecified"."""
        token = tokens[at]
        if token.low in _CONNECTING or (token.text in _ARTICLES and at > start):
            return True
        left_over = token.low in self._lexicon.modifiers and token.low not in self.nouns
        return left_over and at > start and tokens[at - 1].text in _ARTICLES

    def _compound(self, tokens: Sequence[Token], start: int, at: int) -> bool:
        """Tell whether an unknown word stands inside a noun: "foreign ministry desk head"."""
        word = tokens[at].low
        if at == start or at + 1 >= len(tokens) or not word.isalpha() or word.endswith("ed"):
            return False
        known = word in _NO_ADJECTIVES or word in self._lexicon.saying
        return not known and tokens[at + 1].low in self.nouns and tokens[at].text == word

    def _apposed(self, tokens: Sequence[Token], start: int, comma: int) -> bool:
        """Tell whether a full name follows the comma behind a role: "head of X, Vladimir Saldo"."""
        if tokens[comma].low != "," or len(tokens) < comma + 3:
            return False
        given, surname = tokens[comma + 1 : comma + 3]
        named = given.text in self._lexicon.given and surname.capital
        return named and any(token.low in self.nouns for token in tokens[start:comma])

    def _inside(self, token: Token) -> bool:
        """Tell whether a word can stand inside the name of a speaker."""
        if token.low in MONTHS and token.capital and token.low != "may":
            return False
        return (
            token.capital
            or token.word in self._words
            or token.low in _OPENING
            or ("-" in token.low and token.low.replace("-", "").isalpha())
        )
