"""The sealed bundle that turns a draft video into the full one."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

SECRET = b"only the company opens its drafts"


class NotADraft(ValueError):
    """These bytes are no bundle of ours."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft pins."""

    prompt: str
    seed: int
    width: int
    """Pixels of the draft; the full video keeps their ratio."""
    height: int
    seconds: float
    """How long it runs."""


def sealed(draft: Draft) -> bytes:
    """The bundle, as a client downloads it."""
    content = json.dumps(asdict(draft)).encode()
    return hmac.new(SECRET, content, hashlib.sha256).digest() + content


def opened(bundle: bytes) -> Draft:
    """What the bundle pins; raises NotADraft."""
    seal, content = bundle[:32], bundle[32:]
    if not hmac.compare_digest(hmac.new(SECRET, content, hashlib.sha256).digest(), seal):
        raise NotADraft
    return Draft(**json.loads(content))
