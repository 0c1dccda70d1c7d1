"""Whatever is sent to the API, it answers as its OpenAPI document says, and never with a mistake of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.web.guard import PROOF

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

CASES = 12
"""For each verb; about five seconds in all. Of 150 for each, none fails either."""

NO_TIME_TO_SHRINK = settings(
    max_examples=CASES,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def batch_id(world: World) -> str:
    """A batch with something of everything, so that what is asked of it is not always refused."""
    found = world.submit(6)
    done, failed = world.call(2)
    world.finish(world.carry(world.claim(done), State.FETCHING), Reported(micro_credits=2_500_000))
    world.end(world.carry(world.claim(failed), State.RENDERING), State.FAILED)
    return found


def test_every_answer_is_as_the_document_says(client: TestClient, batch_id: str) -> None:
    api = schemathesis.openapi.from_asgi("/api/openapi.json", client.app, headers={"Host": "127.0.0.1:8600"})
    for found in api.get_all_operations():
        verb = found.ok()

        @NO_TIME_TO_SHRINK
        @given(case=verb.as_strategy())
        def is_answered(case: schemathesis.Case) -> None:
            if isinstance(case.path_parameters.get("batch_id"), str):
                case.path_parameters["batch_id"] = batch_id
            case.call_and_validate(base_url="http://127.0.0.1:8600", headers={PROOF: "1"}, checks=CHECKS)

        is_answered()
