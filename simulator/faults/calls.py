"""One HTTP call on its way to the application, in a form that a fault can spoil."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.datastructures import QueryParams

from simulator.faults.fault import Kind, Seen

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from simulator.company import Company
    from simulator.tasks import Task


def compact(content: object) -> bytes:
    """JSON without spaces, as the API writes it."""
    return json.dumps(content, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    """Content-length apart, which follows the body."""
    body: bytes

    @classmethod
    def of_json(cls, status: int, content: object, **headers: str) -> Answer:
        """A JSON answer; `retry_after="1"` is the header Retry-After."""
        named = {"content_type": "application/json"} | headers
        lines = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in named.items())
        return cls(status, lines, compact(content))

    def changed(self, **members: object) -> Answer:
        """The same JSON object with some members changed."""
        return replace(self, body=compact(json.loads(self.body) | members))

    def half(self) -> Answer:
        """Its first half."""
        return replace(self, body=self.body[: len(self.body) // 2])

    def of_type(self, content_type: str) -> Answer:
        """The same, declared as something else."""
        others = tuple(header for header in self.headers if header[0] != b"content-type")
        return replace(self, headers=((b"content-type", content_type.encode()), *others))


class Call:
    """The request, its body read in full, and the ways to end it."""

    def __init__(self, company: Company, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._app, self._receive, self._send = app, receive, send
        self.company = company
        self.scope = scope
        self.body = b""

    async def read(self) -> None:
        """Take in the whole request."""
        more = True
        while more:
            message = await self._receive()
            self.body += message.get("body", b"")
            more = message.get("more_body", False)

    def seen(self) -> Seen | None:
        """What this call is; None for one that no fault can strike."""
        path: str = self.scope["path"]
        if path == "/v1/get_result":
            return _of_task("poll", self._task(QueryParams(self.scope["query_string"]).get("id", "")))
        if path.startswith(("/results/", "/ephemeral/")):
            return _of_task("download", self._task("".join(path.split("/")[3:4])))
        if path.startswith("/v1/") and self.scope["method"] == "POST":
            return Seen("submit", path.removeprefix("/v1/"), self._prompt)
        return None

    async def answer(self) -> Answer:
        """What the application would have answered; it really did whatever it was asked for."""
        parts: list[Message] = []

        async def keep(message: Message) -> None:
            parts.append(message)

        await self._app(self.scope, self._replayed, keep)
        headers = tuple(header for header in parts[0]["headers"] if header[0] != b"content-length")
        return Answer(parts[0]["status"], headers, b"".join(part.get("body", b"") for part in parts[1:]))

    async def reply(self, answer: Answer, *, declared_length: int | None = None) -> None:
        """Send this answer, with a content-length that is true unless said otherwise."""
        length = len(answer.body) if declared_length is None else declared_length
        headers = [*answer.headers, (b"content-length", str(length).encode())]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})
        more = length > len(answer.body)
        await self._send({"type": "http.response.body", "body": answer.body, "more_body": more})

    async def proceed(self) -> None:
        """Let it through unharmed."""
        await self._app(self.scope, self._replayed, self._send)

    async def cut(self) -> None:
        """Drop the connection without a further byte."""
        self.scope["extensions"]["abort"]["cut"]()
        await self.gone()

    async def gone(self) -> None:
        """Wait until the client is no longer there."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _replayed(self) -> Message:
        return {"type": "http.request", "body": self.body, "more_body": False}

    @cached_property
    def _prompt(self) -> str:
        try:
            fields = json.loads(self.body)
        except ValueError:
            return ""
        return str(fields.get("prompt") or "") if isinstance(fields, dict) else ""

    def _task(self, name: str) -> Task | None:
        try:
            return self.company.studio.tasks.get(str(UUID(name)))
        except ValueError:
            return None


def _of_task(kind: Kind, task: Task | None) -> Seen:
    return Seen(kind, task.endpoint, task.prompt) if task else Seen(kind, "", "")
