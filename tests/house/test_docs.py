"""What the pages say is what the program does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from batches.manifest import read_manifest
from batches.manifest.policy_shape import PolicyShape
from batches.manifest.shape import ManifestShape, OutputShape
from batches.planning import make_plan
from console.cli.verbs import VERBS
from console.exit_codes import ExitCode
from tests.pictures import picture
from workers.settings import Settings

ROOT = Path(__file__).parents[2]
SCRIPT = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCRIPTED = [page for page in PAGES if SCRIPT.search(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        assert target.startswith("http") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", ["README.md", "docs/reference/manifest.md"])
def test_every_manifest_on_a_page_can_be_planned(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    assert blocks
    for name in ("photos/heron.jpg", "photos/owl.jpg", "masks/heron.png"):
        picture(tmp_path / name)
    for number, block in enumerate(blocks):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block)
        assert make_plan(read_manifest(file)).unique


@pytest.mark.parametrize("page", SCRIPTED, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_script_on_a_page_prints_what_stands_below_it(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The scripts of a page run one after the other, as the cells of a notebook do."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for script, printed in SCRIPT.findall(page.read_text()):
        exec(script, names)
        assert capsys.readouterr().out == printed or not printed


def test_the_readme_names_every_verb() -> None:
    table = (ROOT / "README.md").read_text().partition("| command |")[2]
    for verb in VERBS:
        assert re.search(rf"`(fluxbatch )?{verb}`", table), verb


def test_the_settings_page_has_every_exit_code_and_no_other() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text()
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == {int(code) for code in ExitCode}


def test_the_settings_page_has_every_setting_and_no_other() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text()
    names = {field.validation_alias or f"FLUXBATCH_{name.upper()}" for name, field in Settings.model_fields.items()}
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) == names


def test_the_manifest_page_has_every_rule_of_a_policy_and_no_other() -> None:
    table = (ROOT / "docs/reference/manifest.md").read_text().partition("| rule |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == PolicyShape.model_fields.keys()


def test_the_manifest_page_has_every_key_and_no_other() -> None:
    page = (ROOT / "docs/reference/manifest.md").read_text().partition("## Prompts from files")[0]
    keys = {key for key in ManifestShape.model_fields if key != "output"}
    keys |= {f"output.{key}" for key in OutputShape.model_fields}
    assert set(re.findall(r"^\| `([a-z.]+)` \|", page, re.MULTILINE)) == keys


def test_the_page_of_commands_is_what_the_program_says() -> None:
    spec = importlib.util.spec_from_file_location("commands", ROOT / "docs" / "commands.py")
    assert spec is not None
    assert spec.loader is not None
    commands = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(commands)
    assert commands.PAGE.read_text() == commands.page(), "run: PYTHONPATH=. python docs/commands.py"
