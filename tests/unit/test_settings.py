"""Every setting stands in the table of docs/settings.md, and nothing else does."""

import re
from pathlib import Path

import pytest

from weaver.config import (
    ADDRESSES,
    Settings,
    adapter_settings,
    environment_without_secrets,
    listed,
    settings,
    variable,
)
from weaver.model.errors import InputError

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_table_lists_the_settings_and_their_defaults() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `?([^`|]*)`? \|", PAGE.read_text(), flags=re.MULTILINE))
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    assert rows == {variable(name): "unset" if value in {None, ""} else str(value) for name, value in defaults.items()}


def test_home_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEAVER_HOME", str(tmp_path / "elsewhere"))
    found = Settings()
    assert found.bars_folder == tmp_path / "elsewhere" / "bars"
    assert found.strategies_folder == tmp_path / "elsewhere" / "strategies"


def test_names_without_the_prefix_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DB_URL": "memory", "SERVER_HOST": "::1", "SERVER_PORT": "0", "WEAVER_WORKERS": "3"}.items():
        monkeypatch.setenv(name, value)
    found = Settings()
    assert found.db_url is not None
    assert (found.db_url.get_secret_value(), found.server_host, found.server_port, found.workers) == (
        "memory", "::1", 0, 3,
    )  # fmt: skip


def test_empty_variables_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DB_URL", "SERVER_PORT", "SECURITY_API_TOKEN", "WEAVER_WORKERS"):
        monkeypatch.setenv(name, "")
    found = Settings()
    assert (found.db_url, found.server_port, found.security_api_token, found.workers) == (None, 8420, None, None)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECURITY_API_TOKEN", "very-secret")
    monkeypatch.setenv("DB_URL", "postgresql+asyncpg://user:hidden@host/weaver")
    assert not re.search("very-secret|hidden", repr(Settings()) + str(Settings()))


@pytest.mark.parametrize(
    ("name", "value"),
    [("SERVER_PORT", "eighty"), ("SERVER_PORT", "70000"), ("WEAVER_WORKERS", "0"), ("WEAVER_LOG_FORMAT", "xml")],
)
def test_wrong_value_is_refused_in_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(InputError, match=rf"^{name} cannot be used: [^\n]+$"):
        settings()


@pytest.mark.parametrize("token", ["tok\n", "tok en", "   ", "\t", "пароль", "paß", "to\x7fk", "\u2028"])
def test_token_that_no_client_can_send_is_refused(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("SECURITY_API_TOKEN", token)
    settings.cache_clear()
    with pytest.raises(
        InputError, match=r"^SECURITY_API_TOKEN cannot be used: no client can send it: choose"
    ) as caught:
        settings()
    assert token not in str(caught.value) or not token.strip()


def test_any_sign_of_ascii_may_stand_in_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    token = "".join(chr(code) for code in range(33, 127))
    monkeypatch.setenv("SECURITY_API_TOKEN", token)
    found = Settings().security_api_token
    assert found is not None
    assert found.get_secret_value() == token


def test_lists_are_separated_by_commas() -> None:
    assert listed(" a.example, ,b.example:8443,") == ("a.example", "b.example:8443")


ALPACAS = ("ALPACA_PAPER_API_KEY", "ALPACA_PAPER_API_SECRET", "ALPACA_PAPER_BASE_URL", "WEAVER_LIVE_TRADING")


def test_adapter_is_handed_what_it_names_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALPACA_PAPER_API_KEY", "PKX")
    monkeypatch.setenv("ALPACA_LIVE_API_KEY", "AKX")
    monkeypatch.setenv("MY_VENUES_KEY", "mine")
    settings.cache_clear()
    assert adapter_settings([*ALPACAS, "MY_VENUES_KEY", "UNSET"]) == {
        "ALPACA_PAPER_API_KEY": "PKX",
        "ALPACA_PAPER_BASE_URL": "https://paper-api.alpaca.markets",
        "WEAVER_LIVE_TRADING": "0",
        "MY_VENUES_KEY": "mine",
    }


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("value", ["", "  "])
def test_address_that_is_set_to_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(InputError, match=rf"^{name} is empty: unset it"):
        settings()


def test_venues_keys_are_secrets_that_no_strategy_is_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [f"ALPACA_{mode}_API_{part}" for mode in ("PAPER", "LIVE") for part in ("KEY", "SECRET")]
    for name in keys:
        monkeypatch.setenv(name, "very-secret")
    assert "very-secret" not in repr(Settings())
    assert not set(keys) & environment_without_secrets().keys()


def test_strategy_is_handed_no_password_of_the_database_and_nothing_that_an_adapter_is_handed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PGPASSWORD", "DB_URL", "SECURITY_API_TOKEN", "MY_VENUES_KEY", "MY_OWN"):
        monkeypatch.setenv(name, "very-secret")
    found = environment_without_secrets(["MY_VENUES_KEY"])
    assert [name for name, value in found.items() if value == "very-secret"] == ["MY_OWN"]
