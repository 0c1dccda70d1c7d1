"""BFL's endpoints as data: parameters, ranges, limits, lane class, price rule."""

from __future__ import annotations

from batches.models.catalogue import UnknownModel, catalogue, find
from batches.models.endpoint import Endpoint, Estimate
from batches.models.kinds import Kind
from batches.models.lanes import LANE_SLOTS, LaneClass, Lifecycle
from batches.models.latency import Latency, latency_of
from batches.models.negotiated import BadPrice, negotiated
from batches.models.parameters import Parameter, ParameterProblem
from batches.models.price import Price
from batches.models.prices import PUBLISHED, PriceTable
from batches.models.sizes import LIKELY_PIXELS
from batches.models.sources import PRICES_AS_OF

__all__ = [
    "LANE_SLOTS",
    "LIKELY_PIXELS",
    "PRICES_AS_OF",
    "PUBLISHED",
    "BadPrice",
    "Endpoint",
    "Estimate",
    "Kind",
    "LaneClass",
    "Latency",
    "Lifecycle",
    "Parameter",
    "ParameterProblem",
    "Price",
    "PriceTable",
    "UnknownModel",
    "catalogue",
    "find",
    "latency_of",
    "negotiated",
]
