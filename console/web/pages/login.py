"""The way in: a token for a session. Where no token is set there is nothing to sign in to."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import SecretStr
from starlette.responses import HTMLResponse, JSONResponse, Response

from console.web.access import SESSION_SECONDS
from console.web.guard import COOKIE
from console.web.refusals import Refused
from console.web.rendering import render
from console.web.site import Here

router = APIRouter()


@router.get("/login")
def session(site: Here, request: Request) -> Response:
    """Whether somebody is signed in, and the way out. Every other page asks for the token in its own place."""
    cookie = request.cookies.get(COOKIE, "")
    signed_in = site.access.is_session(cookie, time.time())
    if site.access.token is not None and not signed_in:
        return HTMLResponse(render("login.html", then="/"))
    return HTMLResponse(render("session.html", signed_in=signed_in))


@router.post("/login")
async def login(site: Here, request: Request, token: Annotated[SecretStr, Body(embed=True)]) -> Response:
    """A session for whoever knows the token."""
    address, now = request.client.host if request.client else "", time.monotonic()
    if not site.guesses.may(address, now):
        raise Refused(429, "Too many wrong tokens.", cure="Try again in a minute.")
    if not site.access.is_token(token.get_secret_value().strip()):
        site.guesses.was_wrong(address, now)
        raise Refused(403, "This is not the token.", cure="It is what FLUXBATCH_WEB_TOKEN says on the server.")
    told = JSONResponse({"message": "Signed in."})
    told.set_cookie(
        COOKIE,
        site.access.session(time.time()),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=site.access.secure,
    )
    return told


@router.post("/logout")
def logout() -> Response:
    """Forget the session in this browser."""
    told = JSONResponse({"message": "Signed out."})
    told.delete_cookie(COOKIE)
    return told
