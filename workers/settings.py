"""Settings from the environment. The defaults live inside FLUXBATCH_HOME and need nothing installed."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from batches.errors import SettingError
from batches.policy import SIMULATED

BFL_DOMAIN = "bfl.ai"
BFL_URL = f"https://api.{BFL_DOMAIN}"


def usable_url(url: str) -> str:
    """The address as we use it; ValueError for what is none."""
    parts = urlsplit(url)
    more = parts.username or parts.query or parts.fragment or " " in url
    if parts.scheme not in ("http", "https") or not parts.hostname or more:
        raise ValueError(f"give the API's address, for example {BFL_URL}")
    _ = parts.port  # raises ValueError for a port that is no port
    if parts.scheme == "http" and not _is_near(parts.hostname):
        raise ValueError("a key is not sent in the clear over the internet: begin it with https://")
    return url.rstrip("/")


def _is_near(host: str) -> bool:
    """This machine or one beside it, as the simulator is: a private address, or a name that means nothing outside."""
    with suppress(ValueError):
        return ip_address(host).is_private
    return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def usable_key(text: str) -> str:
    """The key without the line break it was pasted with; ValueError for what is none.

    It goes into a header, where a stray space or quote would be sent along, and complained about aloud.
    """
    key = text.strip()
    if not key or not (key.isascii() and key.isprintable()) or set(key) & set(" \"'"):
        raise ValueError("it is empty, or has letters in it that no key has")
    return key


def usable_account(name: str) -> str:
    """The name; ValueError where real and simulated batches would mix."""
    if name == SIMULATED:
        raise ValueError("the account of --simulate has this name")
    return name


def _secret(key: SecretStr) -> SecretStr:
    return SecretStr(usable_key(key.get_secret_value()))


class Settings(BaseSettings):
    """What the environment says."""

    model_config = SettingsConfigDict(env_prefix="FLUXBATCH_", env_ignore_empty=True, hide_input_in_errors=True)

    api_key: Annotated[SecretStr, AfterValidator(_secret)] | None = Field(default=None, validation_alias="BFL_API_KEY")
    api_url: Annotated[str, AfterValidator(usable_url)] = BFL_URL
    account: Annotated[str, AfterValidator(usable_account)] | None = None
    home: Path = Path(".fluxbatch")
    config: Path | None = None
    broker_url: str | None = None
    ledger_url: str | None = None
    images_url: str = "./images"
    web_token: SecretStr | None = None
    web_token_file: Path | None = None
    webhook_secret: SecretStr | None = None

    @classmethod
    def load(cls) -> Settings:
        """Read the environment, or say which setting is wrong."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            variable = name if name.isupper() else f"FLUXBATCH_{name.upper()}"
            said = str(first["msg"]).removeprefix("Value error, ")
            raise SettingError(
                f"The setting {variable} cannot be used: {said}.", cure=f"Correct or unset {variable}."
            ) from error

    @property
    def where_ledger(self) -> str:
        """URL of the ledger; the default is a SQLite file in the home."""
        return self.ledger_url or f"sqlite:///{self.home.absolute() / 'ledger.db'}"

    @property
    def account_name(self) -> str:
        """Whose money: `default` at BFL itself; another host is another account, so the two never mix."""
        if self.account:
            return self.account
        host = urlsplit(self.api_url).hostname or ""
        return "default" if host == BFL_DOMAIN or host.endswith(f".{BFL_DOMAIN}") else urlsplit(self.api_url).netloc
