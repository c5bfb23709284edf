from __future__ import annotations

import pytest

from bot.zones import MAX_PLACE, ZoneError, find_zones, is_zone, resolve_zone, similar_places


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("europe/kyiv", "Europe/Kyiv"),
        ("Europe/Kiev", "Europe/Kyiv"),  # the name until 2022
        ("America/New York", "America/New_York"),
        ("Kyiv", "Europe/Kyiv"),
        ("Київ", "Europe/Kyiv"),
        ("  lviv ", "Europe/Kyiv"),
        ("Харків", "Europe/Kyiv"),
        ("New York", "America/New_York"),
        ("Нью-Йорк", "America/New_York"),
        ("Washington, DC", "America/New_York"),
        ("Kyiv, Ukraine", "Europe/Kyiv"),
        ("Londres", "Europe/London"),
        ("München", "Europe/Berlin"),
        ("Kraków", "Europe/Warsaw"),
        ("Poland", "Europe/Warsaw"),
        ("ET", "America/New_York"),
        ("CET", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("gmt", "UTC"),
        ("UTC+2", "Etc/GMT-2"),
        ("-05:00", "Etc/GMT+5"),
        ("+0", "UTC"),
    ],
)
def test_what_people_type_is_understood(typed: str, zone: str) -> None:
    assert resolve_zone(typed) == zone
    assert is_zone(zone)


@pytest.mark.parametrize("typed", ["", "   ", "Atlantis", "UTC+15", "UTC-13", "+05:30", "x" * 5000])
def test_places_that_are_none_are_refused(typed: str) -> None:
    with pytest.raises(ZoneError) as refused:
        resolve_zone(typed)
    assert len(str(refused.value)) < 2 * MAX_PLACE + 100


def test_a_country_of_several_zones_asks_which() -> None:
    with pytest.raises(ZoneError, match="several time zones"):
        resolve_zone("United States")
    assert len(find_zones("Brazil")) > 3


def test_a_slip_is_met_with_a_guess_but_not_taken_for_it() -> None:
    assert "Europe/Warsaw" in similar_places("Warzaw")
    with pytest.raises(ZoneError, match="Did you mean Europe/Warsaw"):
        resolve_zone("Warzaw")


def test_names_no_longer_in_use_are_no_zones() -> None:
    assert not is_zone("Europe/Kiev")
    assert not is_zone("Mars/Olympus")
