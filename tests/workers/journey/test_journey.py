"""A job is carried through its life with real parts, and our books are held against the simulator's."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from batches.policy import Budget
from batches.store.ledger import standing, stops
from batches.store.ledger.states import State
from tests.workers.journey.conftest import LANE
from workers.slots.rule import GROW_EVERY
from workers.slots.seam import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from batches.store.images import FolderStore
    from tests.workers.conftest import Company
    from tests.workers.journey.conftest import World

MILLION = 1_000_000


def test_a_job_is_done_and_its_every_credit_is_booked(
    world: World, submit: Callable[..., str], company: Company, images: FolderStore
) -> None:
    batch = submit("a fox", model="flux-2-klein-4b")
    job = world.carry()
    assert (job["state"], job["owner"], job["reason"]) == (State.DONE, None, "")
    picture = images.get(job["image_key"])
    assert hashlib.sha256(picture).hexdigest() == job["image_sha256"]
    assert (job["image_width"], job["image_height"], job["image_bytes"]) == (256, 256, len(picture))
    price = 14 * MILLION // 10
    assert world.charges() == [
        ("reserved", price, "price table"),
        ("reported", price, "submit answer"),
        ("settled", price, "result"),
    ]
    assert world.money().settled == company["billed_micro_credits"] == price
    assert company["accepted"] == 1
    assert world.held() == 0
    facts = json.loads(images.get(f"{job['image_key']}.json"))
    assert (facts["batch"]["id"], facts["job"]["model"]) == (batch, "flux-2-klein-4b")
    assert (facts["image"]["sha256"], facts["micro_credits"]) == (job["image_sha256"], price)


def test_a_cost_that_is_named_late_is_settled_all_the_same(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox", model="flux-dev")
    world.carry()
    assert world.charges()[1:] == [("reported", None, "submit answer"), ("settled", 2_500_000, "result")]
    assert company["billed_micro_credits"] == 2_500_000


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("forbidden things", "Request Moderated: Derivative Works Filter"),
        ("much gore", "Content Moderated: Violence"),
    ],
)
def test_a_moderated_job_ends_and_is_not_charged(
    world: World, submit: Callable[..., str], company: Company, prompt: str, reason: str
) -> None:
    submit(prompt)
    job = world.carry()
    assert (job["state"], job["reason"], job["failures"]) == (State.MODERATED, reason, 0)
    assert world.charges()[-1] == ("settled", 0, "rule")
    assert company["billed_micro_credits"] == 0
    assert world.held() == 0


def test_a_moderated_job_tries_as_many_seeds_as_its_policy_allows(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("forbidden things", new_seeds=2)
    seeds = [world.carry()["params"].get("seed") for _ in range(2)]
    assert len({None, *seeds}) == 3, "each try has a seed of its own"
    job = world.carry()
    assert (job["state"], job["new_seeds"], job["failures"]) == (State.MODERATED, 2, 0)
    assert [kind for kind, *_ in world.charges()].count("settled") == 3
    assert company["accepted"] == 3


def test_a_model_without_seeds_is_not_tried_again(world: World, submit: Callable[..., str]) -> None:
    submit("forbidden things", model="flux-3-image", new_seeds=2)
    assert world.carry()["state"] == State.MODERATED


def test_a_job_beyond_the_budget_is_not_sent_and_rests_its_batch(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    batch_id = submit("a fox", "a hare", budget=Budget(micro_credits=4 * MILLION))
    assert world.carry(1)["state"] == State.DONE
    job = world.carry(2)
    assert (job["state"], job["failures"], job["waits"]) == (State.QUEUED, 0, 0)
    with world.ledger.read() as tx:
        batch = standing.find_batch(tx, batch_id)
    assert batch is not None
    assert (batch.paused, batch.paused_for) == ("budget", 2_500_000)
    assert batch.paused_message == (
        "a job of 2.5 credits does not fit under the cap of 4 credits: 2.5 credits spent. "
        "Raise policy.budget and run the manifest again."
    )
    assert company["accepted"] == 1
    assert world.held() == 0


def test_a_copy_has_the_picture_and_its_own_sidecar_and_costs_nothing(
    world: World, submit: Callable[..., str], company: Company, images: FolderStore
) -> None:
    submit("a fox", "a fox", model="flux-2-klein-4b")
    made, copy = world.carry(1), world.carry(2)
    assert copy["state"] == State.DONE
    assert copy["image_key"] != made["image_key"]
    assert images.get(copy["image_key"]) == images.get(made["image_key"])
    facts = json.loads(images.get(f"{copy['image_key']}.json"))
    assert (facts["job"]["number"], facts["job"]["copy_of"], facts["micro_credits"]) == (2, made["image_key"], 0)
    assert facts["attempt"]["ticket"], "where it comes from is still told"
    assert company["accepted"] == 1


@pytest.mark.parametrize("spoil", [None, b"no picture"], ids=["gone", "spoilt"])
def test_a_copy_whose_picture_is_gone_fails_unpaid(
    world: World, submit: Callable[..., str], company: Company, images: FolderStore, spoil: bytes | None
) -> None:
    submit("a fox", "a fox")
    key = world.carry(1)["image_key"]
    images.delete(key) if spoil is None else images.put(key, spoil)
    copy = world.carry(2)
    assert copy["state"] == State.FAILED
    assert copy["reason"].startswith("the picture to copy is gone")
    assert company["accepted"] == 1


def test_a_refusal_that_passes_costs_neither_money_nor_an_attempt(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a hiccup of the service")
    job = world.carry()
    assert (job["state"], job["waits"], job["failures"]) == (State.QUEUED, 1, 0)
    assert world.charges() == [("reserved", 2_500_000, "price table"), ("released", 2_500_000, "rule")]
    assert world.held() == 0
    job = world.carry()
    assert (job["state"], job["waits"]) == (State.DONE, 0)
    assert world.money().settled == company["billed_micro_credits"] == 2_500_000


def test_a_429_cuts_the_lane_of_the_whole_fleet_and_rests_it_as_long_as_bfl_asks(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    company.spoil("submit", "status", status=429, retry_after=7)
    assert world.carry()["state"] == State.QUEUED
    lane = world.slots.view(LANE)
    assert lane is not None
    assert lane.cut is not None
    assert (lane.limit, lane.cut.before) == (18, 24)
    assert 6 < lane.rests_seconds <= 7
    assert lane.cut.why.startswith("429: ")


def test_other_refusals_leave_the_lane_as_it_is(world: World, submit: Callable[..., str], company: Company) -> None:
    submit("a fox")
    company.spoil("submit", "status", status=503, retry_after=7)
    assert world.carry()["state"] == State.QUEUED
    lane = world.slots.view(LANE)
    assert lane is not None
    assert (lane.limit, lane.rests_seconds, lane.cut) == (24, 0, None)


def test_accepted_jobs_give_a_cut_lane_its_slots_back(world: World, submit: Callable[..., str]) -> None:
    submit("a fox")
    world.slots.refused(LANE, 0, "429", 0)
    world.now += 1
    for _ in range(GROW_EVERY - 1):
        world.slots.accepted(LANE)
    assert world.carry()["state"] == State.DONE
    lane = world.slots.view(LANE)
    assert lane is not None
    assert lane.limit == 19


def test_a_task_that_fails_is_tried_as_often_as_allowed_and_no_more(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a crash-test", attempts=2)
    first = world.carry()
    assert (first["state"], first["failures"]) == (State.QUEUED, 1)
    last = world.carry()
    assert (last["state"], last["failures"], last["reason"]) == (State.FAILED, 2, "BFL failed: Generation failed")
    assert company["accepted"] == 2
    assert company["billed_micro_credits"] == 0
    assert world.money().unknown == 2, "BFL named no cost, and unknown is not 0"
    assert world.call() == []


def test_a_request_that_will_never_be_taken_ends_the_job_unpaid(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    company.spoil("submit", "status", status=400, detail="no foxes")
    job = world.carry()
    assert (job["state"], job["reason"]) == (State.FAILED, "rejected: 400: no foxes")
    assert world.charges()[-1][0] == "released"


def test_a_job_that_finds_no_slot_goes_back_to_the_queue(world: World, submit: Callable[..., str]) -> None:
    submit("a fox")
    world.slots.hold("ours:standard", [f"other-{number}" for number in range(24)])
    job = world.carry(patience=replace(world.hands.patience, slot_patience=0))
    assert (job["state"], job["reason"], job["waits"]) == (State.QUEUED, "waits for a slot", 0)


@pytest.mark.parametrize(
    ("on", "fault", "reason"),
    [
        ("download", {"effect": "expired"}, "a fresh link comes with a further poll"),
        ("download", {"effect": "truncated"}, "half a picture does not decode"),
        ("download", {"effect": "garbage"}, "bytes that are no picture do not either"),
        ("download", {"effect": "cut_midway"}, "a download that breaks off is begun again"),
        ("download", {"effect": "status", "status": 500}, "the delivery host fails"),
        ("poll", {"effect": "status", "status": 503}, "the polls fail"),
        ("poll", {"effect": "cut"}, "the polls are not answered"),
        ("poll", {"effect": "not_found"}, "the ticket is not known yet"),
        ("poll", {"effect": "garbage"}, "the polls answer nonsense"),
        ("poll", {"effect": "redirect"}, "the task lives elsewhere"),
        ("poll", {"effect": "foreign_host"}, "the result seems to lie on a foreign host"),
    ],
)
def test_what_goes_wrong_after_acceptance_is_asked_for_again_and_never_paid_again(
    *, world: World, submit: Callable[..., str], company: Company, on: str, fault: dict[str, object], reason: str
) -> None:
    submit("a fox")
    company.spoil(on, times=2, **fault)
    job = world.carry()
    assert (job["state"], job["failures"], job["waits"]) == (State.DONE, 0, 0), reason
    assert company["accepted"] == 1
    assert world.money().settled == company["billed_micro_credits"] == 2_500_000


def test_a_picture_that_never_decodes_fails_the_job_and_stands_on_the_bill(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    company.spoil("download", "truncated")
    job = world.carry()
    assert job["state"] == State.FAILED
    assert job["reason"].startswith("bad picture: ")
    assert world.money().settled == company["billed_micro_credits"] == 2_500_000


def test_a_lost_answer_leaves_the_job_unsure_and_its_slot_to_run_out(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    company.spoil("submit", "lost")
    job = world.carry()
    assert (job["state"], job["owner"]) == (State.UNSURE, None)
    assert company["accepted"] == 1, "it was taken, and we cannot know"
    assert world.money().at_risk == 2_500_000
    assert world.held() == 1
    world.gate.renew()
    world.now += LEASE_SECONDS
    assert world.held() == 0


def test_an_account_without_credits_stops_and_keeps_its_jobs(
    world: World, submit: Callable[..., str], company: Company
) -> None:
    submit("a fox")
    company.spoil("submit", "no_credits")
    job = world.carry()
    assert (job["state"], job["failures"], job["waits"]) == (State.QUEUED, 0, 0)
    assert stop_of(world) == ("no credits", "402: Insufficient credits")
    assert world.charges()[-1][0] == "released"
    assert world.held() == 0


def test_a_refused_key_stops_the_account_and_keeps_its_jobs(
    make_world: Callable[..., World], submit: Callable[..., str]
) -> None:
    submit("a fox")
    world = make_world("revoked-key")
    assert world.carry()["state"] == State.QUEUED
    assert stop_of(world) == ("key refused", "403: This API key has been revoked")
    assert world.charges()[-1][0] == "released"


def stop_of(world: World) -> tuple[str, str] | None:
    with world.ledger.read() as tx:
        stop = stops.stop_of_account(tx, "ours")
    return stop and (stop.reason, stop.message)


def test_a_full_disk_stops_the_account_and_the_picture_is_fetched_later_unpaid(
    world: World, submit: Callable[..., str], company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit("a fox")
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        job = world.carry()
    assert (job["state"], job["owner"]) == (State.RENDERING, None)
    assert job["due_at"] > world.hands.clock() + 60, "not before somebody had time to mend it"
    reason, message = stop_of(world) or ("", "")
    assert reason == "image store"
    assert "is full" in message
    assert world.carry()["state"] == State.DONE
    assert company["accepted"] == 1
    assert company["billed_micro_credits"] == world.money().settled


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
