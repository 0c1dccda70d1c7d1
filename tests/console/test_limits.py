"""`fluxbatch limits` says how lanes stand, and changes them and the policy of a batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from batches.errors import SettingError
from batches.store.ledger import Ledger, limits, standing
from console.cli.main import app
from tests.batches.store.ledger.world import World
from workers.broker import connect
from workers.embedded import embedded_broker
from workers.slots import RedisSlots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batches.policy import Policy


class Said(NamedTuple):
    """What a command printed."""

    out: str
    err: str


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The ledger of the folder in which the commands run."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "LEDGER_URL", "BROKER_URL", "ACCOUNT", "API_URL", "CONFIG"):
        monkeypatch.delenv(f"FLUXBATCH_{name}", raising=False)
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        yield World(ledger)


@pytest.fixture
def says(world: World, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:  # noqa: ARG001  # in its folder
    """What `fluxbatch limits …` prints."""

    def command(*words: str) -> Said:
        app(["limits", *words], standalone_mode=False)
        return Said(*capsys.readouterr())

    return command


def ceilings(world: World, account: str = "default") -> dict[str, int]:
    with world.ledger.read() as tx:
        return dict(limits.ceilings(tx, account))


def test_without_workers_the_ceilings_are_shown_and_no_broker_is_started(says: Callable[..., Said]) -> None:
    said = says()
    assert [line.split() for line in said.out.splitlines()[1:]] == [
        ["standard", "24"],
        ["kontext-max", "6"],
        ["video", "5"],
    ]
    assert said.err == "No worker is at work, so no slots are given.\n"
    assert not Path(".fluxbatch/broker").exists()


def test_a_ceiling_is_set_and_taken_back(says: Callable[..., Said], world: World) -> None:
    assert "standard          12" in says("standard=12", "video=1").out
    assert ceilings(world) == {"standard": 12, "video": 1}
    says("standard=usual")
    assert ceilings(world) == {"video": 1}


def test_each_account_has_its_own(says: Callable[..., Said], world: World) -> None:
    Path("fluxbatch.toml").write_text('[accounts.studio]\nkey_env = "STUDIO"\nslots = {standard = 48}\n')
    assert "standard          48" in says("--account", "studio").out
    says("standard=12", "--account", "studio")
    says("standard=3", "--simulate")
    assert (ceilings(world), ceilings(world, "studio")) == ({}, {"standard": 12})
    assert ceilings(world, "simulator") == {"standard": 3}


def test_a_lane_at_work_is_shown_as_it_stands(says: Callable[..., Said]) -> None:
    with embedded_broker(Path(".fluxbatch")) as url, connect(url) as redis:
        slots = RedisSlots(redis)
        slots.restore("default:standard", 24, ["job-1", "job-2"], 0)
        slots.refused("default:standard", 0, "429: Too many active tasks", 30)
        said = says()
        (standard, *_) = json.loads(says("--json").out)
    assert "standard          24     18     2  from 24, 1 s ago, rests for 30 s: 429: Too many" in said.out
    assert said.err == ""
    assert (standard["limit"], standard["used"], standard["last_cut"]["before"]) == (18, 2, 24)


def test_the_numbers_of_a_batch_are_changed_and_the_rest_of_its_policy_is_kept(
    says: Callable[..., Said], world: World
) -> None:
    batch_id = world.submit()
    before = policy(world, batch_id)
    said = says("--batch", "hello", "in_flight=4", "priority=-5")
    assert said.out.splitlines()[1].split() == [batch_id, "4", "-5", "1"]
    after = policy(world, batch_id)
    assert (after.in_flight, after.priority, after.share) == (4, -5, 1)
    assert (after.unsure, after.attempts) == (before.unsure, before.attempts)
    assert json.loads(says("--batch", "hello", "in_flight=none", "--json").out)["in_flight"] is None
    assert policy(world, batch_id).priority == -5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["stndard=12"], 'There is no lane "stndard"; did you mean "standard"'),
        (["priority=12"], r"there are standard, .*\npriority is a rule of a batch: add --batch BATCH."),
        (["standard"], '"standard" is no change.\nWrite NAME=NUMBER'),
        (["standard=0"], "a lane has 1 to 1,000 slots"),
        (["standard=1e3"], "a lane has 1 to 1,000 slots"),
        (["--batch", "hello", "share=0"], "share=0 cannot be used: it must be greater than or equal to 1"),
        (["--batch", "hello", "share=none"], "share=none cannot be used: it must be a valid integer"),
        (["--batch", "hello", "in_flight=four"], "in_flight=four cannot be used: it must be a valid integer"),
        (["--batch", "hello", "shares=2"], 'A batch has no limit "shares"; did you mean "share"'),
        (["--batch", "hello", "video=2"], "video is a lane of the account: leave out --batch."),
        (["--batch", "nobody"], "There is no batch 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_cure_and_nothing_is_changed(
    says: Callable[..., Said], world: World, words: list[str], message: str
) -> None:
    batch_id = world.submit()
    before = policy(world, batch_id)
    with pytest.raises(SettingError, match=message):
        says(*(words if "--batch" in words else ["kontext-max=2", *words]))
    assert ceilings(world) == {}
    assert policy(world, batch_id) == before


def policy(world: World, batch_id: str) -> Policy:
    with world.ledger.read() as tx:
        batch = standing.find_batch(tx, batch_id)
    assert batch is not None
    return batch.policy
