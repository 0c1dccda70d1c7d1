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

BFL_DOMAIN = "bfl.ai"


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    more = parts.username or parts.query or parts.fragment or " " in url
    if parts.scheme not in ("http", "https") or not parts.hostname or more:
        raise ValueError("give the API's address, for example https://api.bfl.ai")
    _ = parts.port  # raises ValueError for a port that is no port
    if parts.scheme == "http" and not _is_near(parts.hostname):
        raise ValueError("a key is not sent in the clear over the internet: begin it with https://")
    return url.rstrip("/")


def _is_near(host: str) -> bool:
    """This machine or one beside it, as the simulator is: a private address, or a name that means nothing outside."""
    with suppress(ValueError):
        return ip_address(host).is_private
    return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _key(key: SecretStr) -> SecretStr:
    """A key goes into a header, where a stray space or quote would be sent along, and complained about aloud."""
    text = key.get_secret_value().strip()
    if not text or not (text.isascii() and text.isprintable()) or set(text) & set(" \"'"):
        raise ValueError("it is empty, or has letters in it that no key has")
    return SecretStr(text)


class Settings(BaseSettings):
    """What the environment says."""

    model_config = SettingsConfigDict(env_prefix="FLUXBATCH_", env_ignore_empty=True, hide_input_in_errors=True)

    api_key: Annotated[SecretStr, AfterValidator(_key)] | None = Field(default=None, validation_alias="BFL_API_KEY")
    api_url: Annotated[str, AfterValidator(_http_url)] = "https://api.bfl.ai"
    account: str | None = None
    home: Path = Path(".fluxbatch")
    broker_url: str | None = None
    ledger_url: str | None = None
    images_url: str = "./images"

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
