"""A module for each page. Each has a `router`; its routes are no part of the API."""

from __future__ import annotations

from console.web.pages import batch, costs, downloads, gallery, job, jobs, login, new, overview, pictures, verbs

ROUTERS = (
    *(login.router, overview.router, batch.router, jobs.router, job.router, pictures.router, downloads.router),
    *(gallery.router, new.router, costs.router, verbs.router),
)
