"""Words by which a question shows whose words it asks for."""

from __future__ import annotations

import re
from typing import Final

from index.wordlists import word_set

AUXILIARIES: Final = word_set(
    "did does do has have had is was are were would will can could might should didn't doesn't"
    " don't hasn't haven't didnt doesnt dont isn't"
)
SKIPPED: Final = word_set(
    "actually also already at back be been both each ever exactly first has have had himself"
    " herself itself just later no now once only originally publicly really recently still then"
    " themselves to together"
)
TOLD: Final = {
    f"{verb}{ending}": verb
    for verb in ("call", "expect", "predict", "doubt", "reckon", "explain")
    for ending in ("s", "ed")
} | {"believes": "believe", "believed": "believe", "thinks": "think", "thought": "think"}
INSIDE: Final = word_set("of the a an and or & that this his her its their our own pro former new")
EXTRA_VERBS: Final = word_set(
    "accuse answer assess blame buy claim compare comment consider credit define differ disagree"
    " expect explain fear feel forecast give guess hope hoping judge justify make mean offer plan"
    " point predict promise put rate react read reckon regard reply respond said say see spin"
    " stand sum suspect talk think thinking tweet view want wanting warn write"
)
# These are verbs of judging only with the word behind them, or with the noun asked for.
NEEDS: Final = {
    "make": re.compile(r"^of\b"),
    "read": re.compile(r"^into\b"),
    "stand": re.compile(r"^on\b"),
    "point": re.compile(r"^(?:the|a) finger\b|^to\b|^out\b"),
    "put": re.compile(r"^(?:it|the)\b.*\bdown to\b"),
    "buy": re.compile(r"^(?:it|that|this|the)\b"),
    "see": re.compile(r"^(?:it|that|this|the|as)\b"),
    "compare": re.compile(r"^(?:on|over|about)\b"),
    "show": re.compile(r"^that\b"),
    "find": re.compile(r"^that\b"),
    "plan": re.compile(r"^to say\b"),
    "continue": re.compile(r"^to (?:say|claim)\b"),
    "agree": re.compile(r"^that\b"),
    "offer": re.compile(r"^(?:as|to explain)\b"),
}
GIVEN: Final = word_set(
    "reason reasons number numbers figure figures turnout excuse explanation estimate account"
    " toll version versions count answer date warning percentage share total description"
)
OWN_WORDS: Final = word_set(
    "account accounts answer assessment attitude claim claims comment comments complaint count"
    " counts demand demands estimate excuse explanation figure figures forecast justification line"
    " narrative number numbers opinion reaction reading response rhetoric stance statement"
    " statements story toll version versions view views words"
)
STANCES: Final = word_set(
    "attitude demand demands line message position promise promises stand take threat threats"
    " warning warnings"
)
ROLES: Final = word_set(
    "spokesman spokeswoman spokesperson spokespeople spies spooks generals brass bosses boss side"
    " troops men soldiers press tv ministry ministrys ministry's governor mayor adviser aide"
)
DETERMINERS: Final = word_set("the a an his her its their of this that")
OPENING: Final = word_set("what how who when where which why according acording")
PREPOSITIONS: Final = word_set("in on at for with from about over after by to who which when while")
PRONOUNS: Final = word_set("he she they it him her them")
EACH_SIDE: Final = re.compile(
    r"\b(?:each|both|either|the two|two|all(?: the)?) (?:of the )?(?:sides?|camps?)\b",
    re.IGNORECASE,
)
ANY_SIDE: Final = word_set("side sides camp camps parties")
LONGEST_NAME: Final = 11
GENERIC: Final = frozenset({"government", "armed_forces"})
