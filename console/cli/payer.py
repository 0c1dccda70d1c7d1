"""Whose key pays for a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.manifest import ManifestError, Problem
from console.actions.services import SIMULATOR
from console.cli.output import note
from workers.accounts import Accounts

if TYPE_CHECKING:
    from batches.manifest import Manifest
    from workers.accounts import Account
    from workers.settings import Settings


def payer_of(manifest: Manifest, settings: Settings, *, simulate: bool = False) -> Account:
    """The account that the manifest names, else the usual one; raises ManifestError for one that is not set up."""
    if simulate:
        if manifest.account:
            note(f"Note: with --simulate the simulator's account is used instead of {manifest.account}.")
        return SIMULATOR
    accounts = Accounts.of(settings)
    try:
        return accounts.named(manifest.account)
    except SettingError as error:
        raise ManifestError([Problem(manifest.place("account"), f"{error.message} {error.cure}")]) from None


def worker_for(manifest: Manifest, payer: Account) -> str:
    """The command that starts a worker which serves this account."""
    if payer is SIMULATOR:
        return "fluxbatch worker --simulate"
    return f"fluxbatch worker --account {payer.name}" if manifest.account else "fluxbatch worker"
