"""The finetuned models of all accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Finetune:
    """One model, ready as soon as its task is."""

    id: str
    """The id of the task that makes it."""
    account: str
    """Who may use, read and delete it."""
    ready_at: float
    """Seconds since the epoch."""
    details: dict[str, Any]
    """The parameters it was made with."""


class Finetunes:
    """Who may use what."""

    def __init__(self) -> None:
        self._all: dict[str, Finetune] = {}

    def add(self, finetune: Finetune) -> None:
        """A model that is being made."""
        self._all[finetune.id] = finetune

    def of(self, account: str) -> list[Finetune]:
        """The account's own, oldest first."""
        return [each for each in self._all.values() if each.account == account]

    def own(self, account: str, finetune_id: str) -> Finetune:
        """One of the account's own; anybody else's does not exist (404)."""
        finetune = self._all.get(finetune_id)
        if finetune is None or finetune.account != account:
            raise Refusal(404, "Finetune not found or access denied")
        return finetune

    def remove(self, finetune_id: str) -> None:
        """Forget it."""
        del self._all[finetune_id]

    def check_usable(self, account: str, finetune_id: str, now: float) -> None:
        """Refuse (400) a model that is neither the account's own and ready nor shared as `organization/name`."""
        organization, shared, name = finetune_id.partition("/")
        if shared and organization and name:
            return
        finetune = self._all.get(finetune_id)
        if finetune is None or finetune.account != account or finetune.ready_at > now:
            raise Refusal(400, "Finetune not found or not ready")
