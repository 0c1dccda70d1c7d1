"""What every image store promises, asked of each of them."""

from __future__ import annotations

import hashlib
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from batches.store.images import FolderStore, ImageMissing, ImageStore, ImageStoreError, MemoryStore

if TYPE_CHECKING:
    from pathlib import Path


KINDS = ("folder", "memory", "bucket")


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ImageStore:
    return opened(request, tmp_path / "images")


@pytest.fixture(params=KINDS)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> ImageStore:
    return opened(request, tmp_path / "others")


def opened(request: pytest.FixtureRequest, folder: Path) -> ImageStore:
    """An empty store. A bucket's is below a prefix that nobody else has."""
    match request.param:
        case "folder":
            return FolderStore(folder)
        case "memory":
            return MemoryStore()
        case _:
            return request.getfixturevalue("in_bucket")(f"{secrets.token_hex(4)}/{folder.name}")


@pytest.mark.parametrize("data", [b"picture", b"", bytes(range(256)) * 4096], ids=["few", "none", "a megabyte"])
def test_bytes_come_back_as_they_were(data: bytes, store: ImageStore) -> None:
    store.put("hello-20260630-abc/flux-dev/0001-fox.png", data)
    assert store.get("hello-20260630-abc/flux-dev/0001-fox.png") == data


def test_a_draft_is_kept_as_it_was_written(store: ImageStore) -> None:
    with store.draft() as draft:
        for piece in (b"pic", b"ture"):
            draft.write(piece)
        store.keep("a/b.png", draft)
    assert store.get("a/b.png") == b"picture"
    assert (draft.size, draft.sha256) == (7, hashlib.sha256(b"picture").hexdigest())


def test_a_draft_may_be_read_before_it_is_kept(store: ImageStore) -> None:
    with store.draft() as draft:
        draft.write(b"picture")
        draft.file.seek(0)
        assert draft.file.read(3) == b"pic"
        store.keep("a.png", draft)
    assert store.get("a.png") == b"picture"


def test_a_draft_that_nobody_keeps_leaves_nothing_behind(store: ImageStore, tmp_path: Path) -> None:
    with store.draft() as draft:
        draft.write(b"picture")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_tidying_touches_nothing_that_is_kept(store: ImageStore) -> None:
    store.put("a/.b.part", b"x")
    store.tidy(time.time() + 10**6)
    assert store.get("a/.b.part") == b"x"


def test_names_of_any_language_are_keys(store: ImageStore) -> None:
    store.put("märchen/狐-🦊.png", b"fox")
    assert store.get("märchen/狐-🦊.png") == b"fox"


def test_of_two_puts_the_later_stays(store: ImageStore) -> None:
    store.put("a/b.png", b"the first and longer one")
    store.put("a/b.png", b"second")
    assert store.get("a/b.png") == b"second"


def test_a_key_that_is_not_there_is_an_error_that_names_it(store: ImageStore) -> None:
    with pytest.raises(ImageStoreError, match=r"a/missing\.png"):
        store.get("a/missing.png")


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: ImageStore) -> None:
    store.put("a/b.png", b"x")
    store.put("a/c.png", b"y")
    for _ in range(2):
        store.delete("a/b.png")
    with pytest.raises(ImageStoreError):
        store.get("a/b.png")
    assert store.get("a/c.png") == b"y"


def test_a_person_is_told_where_a_key_is(store: ImageStore) -> None:
    assert store.locate("a/b.png").endswith("a/b.png")


@pytest.mark.parametrize("key", ["../b.png", "a/../../b.png", "/etc/b.png", "..", "a/b/../../../b.png"])
def test_a_key_that_leads_out_is_refused(key: str, store: ImageStore, tmp_path: Path) -> None:
    with pytest.raises(ImageStoreError, match="leads out") as refused:
        store.put(key, b"x")
    assert refused.value.cure
    assert not list(tmp_path.rglob("b.png"))


def test_what_is_put_stays_when_the_caller_changes_its_buffer(store: ImageStore) -> None:
    buffer = bytearray(b"picture")
    store.put("a.png", buffer)
    buffer[:] = b"garbage"
    assert store.get("a.png") == b"picture"


def test_many_threads_put_at_once_and_every_picture_is_whole(store: ImageStore) -> None:
    pictures = {f"{number % 3}/{number}.png": bytes([number]) * 50_000 for number in range(60)}
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(store.put, pictures.keys(), pictures.values()))
    assert {key: store.get(key) for key in pictures} == pictures


def test_a_key_that_many_threads_write_is_always_one_of_the_pictures(store: ImageStore) -> None:
    pictures = [bytes([number]) * 100_000 for number in range(8)]
    store.put("a.png", pictures[0])
    with ThreadPoolExecutor(16) as threads:
        writers = [threads.submit(store.put, "a.png", picture) for picture in pictures * 3]
        readers = [threads.submit(store.get, "a.png") for _ in range(24)]
    assert [writer.result() for writer in writers] == 24 * [None]
    assert all(reader.result() in pictures for reader in readers)


def test_a_large_thing_comes_back_in_parts(store: ImageStore) -> None:
    data = bytes(range(256)) * 10_000
    store.put("shard.tar", data)
    assert b"".join(store.stream("shard.tar")) == data


def test_a_stream_of_what_is_not_there_says_so_at_once(store: ImageStore) -> None:
    with pytest.raises(ImageMissing, match=r"a/missing\.png"):
        next(store.stream("a/missing.png"))


KEYS = ("b/2.png", "b.png", "b/1/x.png", "b/1.png", "a/.hidden", "bb/1.png")


def test_what_is_kept_is_listed_with_its_size(store: ImageStore) -> None:
    for key in KEYS:
        store.put(key, key.encode())
    assert sorted(kept.key for kept in store.listing()) == sorted(KEYS)
    assert sorted((kept.key, kept.size) for kept in store.listing("b")) == [
        ("b/1.png", 7),
        ("b/1/x.png", 9),
        ("b/2.png", 7),
    ]
    assert all(abs(kept.changed_at - time.time()) < 60 for kept in store.listing())


@pytest.mark.parametrize("store", ["folder", "memory"], indirect=True)  # the S3 server here goes folder by folder
def test_what_is_kept_is_listed_in_the_order_of_keys(store: ImageStore) -> None:
    for key in KEYS:
        store.put(key, b"x")
    assert [kept.key for kept in store.listing()] == sorted(KEYS)


def test_nothing_is_listed_below_a_prefix_that_nobody_used(store: ImageStore) -> None:
    store.put("a/b.png", b"x")
    assert list(store.listing("b")) == []


def test_a_draft_is_not_listed(store: ImageStore) -> None:
    with store.draft() as draft:
        draft.write(b"picture")
        assert list(store.listing()) == []


def test_what_another_store_has_is_adopted(store: ImageStore, other: ImageStore) -> None:
    other.put("from/here.png", b"picture")
    store.put("to/there.png", b"older")
    for _ in range(2):
        store.adopt("to/there.png", other, "from/here.png")
    assert store.get("to/there.png") == b"picture"
    other.put("from/here.png", b"changed since")
    assert store.get("to/there.png") == b"picture"
    assert [kept.key for kept in store.listing()] == ["to/there.png"]


def test_nothing_is_adopted_that_is_not_there(store: ImageStore, other: ImageStore) -> None:
    store.put("to/there.png", b"older")
    with pytest.raises(ImageMissing):
        store.adopt("to/there.png", other, "from/here.png")
    assert store.get("to/there.png") == b"older"
