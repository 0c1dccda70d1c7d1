"""Whatever is sent to the API, it answers as its OpenAPI document says, and never with a mistake of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from batches.store.ledger.records import Reported
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.batches.store.ledger.world import World

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
