"""The verbs as typed JSON, below `/api/v1`. A module for each group; each has a `router`.

Thin over `console.actions`, as the command line is. Errors have one shape: `shapes.ErrorBody`.
"""

from __future__ import annotations

from console.web.api import accounts, batches, manifests, models, reports, steering

ROUTERS = (manifests.router, batches.router, steering.router, reports.router, accounts.router, models.router)
