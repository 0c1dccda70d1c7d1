"""How money that an account has, or has too little of, is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.money import credits_of, show_credits
from batches.store.ledger import LedgerError
from console.actions.funding import NOTHING
from console.cli.output import note, say
from workers.errors import AccountRefused, ApiUnreachable

if TYPE_CHECKING:
    from rich.console import Console

    from batches.store.ledger import Ledger
    from batches.store.ledger.balances import Need, Reading
    from console.actions.funding import Funds
    from workers.accounts import Account


def told_soon(account: Account, ledger: Ledger | None = None) -> Reading | None:
    """The balance, where there is a key and the API answers within seconds; in this ledger it is written down."""
    from workers.balance import SOON_SECONDS, ask_balance, read_balance  # httpx: most commands ask nobody

    try:
        if ledger is None:
            return ask_balance(account, within=SOON_SECONDS)
        return read_balance(account, ledger, within=SOON_SECONDS)
    except AccountRefused as error:
        note(f"Note: {error.message}")
    except (SettingError, ApiUnreachable, LedgerError):
        pass
    return None


def show_funds(funds: Funds, to: Console) -> None:
    """`Needs 1,240 credits, and jobs under way 300 more; the account has 900: 640 too few`."""
    more = f", and jobs under way {_plain(funds.under_way)} more;" if funds.under_way != NOTHING else ","
    short = f": {credits_of(funds.missing):,} too few" if funds.missing else ""
    at_least = "at least " if funds.needs.unknown_prices else ""
    needs = f"Needs {at_least}{show_credits(funds.needs.micro_credits)}{more}"
    say(f"{needs} the account has {credits_of(funds.has):,}{short}.", to)


def note_shortage(funds: Funds) -> None:
    """In one line, where what is left will not be enough."""
    if funds.missing:
        note(
            f"The account {funds.account} has about {show_credits(funds.has)} left, and its jobs need "
            f"{_plain(funds.under_way)}: {credits_of(funds.missing):,} too few."
        )


def _plain(need: Need) -> str:
    return f"{'at least ' if need.unknown_prices else ''}{credits_of(need.micro_credits):,}"
