"""Clouds are reached by the environment, so each test has one of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from batches.store.images import open_store
from tests.buckets import BUCKET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batches.store.images import ImageStore
    from tests.buckets import S3Server


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without clouds, and without their files."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "GOOGLE_", "AZURE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def in_bucket(s3_server: S3Server, nobody: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ImageStore]:  # noqa: ARG001  # an environment
    """Opens what is below a prefix, by its owner."""
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    return lambda prefix: open_store(f"s3://{BUCKET}/{prefix}")
