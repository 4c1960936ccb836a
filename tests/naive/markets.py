"""Random symbols: bars on a coarse grid of prices (so that orders tie with them), and corporate actions."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from tests.naive.chooser import Chooser
from tests.naive.exchanges import ZONES, day_begins, is_regular, session_close, sessions_of
from tests.naive.hours import EPOCH, new_york, stock_close, stock_sessions
from tests.naive.scenario import DAY, HOUR, Action, NaiveBar, NaiveSymbol

SPRING, CLOCKS_BACK, THANKSGIVING = date(2021, 4, 5), date(2021, 11, 5), date(2021, 11, 24)
"""First sessions: eight plain weeks; the weekend on which the clocks go back; a holiday, then a half day."""
CLOCKS_BACK_EUROPE = date(2021, 10, 28)
"""Before the weekend on which Europe's go back, a week before America's."""
STOCK_SESSIONS = stock_sessions(SPRING)
"""The New York sessions of 5 April to 28 May 2021: no holiday, no short day, and UTC−4 throughout."""
STOCK_CLOSE, STOCK_EXTENDED_CLOSE = 20 * HOUR, 24 * HOUR
STARTS = {
    "4h": [hour * HOUR for hour in (8, 12, 16, 20)],
    "1h": [hour * HOUR for hour in range(12, 22)],
    "30m": [13 * HOUR + half * HOUR // 2 for half in range(16)],
}
"""When stock bars start in a UTC day, before and after the session included."""
LENGTHS = {"1d": DAY, "4h": 4 * HOUR, "1h": HOUR, "30m": HOUR // 2}
TICK = Decimal("0.01")
LEVEL_MIN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A bar without its prices."""

    start: int
    end: int
    session: int
    session_begins: int
    session_close: int
    extended_close: int
    regular: bool
    session_open: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """How the bars of a whole scenario are drawn."""

    timeframe: str
    frames: int
    unit: int
    """The step of the price grid, in ticks."""
    extended: bool
    missing_percent: int
    first: date
    """The first session."""
    any_contract: bool = False
    """Futures, and other exchanges, are drawn too."""


