"""The few HTTP calls that the company makes itself: it fetches inputs and calls clients back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_SECONDS = 30
"""How long the other side may take."""


class Outside:
    """One client for everything; whoever asks has made sure that the URL is on this machine."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False)

    async def fetched(self, url: str) -> bytes | None:
        """What is there, or None."""
        try:
            answer = await self._http.get(url)
        except httpx.HTTPError:
            return None
        return answer.content if answer.status_code == 200 else None

    async def told(self, url: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the other side answered 2xx."""
        try:
            answer = await self._http.post(url, content=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.is_success
