"""What a worker knows of each model's pace: what the fleet has learnt, and what its own jobs have shown since."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING

from batches.pace import NEVER_SEEN
from batches.store.ledger.paces import Lessons, known_paces, teach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from batches.pace import Pace


class Paces:
    """The paces of one account's models. Threads share it; what is learnt counts for the next poll at once."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._known: dict[str, Pace] = {}
        self._new: defaultdict[str, Lessons] = defaultdict(Lessons)

    def of(self, model: str) -> Pace:
        """How long this model takes, as far as that is known."""
        return self._known.get(model, NEVER_SEEN)

    def learn(self, model: str, seconds: float, promised: Sequence[float]) -> None:
        """A job of this model was ready after so many seconds, and this is when polls had promised it."""
        parts = [seconds / promise for promise in promised]
        with self._lock:
            self._new[model].took.append(seconds)
            self._new[model].promised.extend(parts)
            self._known[model] = self.of(model).after([seconds], parts)

    def share(self, tx: Connection, account: str) -> None:
        """Teach the ledger what is new, and learn from it what others have taught."""
        with self._lock:
            lessons, self._new = self._new, defaultdict(Lessons)
        teach(tx, account, lessons)
        known = dict(known_paces(tx, account))
        with self._lock:
            for model, new in self._new.items():
                known[model] = known.get(model, NEVER_SEEN).after(new.took, new.promised)
            self._known = known
