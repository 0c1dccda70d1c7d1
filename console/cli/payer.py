"""Whose keys pay for a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.manifest import ManifestError, Problem
from console.actions.services import SIMULATOR
from console.cli.output import note
from workers.accounts import Accounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.manifest import Manifest
    from workers.accounts import Account
    from workers.settings import Settings


def payers_of(manifest: Manifest, settings: Settings, *, simulate: bool = False) -> Sequence[Account]:
    """The accounts that the manifest names, else the usual one; raises ManifestError for those that are not set up."""
    if simulate:
        if manifest.accounts:
            note(f"Note: with --simulate the simulator's account is used instead of {', '.join(manifest.accounts)}.")
        return [SIMULATOR]
    accounts = Accounts.of(settings)
    found: dict[str, Account] = {}
    problems = []
    for index, name in enumerate(manifest.accounts):
        try:
            found |= {account.name: account for account in accounts.pooled(name)}
        except SettingError as error:
            problems.append(Problem(manifest.place("account", index), f"{error.message} {error.cure}"))
    if problems:
        raise ManifestError(problems)
    return list(found.values()) or [accounts.usual]


def workers_for(manifest: Manifest, payers: Sequence[Account]) -> str:
    """What starts a worker for each of these accounts: `…` carries it out, `…` and `…` carry it out."""
    if payers == [SIMULATOR]:
        return "`fluxbatch worker --simulate` carries it out"
    if not manifest.accounts:
        return "`fluxbatch worker` carries it out"
    commands = [f"`fluxbatch worker --account {payer.name}`" for payer in payers]
    return f"{' and '.join(commands)} {'carries' if len(commands) == 1 else 'carry'} it out"
