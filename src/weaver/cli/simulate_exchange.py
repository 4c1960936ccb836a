"""`weaver simulate-exchange`: a local exchange that speaks as Alpaca does."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaver.cli.arguments.named_file import NamedFile
from weaver.cli.arguments.options import pairs
from weaver.model.errors import InputError, InvalidOrder
from weaver.model.market.asset_class import AssetClass
from weaver.model.numbers.money import exact

if TYPE_CHECKING:
    from weaver.rehearsal.root import BarFile

SLOWEST, FASTEST = 1e-3, 1e6


class Mode(StrEnum):
    """Which of Alpaca's environments it looks like."""

    PAPER = "paper"
    LIVE = "live"


KEYS: Mapping[Mode, str] = {Mode.PAPER: "PKREHEARSAL", Mode.LIVE: "AKREHEARSAL"}
"""Alpaca's keys say by their first letters whether they are for paper or for live trading."""

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")]
ModeOption = Annotated[Mode, typer.Option("--mode", help="Whether accounts and keys look like paper or live ones.")]
Key = Annotated[str | None, typer.Option("--key", help="PKREHEARSAL by default; in live mode AKREHEARSAL.")]
Secret = Annotated[str, typer.Option("--secret", help="The secret that goes with the key.")]
Bars = Annotated[list[str] | None, typer.Option("--bars", metavar="[SYMBOL=]FILE", help="Bars to replay. Repeatable.")]
AssetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--asset",
        metavar="SYMBOL=CLASS",
        help="stock or crypto (also us_equity), where bars do not tell; without --bars one more that is made up.",
    ),
]
Zone = Annotated[str | None, typer.Option("--tz", help="The zone of times in the files that carry none.")]
Start = Annotated[str | None, typer.Option("--start", metavar="TIME", help="When the exchange's time begins.")]
Speed = Annotated[
    str, typer.Option("--speed", metavar="N|max|hold", help="Venue seconds a second; hold: only the control moves it.")
]
Cash = Annotated[str, typer.Option("--cash", help="What the account begins with.")]
Rate = Annotated[int, typer.Option("--rate", min=0, help="Requests a minute; 0: as many as come.")]
Slippage = Annotated[str, typer.Option("--slippage-bps", help="Slippage of fills in basis points.")]
CoinFee = Annotated[
    str, typer.Option("--coin-fee-bps", help="What is taken of coins that are bought, in coins, in basis points.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of the made-up market, and of ids.")]


def command(
    host: Host = "127.0.0.1",
    port: Port = 8421,
    mode: ModeOption = Mode.PAPER,
    key: Key = None,
    secret: Secret = "rehearsal",
    bars: Bars = None,
    asset: AssetOption = None,
    tz: Zone = None,
    start: Start = None,
    speed: Speed = "1",
    cash: Cash = "100000",
    rate: Rate = 200,
    slippage_bps: Slippage = "0",
    coin_fee_bps: CoinFee = "0",
    seed: Seed = 1,
) -> None:
    """Serve a local exchange that speaks as Alpaca does, to rehearse on. Its first line is JSON: where it is, and its
    keys. Without --bars it makes a market up. Ctrl-C stops it."""
    from weaver.rehearsal.root import Options, serve
    from weaver.rehearsal.server.keys import Keys

    keys = Keys(key or KEYS[mode], secret)
    options = Options(
        keys=keys,
        cash=_amount("--cash", cash, least=Decimal("0.01")),
        is_live=mode is Mode.LIVE,
        per_minute=rate,
        slippage_bps=_amount("--slippage-bps", slippage_bps, least=Decimal(0)),
        coin_fee_bps=_amount("--coin-fee-bps", coin_fee_bps, least=Decimal(0), under=Decimal(10_000)),
        seed=seed,
        pace=_pace(speed),
        start=None if start is None else _instant(start),
        bars=_files(bars or ()),
        classes={symbol: _asset_class(name) for symbol, name in pairs("--asset", asset).items()},
        tz=tz,
    )

    def tell(url: str) -> None:
        ready = {"ready": True, "url": url, "key": keys.key, "secret": keys.secret}
        typer.echo(json.dumps(ready, separators=(",", ":")))

    serve(options, host=host, port=port, on_note=lambda note: typer.echo(note, err=True), on_ready=tell)


def _files(given: Sequence[str]) -> "list[BarFile]":
    named = [NamedFile.parse("--bars", text) for text in given]
    return [(one.symbol, Path(one.file).expanduser()) for one in named]


def _asset_class(name: str) -> AssetClass:
    """By our name, or by the venue's."""
    return AssetClass.STOCK if name.strip().lower() == "us_equity" else AssetClass.parse(name)


def _amount(option: str, text: str, *, least: Decimal, under: Decimal = Decimal("1e12")) -> Decimal:
    try:
        amount = exact(text, name=option)
    except InvalidOrder as error:
        raise InputError(str(error)) from error
    if not least <= amount < under:
        raise InputError(f"{option} must be {least} or more, and under {under}; not {text}")
    return amount


def _pace(text: str) -> float:
    from weaver.rehearsal.ports import HOLD, MAX

    named = {"hold": HOLD, "max": MAX}.get(text.lower())
    if named is not None:
        return named
    pace = float(_amount("--speed", text, least=Decimal(0)))
    if not SLOWEST <= pace <= FASTEST:
        raise InputError(f"--speed must be max, hold, or a number from {SLOWEST} to {FASTEST:.0f}, not {text}")
    return pace


def _instant(text: str) -> int:
    """The instant that a time names; without an offset it is New York's, as the exchange's hours are."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from weaver.model.calendar.instants import instant_of

    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--start {text}: write a time such as 2024-03-13T10:30:00-04:00") from error
    return instant_of(time if time.tzinfo is not None else time.replace(tzinfo=ZoneInfo("America/New_York")))