def draw_symbol(choose: Chooser, market: Market, index: int) -> NaiveSymbol:
    """One symbol with at least one bar."""
    asset_class, exchange = _draw_class(choose, market)
    sessions = stock_sessions(market.first) if exchange is None else _sessions_from(exchange, market.first)
    frames = _frames(exchange or asset_class, market, sessions)
    if index and choose.chance(20):
        frames = frames[choose.integer(0, len(frames) // 2) :]
    frames = [one for one in frames[:-1] if not choose.chance(market.missing_percent)] + frames[-1:]
    delisted = asset_class == "stock" and choose.chance(12)
    if delisted:
        frames = frames[: choose.integer(1, len(frames))]
    planned = _planned_actions(choose, frames) if asset_class == "stock" else []
    bars, actions = _draw_bars(choose, market, frames, planned)
    if delisted:
        actions.append(("delisting", _delisting_date(choose, bars, sessions), _delisting_value(choose, bars)))
    lot = Decimal("0.001") if asset_class == "crypto" else Decimal(1)
    return NaiveSymbol(
        symbol=f"{chr(65 + index) * 3}" if asset_class == "stock" else f"{chr(65 + index) * 3}/USD",
        asset_class=asset_class,
        tick=Decimal("0.005") if asset_class == "fx" else TICK,
        lot=lot,
        minimum=lot * choose.pick([1, 1, 1, 5]),
        bars=bars,
        actions=actions,
        closes={day: _close_of(exchange, day) for day in sessions} if asset_class == "stock" else {},
        calendar=exchange,
        **(_draw_contract(choose) if asset_class == "future" else {}),
    )


def _draw_class(choose: Chooser, market: Market) -> tuple[str, str | None]:
    """An asset class, and the exchange that it trades at, where that is not the class's own."""
    if not market.any_contract:
        return choose.weighted([("stock", 65), ("crypto", 20), ("fx", 15)]), None
    kinds: list[tuple[tuple[str, str | None], int]] = [
        (("stock", None), 15), (("crypto", None), 5), (("future", None), 30), (("stock", "XLON"), 10),
        (("stock", "XTKS"), 10), (("future", "CMES"), 20), (("future", "XTKS"), 10),
    ]  # fmt: skip
    return choose.weighted(kinds)


def _draw_contract(choose: Chooser) -> dict[str, Decimal]:
    """What a contract is worth at a price of 1, and what it ties up."""
    contract = {"multiplier": Decimal(choose.pick(["50", "1", "0.1", "12.5", "7", "1000"]))}
    if choose.chance(75):
        price = Decimal(choose.pick(["5", "12.3", "0.77777777", "100"]))
        contract["margin"] = (contract["multiplier"] * price).quantize(Decimal("1e-8"))
        contract["maintenance"] = (contract["margin"] * Decimal(choose.pick(["0.9", "1", "0.5"]))).normalize()
    return {name: round(number, 8) for name, number in contract.items()}


def _sessions_from(exchange: str, first: date) -> list[int]:
    return [day for day in sessions_of(exchange) if day >= (first - EPOCH).days][:40]


def _close_of(exchange: str | None, day: int) -> int:
    return stock_close(day) if exchange is None else session_close(exchange, day)


def _frames(asset_class: str, market: Market, sessions: list[int]) -> list[Frame]:
    length = LENGTHS[market.timeframe]
    if asset_class in ZONES:
        frames = [frame for day in sessions for frame in _exchange_frames(asset_class, day, market, length)]
        return [one for one in frames if one.regular or market.extended][: market.frames]
    if asset_class == "crypto":
        starts = [sessions[0] * DAY + index * length for index in range(market.frames)]
        return [_crypto_frame(start, length) for start in starts]
    if asset_class in {"fx", "future"}:
        starts = [sessions[0] * DAY + index * length for index in range(4 * market.frames + 2 * DAY // length)]
        frames = [_fx_frame(start, length) for start in starts]
        return [one for one in frames if (EPOCH + timedelta(days=one.session)).weekday() < 5][: market.frames]
    if market.timeframe == "1d":
        frames = [
            replace(_stock_frame(day, day * DAY, stock_close(day)), session_open=new_york(day, 9, 30))
            for day in sessions
        ]
    else:
        frames = [
            _stock_frame(day, day * DAY + start, day * DAY + start + length)
            for day in sessions
            for start in STARTS[market.timeframe]
        ]
    return [one for one in frames if one.regular or market.extended][: market.frames]


def _exchange_frames(name: str, day: int, market: Market, length: int) -> list[Frame]:
    """The bars of one session: the whole of it, or each on a UTC grid that begins an hour before it or later."""
    hours = sessions_of(name)[day]
    if market.timeframe == "1d":
        spans, opened = [(day * DAY, hours.close)], hours.open
    else:
        first = max(hours.open - HOUR, day_begins(name, day))
        last = min(hours.close + HOUR, day_begins(name, day + 1))
        starts = range(-(-first // length) * length, last, length)
        spans, opened = [(start, start + length) for start in starts], None
    return [
        Frame(
            start=start,
            end=end,
            session=day,
            session_begins=hours.open,
            session_open=opened,
            session_close=hours.close,
            extended_close=day_begins(name, day + 1),
            regular=market.timeframe == "1d" or is_regular(name, start, end),
        )
        for start, end in spans
    ]


def _crypto_frame(start: int, length: int) -> Frame:
    day = start // DAY
    close = (day + 1) * DAY
    return Frame(
        start=start,
        end=start + length,
        session=day,
        session_begins=day * DAY,
        session_close=close,
        extended_close=close,
        regular=True,
    )


def _fx_frame(start: int, length: int) -> Frame:
    """A session runs from 17:00 to 17:00 New York, and has the date on which it closes."""
    day = start // DAY
    session = day if start < new_york(day, 17) else day + 1
    close = new_york(session, 17)
    end = close if length == DAY else start + length
    begins = new_york(session - 1, 17)
    return Frame(
        start=start,
        end=end,
        session=session,
        session_begins=begins,
        session_open=begins if length == DAY else None,
        session_close=close,
        extended_close=close,
        regular=True,
    )


def _stock_frame(day: int, start: int, end: int) -> Frame:
    close = stock_close(day)
    return Frame(
        start=start,
        end=end,
        session=day,
        session_begins=new_york(day, 9, 30),
        session_close=close,
        extended_close=new_york(day, 20),
        regular=start < close and end > new_york(day, 9, 30),
    )


def _planned_actions(choose: Chooser, frames: list[Frame]) -> list[tuple[str, int]]:
    """Kinds and ex-dates (of which some are no session), by date, after the first session."""
    span = frames[-1].session - frames[0].session
    if span == 0:
        return []
    planned = [
        (choose.pick(["dividend", "split"]), frames[0].session + choose.integer(1, span))
        for _ in range(choose.weighted([(0, 60), (1, 25), (2, 15)]))
    ]
    return sorted(planned, key=lambda one: one[1])


def _draw_bars(
    choose: Chooser, market: Market, frames: list[Frame], planned: list[tuple[str, int]]
) -> tuple[list[NaiveBar], list[Action]]:
    level = choose.pick([2_000, 5_000, 10_000])
    off_tick = choose.chance(20)
    volume_style = choose.weighted([("always", 65), ("sometimes", 25), ("never", 10)])
    bars: list[NaiveBar] = []
    actions: list[Action] = []
    waiting = list(planned)
    for frame in frames:
        while waiting and waiting[0][1] <= frame.session:
            kind, ex_date = waiting.pop(0)
            if kind == "split":
                ratio = Decimal(choose.pick(["2", "3", "1.5", "0.5"] if level >= 3 * LEVEL_MIN else ["0.5", "0.1"]))
                level = max(LEVEL_MIN, int(level / ratio))
                actions.append((kind, ex_date, ratio))
            else:
                actions.append((kind, ex_date, Decimal(choose.pick(["0.25", "1.33", "0.005"]))))
        bar, level = _draw_bar(choose, market, frame, level, off_tick=off_tick)
        if volume_style == "never" or (volume_style == "sometimes" and choose.chance(25)):
            bar = replace(bar, volume=Decimal(0))
        bars.append(bar)
    return bars, actions


def _draw_bar(choose: Chooser, market: Market, frame: Frame, level: int, *, off_tick: bool) -> tuple[NaiveBar, int]:
    unit = market.unit
    opened = max(LEVEL_MIN, level + unit * choose.pick([0, 0, 0, 1, -1, 2, -3, 5, -5]))
    closed = max(LEVEL_MIN, opened + unit * choose.pick([0, 1, -1, 2, -2, 4, -4]))
    high = max(opened, closed) + unit * choose.pick([0, 0, 1, 3])
    low = max(1, min(opened, closed) - unit * choose.pick([0, 0, 1, 3]))
    shift = Decimal(choose.pick(["0", "0.0037", "0.005"])) if off_tick else Decimal(0)
    bar = NaiveBar(
        start=frame.start,
        end=frame.end,
        session=frame.session,
        session_begins=frame.session_begins,
        session_open=frame.session_open,
        session_close=frame.session_close,
        extended_close=frame.extended_close,
        regular=frame.regular,
        open=opened * TICK + shift,
        high=high * TICK + shift,
        low=low * TICK + shift,
        close=closed * TICK + shift,
        volume=Decimal(choose.pick([500, 30, 97, 10_000, 4])),
    )
    return bar, closed


def _delisting_date(choose: Chooser, bars: list[NaiveBar], sessions: list[int]) -> int:
    """The session of the last bar, one of the next sessions, or one that lies beyond most runs."""
    last = sessions.index(bars[-1].session)
    later = choose.pick([last, last + 1, last + 1, last + 3, len(sessions) - 1])
    return sessions[min(later, len(sessions) - 1)]


def _delisting_value(choose: Chooser, bars: list[NaiveBar]) -> Decimal:
    return choose.pick([bars[-1].close, Decimal(0), Decimal("3.21")])
