"""`fluxbatch pause`, `resume`, `cancel` and `retry` say what they did, what it costs and how it goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from batches.errors import SettingError
from batches.policy import Budget, Policy
from batches.store.ledger import Ledger, feeding
from batches.store.ledger.states import State
from batches.store.ledger.steering import OverBudget
from console.cli.main import app
from console.exit_codes import ExitCode, exit_code_for
from tests.batches.store.ledger.test_steering import paused_by
from tests.batches.store.ledger.world import CREDIT, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Said(NamedTuple):
    """What a command printed."""

    out: str
    err: str


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The ledger of the folder in which the commands run."""
    monkeypatch.chdir(tmp_path)
    for name in ("FLUXBATCH_HOME", "FLUXBATCH_LEDGER_URL", "FLUXBATCH_IMAGES_URL", "FLUXBATCH_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        yield World(ledger)


@pytest.fixture
def says(world: World, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:  # noqa: ARG001  # in its folder
    """What `fluxbatch …` prints."""

    def command(*words: str) -> Said:
        app(list(words), standalone_mode=False)
        return Said(*capsys.readouterr())

    return command


@pytest.fixture
def told(says: Callable[..., Said]) -> Callable[..., dict[str, Any]]:
    """The same as JSON."""
    return lambda *words: json.loads(says(*words, "--json").out)


def one_failed(world: World) -> str:
    job = world.at(State.RENDERING)
    world.end(job, State.FAILED)
    world.do(feeding.close_ended_batches, world.now)
    return job.batch_id


class TestPauseAndResume:
    """A person stops a batch and lets it go on."""

    def test_a_batch_is_paused_and_goes_on(self, world: World, says: Callable[..., Said]) -> None:
        batch_id = world.submit(2)
        assert says("pause", "hello") == (
            f"{batch_id} is paused: 2 queued.\n",
            f"`fluxbatch resume {batch_id}` lets it go on.\n",
        )
        assert "paused: person" in says("status").out
        resumed = says("resume", "hello")
        assert resumed.out == f"{batch_id} goes on; 2 queued.\n"
        assert "fluxbatch run MANIFEST" in resumed.err
        assert "running" in says("status").out

    def test_status_says_why_it_is_paused_and_what_to_do(self, world: World, told: Callable[..., Any]) -> None:
        paused_by(world, world.submit(), "canary", paused_message="canary: 3 of 5 failed")
        now = told("status", "hello")
        assert (now["state"], now["paused"], now["paused_message"]) == ("paused", "canary", "canary: 3 of 5 failed")

    @pytest.mark.parametrize(
        ("reason", "means"),
        [
            ("canary", "goes on: its canary is approved"),
            ("deadline", "goes on: its deadline holds no more"),
            ("budget", "goes on: its budget has room"),  # it has none any more
        ],
    )
    def test_resume_says_what_it_means(self, reason: str, means: str, world: World, says: Callable[..., Said]) -> None:
        paused_by(world, world.submit(), reason)
        assert means in says("resume", "hello").out

    def test_a_budget_without_room_is_told_with_the_cure_and_an_exit_code_of_its_own(
        self, world: World, says: Callable[..., Said]
    ) -> None:
        batch_id = world.submit(policy=Policy(budget=Budget(micro_credits=CREDIT)))
        paused_by(world, batch_id, "budget", paused_for=3 * CREDIT)
        with pytest.raises(OverBudget) as refused:
            says("resume", "hello")
        assert "under the cap of 1 credit" in refused.value.message
        assert exit_code_for(refused.value) is ExitCode.STOPPED_BY_POLICY

    @pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
    def test_a_batch_that_is_over_is_left_alone(self, verb: str, world: World, says: Callable[..., Said]) -> None:
        one_failed(world)
        before = world.everything()
        said = says(verb, "hello")
        assert (said.out, said.err.count("1 failed")) == ("", 1)
        assert world.everything() == before


class TestCancel:
    """What BFL does not work on is taken back."""

    def test_it_says_how_many_and_how_to_get_them_back(self, world: World, says: Callable[..., Said]) -> None:
        batch_id = world.submit(3)
        world.carry(world.claim(world.call(1)[0]), State.RENDERING)
        said = says("cancel", "hello")
        assert said.out == f"{batch_id} is cancelled: 2 jobs are taken back; 1 rendering, 2 cancelled.\n"
        assert f"fluxbatch retry {batch_id} --only cancelled" in said.err
        assert "paused: cancelled" in says("status").out, "while BFL works on some of it"

    def test_money_at_risk_is_told(self, world: World, says: Callable[..., Said]) -> None:
        world.doubt(world.at(State.SUBMITTING))
        assert "3 credits ($0.03) stay at risk" in says("cancel", "hello").out

    def test_more_jobs_than_fit_into_one_transaction(
        self, world: World, told: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("console.actions.steering.JOBS_AT_ONCE", 3)
        world.submit(8)
        assert told("cancel", "hello")["taken_back"] == 8
        assert told("retry", "hello", "--yes")["put_back"] == 8

    def test_who_submits_more_of_it_wants_it_to_go_on(self, told: Callable[..., Any]) -> None:
        manifest = Path("m.yaml")
        text = "version: 1\nname: birds\nmodel: flux-dev\nprompts: [a heron, an owl"
        manifest.write_text(f"{text}]\n")
        told("submit", str(manifest), "--yes")
        told("cancel", "birds")
        assert told("submit", str(manifest), "--yes")["jobs"]["cancelled"] == 2, "nothing new"
        manifest.write_text(f"{text}, a kite]\n")
        again = told("submit", str(manifest), "--yes")
        assert (again["state"], again["jobs"]["cancelled"], again["jobs"]["queued"]) == ("running", 2, 1)


class TestRetry:
    """What it costs is asked first."""

    def test_without_a_terminal_it_needs_a_yes(self, world: World, says: Callable[..., Said]) -> None:
        one_failed(world)
        with pytest.raises(SettingError, match="about 3 credits"):
            says("retry", "hello")
        assert world.job(1).state == State.FAILED

    def test_it_shows_the_bill_by_state(self, world: World, says: Callable[..., Said]) -> None:
        batch_id = one_failed(world)
        said = says("retry", "hello", "--only", "failed", "--yes")
        assert said.err.splitlines()[1].split() == ["failed", "1", "0", "3", "$0.03"]
        assert said.out == f"{batch_id}: 1 job is tried again; 1 queued.\n"

    def test_it_says_what_may_be_paid_twice(self, world: World, says: Callable[..., Said]) -> None:
        world.doubt(world.at(State.SUBMITTING))
        assert "3 credits ($0.03) may be paid twice" in says("retry", "hello", "--yes").err

    def test_nothing_to_try_again_is_no_mistake(self, world: World, says: Callable[..., Said]) -> None:
        one_failed(world)
        said = says("retry", "hello", "--only", "fialed")
        assert (said.out, 'Did you mean "failed"?' in said.err) == ("", True)

    @pytest.mark.parametrize("word", ["done", "queued", "", " "])
    def test_a_state_that_is_not_tried_again_is_refused(
        self, word: str, world: World, says: Callable[..., Said]
    ) -> None:
        one_failed(world)
        with pytest.raises(SettingError, match="chooses no jobs"):
            says("retry", "hello", "--only", word)

    def test_not_while_a_newer_batch_makes_the_same(self, world: World, says: Callable[..., Said]) -> None:
        earlier = one_failed(world)
        newer = world.submit()
        with pytest.raises(SettingError, match=newer):
            says("retry", earlier, "--yes")
        says("cancel", newer)
        assert "tried again" in says("retry", earlier, "--yes").out

    def test_a_batch_that_stays_paused_says_so(self, world: World, says: Callable[..., Said]) -> None:
        paused_by(world, one_failed(world), "deadline", paused_message="the deadline is over.")
        assert "It is paused: the deadline is over." in says("retry", "hello", "--yes").err


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel", "retry"])
def test_a_batch_that_is_not_there_is_told(verb: str, says: Callable[..., Said]) -> None:
    with pytest.raises(SettingError, match="There is no batch 'nope'"):
        says(verb, "nope")
