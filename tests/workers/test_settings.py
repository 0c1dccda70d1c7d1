"""Settings come from the environment: what is wrong is named with its cure, and the key is shown to nobody."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from batches.errors import SettingError
from workers.settings import Settings

KEY = "bfl_very-secret"
IN_THE_CLEAR = "a key is not sent in the clear over the internet: begin it with https://"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("FLUXBATCH_") or name == "BFL_API_KEY":
            monkeypatch.delenv(name)


def test_the_defaults_need_nothing_to_be_set() -> None:
    settings = Settings.load()
    assert settings.api_key is None
    assert settings.api_url == "https://api.bfl.ai"
    assert settings.account_name == "default"
    assert settings.where_ledger == f"sqlite:///{Path.cwd()}/.fluxbatch/ledger.db"
    assert settings.broker_url is None, "the embedded broker"
    assert settings.images_url == "./images"


def test_a_setting_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BFL_API_KEY", "FLUXBATCH_HOME", "FLUXBATCH_BROKER_URL"):
        monkeypatch.setenv(name, "")
    assert Settings.load() == Settings()
    assert Settings.load().home == Path(".fluxbatch")


def test_the_ledger_lies_in_the_home_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXBATCH_HOME", "/data/flux")
    assert Settings.load().where_ledger == "sqlite:////data/flux/ledger.db"
    monkeypatch.setenv("FLUXBATCH_LEDGER_URL", "postgresql+psycopg://db/ledger")
    assert Settings.load().where_ledger == "postgresql+psycopg://db/ledger"


@pytest.mark.parametrize(
    ("api_url", "account", "reason"),
    [
        ("https://api.bfl.ai", "default", "BFL itself"),
        ("https://api.eu.bfl.ai/", "default", "a region of BFL's spends the same credits"),
        ("https://notbfl.ai", "notbfl.ai", "another host is another account"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "and another port, too"),
    ],
)
def test_whose_money_it_is_follows_the_host(
    monkeypatch: pytest.MonkeyPatch, api_url: str, account: str, reason: str
) -> None:
    monkeypatch.setenv("FLUXBATCH_API_URL", api_url)
    assert Settings.load().account_name == account, reason
    monkeypatch.setenv("FLUXBATCH_ACCOUNT", "team-a")
    assert Settings.load().account_name == "team-a", "a name that is given goes first"


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("FLUXBATCH_API_URL", "api.bfl.ai", "give the API's address, for example https://api.bfl.ai"),
        ("FLUXBATCH_API_URL", "ftp://api.bfl.ai", "give the API's address, for example https://api.bfl.ai"),
        ("FLUXBATCH_API_URL", "https://", "give the API's address, for example https://api.bfl.ai"),
        ("FLUXBATCH_API_URL", "https://api bfl ai", "give the API's address, for example https://api.bfl.ai"),
        ("FLUXBATCH_API_URL", "https://api.bfl.ai?a=b", "give the API's address, for example https://api.bfl.ai"),
        ("FLUXBATCH_API_URL", "https://me:x@api.bfl.ai", "give the API's address, for example https://api.bfl.ai"),
        ("FLUXBATCH_API_URL", "https://api.bfl.ai:http", "Port could not be cast to integer value as 'http'"),
        ("FLUXBATCH_API_URL", "https://[::1", "Invalid IPv6 URL"),
        ("FLUXBATCH_API_URL", "http://api.bfl.ai", IN_THE_CLEAR),
        ("FLUXBATCH_API_URL", "http://8.8.8.8", IN_THE_CLEAR),
        ("BFL_API_KEY", "bfl_a bfl_b", "it is empty, or has letters in it that no key has"),
        ("BFL_API_KEY", f"'{KEY}'", "it is empty, or has letters in it that no key has"),
        ("BFL_API_KEY", f"{KEY}\nmore", "it is empty, or has letters in it that no key has"),
        ("BFL_API_KEY", "ключ", "it is empty, or has letters in it that no key has"),
        ("BFL_API_KEY", "  ", "it is empty, or has letters in it that no key has"),
    ],
)
def test_a_bad_value_is_said_with_its_variable_and_the_cure(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingError) as caught:
        Settings.load()
    assert caught.value.message == f"The setting {variable} cannot be used: {complaint}."
    assert caught.value.cure == f"Correct or unset {variable}."


@pytest.mark.parametrize("host", ["simulator:8765", "10.0.0.7", "[::1]:80", "host.docker.internal", "sim.local"])
def test_a_machine_beside_this_one_may_be_spoken_to_in_the_clear(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("FLUXBATCH_API_URL", f"http://{host}")
    assert Settings.load().api_url == f"http://{host}"


def test_a_key_that_cannot_be_used_is_not_shown_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BFL_API_KEY", f"'{KEY}'")
    with pytest.raises(SettingError) as caught:
        Settings.load()
    assert KEY not in "".join(traceback.format_exception(caught.value)), "not even in a traceback"


def test_a_key_is_used_without_the_line_break_it_was_pasted_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BFL_API_KEY", f"{KEY}\n")
    settings = Settings.load()
    assert settings.api_key
    assert settings.api_key.get_secret_value() == KEY


def test_the_key_is_shown_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BFL_API_KEY", KEY)
    settings = Settings.load()
    shown = f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    assert KEY not in shown
