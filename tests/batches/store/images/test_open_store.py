"""Where pictures go is said in one setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from batches.errors import SettingError
from batches.store.images import FolderStore, MemoryStore, open_store


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("images", "images"),
        ("./my images", "my images"),
        ("/data/images", "/data/images"),
        ("file:///data/images", "/data/images"),
        ("file:///data/my%20images", "/data/my images"),
        ("/data/100%25?#1", "/data/100%25?#1"),  # a path is no URL: every character is meant
    ],
)
def test_a_folder(address: str, folder: str) -> None:
    store = open_store(address)
    assert isinstance(store, FolderStore)
    assert store.root == Path(folder).absolute()


def test_memory() -> None:
    assert isinstance(open_store("memory:"), MemoryStore)


@pytest.mark.parametrize(
    "address",
    [
        "s3://bucket/images",
        "https://example.com/images",
        "file://images",  # this names a machine, not a folder
    ],
)
def test_what_is_not_known_is_refused_with_a_cure(address: str) -> None:
    with pytest.raises(SettingError, match="FLUXBATCH_IMAGES_URL") as refused:
        open_store(address)
    assert "./images" in refused.value.cure
