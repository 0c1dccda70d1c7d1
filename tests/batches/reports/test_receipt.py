"""The receipt: page, JSON and a line per job beside the pictures of a batch."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from batches.reports.receipt import write_receipt
from batches.store.images import ImageMissing, ImageStoreError, MemoryStore
from batches.store.ledger import correcting, feeding, moves, receipts
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from tests.batches.store.ledger.world import World

PAID = Reported(micro_credits=4_500_000)


def ended(world: World) -> str:
    """A batch of a picture and a moderated prompt that has come to rest."""
    world.submit(2)
    good, bad = (world.carry(world.claim(job_id), State.RENDERING) for job_id in world.call())
    world.now += 5
    world.finish(world.fetch(good), PAID)
    world.do(moves.end, bad, State.MODERATED, reason="Nudity", cost=PAID, source="result", now=world.now)
    world.do(feeding.close_ended_batches, world.now)
    return good.batch_id


def lines_of(store: MemoryStore, batch_id: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(store.get(f"{batch_id}/jobs.csv").decode())))


def test_it_has_a_line_per_job_the_bill_and_the_manifest(world: World) -> None:
    batch_id, store = ended(world), MemoryStore()
    page = write_receipt(world.ledger, store, batch_id, now=world.now)

    assert page == f"memory:{batch_id}/report.html"
    assert store.get(f"{batch_id}/report.html").startswith(b"<!doctype html>")
    first, second = lines_of(store, batch_id)
    assert first == {
        "job": "1", "id": "row-1", "state": "done", "reason": "", "model": "flux-dev", "seed": "1",
        "file": "0001.png", "sha256": "a" * 64, "width": "1000", "height": "500", "credits": "4.5",
        "cost_unknown": "0", "attempts": "1", "started_at": "1970-01-01T00:16:40.000+00:00",
        "ended_at": "1970-01-01T00:16:45.000+00:00",
        "flags": "",
    }  # fmt: skip
    assert (second["state"], second["file"], second["credits"]) == ("moderated", "", "4.5")
    told = json.loads(store.get(f"{batch_id}/report.json"))
    assert (told["batch"], told["images"], told["cost"]["credits"]) == (batch_id, 1, 9)
    assert told["manifest"] == {"sha256": "5" * 64, "text": "name: hello\n"}
    assert {"python", "fluxbatch", "celery"} <= told["versions"].keys()
    assert told["prices_as_of"]


def test_a_batch_wants_it_once_each_time_it_comes_to_rest(world: World) -> None:
    assert world.ask(receipts.wanting, "main") == []
    batch_id, store = ended(world), MemoryStore()
    assert world.ask(receipts.wanting, "main") == [batch_id]
    assert world.ask(receipts.wanting, "another") == []
    write_receipt(world.ledger, store, batch_id, now=world.now)
    assert world.ask(receipts.wanting, "main") == []

    world.do(feeding.reopen, [batch_id])
    assert world.ask(receipts.wanting, "main") == []
    world.now += 60
    world.do(feeding.close_ended_batches, world.now)
    assert world.ask(receipts.wanting, "main") == [batch_id]


def test_one_that_is_broken_off_is_still_wanted(world: World) -> None:
    batch_id, store = ended(world), MemoryStore()
    write_receipt(world.ledger, store, batch_id, now=world.now, goes_on=lambda: False)
    assert world.ask(receipts.wanting, "main") == [batch_id]
    with pytest.raises(ImageMissing):
        store.get(f"{batch_id}/jobs.csv")


def test_one_that_was_overtaken_by_a_correction_is_still_wanted(world: World) -> None:
    def corrected_meanwhile() -> bool:
        world.do(correcting.correct, {1: 9_000_000}, because="an invoice", now=world.now)
        return True

    batch_id, store = ended(world), MemoryStore()
    write_receipt(world.ledger, store, batch_id, now=world.now, goes_on=corrected_meanwhile)
    assert world.ask(receipts.wanting, "main") == [batch_id]
    write_receipt(world.ledger, store, batch_id, now=world.now)
    assert world.ask(receipts.wanting, "main") == []


def test_a_store_that_refuses_leaves_the_batch_as_it_was(world: World) -> None:
    class Refusing(MemoryStore):
        def put(self, key: str, data: bytes) -> None:  # noqa: ARG002  # as the seam has it
            raise ImageStoreError("The disk is gone.")

    batch_id, before = ended(world), world.everything()
    with pytest.raises(ImageStoreError):
        write_receipt(world.ledger, Refusing(), batch_id, now=world.now)
    assert world.everything() == before


def test_all_jobs_are_in_it_in_their_order_however_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "PAGE", 3)
    batch_id, store = world.submit(9), MemoryStore()
    write_receipt(world.ledger, store, batch_id, now=world.now)
    assert [line["job"] for line in lines_of(store, batch_id)] == [str(number) for number in range(1, 10)]


def test_what_several_attempts_cost_is_one_sum(world: World) -> None:
    job = world.at(State.RENDERING)
    world.put_back(job, counts="failure", cost=PAID)
    world.finish(world.carry(world.claim(*world.call()), State.FETCHING), Reported())
    [line] = receipts.job_lines(world.ledger, job.batch_id)
    assert (line.attempts, line.settled, line.unknown) == (2, 4_500_000, 1)


def test_a_manifest_that_is_too_long_is_known_by_its_hash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "MOST_BYTES", 5)
    batch_id, store = ended(world), MemoryStore()
    write_receipt(world.ledger, store, batch_id, now=world.now)
    told = json.loads(store.get(f"{batch_id}/report.json"))
    assert told["manifest"] == {"sha256": "5" * 64, "text": None}
