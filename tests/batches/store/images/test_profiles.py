"""Credentials of S3 from the files of its own tools."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from batches.errors import SettingError
from batches.store.images import ImageStoreError, open_store
from batches.store.images.profiles import Profile
from tests.buckets import BUCKET, OWNER, READER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.buckets import S3Server

BELL = "AKIA\a"
KEYS = "aws_access_key_id = {0}\naws_secret_access_key = {1}\n"


@pytest.fixture
def write(tmp_path: Path, nobody: None) -> Callable[[str, str], None]:  # noqa: ARG001  # an environment
    """Writes one of the files in a home of its own."""
    (tmp_path / ".aws").mkdir()
    return lambda name, text: (tmp_path / ".aws" / name).write_text(text) and None


@pytest.mark.parametrize("environment", [{}, {"AWS_PROFILE": "studio"}, {"AWS_DEFAULT_PROFILE": "studio"}])
def test_a_profile_says_who_and_where(
    environment: dict[str, str], s3_server: S3Server, write: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or "default"
    section = name if name == "default" else f"profile {name}"
    write("credentials", f"[other]\n[{name}]\n{KEYS.format(*OWNER)}")
    write("config", f"[{section}]\nregion = us-east-1\nendpoint_url = {s3_server.url}\ns3 =\n  max_queue_size = 9\n")
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    store = open_store(f"s3://{BUCKET}/{name}")
    store.put("a.png", b"picture")
    assert store.get("a.png") == b"picture"


def test_variables_go_before_profiles(
    s3_server: S3Server, write: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("credentials", f"[default]\n{KEYS.format('WRONG', 'WRONG')}endpoint_url = http://127.0.0.1:9\n")
    for variable, value in s3_server.environment().items():
        monkeypatch.setenv(variable, value)
    open_store(f"s3://{BUCKET}/variables").put("a.png", b"picture")


def test_a_program_may_tell_who_we_are(s3_server: S3Server, write: Callable[[str, str], None], tmp_path: Path) -> None:
    said = {"Version": 1, "AccessKeyId": OWNER[0], "SecretAccessKey": OWNER[1], "Expiration": "2099-01-01T00:00:00Z"}
    (tmp_path / "said.json").write_text(json.dumps(said))
    program = f'{sys.executable} -c "print(open({str(tmp_path / "said.json")!r}).read())"'
    write("config", f"[default]\nendpoint_url = {s3_server.url}\ncredential_process = {program}\n")
    open_store(f"s3://{BUCKET}/program").put("a.png", b"picture")


def test_a_program_that_fails_is_told_without_its_words(s3_server: S3Server, write: Callable[[str, str], None]) -> None:
    program = f'{sys.executable} -c "exit({OWNER[1]!r})"'
    write("config", f"[default]\nendpoint_url = {s3_server.url}\ncredential_process = {program}\n")
    with pytest.raises(ImageStoreError, match="credential_process") as refused:
        open_store(f"s3://{BUCKET}").put("a.png", b"picture")
    assert OWNER[1] not in str(refused.value)


def test_a_profile_with_letters_that_no_key_has_ends_no_thread(
    s3_server: S3Server, write: Callable[[str, str], None]
) -> None:
    write("credentials", f"[default]\nendpoint_url = {s3_server.url}\n{KEYS.format(BELL, OWNER[1])}")
    with pytest.raises(ImageStoreError, match="what is set for the service cannot be used"):
        open_store(f"s3://{BUCKET}").put("a.png", b"picture")


def test_keys_that_are_replaced_in_the_night_are_taken_up(write: Callable[[str, str], None], tmp_path: Path) -> None:
    write("credentials", f"[default]\n{KEYS.format(*OWNER)}")
    profile = Profile.of({"HOME": str(tmp_path)})
    assert profile is not None
    write("credentials", f"[default]\n{KEYS.format(*READER)}aws_session_token = token\n")
    now = profile()
    assert (now["access_key_id"], now["secret_access_key"], now["token"]) == (*READER, "token")
    assert not any(secret in repr(profile) for secret in (OWNER[1], READER[1]))


@pytest.mark.parametrize(
    ("config", "name", "said"),
    [
        ("[profile studio]\nregion = eu-west-1\n", "studoi", "Did you mean 'studio'?"),
        ("", "studio", "There are none."),
        ("[profile sso]\nsso_session = us\n", "sso", "aws configure export-credentials --profile sso"),
        ("[profile role]\nrole_arn = arn:aws:iam::1:role/r\n", "role", "(role_arn)"),
        ("[profile x]\naws_secret_access_key hush\n", "x", "config cannot be read."),
    ],
)
def test_a_profile_that_does_not_do_is_told_with_a_cure(
    config: str, name: str, said: str, write: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("config", config)
    monkeypatch.setenv("AWS_PROFILE", name)
    with pytest.raises(SettingError) as refused:
        open_store("s3://bucket")
    assert said in str(refused.value)
    assert "hush" not in str(refused.value)
    assert refused.value.cure
