"""A manifest that is being written, with its files -> what it comes to, and the batch once somebody agrees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batches.manifest import manifest_in
from batches.planning import Premises, make_plan
from batches.store.ledger.learnt import experience
from console.actions import forecasting, submitting
from console.actions.services import SIMULATOR
from console.cli.payer import payers_of
from workers.accounts import names_of, prices_together, slots_together
from workers.budgets import wide_budgets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batches.manifest import Manifest
    from batches.planning import Plan
    from batches.store.ledger import Ledger
    from batches.store.ledger.standing import Standing
    from batches.store.ledger.survey import Survey
    from console.actions.forecasting import Forecast
    from workers.accounts import Account
    from workers.settings import Settings

FILE = "manifest.yaml"
"""What the text is called in problems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wrote."""

    text: str = field(repr=False)  #: of the manifest
    files: Mapping[str, str]  #: that lie beside it: SHA-256 by name
    simulate: bool = False  #: whether the simulator makes it, and nobody pays
    again: bool = False  #: whether what a finished batch has is made anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What it comes to."""

    manifest: Manifest
    plan: Plan
    payers: Sequence[Account]
    survey: Survey  #: what of it is there already
    figures: Forecast  #: hours and disk

    @property
    def bill(self) -> str:
        """What somebody agrees to: another bill is another text."""
        its = self.survey
        return f"{self.plan.fingerprint}:{its.new}:{its.micro_credits}:{its.unknown_prices}"


def drafted(
    draft: Draft, folder: Path, *, settings: Settings, ledger: Ledger, heed: Callable[[int], None], now: float
) -> Drafted:
    """Plan it with the files of this folder; raises ManifestError, and whatever `heed` raises."""
    asked = manifest_in(draft.text.encode(), folder / FILE, confined=True)
    payers = [SIMULATOR] if draft.simulate else payers_of(asked, settings)
    accounts = names_of(payers)
    with ledger.read() as tx:
        learnt = experience(tx, accounts)
    premises = Premises(learnt, prices=prices_together(payers), slots=slots_together(payers), heed=heed)
    plan = make_plan(asked, premises)
    surveyed = submitting.survey(ledger, plan, accounts, again=draft.again)
    if not surveyed.is_over:
        submitting.refuse_late(asked, now)
    free = forecasting.free_bytes(settings.images_url)
    figures = forecasting.forecast(plan, premises, free, now=now, by=None)
    return Drafted(manifest=asked, plan=plan, payers=payers, survey=surveyed, figures=figures)


def submit(made: Drafted, settings: Settings, ledger: Ledger) -> Standing:
    """Write it into the ledger."""
    return submitting.submit(ledger, made.plan, names_of(made.payers), made.survey, wide_budgets(settings))
