"""`fluxbatch credits` asks every account, and keeps what it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from typer import Exit

import simulator
from batches.errors import SettingError
from batches.store.ledger import Ledger, balances
from console.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILE = """
[accounts.studio]
key_env = "STUDIO_BFL_KEY"
api_url = "{url}"

[accounts.lab]
key_env = "LAB_BFL_KEY"
api_url = "http://127.0.0.1:9"
"""


class Said(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with simulator.running() as running:
        yield running.url


@pytest.fixture
def asks(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """`fluxbatch credits …` of somebody with three accounts, of which lab cannot be reached."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "LEDGER_URL", "CONFIG"):
        monkeypatch.delenv(f"FLUXBATCH_{name}", raising=False)
    monkeypatch.setenv("FLUXBATCH_API_URL", url)
    monkeypatch.setenv("FLUXBATCH_ACCOUNT", "usual")
    for variable in ("BFL_API_KEY", "STUDIO_BFL_KEY", "LAB_BFL_KEY"):
        monkeypatch.setenv(variable, "a-good-key")
    Path("fluxbatch.toml").write_text(FILE.format(url=url))

    def command(*words: str) -> Said:
        try:
            code = app(["credits", *words], standalone_mode=False)
        except Exit as done:
            code = done.exit_code
        return Said(int(code), *capsys.readouterr())

    return command


def kept(account: str) -> list[int]:
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger, ledger.read() as tx:
        return [one.micro_credits for one in balances.readings(tx, account, since=0, until=1e12)]


def test_an_account_that_fails_does_not_hide_the_others(asks: Callable[..., Said]) -> None:
    said = asks()
    assert said.code == 6
    lines = [line.split() for line in said.out.splitlines()]
    assert lines[0] == ["account", "credits", "USD"]
    assert lines[1:] == [["usual", "10,000", "$100.00"], ["studio", "10,000", "$100.00"], ["lab", "not", "known"]]
    assert "http://127.0.0.1:9 does not answer" in said.err
    assert (kept("studio"), kept("lab")) == ([10_000_000_000], [])


def test_one_account_alone(asks: Callable[..., Said]) -> None:
    said = asks("--account", "studio", "--json")
    [told] = json.loads(said.out)
    assert (said.code, told["account"], told["credits"], told["usd"]) == (0, "studio", 10_000, 100)
    asks("--account", "studio")
    assert kept("studio") == [10_000_000_000] * 2


@pytest.mark.parametrize(
    ("variable", "value", "account", "code"),
    [
        ("STUDIO_BFL_KEY", "revoked-key", "studio", 5),
        ("STUDIO_BFL_KEY", "", "studio", 2),
        ("LAB_BFL_KEY", "a-good-key", "lab", 6),
    ],
)
def test_the_exit_code_says_what_to_mend(
    asks: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, *, variable: str, value: str, account: str, code: int
) -> None:
    monkeypatch.setenv(variable, value)
    said = asks("--account", account, "--json")
    [told] = json.loads(said.out)
    assert said.code == code
    assert told["error"]
    assert told["cure"]


def test_a_name_that_is_not_set_up_is_said(asks: Callable[..., Said]) -> None:
    with pytest.raises(SettingError, match='no account "studo"; did you mean'):
        asks("--account", "studo")
