"""Short ways to write a scenario by hand."""

from dataclasses import replace
from decimal import Decimal

from tests.naive.engine import run
from tests.naive.hours import new_york
from tests.naive.markets import STOCK_CLOSE, STOCK_EXTENDED_CLOSE, STOCK_SESSIONS
from tests.naive.scenario import (
    DAY,
    HOUR,
    Action,
    Argument,
    NaiveAccount,
    NaiveBar,
    NaiveCosts,
    NaiveFill,
    NaiveResult,
    NaiveSymbol,
    Op,
    Scenario,
)

MARGIN = NaiveAccount(kind="margin", leverage=Decimal(2), shorting=True)


def day_bar(index: int, prices: str, volume: str = "1000") -> NaiveBar:
    """The bar of session `index` from "open high low close"."""
    opened, high, low, closed = map(Decimal, prices.split())
    day = STOCK_SESSIONS[index]
    return NaiveBar(
        start=day * DAY,
        end=day * DAY + STOCK_CLOSE,
        session=day,
        session_begins=new_york(day, 9, 30),
        session_open=new_york(day, 9, 30),
        session_close=day * DAY + STOCK_CLOSE,
        extended_close=day * DAY + STOCK_EXTENDED_CLOSE,
        open=opened,
        high=high,
        low=low,
        close=closed,
        volume=Decimal(volume),
    )


def hour_bar(session: int, hour: int, prices: str, volume: str = "1000") -> NaiveBar:
    """The bar of a session that starts at an hour UTC; hours 13 to 19 are regular."""
    bar = day_bar(session, prices, volume)
    start = bar.session * DAY + hour * HOUR
    return replace(bar, start=start, end=start + HOUR, session_open=None, regular=13 <= hour < 20)


def days(*prices: str) -> list[NaiveBar]:
    """Daily bars of the first sessions."""
    return [day_bar(index, one) for index, one in enumerate(prices)]


def stock(bars: list[NaiveBar], *actions: Action, symbol: str = "AAA") -> NaiveSymbol:
    """A stock with tick 0.01 and lot 1."""
    closes = {day: day * DAY + STOCK_CLOSE for day in STOCK_SESSIONS}
    return NaiveSymbol(symbol=symbol, bars=bars, actions=list(actions), closes=closes)


def op(name: str, *args: Argument, **kwargs: Argument) -> Op:
    """An intent; of orders for a symbol on AAA unless the first argument is another symbol."""
    if name in {"cancel", "replace", "oto"} or (args and args[0] in {"AAA", "BBB"}):
        return Op(name=name, args=args, kwargs=kwargs)
    return Op(name=name, args=("AAA", *args), kwargs=kwargs)


def play(
    bars: list[NaiveBar] | list[NaiveSymbol],
    program: dict[int, list[Op]],
    *,
    account: NaiveAccount | None = None,
    costs: NaiveCosts | None = None,
    close_at_end: bool = False,
) -> NaiveResult:
    """Run bars of AAA, or whole symbols."""
    symbols = [one for one in bars if isinstance(one, NaiveSymbol)]
    own_bars = [one for one in bars if isinstance(one, NaiveBar)]
    return run(
        Scenario(
            symbols=symbols or [stock(own_bars)],
            account=account or NaiveAccount(),
            costs=costs or NaiveCosts(),
            program=program,
            close_at_end=close_at_end,
        )
    )


def told(fills: list[NaiveFill]) -> list[str]:
    """Fills as `ordinal side quantity @ price day`, `open` or `bar` for where in the bar, and the notes."""
    texts = []
    for fill in fills:
        session = STOCK_SESSIONS.index(fill.bar_start // DAY)
        where = "open" if fill.at_open else "bar"
        notes = "".join(f" {note}" for note in sorted(fill.notes))
        texts.append(
            f"{fill.ordinal} {fill.side} {_plain(fill.quantity)} @ {_plain(fill.price)} {where} {session}{notes}"
        )
    return texts


def states(result: NaiveResult) -> list[str]:
    """Orders as `status reason`, by ordinal."""
    return [f"{order.status} {order.reason}".strip() for order in result.orders.values()]


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
