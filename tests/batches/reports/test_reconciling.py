"""The balance against the ledger: what is explained, what is missing, and what that says of money in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches.reports.reconciling import Doubt, Narrowed, Verdict, reconcile
from batches.store.ledger.balances import DEBITED_WITHIN_SECONDS, Reading, Spending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.store.ledger.balances import Fate

NOBODY = Doubt(attempts=0, micro_credits=0, is_bounded=True)


def reading(at: float, micro_credits: int, *, asked: float | None = None) -> Reading:
    return Reading(account="main", asked_at=at if asked is None else asked, at=at, micro_credits=micro_credits)


def spent(
    began: float, over: float, settled: int = 0, *, fate: Fate = "settled", reserved: int | None = 3, batch: str = "b"
) -> Spending:
    """An attempt; each has a number of its own, taken from when it began."""
    if fate in ("unsure", "under way"):
        over = began + DEBITED_WITHIN_SECONDS
    return Spending(int(began * 1000), batch, began, over, fate, settled, reserved)


@pytest.mark.parametrize(
    ("fell", "attempts", "gap", "inexact", "verdict", "reason"),
    [
        (0, [], 0, 0, Verdict.ADDS_UP, "nothing happened"),
        (6, [spent(110, 120, 2), spent(111, 150, 4)], 0, 0, Verdict.ADDS_UP, "two attempts between the readings"),
        (0, [spent(10, 20, 2), spent(210, 220, 4)], 0, 0, Verdict.ADDS_UP, "others, before and after"),
        (0, [spent(110, 120, 0)], 0, 0, Verdict.ADDS_UP, "BFL did not take it"),
        (5, [spent(110, 120, 2)], 3, 0, Verdict.GAP, "three are gone that nobody booked"),
        (-50, [], -50, 0, Verdict.ADDED, "a top-up"),
        (-48, [spent(110, 120, 2)], -50, 0, Verdict.ADDED, "a top-up of more than was spent"),
        (1, [spent(110, 120, 5)], -4, 0, Verdict.ADDED, "a top-up of less than was spent shows in the sum"),
        (0, [spent(90, 110, 3)], -3, 3, Verdict.ADDS_UP, "under way at the first reading, and debited before it"),
        (3, [spent(90, 110, 3)], 0, 3, Verdict.ADDS_UP, "or debited after it"),
        (3, [spent(190, 210, 3)], 3, 3, Verdict.ADDS_UP, "under way at the second one, and debited at once"),
        (0, [spent(190, 210, 3)], 0, 3, Verdict.ADDS_UP, "or debited with its result"),
        (4, [spent(190, 210, 3)], 4, 3, Verdict.GAP, "but it is no more than its price"),
        (3, [spent(90, 210, 3)], 3, 3, Verdict.ADDS_UP, "under way all the time, and debited in between"),
        (-1, [spent(90, 110, 2)], -3, 4, Verdict.ADDS_UP, "3 were held before and 2 are the bill: 1 came back"),
        (-3, [spent(90, 110, 0)], -3, 6, Verdict.ADDS_UP, "held before, and given back"),
        (3, [spent(190, 0, fate="under way")], 3, 3, Verdict.ADDS_UP, "under way still"),
        (4, [spent(190, 0, fate="under way")], 4, 3, Verdict.GAP, "under way still, but it costs less"),
        (9, [spent(190, 0, fate="under way", reserved=None)], 9, 0, Verdict.IN_DOUBT, "under way at any price"),
        (3, [spent(110, 0, fate="unsure")], 3, 0, Verdict.IN_DOUBT, "its answer was lost, and it was charged"),
        (0, [spent(110, 0, fate="unsure")], 0, 0, Verdict.ADDS_UP, "or not"),
        (4, [spent(110, 0, fate="unsure")], 4, 0, Verdict.GAP, "more is gone than it can have cost"),
        (9, [spent(110, 120, fate="unknown")], 9, 0, Verdict.IN_DOUBT, "nobody said what it cost"),
        (9, [spent(110, 0, fate="unsure", reserved=None)], 9, 0, Verdict.IN_DOUBT, "nobody knows what it was to cost"),
        (3, [spent(210, 0, fate="unsure")], 3, 0, Verdict.GAP, "what began later explains nothing"),
        (3, [spent(-9000, 0, fate="unsure")], 3, 0, Verdict.GAP, "nor what began long ago"),
    ],
)
def test_two_readings(
    *, fell: int, attempts: Sequence[Spending], gap: int, inexact: int, verdict: Verdict, reason: str
) -> None:
    [found] = reconcile([reading(100, 1000), reading(200, 1000 - fell)], attempts).comparisons
    assert (found.gap, found.inexact, found.verdict) == (gap, inexact, verdict), reason


@pytest.mark.parametrize("at", [99.5, 101.5])
def test_what_begins_or_ends_while_the_answer_is_on_its_way_may_be_in_it_or_not(at: float) -> None:
    slow = [reading(101, 10, asked=99), reading(200, 10 - 3)]
    [found] = reconcile(slow, [spent(at, at + 1, 3)]).comparisons
    assert found.inexact == (3 if at < 101 else 0)


def test_the_sums_are_those_of_the_ledger_and_neighbours_are_compared() -> None:
    readings = [reading(100, 50), reading(200, 47), reading(300, 147), reading(400, 140)]
    attempts = [spent(110, 120, 3), spent(310, 320, 2), spent(311, 0, fate="unsure", reserved=5)]
    found = reconcile(readings, attempts).comparisons
    assert [(one.fall, one.settled, one.missing, one.added) for one in found] == [
        (3, 3, 0, 0),
        (-100, 0, 0, 100),
        (7, 2, 5, 0),
    ]
    assert [one.unsure.attempts for one in found] == [0, 0, 1]
    assert {one.unknown for one in found} == {NOBODY}


LOST = [spent(110 + number, 0, fate="unsure", reserved=4) for number in range(3)]
LATER = 112 + DEBITED_WITHIN_SECONDS


@pytest.mark.parametrize(
    ("readings", "others", "narrowed", "reason"),
    [
        ([(100, 99), (LATER, 95)], [], (4, 4), "one of the three was charged"),
        ([(100, 99), (200, 95), (LATER, 95)], [], (4, 4), "in the midst of their time there was a reading"),
        ([(100, 99), (200, 95)], [], (4, 12), "those that were not charged may be yet"),
        ([(100, 99), (LATER, 99)], [], (0, 0), "none was"),
        ([(100, 99), (LATER, 85)], [spent(150, 160, 2)], (12, 12), "all were, which is what was feared"),
        ([(100, 99), (LATER, 89)], [spent(150, 160, 2)], (8, 8), "what another job cost is known"),
        ([(100, 99), (LATER, 82)], [], (12, 12), "more than all is gone, but they cost no more"),
        ([(100, 99), (LATER, 95)], [spent(150, 160, fate="unknown")], (0, 4), "another may have cost it"),
        ([(100, 99), (LATER, 94)], [spent(150, 0, fate="unsure", batch="c")], (2, 5), "or another batch's"),
        ([(100, 99), (LATER, 95)], [spent(LATER - 1, LATER + 9, 3)], (1, 4), "what is under way may have"),
        ([(100, 99), (200, 95), (300, 195), (LATER, 195)], [], None, "somebody added an unknown sum"),
        ([(150, 99), (LATER, 95)], [], None, "the first reading came too late"),
    ],
)
def test_the_balance_narrows_unsure_money(
    readings: Sequence[tuple[float, int]],
    others: Sequence[Spending],
    narrowed: tuple[int, int] | None,
    reason: str,
) -> None:
    worth = Doubt(attempts=3, micro_credits=12, is_bounded=True)
    found = reconcile([reading(at, balance) for at, balance in readings], [*LOST, *others]).narrowed
    assert [one for one in found if one.batch_id == "b"] == (
        [] if narrowed is None else [Narrowed(batch_id="b", unsure=worth, least=narrowed[0], most=narrowed[1])]
    ), reason


class Debit(NamedTuple):
    """What BFL did, beside what the ledger says of it."""

    spending: Spending
    at: float
    amount: int


@st.composite
def debits(draw: st.DrawFn, fates: Sequence[Fate]) -> Debit:
    """An attempt that BFL debits some time before it is over; where it is unsure, perhaps not at all."""
    fate, began, reserved = draw(st.sampled_from(fates)), draw(st.integers(0, 3000)), draw(st.integers(1, 9))
    lasts = draw(st.integers(1, 60)) if fate == "settled" else int(DEBITED_WITHIN_SECONDS)
    may_cost = {"settled": st.integers(0, 9), "under way": st.just(reserved), "unsure": st.sampled_from([0, reserved])}
    amount = draw(may_cost[fate])
    known = amount if fate == "settled" else 0
    number, batch = draw(st.integers(0, 10**9)), draw(st.sampled_from("bc"))
    spending = Spending(number, batch, began, began + lasts, fate, known, reserved)
    return Debit(spending, began + draw(st.floats(0, 1)) * lasts, amount)


@st.composite
def histories(draw: st.DrawFn, *fates: Fate) -> tuple[list[Reading], list[Debit]]:
    """Readings at any time, each as slow as it likes, and true at some moment of its own."""
    done = draw(st.lists(debits(fates), max_size=12, unique_by=lambda one: one.spending.attempt_id))
    readings, now = [], draw(st.integers(-5, 50))
    for _ in range(draw(st.integers(2, 6))):
        asked, now = now, now + draw(st.integers(0, 5))
        true_at = asked + draw(st.floats(0, 1)) * (now - asked)
        # what begins at the very moment of a reading is not in it
        gone = sum(one.amount for one in done if one.spending.began_at < true_at and one.at <= true_at)
        readings.append(reading(now, 1000 - gone, asked=asked))
        now += draw(st.integers(1, 3000))
    return readings, done


@given(histories("settled", "under way"))
def test_where_no_money_is_lost_the_gap_is_nothing(history: tuple[list[Reading], list[Debit]]) -> None:
    readings, done = history
    for found in reconcile(readings, [one.spending for one in done]).comparisons:
        assert found.verdict is Verdict.ADDS_UP
        assert found.inexact or found.gap == 0


@given(histories("settled", "under way", "unsure"))
def test_lost_money_is_between_the_least_and_the_most(history: tuple[list[Reading], list[Debit]]) -> None:
    readings, done = history
    found = reconcile(readings, [one.spending for one in done])
    assert {one.verdict for one in found.comparisons} <= {Verdict.ADDS_UP, Verdict.IN_DOUBT}
    for one in found.narrowed:
        lost = [each for each in done if each.spending.fate == "unsure" and each.spending.batch_id == one.batch_id]
        assert one.unsure.attempts == len(lost)
        assert one.least <= sum(each.amount for each in lost) <= one.most
