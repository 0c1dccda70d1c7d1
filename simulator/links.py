"""Signed delivery links in the shape of Azure's: they say when they die, and the signature covers it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = b"one secret for ever, so that links outlive a restart"
_ERROR = '<?xml version="1.0" encoding="utf-8"?><Error><Code>{}</Code><Message>{}</Message></Error>'
REFUSED = _ERROR.format("AuthenticationFailed", "The signature is wrong or its time is over.")
"""What the delivery host says of a dead or forged link."""
FORGOTTEN = _ERROR.format("BlobNotFound", "There is no such result.")
"""What it says of a good link that leads nowhere."""
SHORTEST_LIFE = 5
"""Seconds; however fast time runs, a client has these to begin its download."""


def signed(path: str, media_type: str, *, now: float, seconds: float) -> str:
    """The path with its signature, good for that long."""
    expiry = datetime.fromtimestamp(ceil(now + max(SHORTEST_LIFE, seconds)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = {
        "se": expiry,
        "sp": "r",
        "sv": "2024-11-04",
        "sr": "b",
        "rsct": media_type,
        "sig": _signature(path, expiry),
    }
    return f"{path}?{urlencode(query)}"


def alive(path: str, query: Mapping[str, str], *, now: float) -> bool:
    """Whether we signed this and its time is not over."""
    expiry = query.get("se", "")
    if not hmac.compare_digest(_signature(path, expiry).encode(), query.get("sig", "").encode()):
        return False
    return datetime.fromisoformat(expiry).timestamp() > now


def _signature(path: str, expiry: str) -> str:
    return hmac.new(SECRET, f"{path}\n{expiry}".encode(), hashlib.sha256).hexdigest()
