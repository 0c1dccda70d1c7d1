"""The walls: quick starts, small modules, and no key or host where it does not belong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("batches", "workers", "console", "simulator")


@pytest.mark.parametrize(
    ("doing", "unwanted"),
    [
        (
            "import workers, workers.worker",
            {"fastapi", "starlette", "uvicorn", "typer", "alembic", "jinja2", "vl_convert", "obstore"},
        ),
        ("from batches.store.images import open_store; open_store('./images')", {"obstore"}),
        ("import batches", {"yaml", "pydantic"}),
        ("import batches.planning", {"sqlalchemy", "celery", "redis", "httpx", "PIL"}),
        ("import simulator.__main__", {"celery", "sqlalchemy", "redis"}),
        (
            "from console.cli.main import app; app(['--help'], standalone_mode=False)",
            {
                "fastapi",
                "uvicorn",
                "sqlalchemy",
                "celery",
                "redis",
                "httpx",
                "pydantic",
                "PIL",
                "yaml",
                "jinja2",
                "obstore",
            },
        ),
    ],
    ids=[
        "a worker needs neither a web framework nor charts before a batch is over",
        "a folder needs no clouds",
        "the package needs none of its rooms",
        "a plan needs no database",
        "the simulator needs no queue",
        "--help is quick",
    ],
)
def test_what_is_not_needed_is_not_imported(doing: str, unwanted: set[str]) -> None:
    script = f"{doing}\nimport sys\nprint('LOADED', *sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert loaded & unwanted == set()


def test_modules_hold_one_idea() -> None:
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            if "migrations/versions" not in str(file):
                lines = [line for line in file.read_text().splitlines() if line.strip()]
                assert len(lines) <= 300, f"{file} has {len(lines)} lines"


def test_the_lock_files_pin_every_package_by_hash_and_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        for requirement in text.replace("\\\n", " ").splitlines():
            assert "==" in requirement, requirement
            assert "--hash=sha256:" in requirement, requirement
