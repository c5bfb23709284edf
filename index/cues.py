"""Verbs of saying: whether a word is one here, and whether what was said follows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from index.tokens import BE, PRONOUNS, SAME, WHO, before_adverbs, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.lexicon import Lexicon
    from index.phrases import Phrase
    from index.tokens import Token

INTRODUCING: Final = word_set('that how whether why \u201c " \u2018 :')
_NAMING: Final = frozenset({"name", "dub"})
_PARTS: Final = word_set("up in off out on for upon")
_NO_WORDS: Final = word_set(", ; . by to in on at")
_NO_OBJECTS: Final = word_set(", ; and but to")
_OBJECTS: Final = word_set("it them him her this that these those")
_BEHIND_VERBS: Final = _OBJECTS | word_set("a an the us any all no his their its on in at")
_SILENCE: Final = ("declined", "to", "comment")
_SOON: Final = 9  # words between a verb and its "that"


class Subject(Enum):
    """Whose a saying is, where no noun phrase says it: as before, a pronoun's, or unclear."""

    SAME = auto()
    PRONOUN = auto()
    UNREAD = auto()


@dataclass(frozen=True, slots=True)
class Saying:
    """A cue and whose it is.

    Args:
        at: index of the cue's token; ``after`` the index behind it.
        cue: as printed, in lower case; ``verb`` the verb it is a form of.
        pronoun: the pronoun, or "report" for "the report", "this statement" and the like.
    """

    at: int
    after: int
    cue: str
    verb: str
    subject: Phrase | Subject
    pronoun: str = ""


class Cues:
    """Looks at the words around a verb, with the words of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._nouns = lexicon.speakers | lexicon.units

    def introduces(self, tokens: Sequence[Token], at: int, after: int) -> bool:
        """Tell "indicated that" from "indicated a place": whether what was said follows."""
        cue = tokens[at].low
        if tuple(token.low for token in tokens[at : at + 3]) == _SILENCE:
            return True
        naming = self.base(cue) in _NAMING
        if naming and after < len(tokens) and tokens[after].low in _OBJECTS:
            return True
        following = tokens[after].low if after < len(tokens) else "."
        persons = self._is_persons(tokens, at)
        stop = before_adverbs(tokens, at - 1)[0]
        proposes = cue in self._lexicon.saying_by_people and tokens[stop].low not in PRONOUNS
        if proposes and persons and following not in _NO_WORDS:
            return True
        if not naming:
            return _introduces(tokens, after)
        if following in INTRODUCING | {"the"} and not persons:
            return False  # "a company called “Liga”"
        return following not in _PARTS and _is_quoted(tokens, after)

    def is_verb(self, tokens: Sequence[Token], at: int, after: int) -> bool:
        """Tell "Girkin claims that" from "these claims"; both are written alike."""
        if at == 0 or after >= len(tokens):
            return False
        before = tokens[at - 1]
        if before.low in WHO | PRONOUNS:
            return True
        if tokens[at].low.endswith("ing"):
            stop = before_adverbs(tokens, at - 1)[0]
            if stop >= 0 and tokens[stop].low in BE | SAME | {","}:
                return True
        named = before.capital and not self._lexicon.is_side_adjective(before.text)
        subject = not before.possessive and (named or before.low in self._nouns)
        return subject and (tokens[at].low == "says" or tokens[after].low in INTRODUCING)

    def is_finite(self, tokens: Sequence[Token], after: int, cue: str) -> bool:
        """Tell "somebody claimed that" from "the claimed gains" by the word behind."""
        if cue.endswith("ing") or cue in self._lexicon.saying_that or after >= len(tokens):
            return False
        following = tokens[after].low
        return cue == "told" or following in INTRODUCING or following in _BEHIND_VERBS

    def base(self, cue: str) -> str:
        """Return the verb that a cue is a form of."""
        return self._lexicon.saying.get(cue, cue)

    def _is_persons(self, tokens: Sequence[Token], at: int) -> bool:
        """Tell whether a person may be the subject of the verb at ``at``."""
        stop, negated = before_adverbs(tokens, at - 1)
        if negated or stop < 0:
            return False
        token = tokens[stop]
        named = token.capital and token.low.isalpha() and token.low not in self._nouns
        named = named and not self._lexicon.is_side_adjective(token.text)
        return named or token.low in {"and", ",", "he", "she"} | self._lexicon.human


def _introduces(tokens: Sequence[Token], after: int) -> bool:
    """Tell whether what was said follows soon: "that …", "how …", or at once a quotation."""
    for n, token in enumerate(tokens[after : after + _SOON]):
        if token.low in INTRODUCING:
            return n <= 1 or token.low.isalpha()
        if token.low in _NO_OBJECTS:
            return False
    return False


def _is_quoted(tokens: Sequence[Token], after: int) -> bool:
    """Tell whether "called the move “a mistake”" goes on with somebody's words."""
    for token in tokens[after : after + _SOON]:
        if token.low in _NO_OBJECTS:
            return False
        if token.low in INTRODUCING and not token.low.isalpha():
            return True
    return False
