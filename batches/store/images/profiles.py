"""Credentials of S3 from the files that its own tools keep: `~/.aws/credentials` and `~/.aws/config`."""

from __future__ import annotations

import json
import shlex
import subprocess
from configparser import ConfigParser
from configparser import Error as NotReadable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from batches.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from obstore.store import S3Credential

AGAIN = timedelta(minutes=15)
"""After so long the files are read again: what logs people in writes new keys there in the middle of a night."""

PAIR = {"aws_access_key_id", "aws_secret_access_key"}
"""What says who we are, without asking anybody."""

PROCESS_SECONDS = 60
"""For a program that tells credentials."""

ELSEWHERE = ("role_arn", "sso_session", "sso_start_url", "login_session")
"""With one of these, credentials have to be asked for elsewhere, which is left to the service's own tools."""

OWN = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE")
"""Variables that say who we are, and go before every profile."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What the files say under one name."""

    name: str
    region: str | None  #: where its buckets are
    endpoint: str | None  #: of another service than Amazon's
    files: tuple[Path, Path]  #: credentials and config
    has_credentials: bool  #: whether it says who we are

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Profile | None:
        """The one that the environment names, or `default`; None where there is none. SettingError for a wrong one."""
        asked = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE")
        name, files = asked or "default", _files(environment)
        said = _read(files)
        if name not in said:
            if asked:
                raise _unknown(asked, sorted(said), files)
            return None
        its = said[name]
        knows_us = any(environment.get(variable) for variable in OWN)
        if not knows_us and (way := next((key for key in ELSEWHERE if key in its), None)):
            raise _asks_elsewhere(name, way)
        has = not knows_us and (its.keys() >= PAIR or "credential_process" in its)
        return cls(name, its.get("region"), its.get("endpoint_url"), files, has)

    def __call__(self) -> S3Credential:
        """The credentials as they stand now."""
        its = _read(self.files).get(self.name, {})
        if not its.keys() >= PAIR:
            return _told(its["credential_process"])
        return {
            "access_key_id": its["aws_access_key_id"],
            "secret_access_key": its["aws_secret_access_key"],
            "token": its.get("aws_session_token"),
            "expires_at": datetime.now(UTC) + AGAIN,
        }


def _files(environment: Mapping[str, str]) -> tuple[Path, Path]:
    credentials = environment.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials"
    config = environment.get("AWS_CONFIG_FILE") or "~/.aws/config"
    return Path(credentials).expanduser(), Path(config).expanduser()


def _read(files: tuple[Path, Path]) -> dict[str, dict[str, str]]:
    """Every profile by its name. Where both files say something, the first goes before the second."""
    profiles: dict[str, dict[str, str]] = {}
    for file in reversed(files):
        parser = ConfigParser(interpolation=None, strict=False, default_section="")
        try:
            parser.read(file, encoding="utf-8")
        except (NotReadable, OSError, UnicodeDecodeError):
            raise SettingError(f"{file} cannot be read.", cure="Correct it, or set AWS_ACCESS_KEY_ID.") from None
        for section in parser.sections():
            profiles.setdefault(section.removeprefix("profile ").strip(), {}).update(parser[section])
    return profiles


def _told(command: str) -> S3Credential:
    """What a program of the person's own says."""
    said = subprocess.run(  # noqa: S603  # the file that holds it may hold keys as well
        shlex.split(command), capture_output=True, check=True, timeout=PROCESS_SECONDS
    ).stdout
    its = json.loads(said)
    until = its.get("Expiration")
    return {
        "access_key_id": its["AccessKeyId"],
        "secret_access_key": its["SecretAccessKey"],
        "token": its.get("SessionToken"),
        "expires_at": datetime.fromisoformat(until) if until else None,
    }


def _unknown(name: str, names: list[str], files: tuple[Path, Path]) -> SettingError:
    close = get_close_matches(name, names, n=1)
    cure = f"Did you mean {close[0]!r}?" if close else f"There are {', '.join(names) or 'none'}."
    return SettingError(f"AWS_PROFILE names {name!r}, which is neither in {files[0]} nor in {files[1]}.", cure=cure)


def _asks_elsewhere(name: str, way: str) -> SettingError:
    return SettingError(
        f"The profile {name!r} has its credentials asked for elsewhere ({way}), which fluxbatch leaves to the AWS CLI.",
        cure=f"Add a profile with credential_process = aws configure export-credentials --profile {name}, and name it.",
    )
