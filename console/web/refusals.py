"""Errors as answers: a page for people, JSON for programs. Both say what is wrong and the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from batches.errors import FluxbatchError, SettingError
from batches.manifest import ManifestError
from batches.models import UnknownModel
from batches.store.ledger.steering import OverBudget
from console.actions.uploads import UploadRefused
from console.web.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI
    from starlette.types import Scope

KINDS = {
    OverBudget: (409, "over_budget"),
    ManifestError: (422, "bad_manifest"),
    UnknownModel: (404, "unknown_model"),
    UploadRefused: (422, "bad_file"),
    SettingError: (422, "invalid"),
}
"""What the one who asks can mend: status, and a word for programs. Everything else is out of reach."""

OUT_OF_REACH = (503, "out_of_reach")

CODES = {401: "token_needed", 403: "forbidden", 404: "not_found", 405: "not_allowed", 409: "conflict",
         413: "too_large", 422: "invalid", 429: "too_many"}  # fmt: skip
"""The words of answers that no error of ours stands for."""

WORDS = {403: "Not from here", 404: "Not found", 405: "Not like this", 413: "Too large", 422: "That cannot be",
         503: "Out of reach"}  # fmt: skip


class Refused(FluxbatchError):
    """This request has no answer."""

    def __init__(self, status: int, message: str, *, cure: str = "", code: str = "") -> None:
        super().__init__(message, cure=cure)
        self.status = status
        self.code = code or CODES.get(status, "refused")


class BadManifest(Refused):
    """A manifest that came over the network asks for what cannot be done."""

    def __init__(self, problems: Sequence[Mapping[str, object]], *, more: int) -> None:
        count = len(problems) + more + sum(int(str(one["alike"])) for one in problems)
        which = "The problem" if count == 1 else f"The first of {count:,} problems"
        told = f"{which} of the manifest is in line {problems[0]['line']}: {problems[0]['message']}"
        super().__init__(422, told, cure=str(problems[0]["cure"]), code="bad_manifest")
        self.problems = problems


def add_refusals(app: FastAPI) -> None:
    """How this application tells errors."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, FluxbatchError)
        return answer(request.scope, error)

    async def of_the_shape(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        told = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
        return answer(request.scope, Refused(422, f"{told}."))

    async def of_the_framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        said = "There is no such page." if error.status_code == 404 else f"{error.detail}."
        return answer(request.scope, Refused(error.status_code, said))

    app.add_exception_handler(FluxbatchError, ours)
    app.add_exception_handler(RequestValidationError, of_the_shape)
    app.add_exception_handler(HTTPException, of_the_framework)


def answer(scope: Scope, error: FluxbatchError) -> Response:
    """What is wrong, for whoever asked."""
    status = status_of(error)
    if not wants_page(scope):
        return JSONResponse({"error": told_of(error)}, status_code=status)
    title = WORDS.get(status, "Something is wrong")
    return HTMLResponse(render("refused.html", title=title, error=error), status_code=status)


def login_asked(scope: Scope) -> Response:
    """The login page in the place of any other, so that its address stays; programs learn what to send."""
    if wants_page(scope):
        return HTMLResponse(render("login.html", then=""), status_code=401)
    told = Refused(401, "A token is needed.", cure="Send it as `Authorization: Bearer …`.")
    return JSONResponse({"error": told_of(told)}, status_code=401, headers={"WWW-Authenticate": "Bearer"})


def told_of(error: FluxbatchError) -> dict[str, object]:
    """An error as programs read it."""
    told: dict[str, object] = {"message": error.message, "cure": error.cure, "code": _kind(error)[1]}
    return {**told, "problems": error.problems} if isinstance(error, BadManifest) else told


def status_of(error: FluxbatchError) -> int:
    """Of HTTP."""
    return _kind(error)[0]


def _kind(error: FluxbatchError) -> tuple[int, str]:
    if isinstance(error, Refused):
        return error.status, error.code
    return next((told for kind, told in KINDS.items() if isinstance(error, kind)), OUT_OF_REACH)


def wants_page(scope: Scope) -> bool:
    """Whether a person looks at the answer."""
    return "text/html" in Request(scope).headers.get("accept", "") and not scope["path"].startswith("/api/")
