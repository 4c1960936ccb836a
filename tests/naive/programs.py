"""Random programs: what a strategy asks for at each tick, with prices taken from the bars to come."""

from collections.abc import Callable
from decimal import Decimal

from tests.naive.chooser import Chooser
from tests.naive.markets import TICK, Market
from tests.naive.scenario import Argument, NaiveSymbol, Op

Options = dict[str, Argument]


class ProgramWriter:
    """Draws the ops of one scenario; it knows the bars, so that its prices hit their opens, highs, lows and closes."""

    def __init__(self, choose: Chooser, market: Market, symbols: list[NaiveSymbol]) -> None:
        self._choose, self._market, self._symbols = choose, market, symbols
        self._now = 0

    def write(self, ticks: list[int]) -> dict[int, list[Op]]:
        """Ops by the index of their tick."""
        busy = self._choose.pick([1, 2, 3])
        program: dict[int, list[Op]] = {}
        for index, now in enumerate(ticks):
            self._now = now
            count = self._choose.pick([0, 0, 1, 1, busy])
            ops = [op for _ in range(count) for op in self._ops()]
            if ops:
                program[index] = ops
        return program

    def _ops(self) -> list[Op]:
        draw: Callable[[NaiveSymbol], list[Op]] = self._choose.weighted(
            [
                (self._buy_or_sell, 36),
                (self._bracket, 16),
                (self._target, 20),
                (self._close, 4),
                (self._oco, 6),
                (self._oto, 6),
                (self._replace, 10),
                (self._cancel, 6),
            ]
        )
        return draw(self._choose.pick(self._symbols))

    def _buy_or_sell(self, symbol: NaiveSymbol) -> list[Op]:
        name = self._choose.pick(["buy", "buy", "sell"])
        options = {**self._type(symbol), **self._duration()}
        return [Op(name=name, args=(symbol.symbol, self._quantity(symbol)), kwargs=options)]

    def _bracket(self, symbol: NaiveSymbol) -> list[Op]:
        side = self._choose.pick([1, 1, -1])
        options = {**self._type(symbol), **self._duration(), **self._legs(symbol, side), **self._exit_duration()}
        name = "buy" if side > 0 else "sell"
        return [Op(name=name, args=(symbol.symbol, self._quantity(symbol)), kwargs=options)]

    def _legs(self, symbol: NaiveSymbol, side: int) -> Options:
        """A take-profit, a stop-loss (perhaps with a limit), or both, a few steps around a price to come."""
        around = self._price(symbol)
        kind = self._choose.pick(["both", "both", "profit", "loss"])
        legs: Options = {}
        if kind != "loss":
            legs["take_profit"] = around + side * self._steps(1, 5)
        if kind != "profit":
            stop = around - side * self._steps(1, 5)
            legs["stop_loss"] = stop
            if self._choose.chance(30):
                legs["stop_loss_limit"] = stop - side * self._steps(-1, 3)
        return legs

    def _target(self, symbol: NaiveSymbol) -> list[Op]:
        options: Options = self._duration()
        if self._choose.chance(30):
            options.update(self._type(symbol))
        name = self._choose.pick(["order_target_percent", "order_target_percent", "order_target_value", "order_target"])
        if name != "order_target" and self._choose.chance(40):
            options["size_at"] = "fill"
        sign = self._choose.pick([1, 1, 1, -1])
        if self._choose.chance(15):
            options.update({**self._legs(symbol, sign), **self._exit_duration()})
        if name == "order_target":
            target = sign * self._quantity(symbol) * self._choose.pick([1, 1, 0])
        elif name == "order_target_value":
            target = sign * Decimal(self._choose.pick(["1000", "0", "333.33", "50000"]))
        else:
            target = sign * Decimal(self._choose.pick(["1", "0.5", "0", "0.3333", "1.7"]))
        return [Op(name=name, args=(symbol.symbol, target), kwargs=options)]

    def _close(self, symbol: NaiveSymbol) -> list[Op]:
        return [Op(name="close_position", args=(symbol.symbol,))]

    def _oco(self, symbol: NaiveSymbol) -> list[Op]:
        limit = self._price(symbol)
        stop = limit - self._choose.pick([1, 1, 1, -1]) * self._steps(1, 5)
        duration = self._choose.pick([{}, self._exit_duration(), {"tif": self._duration()["tif"]}])
        options: Options = {"limit": limit, "stop": stop, **duration}
        return [Op(name="oco", args=(symbol.symbol, self._quantity(symbol)), kwargs=options)]

    def _oto(self, symbol: NaiveSymbol) -> list[Op]:
        first, then = self._choose.pick([("buy", "sell"), ("buy", "sell"), ("sell", "buy")])
        durations = [self._duration(), self._choose.pick([{}, self._duration()])]
        return [
            Op(name=name, args=(symbol.symbol, self._quantity(symbol)), kwargs={**self._type(symbol), **duration})
            for name, duration in zip((first, then), durations, strict=True)
        ] + [Op(name="oto", args=(-2, -1), kwargs=self._exit_duration())]

    def _replace(self, symbol: NaiveSymbol) -> list[Op]:
        every: Options = {
            "quantity": self._quantity(symbol),
            "limit": self._price(symbol),
            "stop": self._price(symbol),
            "trail": self._steps(1, 3),
            "trail_percent": Decimal("1.5"),
            "tif": self._choose.pick(["day", "gtc"]),
        }
        names = self._choose.pick([["limit", "stop"], ["quantity"], [*every], ["trail", "trail_percent"], ["tif"], []])
        return [Op(name="replace", args=(self._reference(),), kwargs={name: every[name] for name in names})]

    def _cancel(self, symbol: NaiveSymbol) -> list[Op]:
        return [Op(name="cancel", args=(self._reference(),))]

    def _reference(self) -> int:
        return self._choose.pick([-1, -2, -3, -4, -6, 1, 2, 5])

    def _type(self, symbol: NaiveSymbol) -> Options:
        kind = self._choose.weighted(
            [("market", 30), ("limit", 26), ("stop", 14), ("stop_limit", 14), ("trail", 8), ("trail_percent", 8)]
        )
        if kind == "market":
            return {}
        if kind == "trail":
            return {"trail": self._steps(1, 3)}
        if kind == "trail_percent":
            return {"trail_percent": Decimal(self._choose.pick(["1", "0.5", "2.5", "5"]))}
        if kind == "stop_limit":
            stop = self._price(symbol)
            return {"stop": stop, "limit": stop + self._steps(-2, 2)}
        return {kind: self._price(symbol)}

    def _duration(self) -> Options:
        options: Options = {"tif": self._choose.weighted([("day", 45), ("gtc", 37), ("ioc", 9), ("fok", 9)])}
        if self._choose.chance(35 if self._market.extended else 5):
            options["extended_hours"] = True
        return options

    def _exit_duration(self) -> Options:
        """How long exits last, where something is said about it."""
        return self._choose.weighted([({}, 60), ({"exit_tif": "day"}, 25), ({"exit_tif": "gtc"}, 15)])

    def _quantity(self, symbol: NaiveSymbol) -> Decimal:
        texts = ["10", "1", "3", "25", "100", "7.5", "1"] if symbol.lot == 1 else ["0.25", "0.001", "1.5", "30.0007"]
        return max(Decimal(self._choose.pick(texts)), symbol.minimum)

    def _steps(self, low: int, high: int) -> Decimal:
        return self._choose.integer(low, high) * self._market.unit * TICK

    def _price(self, symbol: NaiveSymbol) -> Decimal:
        """One of the prices of the symbol's newest bar or of the next ones, sometimes a step or half a tick off."""
        next_bar = next((at for at, bar in enumerate(symbol.bars) if bar.opens >= self._now), len(symbol.bars) - 1)
        bar = symbol.bars[max(0, min(next_bar + self._choose.pick([0, 0, 0, 1, 2, -1]), len(symbol.bars) - 1))]
        price = self._choose.pick([bar.close, bar.open, bar.low, bar.high])
        if self._choose.chance(30):
            price += self._steps(-2, 2)
        if self._choose.chance(10):
            price += Decimal(self._choose.pick(["0.005", "0.004", "0.0151"]))
        return max(price, TICK)
