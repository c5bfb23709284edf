"""The people in one report: those the lexicon lists and those it doesn't know.

An unknown name is a person's where the text shows it: by a role beside it ("Lidia Osmolova, the
ministry's deputy spokesperson"), a known given name, or a verb of saying behind it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from index.introductions import BEHIND, NO_NAMES, Introductions, surname
from index.lexicon import Kind
from index.naming import Speaker, bare
from index.tokens import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.lexicon import Lexicon, Mention
    from index.naming import Names
    from index.tokens import Token

_BEFORE_NAME: Final = 120  # characters in which a role stands before a name
_ROLE_START: Final = re.compile(
    "[.;:!?\u201c\u201d\n\u2014\u2013]|\\b(?:that|and|but|while|by|with|like|including|about|against|after)\\b"
)
_HOLDS: Final = re.compile(
    "who (?:heads|leads|commands|runs|chairs|directs|represents|oversees|advises|speaks|serves"
    "|works|is|was|headed|led|commanded|served)\\b"
)
_ITS: Final = frozenset({"its", "their"})
_SMALL: Final = word_set("of the for to in at from and & with on by a an ( )")
_THINGS: Final = word_set(
    "outlet newspaper channel agency organization magazine project group site website company"
    " publication newswire source tabloid center institute brigade battalion regiment"
)
_LONGEST: Final = 4  # words of a name


class People:
    """The people of one report, learned in reading order."""

    def __init__(self, text: str, lexicon: Lexicon, names: Names) -> None:
        self._text = text
        self._lexicon = lexicon
        self._names = names
        self._nouns = lexicon.speakers | lexicon.units
        self._introductions = Introductions(text, lexicon, names)
        self._people: dict[str, Speaker] = {}
        self._unread = list(self._introductions.found())[::-1]

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
        if alone and start == 0 and not (fresh and self._introductions.is_surname(tokens[0])):
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
        found = BEHIND.match(self._text, stop, stop + 60)
        if found is None or found[2] or not found[1].strip(" ("):
            return None
        start = found.end()
        end = self._introductions.role_end(start)
        role = self._text[start:end]
        if not role.strip() or (found[1] == ", " and not self._introductions.has_role(role)):
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
            return start if fresh and self._introductions.is_surname(tokens[0]) else None
        whole = start == 0 and fresh and len(words) <= _LONGEST
        return (
            start
            if whole and self._introductions.look_like_name(words, tokens[start].start)
            else None
        )

    def _is_name(self, token: Token, mentions: Sequence[Mention]) -> bool:
        if token.low in self._nouns or token.low in self._lexicon.modifiers:
            return False
        if token.low in NO_NAMES:
            return False
        for mention in mentions:
            if mention.start <= token.start < mention.end:
                return mention.kind is Kind.PERSON and not self._names.is_office(mention)
        return True
