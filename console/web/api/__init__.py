"""The verbs as typed JSON, below `/api`. A module for each group; each has a `router`."""

from __future__ import annotations

from console.web.api import steering

ROUTERS = (steering.router,)
