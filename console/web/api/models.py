"""BFL's endpoints: what each takes, and what it costs the usual account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import Field

from batches.models import catalogue, find
from console.web.api.shapes import Shape
from console.web.site import Here
from workers.accounts import Accounts

if TYPE_CHECKING:
    from batches.models import Endpoint, PriceTable
    from console.web.site import Site

router = APIRouter(tags=["models"])


class ModelTold(Shape):
    """One way to ask BFL for a result."""

    name: str = Field(description="As manifests spell it.")
    path: str = Field(description="Below BFL's host.")
    summary: str
    produces: str
    lifecycle: str = Field(description="current, beta or retired.")
    lane: str
    slots: int = Field(description="Tasks that BFL lets one account have active in this lane.")
    price: dict[str, Any]
    images: list[str] = Field(description="The parameters that take pictures.")
    parameters: dict[str, Any] = Field(description="A JSON Schema.")


@router.get("/models")
def list_models(site: Here) -> list[ModelTold]:
    """All of them."""
    table = _prices(site)
    return [_told(table.applied(model)) for model in catalogue()]


@router.get("/models/{name:path}")
def show_model(site: Here, name: str) -> ModelTold:
    """One of them, by its name."""
    return _told(_prices(site).applied(find(name)))


def _prices(site: Site) -> PriceTable:
    return Accounts.of(site.settings).usual.prices


def _told(model: Endpoint) -> ModelTold:
    return ModelTold.model_validate(model.as_json())
