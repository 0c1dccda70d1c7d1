"""Keys lie in folders of a thousand, and go by the job's number alone."""

from __future__ import annotations

import pytest

from batches.store.images import key_of, sidecar_of


@pytest.mark.parametrize(
    ("number", "name", "key"),
    [
        (1, "a.png", "fox/a.png"),  # a small batch lies flat
        (1000, "a.png", "fox/a.png"),  # the last of the first thousand
        (1001, "a.png", "fox/0001/a.png"),
        (2000, "a.png", "fox/0001/a.png"),
        (2001, "a.png", "fox/0002/a.png"),
        (1_000_000, "a.png", "fox/0999/a.png"),
        (12_345_678, "a.png", "fox/12345/a.png"),  # beyond four digits
        (5000, "dev/a.png", "fox/dev/a.png"),  # its own folder
    ],
)
def test_a_picture_lies_in_the_folder_of_its_thousand(number: int, name: str, key: str) -> None:
    assert key_of("fox", number, name) == key
    assert sidecar_of(key) == f"{key}.json"
