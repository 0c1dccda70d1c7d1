"""`fluxbatch doctor` names what is wrong, with its cure, and ends with the code of the worst."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import simulator
from batches.models import LANE_SLOTS
from console.actions import checking
from console.actions.broker_health import judged
from console.cli.main import app
from workers.accounts import Account
from workers.balance import clock_ahead
from workers.errors import BrokerError

if TYPE_CHECKING:
    from pathlib import Path

FIT = {"redis_version": "7.2.4", "maxmemory_policy": "noeviction", "role": "master", "rdb_last_bgsave_status": "ok"}

UNFIT = {
    "too old for our scripts": ({"redis_version": "4.0.14"}, "Redis 4.0.14, which is too old", "Redis 5 or newer"),
    "throws keys away": ({"maxmemory_policy": "allkeys-lru"}, "may throw keys away", "maxmemory-policy noeviction"),
    "takes no writes": ({"role": "slave"}, "is a replica", "the server that it copies"),
    "is of many servers": ({"cluster_enabled": 1}, "is a cluster", "a server of its own"),
    "refuses writes, for its disk is full": ({"rdb_last_bgsave_status": "err"}, "could not save", "Free disk space"),
    "the same with a log": ({"aof_last_write_status": "err"}, "could not save", "Free disk space"),
}


@pytest.mark.parametrize(("told", "said", "cure"), UNFIT.values(), ids=UNFIT)
def test_a_broker_that_is_not_fit_is_told_with_its_cure(told: dict[str, object], said: str, cure: str) -> None:
    with pytest.raises(BrokerError) as error:
        judged({**FIT, **told}, "configured")
    assert said in error.value.message
    assert cure in error.value.cure


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "embedded, Redis 7.2.4, noeviction, keeps nothing"),
        ({"valkey_version": "8.1.0"}, "embedded, Valkey 8.1.0, noeviction, keeps nothing"),
        ({"aof_enabled": 1}, "embedded, Redis 7.2.4, noeviction, append-only"),
        ({"rdb_saves": 3}, "embedded, Redis 7.2.4, noeviction, snapshots"),
    ],
)
def test_a_broker_that_is_fit_says_what_it_is(told: dict[str, object], said: str) -> None:
    assert judged({**FIT, **told}, "embedded") == said


def test_a_service_that_hides_what_it_is_gets_the_benefit_of_the_doubt() -> None:
    assert judged({"redis_version": "7.0.0"}, "configured").startswith("configured, Redis 7.0.0, eviction not told")


def test_a_clock_is_compared_with_that_of_the_api() -> None:
    with simulator.running() as running:
        account = Account(name="a", api_url=running.url, slots=LANE_SLOTS, key=lambda: "a-good-key")
        ahead = clock_ahead(account)
    assert ahead is not None
    assert abs(ahead) < 2


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's folder, with no key."""
    monkeypatch.chdir(tmp_path)
    for name in ("BFL_API_KEY", "FLUXBATCH_HOME", "FLUXBATCH_LEDGER_URL", "FLUXBATCH_BROKER_URL", "FLUXBATCH_API_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, object]]]:
    """The exit code, and the findings by name."""
    code = app(["doctor", "--json"], standalone_mode=False)
    return code, {one["what"]: one for one in json.loads(capsys.readouterr().out)}


def test_settings_that_cannot_be_read_are_a_finding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fluxbatch.toml").write_text("[accounts.studio\n")
    code, found = told(capsys)
    assert code == 2
    assert found.keys() == {"versions", "settings"}
    assert "fluxbatch.toml" in str(found["settings"]["said"])


@pytest.mark.usefixtures("folder")
def test_it_ends_with_the_worst_code_and_every_finding_has_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "clock_ahead", lambda _: -90.0)
    monkeypatch.setenv("FLUXBATCH_BROKER_URL", "redis://127.0.0.1:1/0")
    code, found = told(capsys)
    assert code == 6
    assert {what: one["code"] for what, one in found.items() if not one["good"]} == {
        "account default": 2,  # there is no key
        "clock": 2,
        "broker": 6,
    }
    assert "90 s behind that of https://api.bfl.ai" in str(found["clock"]["said"])
    assert "schema up to date" in str(found["ledger"]["said"])
