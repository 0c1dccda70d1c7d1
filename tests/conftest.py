"""What holds of the whole run of tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.fuzzing import limit_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.buckets import S3Server


def pytest_configure() -> None:
    """A fuzz must not fill the machine; the suite starts servers and shares its process with all their clients."""
    if "FUZZ_CASES" in os.environ:
        limit_memory()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server, started once by each process that asks for it."""
    from tests.buckets import S3Server

    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.kill()
