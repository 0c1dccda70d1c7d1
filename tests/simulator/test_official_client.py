"""BFL's own Python SDK, unchanged, in a virtual environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SDK = "blackforest==0.1.3"
SCRIPT = """
import io, json, sys
import requests
from PIL import Image
from blackforest import BFLClient
from blackforest.types.general.client_config import ClientConfig

url, image = sys.argv[1:]
client = BFLClient(api_key="the-sdk-s-key", base_url=url)
quick = ClientConfig(sync=True, timeout=20, polling_interval=0.1)
bodies = {
    "flux-dev": {"prompt": "a cat", "seed": 1},
    "flux-pro": {"prompt": "a cat"},
    "flux-pro-1.1": {"prompt": "a cat", "width": 256, "height": 256},
    "flux-pro-1.1-ultra": {"prompt": "a cat", "aspect_ratio": "1:1"},
    "flux-pro-1.0-fill": {"prompt": "a cat", "image": image},
    "flux-pro-1.0-expand": {"prompt": "a cat", "image": image, "top": 64},
    "flux-pro-1.0-canny": {"prompt": "a cat", "control_image": image},
    "flux-pro-1.0-depth": {"prompt": "a cat", "control_image": image},
    "flux-kontext-pro": {"prompt": "a cat", "input_image": image},
}
seen = {}
for model, body in bodies.items():
    result = client.generate(model, body, quick).result
    seen[model] = Image.open(io.BytesIO(requests.get(result["sample"]).content)).size
ticket = client.generate("flux-dev", {"prompt": "a cat"}, track_usage=True)
seen["status"] = client.get_task_status(ticket.id).status
print("\\n" + json.dumps(seen))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that knows the SDK; absent at home it is no failure, in CI it is."""
    folder = tmp_path_factory.mktemp("sdk")
    venv.create(folder, with_pip=True)
    interpreter = folder / "bin" / "python"
    install = [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", SDK]
    installed = subprocess.run(install, capture_output=True, text=True, check=False, timeout=100)
    if installed.returncode != 0:
        reason = f"{SDK} cannot be installed: {installed.stderr.strip().splitlines()[-1:]}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return interpreter


@pytest.mark.timeout(240)
def test_the_official_sdk_runs_unchanged(
    python: Path, company: str, tmp_path: Path, picture: Callable[..., str]
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [python, script, company, picture(256, 256)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout.splitlines()[-1])
    assert seen.pop("status") in {"Pending", "Generating", "Ready"}
    assert seen == {
        "flux-dev": [1024, 768],
        "flux-pro": [1024, 768],
        "flux-pro-1.1": [256, 256],
        "flux-pro-1.1-ultra": [2048, 2048],
        "flux-pro-1.0-fill": [256, 256],
        "flux-pro-1.0-expand": [256, 320],
        "flux-pro-1.0-canny": [256, 256],
        "flux-pro-1.0-depth": [256, 256],
        "flux-kontext-pro": [1024, 1024],
    }
