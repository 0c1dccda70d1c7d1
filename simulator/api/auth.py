"""The x-key header, read before anything else of a request."""

from __future__ import annotations

from fastapi import Security
from fastapi.security import APIKeyHeader

from simulator.accounts import account_id

# Not auto_error: the real service words its refusal itself.
_HEADER = APIKeyHeader(name="x-key", scheme_name="APIKeyHeader", auto_error=False)


async def caller(key: str | None = Security(_HEADER)) -> str:
    """The account of whoever asks; a request without a good key gets no further."""
    return account_id(key)
