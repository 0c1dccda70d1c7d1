"""What BFL posts when a result is there: a hint to ask now, and never the truth. The poll tells what came of a job.

Only the id of the ticket is read, and only where the sender knows our secret. BFL's pages contradict each other on how
that is shown, so both ways are taken: the secret itself in a header, or a signature of the body made with it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batches.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.settings import Settings

SECRET_HEADER = "X-Webhook-Secret"  # noqa: S105  # a header's name
SIGNATURE_HEADER = "X-BFL-Signature"
SCHEME = "sha256="

SHORTEST_SECRET = 16
"""Letters. A shorter one could be guessed."""

LONGEST_ID = 200
"""Letters; BFL's have 36."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Tells genuine webhooks from all others."""

    secret: str = field(repr=False)  #: that BFL and we know

    def is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the sender knows the secret. Every guess is answered in the same time."""
        shown = headers.get(SECRET_HEADER, "")
        signed = headers.get(SIGNATURE_HEADER, "")
        signature = SCHEME + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        return _same(shown, self.secret) | _same(signed, signature)


def intake_of(settings: Settings) -> Intake | None:
    """By the secret that is set; None where none is, and then nothing is taken in."""
    if settings.webhook_secret is None:
        return None
    secret = settings.webhook_secret.get_secret_value()
    if len(secret) < SHORTEST_SECRET:
        raise SettingError(
            f"FLUXBATCH_WEBHOOK_SECRET is shorter than {SHORTEST_SECRET} letters.",
            cure="Set it to a long random word, such as `openssl rand -hex 24`.",
        )
    return Intake(secret)


def ticket_in(body: bytes) -> str | None:
    """Which ticket a webhook is about; None for what is no webhook."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match told:
        case {"id": str(ticket)} if 0 < len(ticket) <= LONGEST_ID and ticket.isprintable():
            return ticket
    return None


def _same(said: str, secret: str) -> bool:
    return hmac.compare_digest(said.encode(errors="replace"), secret.encode())
