"""docker-compose.yml starts commands and sets settings that exist."""

from __future__ import annotations

from pathlib import Path

import yaml

from console.cli.verbs import VERBS
from workers.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "fluxbatch"}


def test_every_service_of_ours_starts_a_verb_that_exists() -> None:
    for name, service in OURS.items():
        words = [*service.get("entrypoint", ["fluxbatch"]), *service.get("command", [])]
        assert words[0] == "fluxbatch", name
        assert words[1] in VERBS, name


def test_every_setting_is_one_of_ours() -> None:
    known = {field.validation_alias or f"FLUXBATCH_{name.upper()}" for name, field in Settings.model_fields.items()}
    for service in OURS.values():
        assert set(service.get("environment", {})) <= known


def test_what_a_service_waits_for_is_there() -> None:
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])


def test_the_dockerfile_copies_every_package() -> None:
    text = (ROOT / "Dockerfile").read_text()
    for package in ("batches", "workers", "console", "simulator"):
        assert f"COPY {package} {package}" in text
