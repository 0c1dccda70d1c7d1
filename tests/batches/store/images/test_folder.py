"""Pictures on a disk, which fills up, is taken away, and loses its power."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.store.images import FolderStore, ImageStoreError, ImageStoreFull
from batches.store.images.folder import STALE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 1 << 20

KILLED = """
import os, signal, sys
from batches.store.images import FolderStore
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
FolderStore(sys.argv[1]).put("a.png", b"new")
"""

UMASK = """
import os, sys
os.umask(0o027)
from batches.store.images import FolderStore
FolderStore(sys.argv[1]).put("a.png", b"new")
"""


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTE}", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("only root can mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_the_folder_is_made_with_the_first_picture(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "new/images")
    assert not (tmp_path / "new").exists()
    store.put("batch/a.png", b"x")
    assert files(tmp_path) == {"new/images/batch/a.png": b"x"}


def test_a_folder_may_be_given_as_people_write_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    FolderStore("images").put("a.png", b"here")
    FolderStore("~/images").put("a.png", b"home")
    assert files(tmp_path) == {"images/a.png": b"here", "me/images/a.png": b"home"}


def test_a_picture_can_be_read_by_whom_the_umask_allows(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", UMASK, str(tmp_path)], check=True)
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == 0o640


def test_a_way_out_through_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/out").symlink_to(tmp_path)
    with pytest.raises(ImageStoreError, match="leads out"):
        FolderStore(tmp_path / "images").put("out/a.png", b"x")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_put_that_fails_half_way_leaves_the_old_bytes_and_no_litter(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    store.put("a.png", b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "the disk broke")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(ImageStoreError, match="the disk broke"):
        store.put("a.png", b"new")
    assert files(tmp_path) == {"a.png": b"old"}


def test_a_process_that_is_killed_before_the_picture_has_its_name_leaves_the_old_bytes(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put("a.png", b"old")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -9
    left = files(tmp_path)
    assert left.pop("a.png") == b"old"
    assert all(name.startswith(".") for name in left), "nothing that a person sees"


def test_drafts_of_killed_workers_are_dropped_when_nobody_has_touched_them_for_an_hour(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    store.tidy(time.time() + STALE_SECONDS - 60)
    assert len(files(tmp_path)) == 1, "somebody may still be at it"
    store.tidy(time.time() + STALE_SECONDS + 60)
    assert files(tmp_path) == {}


def test_where_there_is_no_folder_yet_there_is_nothing_to_tidy(tmp_path: Path) -> None:
    FolderStore(tmp_path / "images").tidy(time.time())
    assert not (tmp_path / "images").exists()


def test_a_disk_that_fills_up_while_a_draft_is_written_says_so_and_has_its_room_back(tiny_disk: Path) -> None:
    store = FolderStore(tiny_disk / "images")
    with pytest.raises(ImageStoreFull), store.draft() as draft:
        draft.write(bytes(2 * MEGABYTE))
    assert files(tiny_disk) == {}
    store.put("a.png", bytes(MEGABYTE // 2))


def test_a_full_disk_is_told_apart_and_leaves_what_was_there(tiny_disk: Path) -> None:
    store = FolderStore(tiny_disk / "images")
    store.put("a.png", b"old")
    with pytest.raises(ImageStoreFull) as full:
        store.put("a.png", bytes(2 * MEGABYTE))
    assert "Free some space" in full.value.cure
    assert files(tiny_disk) == {"images/a.png": b"old"}
    store.put("b.png", b"with room again it goes on")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, ImageStoreFull),  # no space left on device
        (errno.EDQUOT, ImageStoreFull),  # this user's share is used up
        (errno.EROFS, ImageStoreError),  # read-only
        (errno.EACCES, ImageStoreError),  # not allowed
    ],
)
def test_what_the_disk_says_is_told_with_a_cure(
    number: int, kind: type[ImageStoreError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ImageStoreError) as refused:
        FolderStore(tmp_path).put("a.png", b"x")
    assert type(refused.value) is kind
    assert refused.value.cure
    assert files(tmp_path) == {}


class TestSomethingInTheWay:
    """A file where a folder should be, or the other way round."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> FolderStore:
        (tmp_path / "file").touch()
        (tmp_path / "folder.png").mkdir()
        return FolderStore(tmp_path)

    @pytest.mark.parametrize("key", ["file/a.png", "folder.png"])
    def test_put_says_so_and_leaves_no_litter(self, key: str, store: FolderStore) -> None:
        with pytest.raises(ImageStoreError, match="cannot be used") as refused:
            store.put(key, b"x")
        assert refused.value.cure
        assert files(store.root) == {"file": b""}

    def test_get_and_delete_say_so(self, store: FolderStore) -> None:
        for verb in (store.get, store.delete):
            with pytest.raises(ImageStoreError, match="cannot be used"):
                verb("folder.png")
