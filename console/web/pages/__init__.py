"""A module for each page. Each has a `router`; its routes are no part of the API."""

from __future__ import annotations

from console.web.pages import login, overview

ROUTERS = (login.router, overview.router)
