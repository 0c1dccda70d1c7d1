"""The budgets that are wider than one batch, as fluxbatch.toml says them now."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.models.spelling import did_you_mean
from batches.policy import SIMULATED
from workers import log
from workers.account_file import read_file
from workers.accounts import FILE, Accounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batches.policy import WideBudget
    from workers.settings import Settings


def wide_budgets(settings: Settings) -> Sequence[WideBudget]:
    """All of them, by name; raises SettingError for one of an account that is not set up."""
    file = settings.config or FILE
    if not (settings.config or file.exists()):
        return ()
    accounts = Accounts.of(settings)
    known = {*accounts.by_name, accounts.usual.name, SIMULATED}
    budgets = sorted((shape.budget() for shape in read_file(file).budgets), key=lambda one: one.name)
    for budget in budgets:
        if budget.account is not None and budget.account not in known:
            hint = did_you_mean(budget.account, known) or f"there are {', '.join(sorted(known))}"
            raise SettingError(
                f'{file}: the budget {budget.name} is of an account that is not set up, "{budget.account}"; {hint}',
                cure=f"Correct its `account`, or write [accounts.{budget.account}] into {file}.",
            )
    return budgets


class Budgets:
    """All of them. The file is read again when it has changed."""

    def __init__(self, settings: Settings) -> None:
        """Read them; raises SettingError for a file that cannot be used."""
        self._settings = settings
        self._file = settings.config or FILE
        self._turn = threading.Lock()
        self._version = _version(self._file)
        self._now = wide_budgets(settings)

    def __call__(self) -> Sequence[WideBudget]:
        """As they stand now. While the file cannot be used, what it said before holds."""
        with self._turn:
            version = _version(self._file)
            if version != self._version:
                self._version = version
                try:
                    self._now = wide_budgets(self._settings)
                except SettingError as error:
                    log.trouble("budgets", error)
            return self._now


def _version(file: Path) -> tuple[int, ...]:
    """What changes with the file; nothing where there is none."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns
