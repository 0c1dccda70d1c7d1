"""Accounts are set up in the environment and in fluxbatch.toml; their keys are found there and shown nowhere."""

from __future__ import annotations

import os
import traceback
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.errors import SettingError
from batches.models import LANE_SLOTS, PUBLISHED, find
from batches.money import credits_of
from console.actions.services import SIMULATOR
from workers.accounts import Accounts, names_of, prices_together, slots_together
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.accounts import Account

KEY = "bfl-very-secret"
STUDIO = '[accounts.studio]\nkey_env = "STUDIO_BFL_KEY"\n'


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("FLUXBATCH_") or name.endswith("BFL_API_KEY"):
            monkeypatch.delenv(name)


def accounts(text: str | None = None) -> Accounts:
    """Those that are set up with this file in the working directory."""
    if text is not None:
        Path("fluxbatch.toml").write_text(text)
    return Accounts.of(Settings.load())


def credits_for(account: Account) -> dict[str, Decimal]:
    """What a megapixel costs it with some models."""
    models = ("flux-dev", "flux-kontext-pro", "flux-2-pro")
    return {model: credits_of(account.prices.applied(find(model)).example() or 0) for model in models}


def refused(doing: Callable[[], object]) -> SettingError:
    """The error, which has the key in no part of it."""
    with pytest.raises(SettingError) as caught:
        doing()
    assert KEY not in "".join(traceback.format_exception(caught.value)), "not even in a traceback"
    return caught.value


def test_without_a_file_the_environment_has_the_only_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BFL_API_KEY", KEY)
    [only] = found = accounts()
    assert found.named(None) is found.named("default") is only
    assert (only.name, only.api_url, only.slots, only.key()) == ("default", "https://api.bfl.ai", LANE_SLOTS, KEY)


def test_without_any_key_the_cure_is_told_when_it_is_needed() -> None:
    usual = accounts().named(None)
    assert "BFL_API_KEY" in refused(usual.key).message


def test_an_account_of_the_file_has_its_own_key_host_and_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_BFL_KEY", f"{KEY}\n")
    monkeypatch.setenv("FLUXBATCH_API_URL", "http://127.0.0.1:8000")
    found = accounts(STUDIO + 'slots = {standard = 48, video = 2}\n[accounts."team.b"]\nkey_file = "b.key"\n')
    Path("b.key").write_text("another-key\n")
    studio, team = found.named("studio"), found.named("team.b")
    assert studio.key() == KEY
    assert studio.api_url == "https://api.bfl.ai", "the environment's host is of its own account"
    assert studio.slots == {"standard": 48, "kontext-max": 6, "video": 2}, "BFL's limit, where none is written"
    assert (team.key(), team.slots) == ("another-key", LANE_SLOTS)


@pytest.mark.parametrize(("written", "pace"), [("per_second = 2.5", 2.5), ("per_second = 10", 10), ("", None)])
def test_an_account_may_be_held_to_so_many_submissions_a_second(written: str, pace: float | None) -> None:
    assert accounts(STUDIO + written).named("studio").per_second == pace


def test_what_an_account_pays_goes_before_what_all_of_them_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BFL_API_KEY", KEY)
    lab = '[accounts.lab]\nkey_env = "LAB_BFL_KEY"\nprices = {"*" = {discount_percent = 10}}\n'
    own = "prices = {flux-dev = 1}\n"
    found = accounts(f"[prices]\nflux-dev = 2\nflux-kontext-pro = 3\n{STUDIO}{own}{lab}")
    assert credits_for(found.named(None)) == {"flux-dev": 2, "flux-kontext-pro": 3, "flux-2-pro": 3}
    assert credits_for(found.named("studio")) == {"flux-dev": 1, "flux-kontext-pro": 3, "flux-2-pro": 3}
    lab_pays = {"flux-dev": Decimal("2.25"), "flux-kontext-pro": Decimal("3.6"), "flux-2-pro": Decimal("2.7")}
    assert credits_for(found.named("lab")) == lab_pays


def test_without_prices_of_its_own_an_account_pays_what_is_published() -> None:
    assert accounts(STUDIO).named("studio").prices == PUBLISHED
    assert accounts().named(None).prices == PUBLISHED
    assert SIMULATOR.prices == PUBLISHED


