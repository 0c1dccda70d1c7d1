"""The bounds that a report shows, as they are set up here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.models import LANE_SLOTS
from batches.policy import SIMULATED
from batches.reports.page import Bounds
from workers.accounts import Accounts
from workers.budgets import wide_budgets

if TYPE_CHECKING:
    from workers.settings import Settings


def bounds_of(settings: Settings) -> Bounds:
    """Of all accounts that are set up, and the simulator's; raises SettingError for a file that cannot be used."""
    slots = {SIMULATED: LANE_SLOTS, **{account.name: account.slots for account in Accounts.of(settings)}}
    return Bounds(slots=slots, budgets=wide_budgets(settings))
