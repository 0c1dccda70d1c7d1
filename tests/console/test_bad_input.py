"""Bad input gets one clear message that names the place and the cure, the right exit code, and nothing is written."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "version: 1\nname: good\nmodel: flux-dev\nprompts: [a fox]\n"
NOBODY_LISTENS = "127.0.0.1:1"

MANIFESTS = {
    "a missing file": (None, 2, "missing.yaml: there is no such file"),
    "broken YAML": ("name: [good\n", 2, "bad.yaml:2:1: this is not YAML"),
    "a key twice": ("version: 1\nversion: 1\n", 2, "bad.yaml:2:1: the key `version` comes twice"),
    "a wrong type": (GOOD + "repeat: two\n", 2, "bad.yaml:5:9: `repeat` must be a whole number"),
    "an unknown key": (GOOD + "modle: x\n", 2, 'did you mean "model"?'),
    "an unknown model": (
        GOOD.replace("dev", "devv"),
        2,
        'bad.yaml:3:8: There is no model "flux-devv"; did you mean "flux-dev"?',
    ),
    "a size that is no multiple of 32": (GOOD + "params: {width: 1000}\n", 2, "the nearest allowed: 992 and 1024"),
}


@pytest.mark.parametrize(("text", "code", "said"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_bad_manifest(tmp_path: Path, text: str | None, code: int, said: str) -> None:
    name = "bad.yaml" if text is not None else "missing.yaml"
    if text is not None:
        (tmp_path / name).write_text(text)
    refused(tmp_path, ["run", name, "--yes", "--simulate"], {}, code, said)


COMMANDS = {
    "no key and no --simulate": (["run", "good.yaml", "--yes"], {}, 2, "BFL_API_KEY is not set"),
    "a worker without a key": (["worker"], {}, 2, "BFL_API_KEY is not set"),
    "an account that is none": (["worker", "--account", "nope"], {}, 2, 'There is no account "nope"'),
    "an account beside the simulator's": (["worker", "--account", "a", "--simulate"], {}, 2, "an account of its own"),
    "a file of accounts that is none": (["run", "good.yaml"], {"FLUXBATCH_CONFIG": "x"}, 2, "x cannot be read"),
    "an unreachable API": (
        ["run", "good.yaml", "--yes"],
        {"BFL_API_KEY": "a-good-key", "FLUXBATCH_API_URL": f"http://{NOBODY_LISTENS}"},
        6, "does not answer",
    ),
    "an unreachable broker": (
        ["submit", "good.yaml", "--yes"],
        {"FLUXBATCH_BROKER_URL": f"redis://{NOBODY_LISTENS}/0"},
        6, f"The broker redis://{NOBODY_LISTENS}/0 cannot be reached",
    ),
    "a worker with an unreachable broker": (
        ["worker"],
        {"FLUXBATCH_BROKER_URL": f"redis://{NOBODY_LISTENS}/0", "BFL_API_KEY": "a-good-key"},
        6, "cannot be reached",
    ),
    "a broker URL that is none": (["worker", "--simulate"], {"FLUXBATCH_BROKER_URL": "x"}, 2, "not the address"),
    "a ledger URL that is none": (["status"], {"FLUXBATCH_LEDGER_URL": "x"}, 2, "FLUXBATCH_LEDGER_URL"),
    "an image store that is none": (
        ["run", "good.yaml", "--yes", "--simulate"], {"FLUXBATCH_IMAGES_URL": "ftp://x"}, 2, "FLUXBATCH_IMAGES_URL",
    ),
    "an API URL that is none": (["submit", "good.yaml", "--yes"], {"FLUXBATCH_API_URL": "x"}, 2, "FLUXBATCH_API_URL"),
    "a home that cannot be": (["status"], {"FLUXBATCH_HOME": "/proc/no"}, 6, "cannot be made"),
    "a batch that is none": (["status", "nope"], {}, 2, "There is no batch 'nope'"),
    "a model that is none": (["models", "flux-2-por"], {}, 2, 'did you mean "flux-2-pro"?'),
    "a verb that is none": (["frobnicate"], {}, 2, "No such command"),
    "an option that is none": (["plan", "good.yaml", "--jsn"], {}, 2, "--json"),
    "nobody to ask": (["submit", "good.yaml"], {}, 2, "Add --yes to agree"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "env", "code", "said"), COMMANDS.values(), ids=COMMANDS)
def test_a_bad_command(tmp_path: Path, words: list[str], env: dict[str, str], code: int, said: str) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    refused(tmp_path, words, env, code, said)


def refused(folder: Path, words: list[str], env: dict[str, str], code: int, said: str) -> None:
    """The command ends with this code and these words, without a traceback, and no job was written."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FLUXBATCH_", "BFL_"))}
    done = subprocess.run(
        [sys.executable, "-m", "console", *words],
        cwd=folder, env={**clean, **env}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    ledger = folder / ".fluxbatch" / "ledger.db"
    assert not ledger.exists() or b"a fox" not in ledger.read_bytes()
