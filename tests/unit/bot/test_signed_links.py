"""Signed links: what they grant comes back whole, and nothing else opens anything."""

from __future__ import annotations

import base64
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.signed_links import (
    KEY_VARIABLE,
    ExpiredLinkError,
    ForgedLinkError,
    Grant,
    ReadingList,
    ReportPage,
    Signer,
    SourceLinks,
    read_key,
)
from index.errors import SettingsError
from index.model import Quote, Span
from tests.fakes.chat import SetClock

if TYPE_CHECKING:
    from pathlib import Path

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
NOW = datetime(2025, 4, 10, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
SIGNER = Signer(KEY.encode())
CITED = ReportPage(report_id="mq5t2fkaz3ue", revision=2, span=Span(start=120, end=240))
TOKEN = SIGNER.sign(Grant(target=CITED, expires=LATER))


@pytest.mark.parametrize(
    "target", [CITED, ReportPage(report_id="mq5t2fkaz3ue", revision=1), ReadingList(page=7)]
)
def test_a_link_grants_what_was_signed(target: ReportPage | ReadingList) -> None:
    grant = Grant(target=target, expires=LATER)
    assert SIGNER.read(SIGNER.sign(grant), now=NOW) == grant


def test_a_link_ends_at_its_moment() -> None:
    assert SIGNER.read(TOKEN, now=LATER - timedelta(seconds=1)).target == CITED
    with pytest.raises(ExpiredLinkError):
        SIGNER.read(TOKEN, now=LATER)


@pytest.mark.parametrize("position", range(len(TOKEN)))
def test_no_character_can_be_changed(position: int) -> None:
    # The last character of a group has bits that decoding drops: they count as well.
    for other in "Ab9-":
        forged = TOKEN[:position] + other + TOKEN[position + 1 :]
        if forged != TOKEN:
            with pytest.raises(ForgedLinkError):
                SIGNER.read(forged, now=NOW)


def test_the_expiry_is_signed_as_well() -> None:
    payload, _, signature = TOKEN.partition(".")
    fields = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    fields[1] += 86_400
    longer = base64.urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode())
    with pytest.raises(ForgedLinkError):
        SIGNER.read(f"{longer.decode().rstrip('=')}.{signature}", now=NOW)


def test_another_key_reads_nothing() -> None:
    with pytest.raises(ForgedLinkError):
        Signer(b"another key of the same length at all").read(TOKEN, now=NOW)


@given(st.text(max_size=600))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ForgedLinkError):
        SIGNER.read(text, now=NOW)


def test_the_key_shows_nowhere() -> None:
    assert KEY not in repr(SIGNER)
    assert KEY not in str(vars(SourceLinks(SIGNER, "", valid=timedelta(1), clock=SetClock())))


def test_addresses_of_one_day_are_the_same() -> None:
    clock = SetClock(NOW)
    links = SourceLinks(SIGNER, "https://b.example/app/", valid=timedelta(days=3), clock=clock)
    quote = Quote(
        start=120,
        end=125,
        text="words",
        report_id="mq5t2fkaz3ue",
        revision=2,
        publisher=None,
        title=None,
        published=None,
        url=None,
        score=1.0,
    )
    address = links.quote(quote)
    assert address.startswith("https://b.example/app/read/")
    assert address.endswith("#cited")
    clock.moment += timedelta(hours=15)
    assert links.quote(quote) == address
    clock.moment += timedelta(hours=1)
    assert links.quote(quote) != address
    token = address.removeprefix("https://b.example/app/read/").removesuffix("#cited")
    grant = SIGNER.read(token, now=NOW)
    assert grant.target == ReportPage(
        report_id="mq5t2fkaz3ue", revision=2, span=Span(start=120, end=125)
    )
    assert timedelta(days=3) <= grant.expires - NOW < timedelta(days=4)


def test_the_folder_gets_one_key_that_others_cannot_read(tmp_path: Path) -> None:
    key = read_key({}, tmp_path / "data")
    assert read_key({}, tmp_path / "data") == key
    assert read_key({}, tmp_path / "other") != key
    (path,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(key) >= 32


def test_the_environment_goes_first(tmp_path: Path) -> None:
    assert read_key({KEY_VARIABLE: f" {KEY}\n"}, tmp_path) == KEY.encode()
    assert list(tmp_path.iterdir()) == []


def test_a_short_or_damaged_key_is_named_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=KEY_VARIABLE) as caught:
        read_key({KEY_VARIABLE: "hunter2"}, tmp_path)
    assert "hunter2" not in str(caught.value)
    (tmp_path / "link.key").write_text("x")
    with pytest.raises(SettingsError, match=r"link\.key is damaged"):
        read_key({}, tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"link\.key can't be read or made"):
        read_key({}, tmp_path / "file")
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208  (names alone)
