"""Who said what: for each sentence of a report the speakers it names, their side, verb and day.

A sentence without a source that weighs ("likely", "ISW assesses") is the publisher's own judgement,
with the publisher as its speaker; one that only narrates has no statement at all.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from index.model import Statement
from index.speakers import Speaker, Speakers
from index.speech import MONTHS, Phrase, Reader, Subject, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.lexicon import Lexicon
    from index.model import ParsedReport, Span
    from index.speech import Saying, Token

_QUOTED: Final = re.compile(r"“[^”]*”|\"[^\"]*\"")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CLAUSE: Final = re.compile(r"[,;\u2013\u2014]")
_PART: Final = re.compile(r"[,;\u2013\u2014]|\band\b")  # where no "that" makes them all one claim
_OPENING_WORDS: Final = 4  # of a clause, among which a word of judgement makes it a judgement
_CONCEDING: Final = frozenset({"though", "although"})
_CONCEDED: Final = 3  # more words, where the clause concedes something
_WEIGHED: Final = frozenset({"assess", "likely", "suggest", "may", "confirm"})
_OWN: Final = frozenset({"we", "our"})
# What somebody does to another's words, so that those words are a statement too.
_ANSWERS: Final = frozenset(
    "deny reject refute dispute dismiss criticize confirm echo ridicule mock condemn rebut rebuke"
    " downplay denounce reiterate amplify question doubt decry deride push_back".split()
)
_SUBJECT: Final = 7  # tokens among which the publisher's own name is followed by its verb
_NEAR: Final = 12  # tokens between such a verb and those words
_TIMED: Final = 14  # tokens behind a verb in which its day may stand before "that"
_SOON: Final = 4  # the same where no "that" follows
_AHEAD: Final = 2  # days a report may be dated before what it tells of


def attribute(
    report: ParsedReport, paragraphs: Sequence[Sequence[Span]], lexicon: Lexicon
) -> list[list[tuple[Statement, ...]]]:
    """Return the statements of every sentence, in the shape of ``paragraphs``.

    Args:
        paragraphs: sentences (spans of the report's text) in reading order, paragraph by paragraph.
    """
    return _Attribution(report, lexicon).run(paragraphs)


class _Attribution:
    def __init__(self, report: ParsedReport, lexicon: Lexicon) -> None:
        self._report = report
        self._lexicon = lexicon
        self._reader = Reader(lexicon)
        self._speakers = Speakers(report.text, lexicon)
        self._names = frozenset({*lexicon.publisher_words, *(report.publisher or "").split("\0")})
        self._publisher = Speaker(name=report.publisher or "", side=lexicon.publisher)

        saying = lexicon.saying
        self._verbs = saying.keys() | set(saying.values()) | lexicon.judging.keys()

    def run(self, paragraphs: Sequence[Sequence[Span]]) -> list[list[tuple[Statement, ...]]]:
        found = []
        for paragraph in paragraphs:
            self._speakers.open_paragraph()
            found.append([self._sentence(sentence) for sentence in paragraph])
        return found

    def _sentence(self, sentence: Span) -> tuple[Statement, ...]:
        tokens = tokens_of(self._report.text, sentence)
        self._speakers.read(sentence.end)
        sayings = self._reader.sayings(tokens)
        told: list[tuple[int, Speaker, Statement]] = []
        who = opening = self._opening(tokens)
        for saying in sayings:
            subject = saying.subject
            if isinstance(subject, Phrase):
                who = self._who(subject, saying.verb)
            elif subject is Subject.PRONOUN:
                before = [*opening, *(one for _, one, _ in told)]
                who = self._speakers.by_pronoun(saying.pronoun, before)
            day = self._day(tokens, saying)
            told += [(saying.at, one, self._statement(one, saying.cue, day)) for one in who]
        first = min((one.subject.start for one in sayings if isinstance(one.subject, Phrase)), default=0)
        unsaid = not told and all(saying.verb in self._lexicon.judging for saying in sayings)
        told += self._answered(tokens, sayings, told)
        told.sort(key=lambda one: one[0])
        speakers = [one for _, one, _ in told if one is not self._publisher]
        self._speakers.note([*(one for one in opening if one.person), *reversed(speakers)])
        statements = [statement for _, _, statement in told]
        if not any(one is self._publisher for _, one, _ in told):
            judged = self._judgement(tokens, sentence, alone=unsaid, before=first)
            statements += [self._statement(self._publisher, judged, None)] if judged else []
        return tuple(dict.fromkeys(statements))

    def _opening(self, tokens: Sequence[Token]) -> list[Speaker]:
        """Return the people or bodies a sentence begins with: its likely subject."""
        phrase = self._reader.first_phrase(tokens)
        return self._who(phrase, "report") if phrase is not None else []

    def _who(self, phrase: Phrase, verb: str) -> list[Speaker]:
        words = self._report.text[phrase.start : phrase.end]
        if phrase.tokens[-1].text in self._names or words in self._names:
            return [self._publisher]
        return self._speakers.of(phrase, verb)

    def _statement(self, speaker: Speaker, cue: str, day: date | None) -> Statement:
        return Statement(speaker=speaker.name or None, side=speaker.side, cue=cue, date=day)

    def _answered(
        self,
        tokens: Sequence[Token],
        sayings: Sequence[Saying],
        told: Sequence[tuple[int, Speaker, Statement]],
    ) -> list[tuple[int, Speaker, Statement]]:
        """Return the statements in "Haidai denied Basurin's claims" and "X's claim that"."""
        found = []
        for at, after, phrase in self._reader.possessives(tokens):
            answered = any(
                saying.verb in _ANSWERS and 0 < at - saying.at <= _NEAR for saying in sayings
            )
            if not answered and not (after < len(tokens) and tokens[after].low == "that"):
                continue
            for one in self._who(phrase, "claim"):
                if one is not self._publisher and all(one.name != other.name for _, other, _ in told):
                    found.append((at, one, self._statement(one, tokens[at].low, None)))
        return found

    def _judgement(self, tokens: Sequence[Token], sentence: Span, *, alone: bool, before: int) -> str:
        """Return the cue of the publisher's own judgement in a sentence, or nothing."""
        judging = self._lexicon.judging
        text = _QUOTED.sub("", sentence.of(self._report.text))
        for n, token in enumerate(tokens):
            own = token.text.removesuffix("’s") in self._names or token.low in _OWN
            cue = own and next((t.low for t in tokens[n + 1 : n + _SUBJECT] if t.low in self._verbs), "")
            if cue and token.text in text:
                return cue
        if alone:
            return next((word for word in _words(text) if word in judging), "")
        for token in tokens:
            if token.low in judging and token.end <= before:
                return token.low
        cut = _CLAUSE if " that " in text else _PART
        for clause in cut.split(text)[1:]:
            words = _words(clause)
            yields = bool(words) and words[0] in _CONCEDING
            opening = words[: _OPENING_WORDS + _CONCEDED * yields]
            cue = next((word for word in opening if judging.get(word) in _WEIGHED), "")
            if cue:
                return cue
        return ""

    def _day(self, tokens: Sequence[Token], saying: Saying) -> date | None:
        """Return the day on which something was said: it stands beside the verb, before "that"."""
        stop = saying.after + _SOON
        for n in range(saying.after, min(saying.after + _TIMED, len(tokens))):
            if tokens[n].low in {"that", "“", ":"}:
                stop = n
                break
        start = saying.at
        if isinstance(saying.subject, Phrase):
            start = next(
                (n for n, token in enumerate(tokens) if token.start >= saying.subject.end), start
            )
            leads = tokens[0].low == "on" and tokens[min(4, len(tokens) - 1)].start
            if leads and saying.subject.start <= leads:
                start = 0
        for n in range(min(start, saying.at), min(stop, len(tokens)) - 1):
            if tokens[n].low in MONTHS and tokens[n].capital:
                return self._date(tokens, n)
        return None

    def _date(self, tokens: Sequence[Token], month: int) -> date | None:
        digits = re.match(r"\d{1,2}", tokens[month + 1].text)
        if digits is None:
            return None
        year, published = self._year(tokens, month + 2), self._report.published
        try:
            if year is not None:
                return date(year, MONTHS[tokens[month].low], int(digits[0]))
            if published is None:
                return None
            day = date(published.year, MONTHS[tokens[month].low], int(digits[0]))
            late = (day - published).days > _AHEAD
            return day.replace(year=day.year - 1) if late else day
        except ValueError:
            return None

    def _year(self, tokens: Sequence[Token], at: int) -> int | None:
        for token in tokens[at : at + 2]:
            if re.fullmatch(r"(?:19|20)\d\d", token.text):
                return int(token.text)
            if token.low != ",":
                break
        return None


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
