"""Where a sentence says that somebody said something: the verb, and the words of its subject.

From a verb of saying the words to its left are read back to the start of a noun phrase. What can't
be read that way is left alone, since a wrong speaker is worse than none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from index.cues import INTRODUCING, Cues, Saying, Subject
from index.phrases import PhraseReader
from index.tokens import (
    BE,
    DEFINITE,
    PRONOUNS,
    SAME,
    WHO,
    before_adverbs,
    before_date,
    word_set,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.lexicon import Lexicon
    from index.phrases import Phrase
    from index.tokens import Token

_DOCUMENTS: Final = word_set(
    "document article investigation video publication survey poll study order"
)
# "Residents are expressing fear" tells what they do; these tell what they say.
_PROGRESSIVE: Final = word_set(
    "report claim say state acknowledge deny warn accuse note argue criticize complain speculate"
    " insist assert allege"
)
_GOING_ON: Final = word_set("continued continues began begun proceeded attempted sought tried")
_LED_BY_DATES: Final = word_set("on in as during after")
_SUBORDINATING: Final = word_set("while as whereas although though if when because since")
_QUOTES: Final = word_set('\u201d " \u2019')
_BREAKS: Final = word_set(", \u2014 \u2013")
_PARTICIPLES: Final = SAME | _BREAKS | word_set(") by while before after")
_PLACES: Final = word_set("in at near on inside outside along")
_PLACING: Final = word_set("in at from with near on for of to among by outside inside along")
_CLAUSES: Final = (
    WHO
    | SAME
    | word_set(", ; : ( ) \u2014 \u2013 \u201c \u201d that while when after before as because if")
)
_AGENT: Final = 6  # words between a passive verb and its "by"
_APART: Final = word_set(", . and of the a an that this")
_NOUN: Final = 6  # words between "X's" and "claim"


class Reader:
    """Finds sayings in sentences, with the words of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._phrases = PhraseReader(lexicon)
        self._cues = Cues(lexicon)
        self._documents = lexicon.sayings.keys() | _DOCUMENTS
        self._bases = frozenset(lexicon.saying.values())
        self._firsts = {"according", *self._bases, *(form.split()[0] for form in lexicon.saying)}

    def sayings(self, tokens: Sequence[Token]) -> list[Saying]:
        """Return the sayings of a sentence, in order."""
        found = [one for at in range(len(tokens)) if (one := self._saying(tokens, at)) is not None]
        if found and found[0].subject is not Subject.UNREAD:
            return found
        return self._at_distance(tokens, found)

    def opening(self, tokens: Sequence[Token]) -> Phrase | None:
        """Return the noun phrase that opens a sentence, behind a date if one leads."""
        at = 0
        if tokens and tokens[0].low in _SUBORDINATING:
            return None
        if tokens and tokens[0].low in _LED_BY_DATES:
            comma = next((n for n, token in enumerate(tokens[:8]) if token.low == ","), None)
            if comma is None:
                return None
            at = comma + 1
        return self._phrases.beginning(tokens, at)

    def possessives(self, tokens: Sequence[Token]) -> Iterator[tuple[int, Phrase]]:
        """Yield "X's claim" as the index of the noun, and X."""
        for at, token in enumerate(tokens):
            if not token.possessive:
                continue
            for noun in range(at + 1, min(at + _NOUN, len(tokens))):
                if tokens[noun].low in _APART:
                    break
                if tokens[noun].low in self._lexicon.sayings:
                    phrase = self._phrases.ending(tokens, at)
                    if phrase is not None:
                        yield noun, phrase
                    break

    def _at_distance(self, tokens: Sequence[Token], found: list[Saying]) -> list[Saying]:
        """Read "A milblogger who was there claimed that", where the verb's left tells nothing.

        The same for "An officer in a unit near the river said".
        """
        phrase = self.opening(tokens)
        if phrase is None:
            return found
        phrase = _before_place(phrase)
        behind = next((n for n, token in enumerate(tokens) if token.start >= phrase.end), 0)
        relative = any(token.low in WHO | {"that"} for token in tokens[behind : behind + 2])
        if found and not found[0].cue.endswith("ing"):
            at = found[0].at
            between = tokens[behind:at]
            placed = bool(between) and between[0].low in _PLACING
            placed = placed or (bool(between) and between[0].low.endswith("ing"))
            joined = bool(between) and (relative or placed)
            if joined and not any(token.low in _CLAUSES for token in between[1 + relative :]):
                return [replace(found[0], subject=phrase), *found[1:]]
        for at in range(behind + 2, len(tokens) - 1) if relative else ():
            cue = tokens[at].low
            known = cue in self._lexicon.saying and cue.endswith("d")
            if known and tokens[at + 1].low in INTRODUCING:
                return [Saying(at, at + 1, cue, self._cues.base(cue), phrase)]
        return found

    def _saying(self, tokens: Sequence[Token], at: int) -> Saying | None:
        low = tokens[at].low
        if low not in self._firsts or tokens[at].text != low:
            return None
        following = tokens[at + 1].low if at + 1 < len(tokens) else ""
        if low == "according" and following == "to":
            phrase = self._phrases.beginning(tokens, at + 2)
            return _by(phrase, at, at + 2, "according to", "report")
        pair = f"{low} {following}"
        if pair in self._lexicon.saying:
            return self._finite(tokens, at, at + 2, pair)
        if low in self._lexicon.saying:
            return self._finite(tokens, at, at + 1, low)
        if low in self._bases and at > 1:
            return self._plain(tokens, at)
        return None

    def _plain(self, tokens: Sequence[Token], at: int) -> Saying | None:
        """Read "continued on March 9 to warn", "went on to say", and "officials note that"."""
        before = tokens[at - 1].low
        if before in self._phrases.nouns and before.endswith("s"):
            that = at + 1 < len(tokens) and tokens[at + 1].low == "that"
            return self._left(tokens, at, at + 1, tokens[at].low, at - 1) if that else None
        if before != "to":
            return None
        stop = before_date(tokens, at - 2)
        if stop >= 1 and tokens[stop].low == "on" and tokens[stop - 1].low in {"went", "goes"}:
            stop -= 1
        elif stop < 1 or tokens[stop].low not in _GOING_ON:
            return None
        return self._left(tokens, at, at + 1, tokens[at].low, stop - 1)

    def _finite(self, tokens: Sequence[Token], at: int, after: int, cue: str) -> Saying | None:
        if cue in self._lexicon.saying_that and not self._cues.introduces(tokens, at, after):
            return None
        doubtful = cue.endswith("s") or cue in self._lexicon.sayings
        if doubtful and not self._cues.is_verb(tokens, at, after):
            return None
        if after < len(tokens) and tokens[after].low == "by" and cue != "said":
            return self._passive(tokens, at, after, cue)
        return self._left(tokens, at, after, cue, at - 1)

    def _passive(self, tokens: Sequence[Token], at: int, after: int, cue: str) -> Saying | None:
        """Read the speaker behind "was denied … by"."""
        for n in range(after, min(after + _AGENT, len(tokens))):
            if tokens[n].low == "by":
                phrase = self._phrases.beginning(tokens, n + 1)
                return _by(phrase, at, after, cue, self._cues.base(cue))
            if tokens[n].low in {",", ";", "that"}:
                break
        return None

    def _left(
        self, tokens: Sequence[Token], at: int, after: int, cue: str, stop: int
    ) -> Saying | None:
        """Find the subject that ends at or before token ``stop``."""
        stop, negated = before_adverbs(tokens, stop)
        if negated:
            return None
        if stop < 0:
            return self._inverted(tokens, at, after, cue)
        if cue.endswith("ing"):
            return self._participle(tokens, at, after, cue, stop)
        if tokens[stop].low in BE:
            return self._passive(tokens, at, after, cue)
        return self._active(tokens, at, after, cue, stop)

    def _participle(
        self, tokens: Sequence[Token], at: int, after: int, cue: str, stop: int
    ) -> Saying | None:
        """Read "X is claiming", "…, claiming that" and "with X claiming"."""
        if tokens[stop].low in BE:
            stop = before_adverbs(tokens, stop - 1)[0]
            if stop < 0 or self._cues.base(cue) not in _PROGRESSIVE:
                return None
        elif cue in self._lexicon.judging:
            return None  # "…, suggesting that" is what the writer makes of it
        elif tokens[stop].low in _PARTICIPLES:
            return Saying(at, after, cue, self._cues.base(cue), Subject.SAME)
        return self._active(tokens, at, after, cue, stop)

    def _active(
        self, tokens: Sequence[Token], at: int, after: int, cue: str, stop: int
    ) -> Saying | None:
        """Read the subject of an active verb, which ends with token ``stop``."""
        verb, low = self._cues.base(cue), tokens[stop].low
        if low in SAME:  # but "claimed or confirmed gains"
            return Saying(at, after, cue, verb, Subject.SAME) if low != "or" else None
        if low in _QUOTES or (low == "," and tokens[stop - 1].low in _QUOTES):
            return self._inverted(tokens, at, after, cue)
        if low in PRONOUNS:
            return Saying(at, after, cue, verb, Subject.PRONOUN, low)
        if low in self._documents and stop and tokens[stop - 1].low in {"the", "this"}:
            hints = cue in self._lexicon.saying_that
            return None if hints else Saying(at, after, cue, verb, Subject.PRONOUN, "report")
        if tokens[stop].possessive or (low == "which" and cue in self._lexicon.saying_that):
            return None  # "the ministry's claimed figure"; or a whole clause indicates something
        return self._with_subject(tokens, at, after, cue, stop)

    def _with_subject(
        self, tokens: Sequence[Token], at: int, after: int, cue: str, stop: int
    ) -> Saying | None:
        """Read the noun phrase that is the subject, also from behind its own "who" clause."""
        verb, low = self._cues.base(cue), tokens[stop].low
        if low in WHO:
            stop = before_adverbs(tokens, stop - 1)[0]
            stop -= stop >= 0 and tokens[stop].low in _BREAKS
            phrase = self._phrases.ending(tokens, stop, governed=True)
        elif low in _BREAKS:
            phrase = self._phrases.apposed(tokens, stop)
        else:
            phrase = self._phrases.ending(tokens, stop, governed=cue.endswith("ing"))
        if phrase is not None and not phrase.bounded and _follows_place(tokens, phrase):
            phrase = None  # "An officer near Kyiv said"
        clause = self._inside_clause(tokens, phrase, stop)
        if clause is not None and not self._cues.is_finite(tokens, after, cue):
            return None  # "men who received the promised pay"
        if clause is not None:
            phrase = self._phrases.ending(tokens, clause - 1) if clause else None
        if phrase is not None:
            return Saying(at, after, cue, verb, phrase)
        if low in _BREAKS | WHO | {"that"} or not self._cues.is_finite(tokens, after, cue):
            return None
        return Saying(at, after, cue, verb, Subject.UNREAD)

    def _inside_clause(
        self, tokens: Sequence[Token], phrase: Phrase | None, stop: int
    ) -> int | None:
        """Find the "who" of "A blogger who often contradicts the ministry wrote".

        It is 0 where whoever that clause tells of can't be read, None outside such a clause.
        """
        at = stop + 1
        if phrase is not None:
            at = next(n for n, token in enumerate(tokens) if token.start >= phrase.start)
            at -= at > 0 and tokens[at - 1].low in DEFINITE
        for n in range(at - 1, 0, -1):
            if tokens[n].low in {"who", "that"}:
                noun = tokens[n - 1].low
                opened = noun in self._phrases.nouns
                if tokens[n].low == "who":
                    opened = noun.isalpha() and noun not in self._lexicon.saying
                opened = opened and n + 1 < at
                if not opened:
                    return None
                return n if tokens[n].low == "who" else 0 if phrase is not None else None
            if tokens[n].low in _CLAUSES:
                break
        return None

    def _inverted(self, tokens: Sequence[Token], at: int, after: int, cue: str) -> Saying | None:
        """Read the subject behind the verb: “…,” said Peskov."""
        phrase = self._phrases.beginning(tokens, after)
        return _by(phrase, at, after, cue, self._cues.base(cue))


def _follows_place(tokens: Sequence[Token], phrase: Phrase) -> bool:
    at = next(n for n, token in enumerate(tokens) if token.start >= phrase.start)
    return at > 0 and tokens[at - 1].low in _PLACES


def _before_place(phrase: Phrase) -> Phrase:
    """Cut "Ukrainian units in the Kurakhove" before the preposition."""
    cut = next((n for n, token in enumerate(phrase.tokens) if token.low in _PLACES), 0)
    return replace(phrase, tokens=phrase.tokens[:cut]) if cut else phrase


def _by(phrase: Phrase | None, at: int, after: int, cue: str, verb: str) -> Saying | None:
    return Saying(at, after, cue, verb, phrase) if phrase is not None else None