def test_a_key_file_lies_beside_the_file_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("etc").mkdir()
    Path("etc/accounts.toml").write_text('[accounts.studio]\nkey_file = "studio.key"\n')
    Path("etc/studio.key").write_text(KEY)
    monkeypatch.setenv("FLUXBATCH_CONFIG", "etc/accounts.toml")
    assert accounts().named("studio").key() == KEY


def test_the_environment_may_name_one_of_the_file_as_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXBATCH_ACCOUNT", "studio")
    monkeypatch.setenv("BFL_API_KEY", "another-key")
    monkeypatch.setenv("STUDIO_BFL_KEY", KEY)
    assert accounts(STUDIO).named(None).key() == KEY


def test_all_that_have_a_key_or_a_place_for_it_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.name for one in accounts(STUDIO)] == ["studio"]
    monkeypatch.setenv("BFL_API_KEY", KEY)
    assert [one.name for one in accounts(STUDIO)] == ["default", "studio"]


def test_one_that_is_not_set_up_is_told_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BFL_API_KEY", KEY)
    found = accounts(STUDIO)
    error = refused(lambda: found.named("studo"))
    assert error.message == 'There is no account "studo"; did you mean "studio"?'
    assert error.cure == (
        "These are set up: default, studio. To set this one up, write [accounts.studo] into fluxbatch.toml, "
        'with key_env = "NAME_OF_A_VARIABLE".'
    )


LAB = '[accounts.lab]\nkey_env = "LAB_BFL_KEY"\n'
POOL = f'{STUDIO}{LAB}[pools]\nnight = ["studio", "lab"]\n'


def test_a_pool_stands_for_its_accounts() -> None:
    found = accounts(POOL)
    assert names_of(found.pooled("night")) == ("studio", "lab")
    assert names_of(found.pooled("lab")) == ("lab",)
    assert slots_together(found.pooled("night")) == {"standard": 48, "kontext-max": 12, "video": 10}


def test_where_one_account_is_wanted_a_pool_is_refused_with_its_accounts() -> None:
    error = refused(lambda: accounts(POOL).named("night"))
    assert (error.message, error.cure) == ('"night" is a pool.', "Name one of its accounts: studio, lab.")


def test_a_pool_is_not_called_like_the_usual_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXBATCH_ACCOUNT", "night")
    assert refused(lambda: accounts(POOL)).message == "fluxbatch.toml: `pools.night` has the name of an account."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (STUDIO + "[pools]\nnight = []", "`pools.night` cannot be used: it must not be empty"),
        (STUDIO + '[pools]\nnight = "studio"', "`pools.night` cannot be used: it must be a list of names"),
        (STUDIO + '[pools]\nnight = ["studio", "studio"]', "`pools.night` cannot be used: name each account once"),
        (STUDIO + '[pools]\nnight = ["a b"]', "`pools.night.0` cannot be used: must be letters, digits"),
        (STUDIO + '[pools]\nstudio = ["studio"]', "`pools.studio` has the name of an account"),
        (f'[accounts.studio]\nkey = "{KEY}"', "fluxbatch.toml: `accounts.studio.key` would keep the key itself."),
        (f'[accounts.studio]\nkey_env = "{KEY}"', "give the name of an environment variable in capitals"),
        ("[accounts.studio]", "`accounts.studio` cannot be used: say in one way where its key is"),
        (STUDIO + 'key_file = "k"', "`accounts.studio` cannot be used: say in one way where its key is"),
        (STUDIO + 'ke_file = "k"', 'unknown key `accounts.studio.ke_file`; did you mean "key_file"?'),
        ("[acounts.studio]", 'unknown key `acounts`; did you mean "accounts"?'),
        (STUDIO + 'api_url = "api.bfl.ai"', "`accounts.studio.api_url` cannot be used: give the API's address"),
        (STUDIO + 'allowed_hosts = ["*"]', "`accounts.studio.allowed_hosts.0` cannot be used: give the name of a host"),
        (STUDIO + 'allowed_hosts = ["*.com"]', "give the name of a host in small letters, or *. and a domain"),
        (STUDIO + 'allowed_hosts = ["https://flux.example.com"]', "give the name of a host in small letters"),
        (STUDIO + "slots = {vidoe = 2}", 'there is no lane `vidoe`; did you mean "video"?'),
        (STUDIO + "slots = {fast = 2}", "there is no lane `fast`; there are standard, kontext-max, video"),
        (STUDIO + "slots = {video = 0}", "`accounts.studio.slots.video` cannot be used: Input should be greater"),
        (STUDIO + 'slots = {video = "2"}', "`accounts.studio.slots.video` cannot be used: Input should be a valid int"),
        (STUDIO + "per_second = 0", "`accounts.studio.per_second` cannot be used: Input should be greater than 0"),
        (STUDIO + "per_second = inf", "`accounts.studio.per_second` cannot be used: Input should be less than"),
        (STUDIO + "per_second = nan", "`accounts.studio.per_second` cannot be used: Input should be less than"),
        (f'accounts.studio = "{KEY}"', "`accounts.studio` cannot be used: it must be a table"),
        (f'accounts = "{KEY}"', "`accounts` cannot be used: it must be a table"),
        (STUDIO.replace("studio", '"my studio"'), "`accounts.my studio` cannot be used: must be letters, digits"),
        (STUDIO.replace("studio", "simulator"), "the account of --simulate has this name"),
        ("[prices]\nflux-2-por = 2", "`prices.flux-2-por` cannot be used: there is no such model; did you mean"),
        ("[prices]\nflux-pro-1.1 = 2", "`prices.flux-pro-1` cannot be used: there is no such model; put a name"),
        (f'[prices]\nflux-dev = "{KEY}"', "`prices.flux-dev` cannot be used: give credits, at least 0"),
        ("prices = 2", "`prices` cannot be used: it must be a table."),
        (STUDIO + "prices = {flux-2-pro = {first_mp = -1}}", "`accounts.studio.prices.flux-2-pro` cannot be used: a"),
        (STUDIO + "prices = {flux-dev = {discount_percent = 0}}", "studio.prices.flux-dev.discount_percent` can"),
        (f"[accounts.studio]\nkey = {KEY}", "fluxbatch.toml is not TOML: Invalid value (at line 2, column 7)."),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_place_and_the_cure(written: str, said: str) -> None:
    error = refused(lambda: accounts(written))
    assert said in error.message
    assert error.message.startswith("fluxbatch.toml")
    assert error.cure


@pytest.mark.parametrize(
    ("written", "content", "said"),
    [
        ('key_env = "STUDIO_BFL_KEY"', None, "STUDIO_BFL_KEY is not set"),
        (f'key_file = "{KEY}"', None, "the file that `key_file` names cannot be read: No such file or directory"),
        ('key_file = "k"', b"", "it is empty, or has letters in it that no key has"),
        ('key_file = "k"', f"{KEY} {KEY}".encode(), "it is empty, or has letters in it that no key has"),
        ('key_file = "k"', b"\xff" + KEY.encode(), "can't decode byte 0xff"),
    ],
)
def test_a_key_that_is_not_there_is_said_without_showing_it(written: str, content: bytes | None, said: str) -> None:
    studio = accounts(f"[accounts.studio]\n{written}").named("studio")
    if content is not None:
        Path("k").write_bytes(content)
    error = refused(studio.key)
    assert error.message.startswith("The key of the account studio cannot be used: ")
    assert said in error.message
    assert "[accounts.studio]" in error.cure


def test_a_file_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXBATCH_CONFIG", "else.toml")
    assert refused(accounts).message == "else.toml cannot be read: No such file or directory."


def test_the_key_is_in_no_text_of_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BFL_API_KEY", KEY)
    monkeypatch.setenv("STUDIO_BFL_KEY", KEY)
    assert KEY not in repr(accounts(STUDIO))


def test_real_jobs_are_never_in_the_simulators_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXBATCH_ACCOUNT", "simulator")
    assert "the account of --simulate has this name" in refused(Settings.load).message


def test_accounts_of_a_pool_plan_with_the_price_they_agree_on_and_else_with_the_published_one() -> None:
    lab = STUDIO.replace("studio", "lab")
    alike, other = "prices = {flux-dev = 2}\n", "prices = {flux-dev = 1}\n"
    agreed = prices_together(accounts(STUDIO + alike + lab + alike))
    assert agreed.applied(find("flux-dev")).example() == 2_000_000
    assert prices_together(accounts(STUDIO + alike + lab + other)) == PUBLISHED
