"""The root of every error a person can mend.

FluxbatchError
├── ManifestError          fix the manifest            (batches.manifest)
├── LaterPolicy            update fluxbatch            (batches.policy)
├── UnknownModel           pick another model          (batches.models)
├── LedgerError            mend the database           (batches.store.ledger)
├── OverBudget             raise the budget            (batches.store.ledger)
├── ImageStoreError        mend the folder or bucket   (batches.store.images)
├── ExportRefused          take another place          (batches.exports)
├── PictureLost            make it good, or skip it    (batches.exports)
├── BrokerError            start the broker            (workers)
├── ApiUnreachable         wait, or mend the network   (workers)
├── AccountRefused         another key, more credits   (workers)
└── SettingError           mend a setting or option    (everywhere)
"""

from __future__ import annotations


class FluxbatchError(Exception):
    """What is wrong and where, in one sentence, and the cure in another."""

    def __init__(self, message: str, *, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        """Both sentences, as a person reads them."""
        return f"{self.message}\n{self.cure}" if self.cure else self.message


class SettingError(FluxbatchError):
    """A setting or option cannot be used."""
