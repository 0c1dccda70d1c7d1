"""A program drives a batch by HTTP from its plan to its report, as the page of the docs says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from console.actions.worker_process import worker_processes

if TYPE_CHECKING:
    import pytest
    from fastapi import FastAPI
    from starlette.testclient import TestClient

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/how-to/drive-it-by-http.md"
SCRIPT = re.compile(r"```py\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def test_the_script_of_the_page_prints_what_stands_below_it(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [(script, printed)] = SCRIPT.findall(PAGE.read_text())
    with worker_processes(tmp_path / "worker.log", ["simulator"], verbose=False):
        exec(script.replace("http://127.0.0.1:8600", url), {})
    assert capsys.readouterr().out == printed


def paths_of(client: TestClient) -> set[str]:
    app: FastAPI = client.app
    return {re.sub(r"\{\w+\}", "{}", path) for path in app.openapi()["paths"]}


def test_every_verb_that_the_page_names_is_there(client: TestClient) -> None:
    named = {path.partition("?")[0] for path in re.findall(r"\$at(/[^\s\"]*)", PAGE.read_text())}
    assert {f"/api/v1{path.replace('$batch', '{}')}" for path in named} <= paths_of(client)


def test_every_button_leads_to_a_verb(client: TestClient) -> None:
    """Pages say addresses of the API in their templates, where nothing else would notice a wrong one."""
    verbs = tuple(f"/{path.rpartition('/')[2]}" for path in paths_of(client))
    for template in (ROOT / "console/web/templates").rglob("*.html"):
        for address in re.findall(r'"(/api[^"]*)"', template.read_text()):
            known = address.startswith("/api/v1") and address.endswith((*verbs, "/batches/"))
            assert known or address == "/api/openapi.json", f"{template.name}: {address}"


def test_the_list_of_verbs_names_them_all(client: TestClient) -> None:
    page = client.get("/api").text
    for path, verbs in client.app.openapi()["paths"].items():
        for method in verbs:
            assert f"<code>{method.upper()} {path}</code>" in page
    assert "most_credits</code><span" in page, "what has to be said is marked"
