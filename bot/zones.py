"""From what a person types (a zone, a city in several languages, a country) to an IANA zone.

Zone names come from the tz database, city and country names from Unicode's CLDR through Babel, in
the languages of ``_LANGUAGES``; ``_CITIES`` adds large cities that share another city's zone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from rapidfuzz import fuzz, process

from index.errors import BriefingError

MAX_PLACE = 100
_LANGUAGES = ("en", "uk", "ru", "de", "fr", "es", "it", "pl", "pt", "tr")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?00)?")
_MAX_WEST, _MAX_EAST = 12, 14
_SUGGESTED = 5
_LIKENESS = 78

_SHORT = {
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "eastern": "America/New_York",
    "ct": "America/Chicago",
    "cdt": "America/Chicago",
    "mt": "America/Denver",
    "mdt": "America/Denver",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "bst": "Europe/London",
    "uk": "Europe/London",
    "wet": "Europe/Lisbon",
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "germany": "Europe/Berlin",
    "eet": "Europe/Kyiv",
    "eest": "Europe/Kyiv",
    "ukraine": "Europe/Kyiv",
    "україна": "Europe/Kyiv",
    "msk": "Europe/Moscow",
    "china": "Asia/Shanghai",
    "z": "UTC",
    "utc": "UTC",
    "gmt": "UTC",
}
_CITIES = {
    "America/New_York": "Washington, Washington DC, DC, Boston, Philadelphia, Miami, Atlanta,"
    " Baltimore, Charlotte, Orlando, NYC, Pittsburgh, Вашингтон",
    "America/Chicago": "Houston, Dallas, Austin, San Antonio, Minneapolis, Nashville, New Orleans",
    "America/Los_Angeles": "San Francisco, Seattle, San Diego, Las Vegas, Portland, Sacramento",
    "America/Toronto": "Ottawa, Montreal, Quebec",
    "America/Sao_Paulo": "Rio de Janeiro, Brasilia",
    "Asia/Dubai": "Abu Dhabi",
    "Asia/Jerusalem": "Tel Aviv, Haifa",
    "Asia/Kolkata": "Delhi, New Delhi, Mumbai, Bangalore, Chennai, Hyderabad",
    "Asia/Shanghai": "Beijing, Guangzhou, Shenzhen, Пекін, Пекин",
    "Asia/Tokyo": "Osaka, Kyoto, Nagoya",
    "Australia/Sydney": "Canberra",
    "Europe/Amsterdam": "The Hague, Den Haag, Rotterdam, Utrecht",
    "Europe/Berlin": "Munich, München, Hamburg, Frankfurt, Cologne, Köln, Stuttgart, Bonn,"
    " Leipzig, Dresden, Düsseldorf",
    "Europe/Brussels": "Antwerp, Ghent",
    "Europe/Istanbul": "Ankara, Izmir",
    "Europe/Kyiv": "Kyiv, Kiev, Lviv, Odesa, Odessa, Kharkiv, Kharkov, Dnipro, Zaporizhzhia,"
    " Zaporizhia, Mykolaiv, Kherson, Chernihiv, Sumy, Poltava, Vinnytsia, Rivne, Lutsk, Uzhhorod,"
    " Ivano-Frankivsk, Ternopil, Chernivtsi, Zhytomyr, Khmelnytskyi, Cherkasy, Kryvyi Rih,"
    " Kropyvnytskyi, Kramatorsk, Mariupol, Львів, Одеса, Харків, Дніпро, Запоріжжя, Миколаїв,"
    " Херсон, Чернігів, Суми, Полтава, Вінниця, Рівне, Луцьк, Тернопіль, Чернівці, Житомир,"
    " Черкаси, Хмельницький, Львов, Одесса, Харьков, Днепр",
    "Europe/London": "Edinburgh, Glasgow, Manchester, Birmingham, Liverpool, Bristol, Cardiff,"
    " Belfast, Oxford, Cambridge",
    "Europe/Madrid": "Barcelona, Valencia, Seville",
    "Europe/Moscow": "Saint Petersburg, St Petersburg, Rostov-on-Don, Санкт-Петербург",
    "Europe/Paris": "Lyon, Marseille, Toulouse, Strasbourg",
    "Europe/Rome": "Milan, Milano, Naples, Turin, Florence",
    "Europe/Warsaw": "Krakow, Kraków, Gdansk, Gdańsk, Wroclaw, Wrocław, Lodz, Łódź, Poznan, Poznań,"
    " Lublin, Rzeszow, Rzeszów",
    "Europe/Zurich": "Geneva, Genève, Bern, Basel, Lausanne",
}


class ZoneError(BriefingError):
    """What was typed names no time zone, or several."""


def resolve_zone(text: str) -> str:
    """Return the one IANA zone that ``text`` names.

    Raises:
        ZoneError: nothing is known by that name, or several zones are; the sentence lists choices.
    """
    shown = text.strip()[:MAX_PLACE]
    zones = find_zones(text)
    if len(zones) == 1:
        return zones[0]
    if zones:
        choices = ", ".join(zones[:_SUGGESTED])
        raise ZoneError(f"“{shown}” has several time zones; write one of them, such as {choices}.")
    near = similar_places(text)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise ZoneError(
        f"“{shown}” is no city or time zone known here.{hint}"
        " Write a large city or a zone such as Europe/Kyiv."
    )


def find_zones(text: str) -> tuple[str, ...]:
    """Return the zones that ``text`` may name exactly: none, one, or several of a country."""
    if not text.strip() or len(text) > MAX_PLACE:
        return ()
    if zone := _zone_key(text.strip()) or _offset_zone(text.strip().casefold()):
        return (zone,)
    before_comma = text.split(",", maxsplit=1)[0]
    for name in (_plain(text), _plain(before_comma)):
        if zone := _SHORT.get(name) or _city_names().get(name):
            return (zone,)
        if zones := _country_names().get(name):
            return zones
    return ()


def similar_places(text: str) -> tuple[str, ...]:
    """Return a few known places spelled much like ``text``, best first."""
    found = process.extract(
        _plain(text[:MAX_PLACE]),
        _city_names().keys(),
        scorer=fuzz.ratio,
        score_cutoff=_LIKENESS,
        limit=_SUGGESTED,
    )
    return tuple(dict.fromkeys(_city_names()[name] for name, _, _ in found))


def is_zone(key: str) -> bool:
    """Tell whether ``key`` is a zone of the tz database under its present name."""
    return key in _keys().values()


def _zone_key(text: str) -> str | None:
    return None if text.casefold() in _SHORT else _keys().get(text.casefold().replace(" ", "_"))


def _offset_zone(text: str) -> str | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    sign, hours = match[1], int(match[2])
    if hours == 0:
        return "UTC"
    if hours > (_MAX_EAST if sign == "+" else _MAX_WEST):
        return None
    # The tz database counts these westward: Etc/GMT-2 is two hours ahead of UTC.
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"


@cache
def _keys() -> dict[str, str]:
    """Map each known zone name, in lower case, to the name in use today."""
    zones = {
        zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("posix/", "right/", "SystemV/"))
    }
    aliases = get_global("zone_aliases")
    present = {zone: aliases.get(zone, zone) for zone in zones}
    names = {zone.casefold(): key if key in zones else zone for zone, key in present.items()}
    return names | {"utc": "UTC"}


@cache
def _city_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for zone in sorted(set(_keys().values())):
        if not zone.startswith("Etc/"):
            names.setdefault(_plain(zone.rsplit("/")[-1]), zone)
    for language in _LANGUAGES:
        for old_zone, names_of_zone in Locale.parse(language).time_zones.items():
            key = _keys().get(old_zone.casefold())
            if key and (city := names_of_zone.get("city")):
                names.setdefault(_plain(city), key)
    for zone, cities in _CITIES.items():
        names |= {_plain(city): zone for city in cities.split(",")}
    return names


@cache
def _country_names() -> dict[str, tuple[str, ...]]:
    zones_of = {
        country: tuple(
            dict.fromkeys(_keys()[z.casefold()] for z in zones if z.casefold() in _keys())
        )
        for country, zones in get_global("territory_zones").items()
    }
    names: dict[str, tuple[str, ...]] = {}
    for language in _LANGUAGES:
        for country, name in Locale.parse(language).territories.items():
            if zones := zones_of.get(country):
                names.setdefault(_plain(name), zones)
    return names


def _plain(name: str) -> str:
    """Fold case, accents' encoding and punctuation, so that spellings of one name agree."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.findall(r"\w+", folded.replace("_", " ")))


def zone_info(key: str) -> ZoneInfo:
    """Return the rules of a zone that ``resolve_zone`` returned."""
    return ZoneInfo(key)
