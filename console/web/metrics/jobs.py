"""Jobs, pictures and money, by account, lane and model: the figures of the reports, so that both always agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from batches.megapixels import megapixels
from batches.money import credits_of
from batches.reports.figures import Figures
from batches.reports.states import figures_by_state
from batches.store.ledger import balances, by_state, spending
from batches.store.ledger.quarters import WRITTEN, What
from batches.store.ledger.totals import Scope
from console.web.metrics.families import counter, gauge, sorted_values
from console.web.metrics.sums import BY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prometheus_client import Metric
    from sqlalchemy import Connection

    from batches.store.ledger.totals import Total

PLACE = ("account", "lane", "model")

OF_ATTEMPTS = (What.DONE, What.FAILED, What.MODERATED, What.LOST)


class Sum(NamedTuple):
    """A figure of the reports as a metric."""

    name: str
    told: str
    of: Callable[[Figures], float]


GROWING = (
    Sum("images", "Pictures stored, copies among them.", lambda its: its.images),
    Sum("output_megapixels", "Of the pictures stored.", lambda its: megapixels(its.output_pixels)),
    Sum("input_megapixels", "Of the input images sent, as far as measured.", lambda its: megapixels(its.input_pixels)),
    Sum("credits_saved", "What copies would have cost.", lambda its: _credits(its.deduped + its.reused)),
    Sum("slot_seconds", "From the intent to the end of attempts.", lambda its: its.slot_seconds),
)

CORRECTABLE = (
    Sum("credits_settled", "What attempts cost; a correction may lower it.", lambda its: _credits(its.settled)),
    Sum("attempts_cost_unknown", "Attempts of which nobody said what they cost.", lambda its: its.unknown),
)
"""No counters: a counter that falls counts as begun anew, and all that was ever paid would seem paid at that moment."""


def of_jobs(tx: Connection, told: Sequence[Total]) -> Iterator[Metric]:
    """All of them, by the sums of the ledger."""
    yield _by_state(tx, told)
    yield from _sums(told)
    yield _attempts(told)
    yield from _money(tx, {str(one.key["account"]) for one in told if one.what not in WRITTEN})


def _by_state(tx: Connection, told: Sequence[Total]) -> Metric:
    counted = by_state.counted(tx, BY, Scope())
    jobs: Counter[tuple[str, ...]] = Counter()
    for key, figures in figures_by_state(told, counted, ever=True):
        jobs[tuple(str(key[name]) for name in (*PLACE, "state"))] += figures.jobs
    how = "Jobs by the state they are in; the account of those that wait is every one that may pay, as in lab+studio."
    return gauge("jobs", how, (*PLACE, "state"), sorted_values(jobs))


def _sums(told: Sequence[Total]) -> Iterator[Metric]:
    alike: defaultdict[tuple[str, ...], list[Figures]] = defaultdict(list)
    for one in told:
        if one.what not in WRITTEN:
            alike[_place(one)].append(Figures.of(one.what, one.amounts))
    figures = {place: Figures.total(many) for place, many in sorted(alike.items())}
    for spelt, sums in ((counter, GROWING), (gauge, CORRECTABLE)):
        for name, how, of in sums:
            yield spelt(name, how, PLACE, [(place, of(its)) for place, its in figures.items()])


def _attempts(told: Sequence[Total]) -> Metric:
    ended: Counter[tuple[str, ...]] = Counter()
    for one in told:
        if one.what in OF_ATTEMPTS:
            ended[*_place(one), one.what.value] += one.amounts.number
    how = "Submissions that BFL took and that have come to an end."
    return counter("attempts", how, (*PLACE, "outcome"), sorted_values(ended))


def _money(tx: Connection, paid: Iterable[str]) -> Iterator[Metric]:
    """Accounts that have paid before have nothing reserved rather than no line."""
    left, nothing = spending.outstanding_by_account(tx), dict.fromkeys(paid, 0)
    reserved = nothing | {account: one.reserved for account, one in left.items()}
    yield _of_accounts("credits_reserved", "Set aside for attempts under way.", reserved)
    at_risk = nothing | {account: one.at_risk for account, one in left.items()}
    yield _of_accounts("credits_at_risk", "Attempts whose answer was lost: perhaps paid, perhaps not.", at_risk)
    found = (balances.latest(tx, account) for account in balances.accounts_read(tx))
    readings = [reading for reading in found if reading is not None]
    balance = {one.account: one.micro_credits for one in readings}
    yield _of_accounts("credits_balance", "What BFL last said an account has.", balance)
    moments = [((one.account,), one.at) for one in readings]
    yield gauge("credits_balance_timestamp_seconds", "When it said that.", ("account",), moments)


def _of_accounts(name: str, how: str, micro: Mapping[str, int]) -> Metric:
    return gauge(name, how, ("account",), [((account,), _credits(one)) for account, one in sorted(micro.items())])


def _place(one: Total) -> tuple[str, ...]:
    return tuple(str(one.key[name]) for name in PLACE)


def _credits(micro: int) -> float:
    """Prometheus knows no other numbers; the ledger and the reports stay exact."""
    return float(credits_of(micro))
