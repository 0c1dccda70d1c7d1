"""A plan becomes a batch, or adds to the one it became before; what is there already is never asked for again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from batches.manifest import Template
from batches.models import PUBLISHED
from batches.planning.names import Naming
from batches.store.ledger import LedgerError, feeding, submitting
from batches.store.ledger.records import BatchTerms
from batches.store.ledger.schema import jobs
from batches.store.ledger.states import NEVER, State
from batches.store.ledger.survey import Survey, survey
from tests.batches.store.ledger.world import CREDIT, plan_of, plan_with, risking, write_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.planning import Plan, PlannedJob
    from batches.store.ledger.records import Batch
    from tests.batches.store.ledger.world import World

TERMS = BatchTerms(accounts=("main",), policy=risking(CREDIT))


def prompts(*names: str, template: str = "{number}-{id}") -> Plan:
    """A plan of these prompts, each with a fingerprint of its own; a name that comes again is the same request."""
    seen: dict[str, int] = {}
    [example] = plan_of(1).jobs()

    def job(number: int, name: str) -> PlannedJob:
        seen[name] = seen.get(name, 0) + 1

        naming = Naming(Template(template), {"id": name.rpartition("!")[0] or name}, "png", 1)
        return example._replace(
            number=number, row_id=name, fingerprint=name.encode().hex(), occurrence=seen[name],
            output_name=naming(number), naming=naming,
        )  # fmt: skip

    plan = plan_with(tuple(job(number, name) for number, name in enumerate(names, 1)))
    return replace(plan, fingerprint=" ".join(names))


def add(world: World, batch: Batch, plan: Plan, *, reuse: bool = False) -> None:
    """Write what is missing of the plan, as a later submission does."""
    world.do(submitting.add_jobs, batch, list(plan.jobs()), reuse=reuse, now=world.now)
    world.do(submitting.complete, batch.id, plan, TERMS, world.now)


def submit(world: World, plan: Plan) -> Batch:
    return world.standing(world.do(write_batch, plan, TERMS, world.now)).batch


def make(world: World, job_id: int) -> None:
    """The picture of this job."""
    world.finish(world.carry(world.claim(job_id), State.FETCHING))


def rows(world: World, *columns: str) -> Sequence[tuple[object, ...]]:
    query = select(*(jobs.c[name] for name in columns)).order_by(jobs.c.id)
    return [tuple(row) for row in world.ask(lambda tx: tx.execute(query).all())]


def test_every_job_of_the_plan_is_queued_and_due(world: World) -> None:
    plan = plan_of(2)
    batch_id = world.do(write_batch, plan, TERMS, world.now)
    for planned in plan.jobs():
        row = world.job(planned.number)
        assert (row.batch_id, row.number, row.row_id) == (batch_id, planned.number, planned.row_id)
        assert (row.model, row.path, row.lane) == (planned.model, planned.path, planned.lane)
        assert (row.params, row.labels, row.output_name) == (planned.params, planned.labels, planned.output_name)
        assert (row.fingerprint.hex(), row.estimate_micro_credits) == (planned.fingerprint, 3 * CREDIT)
        assert (row.estimate_pixels, row.account) == (512 * 512, None), "whose it is shows when it is called"
        assert (row.occurrence, row.copy_of) == (1, None)
        assert (row.state, row.due_at, row.owner) == (State.QUEUED, world.now, None)


def test_the_batch_keeps_its_terms_and_its_name_can_be_read(world: World) -> None:
    batch = world.standing(world.do(write_batch, plan_of(1), TERMS, 0.0)).batch
    assert batch.id.startswith("hello-19700101-")
    assert (batch.name, batch.accounts, batch.manifest_sha256) == ("hello", ("main",), "5" * 64)
    assert batch.policy == risking(CREDIT)
    assert (batch.prices_as_of, batch.prices_sha256) == (PUBLISHED.as_of, PUBLISHED.sha256)
    assert (batch.created_at, batch.whole_at, batch.ended_at) == (0.0, 0.0, None)


@pytest.mark.parametrize("what", ["fingerprint", "output_name"])
def test_some_jobs_of_which_one_cannot_be_written_leave_nothing(what: str, world: World) -> None:
    planned = tuple(plan_of(5).jobs())
    twice = planned[-1]._replace(**{what: getattr(planned[0], what)})  # made twice, or written twice
    batch = world.do(submitting.open_batch, plan_of(5), TERMS, world.now)
    before = world.everything()
    with pytest.raises(LedgerError, match=what):
        world.do(submitting.add_jobs, batch, [*planned[:-1], twice], reuse=False, now=world.now)
    assert world.everything() == before


def test_the_newest_batch_of_a_name_and_an_account_is_found(world: World) -> None:
    ids = []
    for _ in range(2):
        ids.append(world.submit())
        make(world, *world.call())
        world.now += 1
        world.do(feeding.close_ended_batches, world.now)
    newest = world.ask(submitting.newest_named, "hello", ("main",))
    assert (newest.id, newest.ended_at) == (ids[1], world.now)
    assert world.ask(submitting.newest_named, "other", ("main",)) is None
    assert world.ask(submitting.newest_named, "hello", ("hers",)) is None


def test_the_same_plan_does_not_run_twice_at_a_time_for_one_account(world: World) -> None:
    world.submit()
    with pytest.raises(LedgerError, match="UNIQUE"):
        world.submit()
    world.submit(accounts=("hers",))
    world.submit(name="other")


class TestAnEditedManifest:
    """It adds what is new, and touches nothing else."""

    def test_has_its_new_jobs_behind_all_others(self, world: World) -> None:
        batch = submit(world, prompts("fox", "owl", "hare"))
        add(world, batch, prompts("fox", "wolf", "hare", "bear"))
        assert rows(world, "number", "output_name") == [
            (1, "1-fox.png"),
            (2, "2-owl.png"),
            (3, "3-hare.png"),
            (4, "4-wolf.png"),
            (5, "5-bear.png"),
        ]

    def test_does_not_overwrite_the_picture_of_a_prompt_that_was_changed(self, world: World) -> None:
        batch = submit(world, prompts("fox!1", "owl", template="{id}"))
        add(world, batch, prompts("fox!2", "owl", template="{id}"))
        add(world, batch, prompts("fox!3", "owl", "hare", template="{id}"))
        names = [name for (name,) in rows(world, "output_name")]
        assert names == ["fox.png", "owl.png", "fox-2.png", "fox-3.png", "hare.png"]

    def test_makes_a_finished_batch_go_on(self, world: World) -> None:
        batch = submit(world, prompts("fox"))
        make(world, *world.call())
        world.do(feeding.close_ended_batches, world.now)
        add(world, batch, prompts("fox", "owl"))
        assert not world.standing(batch.id).rests
        assert world.call() == [2]

    def test_that_says_nothing_new_leaves_a_finished_batch_at_rest(self, world: World) -> None:
        batch = submit(world, prompts("fox", "owl"))
        for job_id in world.call():
            make(world, job_id)
        world.do(feeding.close_ended_batches, world.now)
        add(world, batch, prompts("owl"))
        assert world.standing(batch.id).rests
        assert len(rows(world, "id")) == 2

    def test_may_be_submitted_as_often_as_one_likes(self, world: World) -> None:
        batch = submit(world, prompts("fox", "fox", "owl"))
        before = rows(world, *jobs.c.keys())
        for _ in range(2):
            add(world, batch, prompts("owl", "fox", "fox"))
            add(world, batch, prompts("fox", "fox", "owl"))
        assert rows(world, *jobs.c.keys()) == before

    def test_goes_on_with_a_submission_that_was_cut_off(self, world: World) -> None:
        plan = prompts("fox", "owl", "hare")
        batch = world.do(submitting.open_batch, plan, TERMS, world.now)
        world.do(submitting.add_jobs, batch, list(plan.jobs())[:2], reuse=False, now=world.now)
        assert world.call() == []
        add(world, batch, plan)
        assert rows(world, "number", "row_id") == [(1, "fox"), (2, "owl"), (3, "hare")]
        assert world.call() == [1, 2, 3]


class TestCopies:
    """What a batch asks for twice is made once; the others get its picture, or share its fate."""

    def test_wait_for_the_picture(self, world: World) -> None:
        submit(world, prompts("fox", "fox", "owl"))
        assert rows(world, "occurrence", "copy_of") == [(1, None), (1, None), (2, 1)]
        assert [row.due_at for row in (world.job(1), world.job(3))] == [world.now, NEVER]
        assert world.call() == [1, 2]
        make(world, 1)
        assert world.call() == [3]

    def test_are_done_without_an_attempt_and_without_money(self, world: World) -> None:
        batch = submit(world, prompts("fox", "fox"))
        make(world, *world.call())
        copy = world.claim(*world.call())
        assert copy is not None
        assert copy.copied_key == world.job(1).image_key
        assert world.copied(copy)
        assert world.job(2).state == State.DONE
        assert (world.attempts(2), world.charges(2)) == ([], [])
        assert world.standing(batch.id).jobs == {State.DONE: 2}

    @pytest.mark.parametrize("fate", [State.MODERATED, State.FAILED])
    def test_share_the_fate_of_a_job_without_a_picture(self, fate: State, world: World) -> None:
        batch = submit(world, prompts("fox", "fox"))
        world.end(world.carry(world.claim(*world.call()), State.RENDERING), fate)
        add(world, batch, prompts("fox", "fox", "fox"))  # also one that comes later
        assert rows(world, "state", "reason") == 3 * [(fate, "a reason")]

    def test_that_come_later_are_due_at_once(self, world: World) -> None:
        batch = submit(world, prompts("fox"))
        make(world, *world.call())
        add(world, batch, prompts("fox", "fox"))
        assert world.call() == [2]

    def test_of_a_copy_are_copies_of_what_was_made(self, world: World) -> None:
        submit(world, prompts("fox", "fox", "fox"))
        assert [copy_of for (copy_of,) in rows(world, "copy_of")] == [None, 1, 1]

    def test_are_never_paid_even_if_the_picture_is_not_there(self, world: World) -> None:
        submit(world, prompts("fox", "fox"))
        world.now = NEVER
        copy = world.claim(max(world.call()))
        assert copy is not None
        assert copy.copied_key == ""

    def test_rest_with_a_job_that_is_held_and_go_on_with_it(self, world: World) -> None:
        batch = world.standing(world.submit_plan(prompts("fox", "fox"), risking(0))).batch
        sent = world.carry(world.claim(*world.call()), State.SUBMITTING)
        world.doubt(sent)
        assert list(world.do(feeding.close_ended_batches, world.now)) == [batch.id]
        assert (world.standing(batch.id).rests, world.standing(batch.id).waiting) == (True, 1)
        world.accept(sent)  # the answer comes late
        assert not world.standing(batch.id).rests
        [job_id] = world.do(feeding.ring_again, "main", world.now)
        world.finish(world.carry(world.claim(job_id), State.FETCHING))
        assert world.call() == [2]


class TestReuse:
    """Pictures that earlier batches of the account made are taken, where the manifest says so."""

    @pytest.fixture
    def earlier(self, world: World) -> Batch:
        """A batch that made a fox, and has an owl in its queue."""
        batch = submit(world, replace(prompts("fox", "owl"), name="earlier"))
        make(world, world.call()[0])
        return batch

    def test_takes_what_is_finished(self, earlier: Batch, world: World) -> None:
        batch = world.do(submitting.open_batch, prompts("fox"), TERMS, world.now)
        add(world, batch, prompts("owl", "fox", "fox"), reuse=True)
        mine = [row for row in rows(world, "batch_id", "row_id", "copy_of", "due_at") if row[0] != earlier.id]
        assert [row[1:] for row in mine] == [
            ("owl", None, world.now),
            ("fox", 1, world.now),
            ("fox", 1, world.now),
        ]

    def test_takes_nothing_unless_it_is_asked_to(self, earlier: Batch, world: World) -> None:
        batch = world.do(submitting.open_batch, prompts("fox"), TERMS, world.now)
        add(world, batch, prompts("fox"))
        assert world.job(3).copy_of is None
        assert world.job(3).batch_id != earlier.id

    @pytest.mark.usefixtures("earlier")
    def test_takes_nothing_of_another_account(self, world: World) -> None:
        batch = world.do(submitting.open_batch, prompts("fox"), replace(TERMS, accounts=("hers",)), world.now)
        add(world, batch, prompts("fox"), reuse=True)
        assert world.job(3).copy_of is None


class TestSurvey:
    """It says beforehand what a submission comes to, and writes nothing."""

    def asked(self, world: World, plan: Plan) -> Survey:
        before = world.everything()
        told: Survey = world.ask(survey, plan, ("main",))
        assert world.everything() == before
        return told

    def test_everything_is_new_at_first(self, world: World) -> None:
        told = self.asked(world, prompts("fox", "owl"))
        assert (told.continues, told.added) == (None, 2)

    def test_known_and_new_are_told_apart(self, world: World) -> None:
        batch = submit(world, prompts("fox", "owl"))
        told = self.asked(world, prompts("fox", "wolf", "wolf", "bear"))
        assert told.continues is not None
        assert told.continues.batch.id == batch.id
        assert (told.known, told.new, told.copies) == (1, 2, 1)
        assert told.micro_credits == 2 * 3 * CREDIT

    def test_the_very_same_plan_is_known_without_a_look_at_its_jobs(self, world: World) -> None:
        plan = prompts("fox", "owl")
        submit(world, plan)

        def nobody_looks() -> None:
            raise AssertionError

        told = self.asked(world, replace(plan, jobs=nobody_looks))  # type: ignore[arg-type]
        assert (told.known, told.added, told.is_over) == (2, 0, False)

    def test_a_plan_that_shares_nothing_with_its_namesake_becomes_a_batch_of_its_own(self, world: World) -> None:
        submit(world, prompts("fox"))
        told = self.asked(world, prompts("wolf"))
        assert (told.continues, told.known, told.new) == (None, 0, 1)

    def test_what_is_reused_is_not_paid(self, world: World) -> None:
        submit(world, replace(prompts("fox"), name="earlier"))
        make(world, *world.call())
        told = self.asked(world, replace(prompts("fox", "owl"), reuse=True))
        assert (told.reused, told.new, told.micro_credits) == (1, 1, 3 * CREDIT)

    def test_it_is_over_when_nothing_is_new_and_nothing_is_left(self, world: World) -> None:
        batch = submit(world, prompts("fox"))
        make(world, *world.call())
        assert world.standing(batch.id).rests
        assert self.asked(world, prompts("fox")).is_over
        assert not self.asked(world, prompts("fox", "owl")).is_over
