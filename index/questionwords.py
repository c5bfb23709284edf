"""The words of questions: which say nothing, and what kind of answer they ask for."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final, Literal

from index.wordlists import word_set


class Want(StrEnum):
    """A kind of answer."""

    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    STATEMENT = "statement"
    REASON = "reason"
    LIST = "list"
    YES_NO = "yes_no"
    COMPARISON = "comparison"


Recency = Literal["latest", "so far"]

MOST_CHARACTERS: Final = 1_000
_READ_CHARACTERS: Final = 4_000
WORD: Final = re.compile(r"[^\W_]+(?:['\u2019`][^\W_]+)*")
_TAG: Final = re.compile(r"</?[a-zA-Z!][^<>]{0,200}>")

STOP: Final = word_set(
    "a about above according acording actually after again all also am an and any anybody anyone"
    " anything are aren't as ask asked asks at be became become been before being both but by came"
    " can can't cannot come could did didn't do does doesn't doing don't done each either else"
    " even ever every exactly far few first for from gave get gets getting give given gives go"
    " goes going gone got had happen happened happening happens has hasn't have haven't having he"
    " her here him himself his how how's however hw i i'm if in instead into is isn't it it's its"
    " itself just know last latest let like likely long look looked looking looks made make makes"
    " many may me might more most much must my near no nor not now of off often ok okay on once"
    " one ones only or other our out over own per please put quite rather re really recent"
    " recently reckon right said same saw say saying says see seem seems seen shall she should"
    " since so some somebody someone something soon still such sure take taken takes tell tells"
    " than thanks that that's the their them themselves then there there's these they they'd"
    " they'll they're they've thing things think this those though through thus till to told too"
    " took toward towards under until up upon us use very via want wants was wasn't way we well"
    " went were weren't what what's whatever when when's where where's whether which while who"
    " who's whom whose why why's will with within without won't would wouldn't yes yet you your"
)
"""Words that are not searched for."""

# Without their apostrophe, as people type them.
_SLOPPY: Final = word_set(
    "whats whos hows wheres whens whys thats theyll theyre theyve theyd didnt doesnt dont isnt"
    " arent wasnt werent hasnt havent wont wouldnt couldnt cant shouldnt im ive id youre"
)
# Ordinary words that a spelling match would take for names.
ORDINARY: Final = word_set(
    "area areas calling camps country countries crossed cross doing during earlier fired forces"
    " forced finger harsh heard house large letter living major mission movies number numbers"
    " order party people person piece point police power price prices public quick region regions"
    " report reports result rules serve served share shared shells short small soldier soldiers"
    " speech start started state strike strikes trade train trains turn units video votes voting"
    " water week woods works world years"
)
_STOPPED: Final = STOP | _SLOPPY

_DO: Final = "did|does|do|is|are|was|were|has|have|had|can|could|will|would|should"
# The noun a question word goes with: "which fleet officers", never "what did the general say".
_OF_WHAT: Final = rf"\b(?:which|what|in how many) (?:(?!(?:{_DO})\b)[\w'-]+ ){{0,4}}?"
_OPENS: Final = r"(?:^|[,;.?!] ?|\b(?:and|or|so|but) )"
_NUMBER: Final = re.compile(
    r"\bhow (?:many|much|big|large|long|old|often|far|high|few|quickly|fast|soon|tall|deep|wide)"
    r"|\bhw (?:many|much)"
    r"|\b(?:what|which|whats|what's|the) (?:\w+ ){0,2}?(?:share|percentage|percent|proportion"
    r"|numbers?|toll|count|turnout|price|salary|sum|amount|total|figures?|odds|rate|size|bonus|penalty|fine"
    r"|cost|money)\b"
    r"|\b(?:death toll|any numbers|at last count)\b"
)
_PERSON: Final = re.compile(
    rf"{_OPENS}(?:who|whom|whose|who's|whos)\b|\bnames? of the\b"
    rf"|{_OF_WHAT}(?:generals?|officers?|persons?|man|woman|men|politicians?|officials?|ministers?"
    r"|leaders?|commanders?|reporter|journalists?|mps?|governors?|mayors?|bloggers?|boss|bosses"
    r"|deputy|deputies|chiefs?)\b|\bwhich (?:[\w'-]+ ){0,3}?people\b"
)
_PLACE: Final = re.compile(
    rf"{_OPENS}(?:where|where's|wheres)\b|\bwhere (?:{_DO})\b"
    rf"|{_OF_WHAT}(?:towns?|cities|city|villages?|places?|country|countries|regions?|provinces?"
    r"|oblasts?|parts?|areas?|settlements?|districts?|airfields?|bases?)\b"
)
_TIME: Final = re.compile(
    rf"\b(?:when|when's|whens)(?: exactly)? (?:{_DO})\b|\b(?:how soon|until when|since when)\b"
    rf"|{_OPENS}when\W*$|\b(?:what|which|the latest) (?:day|date|dates|time|month|year)\b"
)
_REASON: Final = re.compile(
    rf"{_OPENS}(?:why|why's|whys)\b|\b(?:how come|what for|reasons?|excuse|explain(?:s|ed)?"
    rf"|justif(?:y|ies|ied)|motives?)\b|\bwhy (?:{_DO}|isn't|aren't|won't|didn't)\b"
)
_LIST: Final = re.compile(
    rf"{_OF_WHAT}(?:countries|places|units|towns|villages|regions|provinces|cities|weapons|types"
    r"|missiles|rules|conditions|demands|names|reasons|parts|ships|bosses|generals|people|oblasts"
    r"|settlements|groups|sanctions|versions|deputies|officers|officials)\b"
    r"|\bwho are\b|\bwhat are the names\b|\b(?:list|name) (?:all|the|every)\b|\bwhat were they\b"
)
_YES_NO: Final = re.compile(
    rf"^(?:(?:and|so|but|ok|then) )*(?:{_DO}|isn't|aren't|didn't|doesn't|hasn't)\b"
    rf"|[,.;?] (?:and )?(?:{_DO}) |\band (?:did|does|is|was|has) "
)
_COMPARISON: Final = re.compile(
    r"\b(?:compar\w+|differ\w*|disagree\w*|versus|vs|change[ds]?|changing|shift(?:ed|s)?|evolv\w+"
    r"|(?:each|both|either|two|all) sides?|each|at first|originally|how far apart|contradict\w*"
    r"|stick to|hold up|two versions|later (?:say|said|that)|really)\b"
)
_SO_FAR: Final = re.compile(
    r"\b(?:so far|by now|to date|up to now|until now|till now|already|in total|altogether|as yet)\b"
)
_LATEST: Final = re.compile(
    r"\b(?:latest|newest|most recent|last known|current|currently|right now|now|nowadays|at present"
    r"|at this point|at the moment|these days|still|yet|as things stand|at last count|any news"
    r"|any update|update on|lately|recently|how's it|hows it|what's new|whats new)\b"
)
_PATTERNS: Final[tuple[tuple[Want, re.Pattern[str]], ...]] = (
    (Want.NUMBER, _NUMBER),
    (Want.PERSON, _PERSON),
    (Want.PLACE, _PLACE),
    (Want.TIME, _TIME),
    (Want.REASON, _REASON),
    (Want.LIST, _LIST),
    (Want.YES_NO, _YES_NO),
    (Want.COMPARISON, _COMPARISON),
)

_LATIN: Final = re.compile(r"[a-z\u00c0-\u024f]", re.IGNORECASE)
_LETTER: Final = re.compile(r"[^\W\d_]")
_LEAST_LATIN: Final = 0.6
_TELLING: Final = 2
_FOREIGN: Final = {
    "de": word_set("der die das und ist nicht wie viele wer wann warum über auf hat mit von"),
    "fr": word_set("le les des est que qui quand pourquoi combien dans sur une avec pour du"),
    "es": word_set("el los las es que quién cuándo cuántos por qué una con para del sobre"),
    "it": word_set("il gli che chi quando perché quanti della sono una con per del sul"),
    "pl": word_set("czy jest kto kiedy ile dlaczego jak gdzie nie się przez dla ze co"),
}


def clean(question: str) -> str:
    """Return the question on one line, without what can't be read, at most 1,000 characters."""
    plain = unicodedata.normalize("NFKC", question[:_READ_CHARACTERS])
    plain = _TAG.sub(" ", " ".join(plain.split()))
    if not plain.isprintable():
        plain = "".join(map(_printable, plain))
    plain = " ".join(plain.replace("\u2019", "'").replace("`", "'").split())
    if len(plain) <= MOST_CHARACTERS:
        return plain
    cut = plain.rfind(" ", 0, MOST_CHARACTERS)
    return plain[: cut if cut > MOST_CHARACTERS // 2 else MOST_CHARACTERS]


def _printable(letter: str) -> str:
    """Leave out what shows nothing (a soft hyphen); what can't be shown becomes a space."""
    if letter.isprintable():
        return letter
    return "" if unicodedata.category(letter) == "Cf" else " "


def stopped(word: str) -> bool:
    """Tell whether a word, in lower case, says nothing of the subject."""
    return word in _STOPPED or (len(word) == 1 and not word.isdigit())


def wants(text: str) -> frozenset[Want]:
    """Return the kinds of answer a question in lower case asks for, save "statement"."""
    return frozenset(want for want, pattern in _PATTERNS if pattern.search(text))


def recency(text: str) -> Recency | None:
    """Tell whether the question asks for the newest state, or for a sum up to now."""
    if _SO_FAR.search(text):
        return "so far"
    return "latest" if _LATEST.search(text) else None


def language(text: str) -> str:
    """Return "en", another language's code where the words tell, or "und-Cyrl" and the like."""
    letters = _LETTER.findall(text)
    if not letters:
        return "en"
    if len(_LATIN.findall(text)) < _LEAST_LATIN * len(letters):
        return _by_script(text.casefold(), letters)
    words = set(WORD.findall(text.lower()))
    counts = {code: len(words & telling) for code, telling in _FOREIGN.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= max(_TELLING, len(words & STOP) + 1) else "en"


def _by_script(text: str, letters: list[str]) -> str:
    if set(text) & set("іїєґ"):
        return "uk"
    if set(text) & set("ыэъё"):
        return "ru"
    foreign = next(letter for letter in letters if not _LATIN.match(letter))
    script = unicodedata.name(foreign, "UNKNOWN").split(maxsplit=1)[0].rstrip(",")
    return f"und-{_SCRIPTS.get(script, 'Zyyy')}"


_SCRIPTS: Final = {
    "CYRILLIC": "Cyrl",
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "GREEK": "Grek",
    "CJK": "Hani",
    "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan",
    "HANGUL": "Kore",
    "DEVANAGARI": "Deva",
    "THAI": "Thai",
    "GEORGIAN": "Geor",
    "ARMENIAN": "Armn",
}
