"""The people in one report: those the lexicon lists and those it doesn't know.

An unknown name is a person's where the text shows it: by a role beside it ("Lidia Osmolova, the
ministry's deputy spokesperson"), a known given name, or a verb of saying behind it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.naming import Speaker, bare
from index.phrases import MONTHS, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.lexicon import Lexicon, Mention
    from index.naming import Names
    from index.phrases import Token

_PART: Final = "[A-Z][a-z\u00df-\u00ff\u0100-\u017f\u2019'-][\\w\u2019'-]*"
_FULL_NAME: Final = re.compile(f"\\b({_PART}) ((?:{_PART} )?{_PART})")
_NAME: Final = re.compile("[A-Z][\\w\u2019'-]*[^\\W\\d_A-Z]")
_LOWER: Final = re.compile(r"(?<![\w\u2019'-])[a-z]+(?![\w-])")
_AFTER_STOP: Final = re.compile('(?:^|[.!?:\\]\u201c\u201d"\n])\\s*$')
_BEFORE_NAME: Final = 120  # characters in which a role stands before a name
_ROLE: Final = 160  # and behind it
_ROLE_START: Final = re.compile(
    "[.;:!?\u201c\u201d\n\u2014\u2013]|\\b(?:that|and|but|while|by|with|like|including|about|against|after)\\b"
)
_ROLE_END: Final = re.compile("[.;:!?\u201c\u201d\n\u2014\u2013]|,(?! (?:and|or) )|, and ")
_BEHIND: Final = re.compile(
    "\\s*(, | of (?=[A-Z\u2019']|the )|\\(|(?:has |had |have )?([a-z]+)\\b)"
)
_HOLDS: Final = re.compile(
    "who (?:heads|leads|commands|runs|chairs|directs|represents|oversees|advises|speaks|serves"
    "|works|is|was|headed|led|commanded|served)\\b"
)
_ITS: Final = frozenset({"its", "their"})
_DETERMINERS: Final = word_set("a an the its their his her one")
_NO_SUBJECT: Final = word_set("the a an in at near of from to on for with")
_ROLE_WORDS: Final = 9  # among which a role says what somebody is
_SMALL: Final = word_set("of the for to in at from and & with on by a an ( )")
_THINGS: Final = word_set(
    "outlet newspaper channel agency organization magazine project group site website company"
    " publication newswire source tabloid center institute brigade battalion regiment"
)
_NO_NAMES: Final = frozenset(MONTHS) | word_set(
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
_LONGEST: Final = 4  # words of a name


def surname(name: str) -> str:
    """Return the last word of a name, as it is looked up."""
    return bare(name).rpartition(" ")[2].lower()


class People:
    """The people of one report, learned in reading order."""

    def __init__(self, text: str, lexicon: Lexicon, names: Names) -> None:
        self._text = text
        self._lexicon = lexicon
        self._names = names
        self._nouns = lexicon.speakers | lexicon.units
        self._lower = frozenset(_LOWER.findall(text))
        self._people: dict[str, Speaker] = {}
        self._unread = list(self._introductions())[::-1]

    def read(self, end: int) -> None:
        """Take note of the people who are named before ``end``."""
        for mention in self._names.read(end):
            # whoever is named in full last goes by the surname
            self._people.pop(surname(self._text[mention.start : mention.end]), None)
        while self._unread and self._unread[-1][0] < end:
            start, stop = self._unread.pop()
            self._introduce(start, stop)

    def named(
        self,
        tokens: Sequence[Token],
        mentions: Sequence[Mention],
        words: frozenset[str],
        context: Sequence[Token],
        *,
        fresh: bool,
    ) -> Speaker | None:
        """Return the person whose name ends a phrase.

        The ``context`` is a role that stands apart from it ("…, the ministry's spokesperson,").
        Where ``fresh``, a name that was never introduced may be a person's.
        """
        start = self._name_start(tokens, mentions, fresh=fresh)
        if start is None:
            return None
        name = bare(self._text[tokens[start].start : tokens[-1].end])
        last = surname(name)
        alone = start == len(tokens) - 1
        known = self._people.get(last if alone else name.lower())
        if known is not None:
            return self._with_side(known, mentions, words, context)
        mention = mentions[-1] if mentions and mentions[-1].end >= tokens[-1].end - 2 else None
        if (
            mention is not None
            and mention.start <= tokens[start].start
            and mention.kind is Kind.PERSON
            and not self._names.is_office(mention)
        ):
            name = self._names.known_as(mention, name)
            return self._keep(self._person(name, mention.side, words), alias=last)
        if alone and start == 0 and not (fresh and self._is_surname(tokens[0])):
            return None
        speaker = self._with_side(self._person(name, None, words), mentions, words, context)
        if start and tokens[start - 1].low in _THINGS:
            speaker = replace(speaker, person=False, human=False)
        return self._keep(speaker)

    def known(self, name: str) -> Speaker | None:
        """Return who was named so far by a surname or full name."""
        return self._people.get(name.lower())

    def full_name(self, tokens: Sequence[Token], mentions: Sequence[Mention]) -> bool:
        """Tell whether these words are a person's full name, listed or unknown."""
        start = self._name_start(tokens, mentions, fresh=True)
        return start is not None and len(tokens) - start > 1

    def _with_side(
        self,
        speaker: Speaker,
        mentions: Sequence[Mention],
        words: frozenset[str],
        context: Sequence[Token],
    ) -> Speaker:
        """Add the side that the words of a phrase tell, where none is known."""
        if speaker.side is not None:
            return speaker
        side = self._names.side(mentions, words)
        if side is None and context:
            side = self._role_apart(context)
        return self._keep(replace(speaker, side=side)) if side is not None else speaker

    def _role_apart(self, context: Sequence[Token]) -> str | None:
        """Return the side of a role that a comma or "of" sets apart from the name."""
        start, end = context[0].start, context[-1].end
        held = context[0].low != "who" or _HOLDS.match(self._text, start) is not None
        return self._names.side_of_role(start, end) if held else None

    def _person(self, name: str, side: str | None, words: frozenset[str]) -> Speaker:
        female = self._is_female(name)
        return Speaker(name=name, side=side, person=True, human=True, female=female, words=words)

    def _is_female(self, name: str) -> bool | None:
        """Tell a woman's name from a man's, where the given name or a Slavic ending tells."""
        given, _, last = name.partition(" ")
        if given in self._lexicon.female:
            return True
        if last.endswith(("ova", "eva", "ina", "skaya", "ska", "ná")):
            return True
        if given in self._lexicon.given or last.endswith(("ov", "ev", "sky", "skyi", "skiy")):
            return False
        return None

    def _keep(self, speaker: Speaker, alias: str = "") -> Speaker:
        """Remember a person by surname and full name, with the side that is known."""
        full = self._people.get(speaker.name.lower())
        if full is not None and speaker.side is None:
            speaker = replace(speaker, side=full.side)
        for key in {surname(speaker.name), speaker.name.lower(), alias} - {""}:
            self._people[key] = speaker
        return speaker

    def _introduce(self, start: int, stop: int) -> None:
        name = bare(self._text[start:stop])
        known = self._people.get(surname(name))
        if known is not None and len(known.name) > len(name):
            return
        before = max(0, start - _BEFORE_NAME)
        cuts = _ROLE_START.finditer(self._text, before, start)
        before = max((cut.end() for cut in cuts), default=before)
        role = self._text[before:start]
        words = frozenset(word.strip(",()").lower() for word in role.split()) - _SMALL
        if words & _ITS:
            side = self._side_of_sentence(start)
        else:
            side = self._names.side(self._names.at(before, start), words)
            apart = self._text[start - 2 : start] == ", "
            side = side if side or apart else self._side_behind(stop)
        self._keep(self._person(name, side, words))

    def _side_behind(self, stop: int) -> str | None:
        """Return the side in ", the head of X," or "of the MFA" behind a name."""
        found = _BEHIND.match(self._text, stop, stop + 60)
        if found is None or found[2] or not found[1].strip(" ("):
            return None
        start = found.end()
        end = self._role_end(start)
        role = self._text[start:end]
        if not role.strip() or (found[1] == ", " and not self._has_role(role)):
            return None
        if role.startswith("who ") and _HOLDS.match(role) is None:
            return None
        if role.split(" ", 1)[0] in _ITS:
            return self._side_of_sentence(stop)
        return self._names.side_of_role(start, end)

    def _side_of_sentence(self, stop: int) -> str | None:
        """Return whose "its spokesperson" is: that of the body the sentence named first."""
        start = max(self._text.rfind(". ", 0, stop), self._text.rfind("\n", 0, stop), 0)
        return self._names.side_of_role(start, stop)

    def _has_role(self, words: str) -> bool:
        """Tell "the deputy head of the cell" from "asked about the head of the cell"."""
        first, *others = (word.strip(",.()") for word in words.split()[:_ROLE_WORDS])
        if first == "who" or first in self._lexicon.human:
            return True
        opens = first[:1].isupper() or first in _DETERMINERS or first in self._lexicon.modifiers
        return opens and any(word.lower() in self._lexicon.human for word in others)

    def _introductions(self) -> Iterator[tuple[int, int]]:
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
            if given or (self._look_like_name(words, match.start()) and self._is_shown(match)):
                at = match.end()
                yield match.start(), match.end()

    def _is_listed(self, match: re.Match[str]) -> bool:
        """Tell a listed person under another spelling from a namesake."""
        people = self._names.at(match.start(), match.end())
        shown = (self._lexicon.name(one.key) for one in people if one.kind is Kind.PERSON)
        return any(name.startswith(f"{match[1]} ") for name in shown)

    def _look_like_name(self, words: Sequence[str], start: int) -> bool:
        for word in words:
            low = word.lower()
            if _NAME.fullmatch(word) is None or low in _NO_NAMES or low in self._nouns:
                return False
            if low in self._lexicon.modifiers or self._lexicon.side_named(word) is not None:
                return False
        if words[0].lower() in self._lower and self._opens_sentence(start):
            return False
        return not self._names.covers(start, start + len(" ".join(words)))

    def _is_shown(self, match: re.Match[str]) -> bool:
        """Tell whether a role or a verb of saying beside a name shows a person."""
        before = self._text[max(0, match.start() - 40) : match.start()].split()
        if before and before[-1].strip(",").lower() in self._lexicon.human:
            return True
        behind = _BEHIND.match(self._text, match.end(), match.end() + 60)
        if behind is None or match[0].endswith(("\u2019s", "'s")):
            return False
        if behind[2]:
            last = before[-1] if before else "."
            longer = last[0].isupper() and last[-1].isalnum()
            if longer or last.lower() in _NO_SUBJECT:
                return False
            return behind[2] in self._lexicon.saying and behind[2] not in self._lexicon.saying_that
        start = behind.end()
        role = self._text[start : self._role_end(start)]
        return behind[1] == ", " and bool(role.strip()) and self._has_role(role)

    def _role_end(self, start: int) -> int:
        cut = _ROLE_END.search(self._text, start, start + _ROLE)
        return cut.start() if cut is not None else min(len(self._text), start + _ROLE)

    def _opens_sentence(self, start: int) -> bool:
        return _AFTER_STOP.search(self._text, max(0, start - 4), start) is not None

    def _is_surname(self, token: Token) -> bool:
        """Tell an unknown surname before a verb of saying from any other word with a capital."""
        word = bare(token.text)
        if len(word) < _SHORTEST or not self._look_like_name([word], token.start):
            return False
        if not word.isalpha() or word.lower() in self._lower:
            return False
        if not self._opens_sentence(token.start):
            return True
        again = re.finditer(rf"\b{word}\b", self._text)
        return any(not self._opens_sentence(one.start()) for one in again)

    def _name_start(
        self, tokens: Sequence[Token], mentions: Sequence[Mention], *, fresh: bool
    ) -> int | None:
        """Return the index of the token at which the name that ends the phrase begins."""
        start = len(tokens)
        while start and tokens[start - 1].capital and self._is_name(tokens[start - 1], mentions):
            start -= 1
        if start == len(tokens):
            return None
        for given in range(start, len(tokens) - 1):
            if tokens[given].text in self._lexicon.given:
                return given
        listed = any(
            one.kind is Kind.PERSON
            and (start == 0 or one.start >= tokens[start].start)
            and one.end >= tokens[-1].end - 2
            for one in mentions
        )
        known = bare(" ".join(token.low for token in tokens[start:])) in self._people
        titled = start > 0 and (
            tokens[start - 1].low in self._nouns or tokens[start - 1].low == ")"
        )
        if listed or known or titled:
            return start
        words = [bare(token.text) for token in tokens[start:]]
        if start == 0 and len(words) == 1:
            return start if fresh and self._is_surname(tokens[0]) else None
        whole = start == 0 and fresh and len(words) <= _LONGEST
        return start if whole and self._look_like_name(words, tokens[start].start) else None

    def _is_name(self, token: Token, mentions: Sequence[Mention]) -> bool:
        if token.low in self._nouns or token.low in self._lexicon.modifiers:
            return False
        if token.low in _NO_NAMES:
            return False
        for mention in mentions:
            if mention.start <= token.start < mention.end:
                return mention.kind is Kind.PERSON and not self._names.is_office(mention)
        return True
