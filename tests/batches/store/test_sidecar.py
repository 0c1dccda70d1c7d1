"""A sidecar says enough to write its job's rows again, to the micro-credit."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from batches.store.ledger import standing
from batches.store.ledger.schema import attempts, charges, jobs
from batches.store.rebuild import rebuild
from batches.store.sidecar import Asked, BadSidecar, InVain, Made, Sidecar, Stored
from tests.batches.store.shelf import ORIGIN, copy_of, facts, kept, key
from tests.simulated_world.blank import blank_ledger

AMOUNTS = st.none() | st.integers(0, 10**15)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
MOMENTS = st.integers(10**9, 2 * 10**9).map(lambda eighths: eighths / 8 + 10**9)  # exact to the microsecond
made = st.builds(
    Made,
    number=st.integers(1, 9),
    ticket=WORDS,
    started_at=MOMENTS,
    accepted_at=MOMENTS,
    source=st.sampled_from(["result", "submit answer"]),
    input_micro_mp=AMOUNTS,
    output_micro_mp=AMOUNTS,
)
stored = st.builds(
    Stored,
    format=st.sampled_from(["jpeg", "png", "webp"]),
    width=st.integers(1, 4096),
    height=st.integers(1, 4096),
    bytes=st.just(3),
    sha256=st.just("d" * 64),
    dhash=st.integers(-(2**63), 2**63 - 1),
    flags=st.sets(st.sampled_from(["one-colour", "size"])).map(lambda flags: tuple(sorted(flags))),
)
asked = st.builds(
    Asked,
    number=st.just(1),
    id=WORDS,
    fingerprint=st.just("0" * 64),
    occurrence=st.just(1),
    copy_of=st.none(),
    account=st.sampled_from(["lab", "studio"]),
    lane=st.just("standard"),
    model=WORDS,
    path=WORDS,
    params=st.dictionaries(WORDS, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS | st.lists(WORDS)),
    labels=st.dictionaries(WORDS, WORDS, max_size=2),
    output_name=st.just(""),
    estimate_micro_credits=AMOUNTS,
    estimate_pixels=AMOUNTS,
    input_pixels=st.integers(0, 10**9),
)
sidecars = st.builds(
    Sidecar,
    prompt_used=st.none() | WORDS,
    seed_used=st.none() | st.integers(0, 2**32),
    batch=st.just(ORIGIN),
    job=asked,
    attempt=made,
    micro_credits=AMOUNTS,
    image=stored,
    stored_at=MOMENTS,
)


def numbered(some: list[Sidecar]) -> list[Sidecar]:
    """Each as a job of its own."""
    return [
        replace(
            one,
            job=replace(
                one.job, number=number, fingerprint=f"{number:064x}", output_name=f"{number}.{one.image.format}"
            ),
            attempt=replace(one.attempt, ticket=f"{number} {one.attempt.ticket}"),
        )
        for number, one in enumerate(some, 1)
    ]


def told_by(job: Any) -> dict[str, Any]:
    """What the row of a job says, in the words of its sidecar."""
    return {
        "number": job.number, "id": job.row_id, "fingerprint": job.fingerprint.hex(), "occurrence": job.occurrence,
        "copy_of": None, "account": job.account, "lane": job.lane, "model": job.model, "path": job.path,
        "params": job.params, "labels": job.labels, "output_name": job.output_name,
        "estimate_micro_credits": job.estimate_micro_credits, "estimate_pixels": job.estimate_pixels,
        "input_pixels": job.input_pixels,
    }  # fmt: skip


@given(sidecars)
def test_a_sidecar_comes_back_from_its_bytes(one: Sidecar) -> None:
    assert Sidecar.read(one.as_bytes()) == one


@given(st.lists(sidecars, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_rows_that_are_written_from_sidecars_say_what_those_say(some: list[Sidecar]) -> None:
    all_of_them = numbered(some)
    ledger = blank_ledger()
    told = rebuild(kept(all_of_them), ledger, batch=None, hashing=False, tell=lambda _: None)
    assert (told.batches, told.wrong, told.left_alone) == ({"fox-1": len(all_of_them)}, [], [])
    with ledger.read() as tx:
        rows = tx.execute(select(jobs).order_by(jobs.c.number)).all()
        tries = tx.execute(select(attempts).order_by(attempts.c.job_id)).all()
        settled = tx.execute(select(charges).where(charges.c.kind == "settled").order_by(charges.c.job_id)).all()
        batch = standing.find_batch(tx, "fox-1")
        assert batch is not None
        now = standing.standing_of(tx, batch)
    for one, job, attempt, charge in zip(all_of_them, rows, tries, settled, strict=True):
        assert told_by(job) == one.as_json()["job"]
        assert (job.image_dhash, job.flags, job.image_bytes) == (one.image.dhash, one.image.flags, one.image.bytes)
        assert (attempt.ticket_id, attempt.started_at, attempt.ended_at) == (
            one.attempt.ticket, one.attempt.started_at, one.stored_at,
        )  # fmt: skip
        assert (charge.micro_credits, charge.output_micro_mp, charge.source) == (
            one.micro_credits, one.attempt.output_micro_mp, one.attempt.source,
        )  # fmt: skip
    assert now.rests
    assert now.money.settled == sum(one.micro_credits or 0 for one in all_of_them) == told.micro_credits
    assert now.money.unknown == sum(one.micro_credits is None for one in all_of_them)
    assert (now.jobs, now.money.reserved) == ({"done": len(all_of_them)}, 0)


ONE = facts()
KEY = key(ONE)


def test_what_was_paid_in_vain_before_a_picture_is_part_of_the_bill_again() -> None:
    ledger = blank_ledger()
    vain = InVain(
        number=1, account="studio", ticket="early", outcome="failed", started_at=1_790_000_000.0,
        ended_at=1_790_000_001.0, settled=True, micro_credits=5, source="result",
    )  # fmt: skip
    lost = replace(vain, number=2, ticket=None, outcome="lost", settled=False, micro_credits=None, source=None)
    one = replace(ONE, earlier=(vain, lost), attempt=replace(ONE.attempt, number=3))
    assert Sidecar.read(one.as_bytes()) == one
    rebuild(kept([one]), ledger, batch=None, hashing=False, tell=lambda _: None)
    with ledger.read() as tx:
        batch = standing.find_batch(tx, "fox-1")
        assert batch is not None
        money = standing.standing_of(tx, batch).money
        tries = tx.execute(select(attempts.c.number, attempts.c.account, attempts.c.outcome).order_by(attempts.c.id))
        assert tries.all() == [(1, "studio", "failed"), (2, "studio", "lost"), (3, "lab", "done")]
    assert (money.settled, money.at_risk, money.reserved) == (7 + 5, 8, 0)


def test_copies_find_their_original_and_cost_nothing() -> None:
    ledger = blank_ledger()
    elsewhere = replace(
        copy_of(ONE, 1, 1), batch=replace(ORIGIN, id="a-hare", name="hare", fingerprint="e" * 64)
    )  # reused by a batch that is read first
    told = rebuild(kept([copy_of(ONE, 2, 2), ONE, elsewhere]), ledger, batch=None, hashing=False, tell=lambda _: None)
    assert told.batches == {"a-hare": 1, "fox-1": 2}
    with ledger.read() as tx:
        original = tx.scalar(select(jobs.c.id).where(jobs.c.copy_of.is_(None)))
        assert tx.scalars(select(jobs.c.copy_of).where(jobs.c.copy_of.is_not(None))).all() == [original, original]
        assert tx.scalar(select(func.sum(charges.c.micro_credits)).where(charges.c.kind == "settled")) == 7


def test_a_copy_whose_original_is_gone_stands_in_for_it() -> None:
    ledger = blank_ledger()
    rebuild(kept([copy_of(ONE, 2, 2), copy_of(ONE, 3, 3)]), ledger, batch=None, hashing=False, tell=lambda _: None)
    with ledger.read() as tx:
        first, second = tx.execute(select(jobs.c.id, jobs.c.occurrence, jobs.c.copy_of).order_by(jobs.c.number)).all()
    assert (first.occurrence, first.copy_of) == (1, None)
    assert (second.occurrence, second.copy_of) == (3, first.id)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda store: store.delete(KEY), "its picture is missing"),
        (lambda store: store.delete(f"{KEY}.json"), "it has no sidecar"),
        (lambda store: store.put(f"{KEY}.json", b"{"), "its sidecar cannot be read: Invalid JSON"),
        (lambda store: store.put(KEY, b"...."), "the picture has 4 bytes, and its sidecar says 3"),
        (lambda store: store.put(KEY, b"???"), "the picture is not the one that its sidecar tells of"),
    ],
    ids=["picture", "sidecar", "garbled", "size", "bytes"],
)
def test_what_does_not_fit_is_named_and_left_out(spoil: Any, problem: str) -> None:
    store, ledger = kept([ONE]), blank_ledger()
    spoil(store)
    told = rebuild(store, ledger, batch=None, hashing=True, tell=lambda _: None)
    assert [one.key for one in told.wrong] == [KEY]
    assert told.wrong[0].problem.startswith(problem)
    assert told.batches == {}


def test_the_same_again_and_what_is_in_the_ledger_is_left_alone() -> None:
    store, ledger = kept([ONE]), blank_ledger()
    rebuild(store, ledger, batch=None, hashing=False, tell=lambda _: None)
    told = rebuild(store, ledger, batch="fox-1", hashing=False, tell=lambda _: None)
    assert (told.batches, told.left_alone) == ({}, ["fox-1"])


def test_a_rebuilding_that_was_cut_off_is_gone_on_with() -> None:
    store, ledger = kept([ONE, copy_of(ONE, 2, 2)]), blank_ledger()

    def cut_off(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(store, ledger, batch=None, hashing=False, tell=cut_off)
    told = rebuild(store, ledger, batch=None, hashing=False, tell=lambda _: None)
    assert told.batches == {"fox-1": 2}
    with ledger.read() as tx:
        assert tx.scalar(select(func.count()).select_from(jobs)) == 2
        assert tx.scalar(select(func.count()).select_from(attempts)) == 1


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"", "Invalid JSON"),
        (b"[]", "Input should be an object"),
        (b'{"format": "fluxbatch/2"}', "format: Input should be 'fluxbatch/1'"),
        (ONE.as_bytes().replace(b"2026-09", b"2026-99"), "batch.created_at: Value error"),
        (ONE.as_bytes().replace(b'"micro_credits": 7', b'"micro_credits": 1e30'), "micro_credits: Unable to parse"),
        (ONE.as_bytes().replace(b'"fingerprint": "00', b'"fingerprint": "zz'), "job.fingerprint: String should match"),
        (b"\xff", "Invalid JSON"),
    ],
)
def test_what_is_no_sidecar_is_said_to_be_none(written: bytes, told: str) -> None:
    with pytest.raises(BadSidecar) as caught:
        Sidecar.read(written)
    assert str(caught.value).startswith(told)


def test_a_picture_says_nothing_of_folders_and_of_when_it_was_stored() -> None:
    file = {"file": "/home/mia/photos/heron.jpg", "sha256": "a" * 64}
    one = replace(ONE, job=replace(ONE.job, params={"prompt": "ä", "input_image": file, "images": [file]}))
    inside = json.loads(one.inside())
    assert inside["job"]["params"]["images"] == [{"file": "heron.jpg", "sha256": "a" * 64}]
    assert "/home" not in one.inside()
    assert one.inside() == replace(one, stored_at=1.0, batch=replace(ORIGIN, fingerprint="another")).inside()
