"""Wrong keys and addresses: recognised at connect, in one line that shows no secret; nothing goes where it must not."""

import asyncio
import socket
from collections.abc import Mapping

import pytest

from tests.contracts.venues import SystemWall, alpaca_settings
from tests.local_exchange import LocalExchange, local_exchange
from weaver.model.errors import InputError, Unavailable, WeaverError
from weaver.model.run import RunMode
from weaver.veda.adapters.alpaca.adapter import AlpacaAdapter
from weaver.veda.exchange.setup import Setup

pytestmark = pytest.mark.anyio
SECRET = "a-secret-that-nobody-may-see"


class Told:
    """What goes to the log."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, what: str, facts: Mapping[str, object]) -> None:
        self.lines.append(f"{what} {dict(facts)}")


def adapter(mode: RunMode, settings: Mapping[str, str], told: Told | None = None) -> AlpacaAdapter:
    given = {name: value for name, value in settings.items() if value}
    return AlpacaAdapter(Setup(mode=mode, wall=SystemWall(), chance=lambda: 0.5, settings=given, told=told or Told()))


async def refused(mode: RunMode, settings: Mapping[str, str]) -> str:
    """The line that connecting ends with."""
    made = adapter(mode, settings)
    try:
        with pytest.raises(InputError) as caught:
            await made.connect()
    finally:
        await made.close()
    told = str(caught.value)
    assert "\n" not in told
    assert SECRET not in told
    assert SECRET not in repr(caught.value.__cause__) + repr(caught.value.__context__)
    return told


async def test_wrong_keys_are_recognised(exchange: LocalExchange) -> None:
    own = alpaca_settings(exchange)
    told = await refused(RunMode.PAPER, own | {"ALPACA_PAPER_API_SECRET": SECRET})
    assert told.startswith("Alpaca does not accept ALPACA_PAPER_API_KEY and ALPACA_PAPER_API_SECRET for paper trading")
    assert "does not accept" in await refused(RunMode.PAPER, own | {"ALPACA_PAPER_API_KEY": "PKOTHER"})


async def test_swapped_keys_are_recognised(exchange: LocalExchange) -> None:
    swapped = {"ALPACA_PAPER_API_KEY": exchange.secret, "ALPACA_PAPER_API_SECRET": exchange.key}
    assert "are swapped" in await refused(RunMode.PAPER, alpaca_settings(exchange) | swapped)


@pytest.mark.parametrize("name", ["ALPACA_PAPER_API_KEY", "ALPACA_PAPER_API_SECRET"])
async def test_missing_keys_are_recognised_even_where_the_other_modes_are_there(
    exchange: LocalExchange, name: str
) -> None:
    live = {"ALPACA_LIVE_API_KEY": "AKX", "ALPACA_LIVE_API_SECRET": SECRET}
    assert (await refused(RunMode.PAPER, alpaca_settings(exchange) | live | {name: ""})).startswith(
        f"{name} is not set"
    )


async def test_keys_of_the_other_mode_are_recognised(exchange: LocalExchange) -> None:
    """A paper exchange, asked with the live mode's keys."""
    settings = alpaca_settings(exchange, mode=RunMode.LIVE) | {
        "ALPACA_LIVE_API_SECRET": SECRET,
        "WEAVER_LIVE_TRADING": "1",
    }
    assert "or of the other mode" in await refused(RunMode.LIVE, settings)


async def test_address_of_something_else_is_recognised(exchange: LocalExchange) -> None:
    settings = alpaca_settings(exchange) | {"ALPACA_PAPER_BASE_URL": f"{exchange.url}/elsewhere"}
    assert "what answers at ALPACA_PAPER_BASE_URL is not Alpaca" in await refused(RunMode.PAPER, settings)


@pytest.mark.parametrize("switch", ["", "0", "yes"])
async def test_without_the_switch_no_request_reaches_the_live_address(switch: str) -> None:
    """Somebody listens at the live address, and hears nothing, whatever is tried."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = {
        "ALPACA_LIVE_API_KEY": "AKX",
        "ALPACA_LIVE_API_SECRET": SECRET,
        "ALPACA_LIVE_BASE_URL": url,
        "ALPACA_DATA_URL": url,
        "ALPACA_STREAM_URL": url.replace("http", "ws"),
        "WEAVER_LIVE_TRADING": switch,
    }
    made = adapter(RunMode.LIVE, settings)
    for attempt in (made.connect, made.open_orders, made.account, made.positions):
        with pytest.raises(WeaverError):
            await attempt()
    with pytest.raises(Unavailable):
        made.order_updates()
    assert "live trading is switched off" in await refused(RunMode.LIVE, settings)
    await made.close()
    on = adapter(RunMode.LIVE, settings | {"WEAVER_LIVE_TRADING": "1"})
    with pytest.raises(Unavailable):
        await on.connect()
    await on.close()
    server.close()
    assert len(heard) == 1  # with the switch it is tried, so the test would hear it


async def test_stream_that_refuses_the_keys_says_so_and_goes_on_trying(exchange: LocalExchange) -> None:
    told = Told()
    made = adapter(RunMode.PAPER, alpaca_settings(exchange), told)
    await made.connect()
    await exchange.fault("status", code=401, message="no", match={"path": "/v2/account"})
    with pytest.raises(InputError):
        await made.account()
    await exchange.clear_faults()
    await made.close()
    assert all(exchange.secret not in line for line in told.lines)


async def test_nothing_that_is_logged_shows_a_secret(exchange: LocalExchange) -> None:
    told = Told()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    settings = alpaca_settings(exchange) | {"ALPACA_STREAM_URL": f"ws://127.0.0.1:{port}"}
    made = adapter(RunMode.PAPER, settings, told)
    await made.connect()
    bars = made.live_bars(["AAPL"])
    first = await anext(bars)
    assert "no connection" in str(first)
    await made.close()
    assert told.lines
    assert all(exchange.secret not in line and exchange.key not in line for line in told.lines)


async def test_live_keys_with_the_switch_connect_to_a_live_account_and_to_no_paper_one(exchange: LocalExchange) -> None:
    with local_exchange("--mode", "live", "--speed", "hold", "--seed", "2") as live:
        settings = alpaca_settings(exchange) | alpaca_settings(live, mode=RunMode.LIVE) | {"WEAVER_LIVE_TRADING": "1"}
        paper, real = adapter(RunMode.PAPER, settings), adapter(RunMode.LIVE, settings)
        try:
            accounts = {(await one.connect()).account_id for one in (paper, real)}
            assert len(accounts) == 2
            assert live.key.startswith("AK")
        finally:
            await paper.close()
            await real.close()
        crossed = settings | {"ALPACA_LIVE_BASE_URL": exchange.url}
        assert "does not accept ALPACA_LIVE_API_KEY" in await refused(RunMode.LIVE, crossed)
