"""Who said what: for each sentence of a report the speakers it names, their side, verb and day.

A sentence without a source that weighs ("likely", "ISW assesses") is the publisher's own judgement,
with the publisher as its speaker; one that only narrates has no statement at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from index.cues import Subject
from index.model import BlockKind, Statement
from index.naming import Speaker
from index.phrases import Phrase
from index.speakers import SOMEBODY, Speakers
from index.speech import Reader
from index.tokens import MONTHS, tokens_of, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.cues import Saying
    from index.lexicon import Lexicon
    from index.model import ParsedReport, Span
    from index.tokens import Token

_QUOTED: Final = re.compile('\u201c[^\u201d]*\u201d|"[^"]*"')
_WORD: Final = re.compile(r"[^\W\d_]+")
_CLAUSE: Final = re.compile("[,;\u2013\u2014]")
_PART: Final = re.compile("[,;\u2013\u2014]|\\band\\b")  # without a "that", "and" parts claims too
_OPENING: Final = 4  # words of a clause among which a word of judgement makes it a judgement
_CONCEDING: Final = frozenset({"though", "although"})
_CONCEDED: Final = 3  # more words, where the clause concedes something
_OWN: Final = frozenset({"we", "our"})
# What somebody does to another's words, so that those words are a statement too.
_ANSWERS: Final = word_set(
    "deny reject refute dispute dismiss criticize confirm echo ridicule mock condemn rebut rebuke"
    " downplay denounce reiterate amplify question doubt decry deride push_back"
)
_ADDRESSING: Final = word_set("to with by from for of at")
_NARRATING: Final = frozenset({"would", "could"})
_SUBORDINATE: Final = word_set(
    "that which who whom whose whether what how why where when if as because so"
)
_SEEMING: Final = frozenset({"appear", "appears"})  # else: "such cases appear here"
_SHOWN: Final = word_set("in on at here there before with as again below above")
_SUBJECT: Final = 7  # tokens among which the publisher's own name is followed by its verb
_NEAR: Final = 12  # tokens between an answer and the words it answers
_TIMED: Final = 14  # tokens behind a verb in which its day may stand before "that"
_SOON: Final = 4  # the same where no "that" follows
_LEAD: Final = 5  # tokens of "On September 21, "
_SAID: Final = frozenset({"that", "\u201c", ":"})
_AHEAD: Final = 2  # days by which a report may be dated before what it tells of


class _Told(NamedTuple):
    """A statement on its way: where its cue stands, and whose it is."""

    at: int
    speaker: Speaker
    statement: Statement


def attribute(
    report: ParsedReport, paragraphs: Sequence[Sequence[Span]], lexicon: Lexicon
) -> list[list[tuple[Statement, ...]]]:
    """Return the statements of every sentence, in the shape of ``paragraphs``.

    These are the sentences (spans of the report's text) in reading order, paragraph by paragraph.
    Headings say nothing.
    """
    attribution = _Attribution(report, lexicon)
    headings = [block for block in report.blocks if block.kind is BlockKind.HEADING]
    starts = [block.start for block in headings]
    found = []
    for paragraph in paragraphs:
        before = bisect_right(starts, paragraph[0].start) - 1 if paragraph else -1
        if before >= 0 and headings[before].holds(paragraph[0]):
            found.append(attribution.heading(paragraph))
        else:
            found.append(attribution.paragraph(paragraph))
    return found


class _Attribution:
    def __init__(self, report: ParsedReport, lexicon: Lexicon) -> None:
        self._report = report
        self._lexicon = lexicon
        self._reader = Reader(lexicon)
        self._speakers = Speakers(report.text, lexicon)
        self._names = frozenset(
            {*lexicon.publisher_words, report.publisher or "", _short_name(report, lexicon)} - {""}
        )
        self._publisher = Speaker(name=report.publisher or "", side=lexicon.publisher)
        saying = lexicon.saying
        self._verbs = saying.keys() | set(saying.values()) | lexicon.judging.keys()

    def paragraph(self, sentences: Sequence[Span]) -> list[tuple[Statement, ...]]:
        self._speakers.open_paragraph()
        return [self._sentence(sentence) for sentence in sentences]

    def heading(self, sentences: Sequence[Span]) -> list[tuple[Statement, ...]]:
        self._speakers.open_paragraph()
        return [() for _ in sentences]

    def _sentence(self, sentence: Span) -> tuple[Statement, ...]:
        tokens = tokens_of(self._report.text, sentence)
        self._speakers.read(sentence.end)
        opening = self._opening(tokens)
        sayings = self._reader.sayings(tokens)
        told = self._said(tokens, sayings, opening)
        unsaid = not told and all(one.verb in self._lexicon.judging for one in sayings)
        told = sorted([*told, *self._answered(tokens, sayings, told)], key=lambda one: one.at)
        others = [one.speaker for one in told if one.speaker is not self._publisher]
        unread = [SOMEBODY] * any(one.subject is Subject.UNREAD for one in sayings)
        humans = [one for one in opening if one.human]
        self._speakers.note([*unread, *humans, *reversed(others)])
        statements = [one.statement for one in told]
        if len(others) == len(told):
            starts = (one.subject.start for one in sayings if isinstance(one.subject, Phrase))
            before = min(starts, default=0)
            cue = self._judgement(tokens, sentence, alone=unsaid, before=before)
            statements += [_statement(self._publisher, cue, None)] if cue else []
        return tuple(dict.fromkeys(statements))

    def _opening(self, tokens: Sequence[Token]) -> list[Speaker]:
        """Return the people or bodies a sentence begins with: its likely subject."""
        phrase = self._reader.opening(tokens)
        return self._who(phrase, "report", fresh=False) if phrase is not None else []

    def _said(
        self, tokens: Sequence[Token], sayings: Sequence[Saying], opening: list[Speaker]
    ) -> list[_Told]:
        told: list[_Told] = []
        who = opening
        for saying in sayings:
            if isinstance(saying.subject, Phrase):
                who = self._who(saying.subject, saying.verb)
            elif saying.subject is Subject.PRONOUN:
                before = [*opening, *(one.speaker for one in told)]
                who = self._speakers.by_pronoun(saying.pronoun, before)
            elif saying.subject is Subject.UNREAD:
                who = []
            day = self._day(tokens, saying)
            told += [_Told(saying.at, one, _statement(one, saying.cue, day)) for one in who]
        return told

    def _who(self, phrase: Phrase, verb: str, *, fresh: bool = True) -> list[Speaker]:
        words = self._report.text[phrase.start : phrase.end]
        if phrase.tokens[-1].text in self._names or words in self._names:
            return [self._publisher]
        return self._speakers.of(phrase, verb, fresh=fresh)

    def _answered(
        self, tokens: Sequence[Token], sayings: Sequence[Saying], told: Sequence[_Told]
    ) -> Iterator[_Told]:
        """Yield the statements in "Haidai denied Basurin's claims" and "X's claim that"."""
        named = {one.speaker.name for one in told}
        answers = [saying.at for saying in sayings if saying.verb in _ANSWERS]
        for at, phrase in self._reader.possessives(tokens):
            told_of = at + 1 < len(tokens) and tokens[at + 1].low == "that"
            if not told_of and not any(0 < at - answer <= _NEAR for answer in answers):
                continue
            for one in self._who(phrase, "claim"):
                if one is not self._publisher and one.name not in named:
                    yield _Told(at, one, _statement(one, tokens[at].low, None))

    def _judgement(
        self, tokens: Sequence[Token], sentence: Span, *, alone: bool, before: int
    ) -> str:
        """Return the cue of the publisher's own judgement in a sentence, or nothing.

        It is looked for everywhere where nobody else speaks (``alone``); else before the first
        subject, which begins at offset ``before``, and at the front of added clauses.
        """
        judging, text = self._lexicon.judging, _QUOTED.sub("", sentence.of(self._report.text))
        named = any(name in text for name in self._names)
        for at, token in enumerate(tokens):
            if token.low in _OWN or (named and self._is_publisher(tokens, at)):
                following = (one.low for one in tokens[at + 1 : at + _SUBJECT])
                cue = next((low for low in following if low in self._verbs), "")
                if cue and token.text in text:
                    return cue
        if alone:
            return self._judging_word(text)
        for token in tokens:
            if token.end <= before and token.low in judging and token.text != "May":
                return token.low
        return self._added(text)

    def _judging_word(self, text: str) -> str:
        """Return the word by which a sentence judges; "would" counts in its main clause alone."""
        words = _words(text)
        main = next((n for n, word in enumerate(words) if word in _SUBORDINATE), len(words))
        for n, word in enumerate(words):
            if word not in self._lexicon.judging:
                continue
            if word in _NARRATING and n > main and f", which {word}" not in text:
                continue
            if word in _SEEMING and words[n + 1 : n + 2] and words[n + 1] in _SHOWN:
                continue
            return word
        return ""

    def _is_publisher(self, tokens: Sequence[Token], at: int) -> bool:
        """Tell whether the publisher is named at ``at``, and not as whom somebody told."""
        text = tokens[at].text
        if text not in self._names and text[:-2] not in self._names:
            return False
        before = tokens[at - 1].low if at else ""
        return before not in _ADDRESSING and before not in self._lexicon.saying

    def _added(self, text: str) -> str:
        """Return the word of judgement that opens a clause added to somebody's words."""
        lexicon = self._lexicon
        for clause in (_CLAUSE if " that " in text else _PART).split(text)[1:]:
            words = _words(clause)
            conceding = bool(words) and words[0] in _CONCEDING
            for word in words[: _OPENING + _CONCEDED * conceding]:
                modal = word in lexicon.supposing or word in _NARRATING
                if word in lexicon.judging and not modal:
                    return word
        return ""

    def _day(self, tokens: Sequence[Token], saying: Saying) -> date | None:
        """Return the day on which something was said: it stands beside the verb, before "that"."""
        stop = saying.after + _SOON
        for n in range(saying.after, min(saying.after + _TIMED, len(tokens))):
            if tokens[n].low in _SAID:
                stop = n
                break
        start = saying.at
        if isinstance(saying.subject, Phrase):
            first, end = saying.subject.start, saying.subject.end
            leads = tokens[0].low == "on" and any(one.start == first for one in tokens[:_LEAD])
            behind = next((n for n, one in enumerate(tokens) if one.start >= end), start)
            start = 0 if leads else min(start, behind)
        for n in range(start, min(stop, len(tokens)) - 1):
            if tokens[n].low in MONTHS and tokens[n].capital:
                return self._date(tokens, n)
        return None

    def _date(self, tokens: Sequence[Token], month: int) -> date | None:
        """Read "April 9" or "April 9, 2025"; without a year it is the last one so far."""
        digits = re.match(r"\d{1,2}", tokens[month + 1].text)
        published = self._report.published
        year = _year(tokens, month + 2)
        if year is None and published is not None:
            year = published.year
        if digits is None or year is None:
            return None
        try:
            day = date(year, MONTHS[tokens[month].low], int(digits[0]))
            late = published is not None and (day - published).days > _AHEAD
            return day.replace(year=year - 1) if late else day
        except ValueError:
            return None


def _statement(speaker: Speaker, cue: str, day: date | None) -> Statement:
    return Statement(speaker=speaker.name or None, side=speaker.side, cue=cue, date=day)


def _short_name(report: ParsedReport, lexicon: Lexicon) -> str:
    """Return the first word of the publisher's name, where the report goes by that alone."""
    first, _, rest = (report.publisher or "").partition(" ")
    low = first.lower()
    if not rest or low in lexicon.speakers | lexicon.modifiers or lexicon.find(first):
        return ""
    alone = re.search(rf"\b{re.escape(first)}(?:['\u2019]s)? [a-z]", report.text)
    return first if alone is not None else ""


def _year(tokens: Sequence[Token], at: int) -> int | None:
    for token in tokens[at : at + 2]:
        if re.fullmatch(r"(?:19|20)\d\d", token.text):
            return int(token.text)
        if token.low != ",":
            break
    return None


def _words(text: str) -> list[str]:
    """Return the words in lower case, without the month of May."""
    return [word.lower() for word in _WORD.findall(text) if word != "May"]
