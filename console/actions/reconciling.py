"""Ledger -> the balance of each account against its charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.models.spelling import did_you_mean
from batches.reports.reconciling import reconcile
from batches.store.ledger import balances

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from batches.reports.reconciling import Reconciliation
    from batches.store.ledger import Ledger

THE_FIRST = 0.0
THE_LAST = float(10**12)


def reconciled(
    ledger: Ledger, account: str | None, *, since: float = THE_FIRST, until: float = THE_LAST
) -> Mapping[str, Reconciliation]:
    """By account, for this one or for all that have readings; raises SettingError for one that has none."""
    with ledger.read() as tx:
        names = balances.accounts_read(tx)
        if account is not None and account not in names:
            hint = did_you_mean(account, names)
            raise SettingError(
                f'There is no reading of the account "{account}"{f"; {hint}" if hint else "."}',
                cure="`fluxbatch credits` reads the balance of every account that is set up.",
            )
        return {name: _of(tx, name, since, until) for name in ([account] if account else names)}


def _of(tx: Connection, account: str, since: float, until: float) -> Reconciliation:
    found = balances.readings(tx, account, since=since, until=until)
    if len(found) < 2:
        return reconcile(found, ())
    return reconcile(found, balances.spendings(tx, account, since=found[0].asked_at, until=found[-1].at))
