"""Who may look: tokens, sessions, and the names a server goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.errors import SettingError
from console.web.access import SESSION_SECONDS, Access, access_for
from console.web.guesses import GUESS_SECONDS, MOST_ADDRESSES, MOST_GUESSES, Guesses
from workers.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-token-of-some-length"
NOW = 1_000_000.0


def access(token: str | None = TOKEN) -> Access:
    return Access(token=token, names=frozenset({"localhost", "batches.example"}), secure=False)


def test_a_session_lasts_a_night_and_no_longer() -> None:
    cookie = access().session(NOW)
    assert access().is_session(cookie, NOW + SESSION_SECONDS - 1)
    assert not access().is_session(cookie, NOW + SESSION_SECONDS)


@pytest.mark.parametrize(
    "cookie",
    ["", ".", "9999999999", "9999999999.", "9999999999.00", "x.y", "é.é", "-1.00", f"9999999999.{'0' * 64}"],
)
def test_what_is_no_session_of_ours_opens_nothing(cookie: str) -> None:
    assert not access().is_session(cookie, NOW)


def test_a_session_ends_with_its_token() -> None:
    assert not access("another-token-of-some-length").is_session(access().session(NOW), NOW)


def test_only_the_token_is_the_token() -> None:
    assert access().is_token(TOKEN)
    assert not any(access().is_token(said) for said in ("", TOKEN[:-1], TOKEN.upper(), "é"))
    assert not access(None).is_token("")


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost:8600", True),
        ("LOCALHOST", True),
        ("batches.example", True),
        ("127.0.0.1:8600", True),
        ("[::1]:8600", True),
        ("192.168.1.7", True),  # an address cannot be bound to another machine
        ("evil.example", False),
        ("localhost.evil.example:8600", False),
        ("", False),
        ("[", False),
    ],
)
def test_a_name_that_is_not_ours_is_refused(host: str, *, known: bool) -> None:
    assert access().knows(host) is known


def test_beyond_this_machine_a_token_is_demanded() -> None:
    assert access_for(Settings(), "127.0.0.1", None).token is None
    with pytest.raises(SettingError, match="open to everybody"):
        access_for(Settings(), "0.0.0.0", None)
    with pytest.raises(SettingError, match="shorter than 16"):
        access_for(Settings(web_token="short"), "127.0.0.1", None)
    assert access_for(Settings(web_token=TOKEN), "0.0.0.0", None).token == TOKEN


def test_a_token_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    with pytest.raises(SettingError, match="cannot be read: No such file"):
        access_for(Settings(web_token_file=file), "127.0.0.1", None)
    file.write_text(f"{TOKEN}\n")
    assert access_for(Settings(web_token_file=file), "127.0.0.1", None).token == TOKEN


def test_the_name_that_people_use_is_known_and_says_whether_it_is_https() -> None:
    found = access_for(Settings(), "127.0.0.1", "https://batches.example.com")
    assert found.knows("batches.example.com")
    assert found.secure
    with pytest.raises(SettingError, match="no address"):
        access_for(Settings(), "127.0.0.1", "batches.example.com")


def test_a_token_is_never_shown() -> None:
    settings = Settings(web_token=TOKEN)
    assert TOKEN not in f"{settings} {settings!r} {access_for(settings, '127.0.0.1', None)!r}"


def test_who_guesses_too_often_has_to_wait_and_nobody_else() -> None:
    guesses = Guesses()
    for _ in range(MOST_GUESSES):
        assert guesses.may("1.2.3.4", NOW)
        guesses.was_wrong("1.2.3.4", NOW)
    assert not guesses.may("1.2.3.4", NOW)
    assert guesses.may("1.2.3.5", NOW)
    assert guesses.may("1.2.3.4", NOW + GUESS_SECONDS + 1)


def test_many_addresses_that_guess_together_are_refused_together() -> None:
    guesses = Guesses()
    for number in range(MOST_ADDRESSES):
        guesses.was_wrong(str(number), NOW)
    assert not guesses.may("another", NOW)
    assert guesses.may("another", NOW + GUESS_SECONDS + 1)
