"""How money that accounts have, or have too little of, is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.money import credits_of, show_credits
from batches.store.ledger import LedgerError
from console.actions.funding import NOTHING
from console.cli.output import note, say
from workers.errors import AccountRefused, ApiUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from batches.store.ledger import Ledger
    from batches.store.ledger.balances import Reading
    from console.actions.funding import Funds, Need
    from workers.accounts import Account


def told_soon(accounts: Sequence[Account], ledger: Ledger | None = None) -> Sequence[Reading] | None:
    """The balances, where there are keys and all answer within seconds; in this ledger they are written down."""
    from workers.balance import SOON_SECONDS, ask_balances, read_balances  # httpx: most commands ask nobody

    try:
        if ledger is None:
            return ask_balances(accounts, within=SOON_SECONDS)
        return read_balances(accounts, ledger, within=SOON_SECONDS)
    except AccountRefused as error:
        note(f"Note: {error.message}")
    except (SettingError, ApiUnreachable, LedgerError):
        pass
    return None


def show_funds(funds: Funds, to: Console) -> None:
    """`Needs 1,240 credits, and jobs under way 300 more; the account has 900: 640 too few`."""
    have = "account has" if len(funds.accounts) == 1 else "accounts have"
    more = f", and jobs under way {_plain(funds.under_way)} more;" if funds.under_way != NOTHING else ","
    short = f": {credits_of(funds.missing):,} too few" if funds.missing else ""
    at_least = "at least " if funds.needs.unknown_prices else ""
    needs = f"Needs {at_least}{show_credits(funds.needs.micro_credits)}{more}"
    say(f"{needs} the {have} {credits_of(funds.has):,}{short}.", to)


def note_shortage(funds: Funds) -> None:
    """In one line, where what is left will not be enough."""
    if funds.missing:
        note(
            f"{_have(funds.accounts)} about {show_credits(funds.has)} left, and jobs under way need "
            f"{_plain(funds.under_way)}: {credits_of(funds.missing):,} too few."
        )


def _have(accounts: Sequence[str]) -> str:
    return f"The account {accounts[0]} has" if len(accounts) == 1 else f"The accounts {', '.join(accounts)} have"


def _plain(need: Need) -> str:
    return f"{'at least ' if need.unknown_prices else ''}{credits_of(need.micro_credits):,}"
