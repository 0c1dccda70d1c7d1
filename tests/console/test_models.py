"""`fluxbatch models` lists what there is, and what each model costs this account and by whose word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batches.errors import SettingError
from batches.models import PUBLISHED, UnknownModel, catalogue
from console.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable

STUDIO = '[accounts.studio]\nkey_env = "STUDIO_BFL_KEY"\nprices = {flux-dev = 1.5}\n'


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `fluxbatch models` prints with these options, in a folder with nothing but a test's own settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "ACCOUNT", "API_URL"):
        monkeypatch.delenv(f"FLUXBATCH_{name}", raising=False)

    def lister(*words: str) -> str:
        app(["models", *words], standalone_mode=False)
        return capsys.readouterr().out

    return lister


@pytest.fixture
def told(models: Callable[..., str]) -> Callable[..., Any]:
    """The same as JSON."""
    return lambda *words: json.loads(models("--json", *words))


def test_every_price_stands_with_an_example_and_its_source(models: Callable[..., str]) -> None:
    lines = [" ".join(line.split()) for line in models("--prices").splitlines()]
    assert "flux-kontext-pro 4 credits per image 4 4 2026 published PRICE" in lines
    assert "flux-dev 2.5 credits per image 2.5 2.5 2025-01-23 stale MIRROR25" in lines
    assert any(line.startswith("flux-2-pro 3 credits for the first megapixel") and "3 4.5" in line for line in lines)
    assert "flux-tools/vto-v1 unknown unknown unknown 2026-11-20 unknown NOWHERE" in lines
    assert "PRICE: BFL's pricing page" in lines


def test_machines_read_the_whole_price_table(told: Callable[..., Any]) -> None:
    table = told("--prices")
    assert (table["as_of"], table["sha256"]) == (PUBLISHED.as_of, PUBLISHED.sha256)
    by_model = {line["model"]: line for line in table["prices"]}
    assert list(by_model) == [model.name for model in catalogue()]
    assert by_model["flux-2-pro"]["example"] == {
        "megapixel": {"credits": 3, "usd": 0.03},
        "with_megapixel_of_input": {"credits": 4.5, "usd": 0.045},
    }
    assert by_model["finetune"]["example"] == {"megapixel": {"credits": 400, "usd": 4}}, "it takes no image"
    assert set(by_model["flux-tools/vto-v1"]["example"].values()) == {None}
    assert by_model["flux-kontext-pro"]["words"] == "4 credits per image"
    assert by_model["flux-kontext-pro"]["price"]["certainty"] == "published"


def test_one_model_tells_an_example_and_who_says_so(models: Callable[..., str]) -> None:
    assert models("flux-2-pro").splitlines()[:6] == [
        "flux-2-pro  FLUX.2 [pro]: generates and edits; the one to start with.",
        "current, lane standard (24 active tasks), POST /v1/flux-2-pro",
        "Price: 3 credits for the first megapixel, 1.5 for each further, 1.5 per input megapixel",
        "For example 3 credits for one megapixel, 4.5 with a megapixel of input.",
        "It is published as of 2026-02-03: BFL's API skill, black-forest-labs/skills.",
        "",
    ]
    assert models("flux-tools/vto-v1").splitlines()[2:4] == [
        "Price: unknown",
        "It is unknown as of 2026-11-20: no public price was found.",
    ]
    with pytest.raises(UnknownModel):
        models("flux-2-por")


def test_a_negotiated_price_is_marked_wherever_it_is_shown(
    models: Callable[..., str], told: Callable[..., Any]
) -> None:
    Path("fluxbatch.toml").write_text("[prices]\nflux-dev = 2\n")
    assert "2 credits per image (negotiated)" in models()
    assert models("flux-dev").splitlines()[2:5] == [
        "Price: 2 credits per image (negotiated)",
        "For example 2 credits for one megapixel, 2 with a megapixel of input.",
        "It is negotiated: prices of your own, in fluxbatch.toml.",
    ]
    assert told("flux-dev")["price"]["certainty"] == "negotiated"
    [line] = told("flux-dev", "--prices")["prices"]
    assert (line["price"]["certainty"], line["price"]["credits"]) == ("negotiated", 2)
    assert {model["name"] for model in told() if model["price"]["certainty"] == "negotiated"} == {"flux-dev"}
    assert told("--prices")["sha256"] != PUBLISHED.sha256


def test_an_account_has_its_own_prices(told: Callable[..., Any]) -> None:
    Path("fluxbatch.toml").write_text(f"[prices]\nflux-dev = 2\n{STUDIO}")
    assert told("flux-dev")["price"]["credits"] == 2
    assert told("flux-dev", "--account", "studio")["price"]["credits"] == 1.5
    with pytest.raises(SettingError, match='There is no account "stduio"'):
        told("--account", "stduio")


def test_settings_that_are_wrong_keep_nobody_from_the_list_that_mends_them(
    models: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("fluxbatch.toml").write_text("[prices]\nmy-flux = 2\n")
    said = "fluxbatch.toml: `prices.my-flux` cannot be used: there is no such model; `fluxbatch models` lists them."
    with pytest.raises(SettingError) as caught:
        models("--prices")
    assert caught.value.message == said
    app(["models"], standalone_mode=False)
    shown = capsys.readouterr()
    assert "flux-dev" in shown.out
    assert shown.err.strip() == f"Note: prices are those that BFL publishes. {said}"
