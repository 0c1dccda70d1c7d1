"""Whatever happens in whatever order, the slots do what the rule says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.workers.slots.conftest import LANE
from workers.slots.rule import GROW_EVERY, REST_SECONDS
from workers.slots.seam import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.slots.conftest import Fleet

JOBS = st.integers(1, 9).map("job-{}".format)
WAITS = st.sampled_from([1, 2, 7, 20])
RESTS = st.sampled_from([0, 3, 30])
CEILINGS = st.integers(1, 8)


class AnyOrder(RuleBasedStateMachine):
    """The rule, written down a second time and as plainly as can be, beside the counter that is tried."""

    def __init__(self, make_fleet: Callable[..., Fleet]) -> None:
        super().__init__()
        self.fleet = make_fleet()
        self.fleet.flush()
        self.now = 0
        self.forget()

    def forget(self) -> None:
        """What is left of everything after a flush."""
        self.ends: dict[str, int] = {}
        self.given: dict[str, int] = {}  # after how many cuts
        self.ceiling = self.limit = self.cuts = self.accepted = 0
        self.rests_until = 0
        self.vouched_until: int | None = None

    @property
    def is_lost(self) -> bool:
        return self.vouched_until is None or self.now >= self.vouched_until

    @property
    def used(self) -> set[str]:
        return {job for job, end in self.ends.items() if end > self.now}

    def under(self, ceiling: int) -> int:
        self.limit = ceiling if self.limit == self.ceiling else min(self.limit, ceiling)
        self.ceiling, self.vouched_until = ceiling, self.now + LEASE_SECONDS
        return self.limit

    @initialize(ceiling=CEILINGS)
    def begin(self, ceiling: int) -> None:
        assert self.fleet.slots.restore(LANE, ceiling, [], 0) == self.under(ceiling)

    @rule(job=JOBS)
    def take(self, job: str) -> None:
        has_one = job in self.used
        has_room = self.now >= self.rests_until and len(self.used) < self.limit
        given = self.fleet.slots.take(LANE, job)
        assert given == (self.cuts if not self.is_lost and (has_one or has_room) else None)
        if given is not None:
            self.ends[job], self.given[job] = self.now + LEASE_SECONDS, given

    @rule(jobs=st.sets(JOBS, max_size=3))
    def hold(self, jobs: set[str]) -> None:
        self.fleet.slots.hold(LANE, jobs)
        self.ends |= dict.fromkeys(jobs, self.now + LEASE_SECONDS)

    @rule(job=JOBS)
    def release(self, job: str) -> None:
        self.fleet.slots.release(LANE, job)
        self.ends.pop(job, None)

    @rule(jobs=st.sampled_from([1, GROW_EVERY - 1, GROW_EVERY, 3 * GROW_EVERY]))
    def accept(self, jobs: int) -> None:
        for _ in range(jobs):
            self.fleet.slots.accepted(LANE)
            if self.limit < self.ceiling:
                self.accepted += 1
                self.limit += self.accepted == GROW_EVERY
                self.accepted %= GROW_EVERY

    @rule(job=JOBS, asked=RESTS)
    def refuse(self, job: str, asked: int) -> None:
        cuts = self.given.get(job)
        if cuts is None:
            return
        first = cuts == self.cuts and self.vouched_until is not None
        limit = self.fleet.slots.refused(LANE, cuts, "429", asked)
        assert limit == (max(1, self.limit * 3 // 4) if first else None)
        if self.vouched_until is not None:
            rest = max(asked, int(REST_SECONDS)) if first else asked
            self.rests_until = max(self.rests_until, self.now + rest)
        if limit is not None:
            self.limit, self.cuts, self.accepted = limit, self.cuts + 1, 0

    @rule(ceiling=CEILINGS)
    def vouch(self, ceiling: int) -> None:
        told = self.fleet.slots.vouch(LANE, ceiling)
        assert told == (None if self.is_lost else self.under(ceiling))

    @rule(ceiling=CEILINGS, jobs=st.sets(JOBS, max_size=3), rest=st.sampled_from([0, 5]))
    def restore(self, ceiling: int, jobs: set[str], rest: int) -> None:
        if self.is_lost:
            assert self.fleet.slots.restore(LANE, ceiling, jobs, rest) == self.under(ceiling)
            self.ends |= dict.fromkeys(jobs, self.now + LEASE_SECONDS)
            self.rests_until = max(self.rests_until, self.now + rest)

    @rule(seconds=WAITS)
    def wait(self, seconds: int) -> None:
        self.fleet.wait(seconds)
        self.now += seconds

    @rule()
    def flush(self) -> None:
        self.fleet.flush()
        self.forget()

    @invariant()
    def shows_what_is_so(self) -> None:
        seen = self.fleet.slots.view(LANE)
        assert (seen is None) == self.is_lost
        if seen is not None:
            assert (seen.ceiling, seen.limit, seen.used) == (self.ceiling, self.limit, len(self.used))
            assert abs(seen.rests_seconds - max(0, self.rests_until - self.now)) < 1


def test_slots_follow_their_rule_in_any_order(make_fleet: Callable[..., Fleet]) -> None:
    quick = settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(lambda: AnyOrder(make_fleet), settings=quick)
