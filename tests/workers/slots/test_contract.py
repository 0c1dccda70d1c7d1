"""The contract of slots, proven on every counter."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from tests.workers.slots.conftest import LANE, InMemory, view
from workers.errors import BrokerError
from workers.slots import RedisSlots
from workers.slots.rule import FORGET_SECONDS, GROW_EVERY, REST_SECONDS, reserve
from workers.slots.seam import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workers.slots.conftest import Fleet
    from workers.slots import Slots


class TestReserve:
    """The last slots of a lane are for urgent holders, while whoever vouches for it says so."""

    def test_only_urgent_holders_have_the_last_slots(self, slots: Slots) -> None:
        slots.vouch(LANE, 3, reserve=1)
        assert [slots.take(LANE, f"job-{number}") for number in range(3)] == [0, 0, None]
        assert slots.take(LANE, "job-3", urgent=True) == 0
        assert slots.take(LANE, "job-4", urgent=True) is None, "the limit holds for everybody"

    def test_urgent_holders_use_up_no_more_than_they_have(self, slots: Slots) -> None:
        slots.vouch(LANE, 3, reserve=1)
        assert [slots.take(LANE, f"job-{number}", urgent=True) for number in range(3)] == [0, 0, 0]
        slots.release(LANE, "job-0")
        assert slots.take(LANE, "job-3") is None, "a reserved slot came free"

    def test_a_slot_that_one_has_is_taken_again_though_only_the_reserve_is_left(self, slots: Slots) -> None:
        assert [slots.take(LANE, f"job-{number}") for number in range(3)] == [0, 0, 0]
        slots.vouch(LANE, 3, reserve=1)
        assert slots.take(LANE, "job-0") == 0

    def test_the_reserve_ends_when_nobody_asks_for_it_any_more(self, fleet: Fleet) -> None:
        fleet.slots.vouch(LANE, 1, reserve=1)
        assert fleet.slots.take(LANE, "job-1") is None
        fleet.slots.vouch(LANE, 1)
        assert fleet.slots.take(LANE, "job-1") == 0

    def test_a_lane_that_was_lost_has_no_reserve(self, fleet: Fleet) -> None:
        fleet.slots.vouch(LANE, 1, reserve=1)
        fleet.wait(LEASE_SECONDS)
        fleet.slots.restore(LANE, 1, [], 0)
        assert fleet.slots.take(LANE, "job-1") == 0


@pytest.mark.parametrize(
    ("limit", "kept", "reason"),
    [
        (24, 2, "one of twelve"),
        (200, 16, "one of twelve"),
        (6, 1, "one at least"),
        (4, 1, "one at least"),
        (3, 0, "it would be a third of the lane"),
    ],
)
def test_a_small_part_of_a_lane_is_kept(limit: int, kept: int, reason: str) -> None:
    assert reserve(limit) == kept, reason


class TestLeases:
    """A slot is a lease: so many at a time, for so long."""

    def test_a_lane_has_so_many_slots_and_no_more(self, slots: Slots) -> None:
        assert [slots.take(LANE, f"job-{number}") for number in range(5)] == [0, 0, 0, None, None]
        assert view(slots).used == 3

    def test_lanes_count_apart(self, slots: Slots) -> None:
        for lane in ("ours:standard", "ours:video", "theirs:standard"):
            slots.restore(lane, 1, [], 0)
            assert slots.take(lane, "job-1") == 0
            assert slots.take(lane, "job-2") is None

    def test_a_released_slot_is_free_at_once(self, slots: Slots) -> None:
        slots.hold(LANE, ["job-1", "job-2", "job-3"])
        slots.release(LANE, "job-1")
        assert slots.take(LANE, "job-4") == 0

    def test_releasing_what_one_does_not_have_frees_nothing(self, slots: Slots) -> None:
        slots.hold(LANE, ["job-1", "job-2", "job-3"])
        slots.release(LANE, "job-4")
        assert slots.take(LANE, "job-4") is None

    def test_a_slot_that_one_has_is_taken_again_though_the_lane_is_full(self, slots: Slots) -> None:
        slots.hold(LANE, ["job-1", "job-2", "job-3"])
        assert slots.take(LANE, "job-1") == 0
        assert view(slots).used == 3

    def test_a_lease_that_is_not_renewed_runs_out(self, fleet: Fleet) -> None:
        fleet.slots.take(LANE, "job-1")
        fleet.wait(LEASE_SECONDS - 1)
        fleet.slots.vouch(LANE, 3)
        assert view(fleet.slots).used == 1
        fleet.wait(1)
        assert view(fleet.slots).used == 0

    @pytest.mark.parametrize("renew", ["take", "hold"])
    def test_a_lease_that_is_renewed_lasts(self, fleet: Fleet, renew: str) -> None:
        fleet.slots.take(LANE, "job-1")
        for _ in range(5):
            fleet.wait(LEASE_SECONDS / 2)
            fleet.slots.vouch(LANE, 3)
            fleet.slots.take(LANE, "job-1") if renew == "take" else fleet.slots.hold(LANE, ["job-1"])
        assert view(fleet.slots).used == 1

    def test_what_is_true_at_bfl_is_held_even_above_the_limit(self, slots: Slots) -> None:
        slots.hold(LANE, [f"job-{number}" for number in range(5)])
        assert view(slots).used == 5
        slots.release(LANE, "job-0")
        slots.release(LANE, "job-1")
        assert slots.take(LANE, "job-5") is None, "three are still there"

    def test_holding_nothing_holds_nothing(self, slots: Slots) -> None:
        slots.hold(LANE, [])
        assert view(slots).used == 0

    def test_never_more_than_the_limit_under_many_threads(self, slots: Slots) -> None:
        limit, inside, most = 3, 0, 0
        count = threading.Lock()

        def come_and_go(number: int) -> None:
            nonlocal inside, most
            dice = random.Random(number)
            for visit in range(8):
                holder = f"job-{number}-{visit}"
                while slots.take(LANE, holder) is None:
                    time.sleep(dice.uniform(0, 0.002))
                with count:
                    inside += 1
                    most = max(most, inside)
                time.sleep(dice.uniform(0, 0.002))
                with count:
                    inside -= 1
                slots.release(LANE, holder)

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(come_and_go, range(16)))
        assert most == limit, "all slots were used, and never one more"
        assert view(slots).used == 0


class TestTheLimitInForce:
    """A burst of 429s cuts it by a quarter, and success grows it back."""

    def test_a_lane_begins_at_its_ceiling(self, slots: Slots) -> None:
        seen = view(slots)
        assert (seen.ceiling, seen.limit, seen.rests_seconds, seen.cut) == (3, 3, 0, None)

    def test_bursts_cut_down_to_one_slot_and_never_to_none(self, fleet: Fleet) -> None:
        fleet.slots.vouch(LANE, 24)
        limits = [fleet.slots.refused(LANE, cuts, "429", 0) for cuts in range(9)]
        assert limits == [18, 13, 9, 6, 4, 3, 2, 1, 1]
        assert view(fleet.slots).cuts == 9

    def test_all_refusals_of_one_burst_cut_once(self, slots: Slots) -> None:
        cuts = slots.take(LANE, "job-1")
        assert cuts == 0
        assert [slots.refused(LANE, cuts, "429", 0) for _ in range(3)] == [2, None, None]

    def test_a_refusal_of_a_slot_given_after_the_cut_is_a_burst_of_its_own(self, fleet: Fleet) -> None:
        fleet.slots.refused(LANE, 0, "429", 0)
        fleet.wait(REST_SECONDS)
        cuts = fleet.slots.take(LANE, "job-2")
        assert cuts == 1
        assert fleet.slots.refused(LANE, cuts, "429", 0) == 1

    def test_the_last_cut_is_told_with_its_reason(self, slots: Slots) -> None:
        slots.refused(LANE, 0, "429: Too many active tasks — 24", 0)
        cut = view(slots).cut
        assert cut is not None
        assert (cut.before, cut.why) == (3, "429: Too many active tasks — 24")
        assert abs(cut.at - time.time()) < 5

    @pytest.mark.parametrize(
        ("asked", "rests", "reason"),
        [(0, REST_SECONDS, "BFL names no time"), (30, 30, "Retry-After is honoured by the whole fleet")],
    )
    def test_a_cut_lane_rests(self, fleet: Fleet, asked: float, rests: float, reason: str) -> None:
        fleet.slots.take(LANE, "job-1")
        fleet.slots.refused(LANE, 0, "429", asked)
        for _ in range(2):
            fleet.slots.vouch(LANE, 3)
            assert fleet.slots.take(LANE, "job-2") is None, reason
            assert fleet.slots.take(LANE, "job-1") == 1, "who has a slot keeps it"
            fleet.wait(rests / 2)
        fleet.slots.hold(LANE, ["job-1"])
        fleet.slots.vouch(LANE, 3)
        assert fleet.slots.take(LANE, "job-2") == 1

    def test_a_refusal_that_cuts_nothing_is_still_given_its_rest(self, slots: Slots) -> None:
        slots.refused(LANE, 0, "429", 5)
        slots.refused(LANE, 0, "429", 60)
        slots.refused(LANE, 0, "429", 5)
        assert 59 < view(slots).rests_seconds <= 60

    def test_acceptances_give_one_slot_back_each_so_many(self, slots: Slots) -> None:
        slots.refused(LANE, 0, "429", 0)
        limits = []
        for _ in range(3):
            for _ in range(GROW_EVERY):
                limits.append(view(slots).limit)
                slots.accepted(LANE)
        assert limits == [2] * GROW_EVERY + [3] * 2 * GROW_EVERY, "and never more than the ceiling"

    def test_a_cut_forgets_the_acceptances_before_it(self, slots: Slots) -> None:
        slots.refused(LANE, 0, "429", 0)
        for _ in range(GROW_EVERY - 1):
            slots.accepted(LANE)
        slots.refused(LANE, 1, "429", 0)
        slots.accepted(LANE)
        assert view(slots).limit == 1

    @pytest.mark.parametrize(
        ("ceiling", "limit", "reason"),
        [(10, 10, "a lane that was not cut goes with its ceiling"), (2, 2, "up and down")],
    )
    def test_a_new_ceiling_holds_at_once(self, slots: Slots, ceiling: int, limit: int, reason: str) -> None:
        assert slots.vouch(LANE, ceiling) == limit, reason

    def test_a_cut_lane_grows_to_a_new_ceiling_by_and_by(self, slots: Slots) -> None:
        slots.refused(LANE, 0, "429", 0)
        assert slots.vouch(LANE, 10) == 2
        assert slots.vouch(LANE, 1) == 1

    def test_a_lane_that_nobody_knows_cannot_be_cut_or_grown(self, slots: Slots) -> None:
        slots.accepted("ours:video")
        assert slots.refused("ours:video", 0, "429", 5) is None
        assert slots.view("ours:video") is None


class TestLoss:
    """A lane that nobody vouches for gives no slots, until it is restored."""

    def test_a_flushed_lane_gives_nothing_until_it_is_restored(self, fleet: Fleet) -> None:
        fleet.slots.take(LANE, "job-1")
        fleet.flush()
        assert fleet.slots.take(LANE, "job-2") is None
        assert fleet.slots.vouch(LANE, 3) is None
        assert fleet.slots.view(LANE) is None
        assert fleet.slots.restore(LANE, 3, ["job-1", "job-7"], 0) == 3
        assert [fleet.slots.take(LANE, f"job-{number}") for number in (2, 3)] == [0, None]

    def test_what_was_stated_before_the_restoration_counts(self, fleet: Fleet) -> None:
        fleet.flush()
        fleet.slots.hold(LANE, ["job-1", "job-2"])
        fleet.slots.restore(LANE, 3, [], 0)
        assert view(fleet.slots).used == 2

    def test_a_restored_lane_rests_until_all_owners_have_stated_their_slots(self, fleet: Fleet) -> None:
        fleet.flush()
        fleet.slots.restore(LANE, 3, [], 5)
        assert fleet.slots.take(LANE, "job-1") is None
        fleet.wait(5)
        assert fleet.slots.take(LANE, "job-1") == 0

    def test_a_lane_is_lost_when_nobody_has_vouched_for_it_for_one_lease(self, fleet: Fleet) -> None:
        fleet.wait(LEASE_SECONDS)
        assert fleet.slots.take(LANE, "job-1") is None
        assert fleet.slots.vouch(LANE, 3) is None

    def test_cuts_outlive_a_pause_of_the_fleet_of_a_minute(self, fleet: Fleet) -> None:
        fleet.slots.refused(LANE, 0, "429", 0)
        fleet.wait(60)
        assert fleet.slots.restore(LANE, 3, [], 0) == 2
        assert fleet.slots.take(LANE, "job-1") == 1

    def test_the_broker_forgets_a_lane_an_hour_after_it_was_lost(self, redis: Redis) -> None:
        RedisSlots(redis).restore(LANE, 3, [], 0)
        assert FORGET_SECONDS <= redis.ttl(f"fluxbatch:lane:{LANE}") <= FORGET_SECONDS + LEASE_SECONDS

    def test_memory_forgets_it_then_too(self) -> None:
        fleet = InMemory()
        fleet.slots.restore(LANE, 3, [], 0)
        fleet.slots.refused(LANE, 0, "429", 0)
        fleet.wait(LEASE_SECONDS + FORGET_SECONDS)
        assert fleet.slots.restore(LANE, 3, [], 0) == 3


class TestPace:
    """An account may be held to so many submissions a second."""

    def test_slots_are_given_evenly(self, make_fleet: Callable[..., Fleet]) -> None:
        fleet = make_fleet(per_second=0.5)
        for lane in (LANE, "ours:video"):
            fleet.slots.restore(lane, 9, [], 0)
        given = []
        for second in range(6):
            given += [fleet.slots.take(lane, f"job-{second}") for lane in (LANE, "ours:video")]
            fleet.wait(1)
        assert given == [0, None, None, None] * 3, "all lanes of an account share its pace"

    def test_other_accounts_have_their_own(self, make_fleet: Callable[..., Fleet]) -> None:
        slots = make_fleet(per_second=0.5).slots
        for lane in (LANE, "theirs:standard"):
            slots.restore(lane, 9, [], 0)
            assert slots.take(lane, "job-1") == 0

    def test_a_slot_that_one_has_costs_no_pace(self, make_fleet: Callable[..., Fleet]) -> None:
        slots = make_fleet(per_second=0.5).slots
        slots.restore(LANE, 9, [], 0)
        assert [slots.take(LANE, "job-1") for _ in range(3)] == [0, 0, 0]


def test_a_lane_that_nobody_uses_leaves_nothing_in_the_broker(redis: Redis) -> None:
    slots = RedisSlots(redis, per_second=5)
    slots.restore(LANE, 3, [], 0)
    slots.take(LANE, "job-1")
    slots.hold(LANE, ["job-1"])
    keys = redis.keys()
    assert len(keys) == 3
    assert all(redis.pttl(key) > 0 for key in keys), keys


@pytest.mark.parametrize(
    "ask",
    [
        lambda slots: slots.take(LANE, "job-1"),
        lambda slots: slots.hold(LANE, ["job-1"]),
        lambda slots: slots.release(LANE, "job-1"),
        lambda slots: slots.accepted(LANE),
        lambda slots: slots.refused(LANE, 0, "429", 0),
        lambda slots: slots.vouch(LANE, 3),
        lambda slots: slots.restore(LANE, 3, [], 0),
        lambda slots: slots.view(LANE),
    ],
    ids=["take", "hold", "release", "accepted", "refused", "vouch", "restore", "view"],
)
def test_a_broker_that_is_away_is_said_in_our_words(ask: Callable[[Slots], object]) -> None:
    slots = RedisSlots(Redis.from_url("unix:///nowhere/broker.sock"))
    with pytest.raises(BrokerError, match="cannot be reached"):
        ask(slots)
