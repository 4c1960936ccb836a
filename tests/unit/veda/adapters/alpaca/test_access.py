"""Keys and addresses that must not be used are recognised before anything is sent, in one line, without a secret."""

import pytest

from weaver.model.errors import InputError
from weaver.model.run import RunMode
from weaver.veda.adapters.alpaca.access import Access, access_of

PAPER, LIVE = RunMode.PAPER, RunMode.LIVE
SECRET = "sEcReT0123456789abcdefghijABCDEFGHIJ0123"
GOOD = {
    "ALPACA_PAPER_API_KEY": "PKPAPER1234567890ABC",
    "ALPACA_PAPER_API_SECRET": SECRET,
    "ALPACA_LIVE_API_KEY": "AKLIVE12345678900ABC",
    "ALPACA_LIVE_API_SECRET": f"live{SECRET}",
    "WEAVER_LIVE_TRADING": "1",
}


def refused(mode: RunMode, **changes: str | None) -> str:
    """The line that tells why."""
    settings = {name: value for name, value in (GOOD | changes).items() if value is not None}
    with pytest.raises(InputError) as caught:
        access_of(mode, settings)
    told = str(caught.value)
    assert "\n" not in told
    for secret in (settings.get("ALPACA_PAPER_API_SECRET"), settings.get("ALPACA_LIVE_API_SECRET")):
        assert not secret or secret not in told
    return told


def test_each_mode_has_its_own_keys_and_address() -> None:
    paper, live = access_of(PAPER, GOOD), access_of(LIVE, GOOD)
    assert (paper.key, paper.base_url) == (GOOD["ALPACA_PAPER_API_KEY"], "https://paper-api.alpaca.markets")
    assert (live.key, live.base_url) == (GOOD["ALPACA_LIVE_API_KEY"], "https://api.alpaca.markets")
    assert paper.order_stream == "wss://paper-api.alpaca.markets/stream"
    assert paper.stock_stream == "wss://stream.data.alpaca.markets/v2/iex"
    assert paper.crypto_stream == "wss://stream.data.alpaca.markets/v1beta3/crypto/us"


@pytest.mark.parametrize("switch", [None, "", "0", "true", "yes"])
def test_live_without_its_switch_is_refused(switch: str | None) -> None:
    assert refused(LIVE, WEAVER_LIVE_TRADING=switch) == (
        "live trading is switched off: set WEAVER_LIVE_TRADING=1 where real money is meant"
    )


@pytest.mark.parametrize("mode", [PAPER, LIVE])
@pytest.mark.parametrize("part", ["KEY", "SECRET"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_missing_key_is_named_and_never_taken_from_the_other_mode(mode: RunMode, part: str, value: str | None) -> None:
    name = f"ALPACA_{mode.value.upper()}_API_{part}"
    assert refused(mode, **{name: value}).startswith(f"{name} is not set")


def test_swapped_keys_are_recognised() -> None:
    told = refused(PAPER, ALPACA_PAPER_API_KEY=SECRET, ALPACA_PAPER_API_SECRET=GOOD["ALPACA_PAPER_API_KEY"])
    assert told == "ALPACA_PAPER_API_KEY and ALPACA_PAPER_API_SECRET are swapped: exchange them"


def test_key_of_the_other_mode_is_recognised() -> None:
    live_key = "AKANOTHER34567890ABC"
    assert refused(PAPER, ALPACA_PAPER_API_KEY=live_key).startswith("ALPACA_PAPER_API_KEY is a key of live trading")
    paper_key = "PKANOTHER34567890ABC"
    assert refused(LIVE, ALPACA_LIVE_API_KEY=paper_key).startswith("ALPACA_LIVE_API_KEY is a key of paper trading")


def test_one_key_for_both_modes_is_refused() -> None:
    key = GOOD["ALPACA_PAPER_API_KEY"]
    assert refused(LIVE, ALPACA_LIVE_API_KEY=key) == (
        "the live and the paper key are the same: each mode has keys of its own"
    )


def test_secret_that_is_the_key_is_refused() -> None:
    assert "the secret is another text" in refused(PAPER, ALPACA_PAPER_API_SECRET=GOOD["ALPACA_PAPER_API_KEY"])


@pytest.mark.parametrize("key", ["PK 1", "PK\n1", "PKé"])
def test_text_that_is_no_key_is_refused(key: str) -> None:
    assert refused(PAPER, ALPACA_PAPER_API_KEY=key).startswith("ALPACA_PAPER_API_KEY cannot be a key")


@pytest.mark.parametrize("name", ["ALPACA_PAPER_BASE_URL", "ALPACA_DATA_URL", "ALPACA_STREAM_URL"])
def test_empty_address_is_refused_for_the_sdk_would_take_alpacas_own(name: str) -> None:
    assert refused(PAPER, **{name: " "}) == f"{name} is empty: unset it for Alpaca's own address"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("ALPACA_PAPER_BASE_URL", "http://paper-api.alpaca.markets"),
        ("ALPACA_DATA_URL", "http://10.0.0.5:8421"),
        ("ALPACA_STREAM_URL", "ws://venue.example"),
        ("ALPACA_STREAM_URL", "ws://127.0.0.1.example.com"),
        ("ALPACA_DATA_URL", "http://localhost.example.com"),
    ],
)
def test_plain_text_leaves_this_machine_never(name: str, address: str) -> None:
    assert "would send keys in the clear" in refused(PAPER, **{name: address})


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("ALPACA_PAPER_BASE_URL", "paper-api.alpaca.markets"),
        ("ALPACA_PAPER_BASE_URL", "wss://paper-api.alpaca.markets"),
        ("ALPACA_STREAM_URL", "https://stream.data.alpaca.markets"),
        ("ALPACA_DATA_URL", "ftp://user:hidden@data"),
        ("ALPACA_DATA_URL", "https://"),
    ],
)
def test_address_of_another_kind_is_refused(name: str, address: str) -> None:
    told = refused(PAPER, **{name: address})
    assert told.startswith(f"{name} must be an address that begins with")
    assert "hidden" not in told


def test_address_with_a_password_is_refused_and_not_shown() -> None:
    told = refused(PAPER, ALPACA_DATA_URL="https://user:hidden@data.example")
    assert told == "ALPACA_DATA_URL must be an address without a user, a password or a query"


@pytest.mark.parametrize("host", ["127.0.0.1:8421", "localhost:8421", "[::1]:8421", "127.9.9.9"])
def test_this_machine_may_speak_plainly(host: str) -> None:
    own = {
        "ALPACA_PAPER_BASE_URL": f"http://{host}/",
        "ALPACA_DATA_URL": f"http://{host}",
        "ALPACA_STREAM_URL": f"ws://{host}",
    }
    access = access_of(PAPER, GOOD | own)
    assert access.is_loopback
    assert access.order_stream == f"ws://{host}/stream"


def test_feed_is_iex_or_sip() -> None:
    assert access_of(PAPER, GOOD | {"ALPACA_DATA_FEED": "SIP"}).feed == "sip"
    assert refused(PAPER, ALPACA_DATA_FEED="otc") == "ALPACA_DATA_FEED must be iex or sip, not 'otc'"


def test_no_secret_is_shown() -> None:
    access: Access = access_of(PAPER, GOOD)
    assert SECRET not in repr(access) + str(access)
    assert access.key not in repr(access) + str(access)
