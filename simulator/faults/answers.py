"""Faults of the answer: it comes, and it is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field
from typing_extensions import override

from simulator.faults.calls import Answer
from simulator.faults.fault import HttpFault
from simulator.links import REFUSED

if TYPE_CHECKING:
    from simulator.faults.calls import Call

GARBAGE = b'\x00\xff{"id": <html>'
NO_RESULT: dict[str, Any] = {"result": None, "progress": None, "details": None}


class Status(HttpFault):
    """Answers with an error and does nothing else."""

    effect: Literal["status"]
    status: Annotated[int, Field(ge=400, le=599)] = 503
    retry_after: Annotated[int, Field(ge=0)] | None = None
    """Whole seconds in the Retry-After header; none leaves the header out."""
    detail: str = "Service unavailable"

    @override
    async def spoil(self, call: Call) -> None:
        call.company.tally.refused[self.status] += 1
        headers = {} if self.retry_after is None else {"retry_after": str(self.retry_after)}
        await call.reply(Answer.of_json(self.status, {"detail": self.detail}, **headers))


class Restated(HttpFault):
    """The right body of a poll under an error's status code."""

    effect: Literal["restated"]
    on: Literal["poll"] = "poll"
    status: Annotated[int, Field(ge=400, le=599)] = 503
    retry_after: Annotated[int, Field(ge=0)] | None = None
    """Whole seconds in the Retry-After header; none leaves the header out."""

    @override
    async def spoil(self, call: Call) -> None:
        answer = await call.answer()
        later = () if self.retry_after is None else ((b"retry-after", str(self.retry_after).encode()),)
        await call.reply(replace(answer, status=self.status, headers=(*answer.headers, *later)))


class Failed(HttpFault):
    """The task has failed, says a poll with status code 422, as the real service does for some images."""

    effect: Literal["failed"]
    on: Literal["poll"] = "poll"
    error: str = "Invalid or corrupted image input"

    @override
    async def spoil(self, call: Call) -> None:
        answer = _without_result(await call.answer(), 422, "Error")
        await call.reply(answer.changed(details={"error": self.error}))


class Truncated(HttpFault):
    """Sends half of the body as if it were all: half a JSON document, half an image."""

    effect: Literal["truncated"]

    @override
    async def spoil(self, call: Call) -> None:
        await call.reply((await call.answer()).half())


class Garbage(HttpFault):
    """Sends bytes that are neither JSON nor an image."""

    effect: Literal["garbage"]

    @override
    async def spoil(self, call: Call) -> None:
        await call.reply(replace(await call.answer(), body=GARBAGE))


class ContentType(HttpFault):
    """Declares the right body as something else."""

    effect: Literal["content_type"]
    content_type: str = "text/html"

    @override
    async def spoil(self, call: Call) -> None:
        await call.reply((await call.answer()).of_type(self.content_type))


class Pending(HttpFault):
    """Says that the task is still pending, whatever it is."""

    effect: Literal["pending"]
    on: Literal["poll"] = "poll"

    @override
    async def spoil(self, call: Call) -> None:
        await call.reply(_without_result(await call.answer(), 200, "Pending"))


class NotFound(HttpFault):
    """Knows no such task."""

    effect: Literal["not_found"]
    on: Literal["poll"] = "poll"

    @override
    async def spoil(self, call: Call) -> None:
        await call.reply(_without_result(await call.answer(), 404, "Task not found"))


class ForeignHost(HttpFault):
    """The polling_url of a ticket, or the sample of a result, points at another host."""

    effect: Literal["foreign_host"]
    on: Literal["submit", "poll"]
    host: str = "elsewhere.invalid"

    @override
    async def spoil(self, call: Call) -> None:
        answer = await call.answer()
        content = json.loads(answer.body)
        if "polling_url" in content:
            answer = answer.changed(polling_url=_moved(content["polling_url"], self.host))
        elif content.get("result"):
            sample = _moved(content["result"]["sample"], self.host)
            answer = answer.changed(result=content["result"] | {"sample": sample})
        await call.reply(answer)


class Redirect(HttpFault):
    """Sends the poll elsewhere: to this same server, where it is answered, or to another host."""

    effect: Literal["redirect"]
    on: Literal["poll"] = "poll"
    status: Literal[301, 302, 303, 307, 308] = 307
    host: str | None = None

    @override
    async def spoil(self, call: Call) -> None:
        query = call.scope["query_string"].decode()
        if "redirected=1" in query:
            await call.proceed()
            return
        location = f"/v1/get_result?{query}&redirected=1"
        if self.host is not None:
            location = f"http://{self.host}{location}"
        await call.reply(Answer(self.status, ((b"location", location.encode()),), b""))


class Expired(HttpFault):
    """Refuses the link as if its time were over."""

    effect: Literal["expired"]
    on: Literal["download"] = "download"

    @override
    async def spoil(self, call: Call) -> None:
        call.company.tally.refused[403] += 1
        await call.reply(Answer(403, ((b"content-type", b"application/xml"),), REFUSED.encode()))


def _without_result(answer: Answer, status: int, said: str) -> Answer:
    content = json.loads(answer.body) | NO_RESULT | {"status": said}
    content.pop("cost", None)
    return Answer.of_json(status, content)


def _moved(url: str, host: str) -> str:
    return urlsplit(url)._replace(netloc=host).geturl()
