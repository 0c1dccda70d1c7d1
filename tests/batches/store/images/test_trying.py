"""A store is tried before anything is paid that it would have to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.store.images import ImageStoreError, open_store, open_tried
from tests.buckets import BUCKET, READER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batches.store.images import ImageStore


def test_nothing_of_the_try_is_left(tmp_path: Path, in_bucket: Callable[[str], ImageStore]) -> None:
    in_bucket("tried").put("batch/a.png", b"x")
    for address in (str(tmp_path / "images"), f"s3://{BUCKET}/tried"):
        before = list(open_store(address).listing())
        assert open_tried(address).locate("") == address
        assert list(open_store(address).listing()) == before


@pytest.mark.usefixtures("in_bucket")
def test_what_may_not_be_done_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", READER[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", READER[1])
    with pytest.raises(ImageStoreError, match="cannot be written: access is denied"):
        open_tried(f"s3://{BUCKET}/tried")
