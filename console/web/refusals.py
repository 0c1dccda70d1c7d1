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
    from fastapi import FastAPI
    from starlette.types import Scope

STATUS = {OverBudget: 409, UploadRefused: 422, SettingError: 422, ManifestError: 422, UnknownModel: 422}
"""What the one who asks can mend. Everything else is out of reach: 503."""

WORDS = {403: "Not from here", 404: "Not found", 405: "Not like this", 413: "Too large", 422: "That cannot be",
         503: "Out of reach"}  # fmt: skip


class Refused(FluxbatchError):
    """This request has no answer."""

    def __init__(self, status: int, message: str, *, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.status = status


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
        return JSONResponse({"error": {"message": error.message, "cure": error.cure}}, status_code=status)
    title = WORDS.get(status, "Something is wrong")
    return HTMLResponse(render("refused.html", title=title, error=error), status_code=status)


def login_asked(scope: Scope) -> Response:
    """The login page in the place of any other, so that its address stays; programs learn what to send."""
    if wants_page(scope):
        return HTMLResponse(render("login.html", then=""), status_code=401)
    told = {"message": "A token is needed.", "cure": "Send it as `Authorization: Bearer …`."}
    return JSONResponse({"error": told}, status_code=401, headers={"WWW-Authenticate": "Bearer"})


def status_of(error: FluxbatchError) -> int:
    """Of HTTP."""
    if isinstance(error, Refused):
        return error.status
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 503)


def wants_page(scope: Scope) -> bool:
    """Whether a person looks at the answer."""
    return "text/html" in Request(scope).headers.get("accept", "") and not scope["path"].startswith("/api/")
