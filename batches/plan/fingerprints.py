"""What makes two requests the same: SHA-256 over JSON that has only one spelling."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def fingerprint(value: object) -> str:
    """The same hex digits for the same value, on every machine and in every version."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with sorted keys, no blanks and nothing beyond ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def job_fingerprint(model: str, params: Mapping[str, object], *, row_id: str | None, copy: int) -> str:
    """Of one job. The first copy has no number, so asking for more copies later keeps the first one's."""
    request: dict[str, object] = {"model": model, "params": params}
    if row_id is not None:
        request["id"] = row_id
    if copy > 1:
        request["copy"] = copy
    return fingerprint(request)
