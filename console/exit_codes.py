"""How a command ends, for scripts."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.exports.errors import ExportRefused, PictureLost
from batches.manifest import ManifestError
from batches.models import UnknownModel
from batches.store.images import ImageStoreError
from batches.store.ledger import LedgerError
from batches.store.ledger.steering import OverBudget
from workers.errors import AccountRefused, ApiUnreachable, BrokerError

if TYPE_CHECKING:
    from batches.errors import FluxbatchError


class ExitCode(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    INTERNAL = 1
    BAD_INPUT = 2
    FINISHED_WITH_GAPS = 3
    STOPPED_BY_POLICY = 4
    REFUSED = 5
    UNREACHABLE = 6
    INTERRUPTED = 130


_BY_ERROR = {
    ManifestError: ExitCode.BAD_INPUT,
    UnknownModel: ExitCode.BAD_INPUT,
    SettingError: ExitCode.BAD_INPUT,
    ExportRefused: ExitCode.BAD_INPUT,
    PictureLost: ExitCode.FINISHED_WITH_GAPS,
    OverBudget: ExitCode.STOPPED_BY_POLICY,
    AccountRefused: ExitCode.REFUSED,
    ApiUnreachable: ExitCode.UNREACHABLE,
    BrokerError: ExitCode.UNREACHABLE,
    LedgerError: ExitCode.UNREACHABLE,
    ImageStoreError: ExitCode.UNREACHABLE,
}


def exit_code_for(error: FluxbatchError) -> ExitCode:
    """The code an error ends a command with."""
    return next((code for kind, code in _BY_ERROR.items() if isinstance(error, kind)), ExitCode.INTERNAL)
