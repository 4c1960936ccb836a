from weaver import Field, Strategy, crossed_above, crossed_below, zscore


class PairsSpread(Strategy):
    """Trade the price ratio of two symbols back to its mean: when it comes to lie `entry` standard deviations above
    (below) its average of `window` bars, sell (buy) the first and buy (sell) the second, `share` of the equity each;
    close both when it is within `exit` again. It sells short: run it with a margin account and shorting.
    """

    window: int = Field(60, ge=5, le=1000)
    entry: float = Field(2.0, gt=0, le=10)
    exit: float = Field(0.5, ge=0, le=5)
    share: float = Field(0.45, gt=0, le=1, description="of the equity, in each of the two")

    def on_start(self) -> None:
        if len(self.symbols) != 2:
            raise ValueError(f"pairs-spread takes two symbols, not {len(self.symbols)}")
        self.first, self.second = self.symbols
        spread = zscore(self.series(self.first).close / self.series(self.second).close, self.window)
        self.when(crossed_above(spread, self.entry), self.sell_spread)
        self.when(crossed_below(spread, -self.entry), self.buy_spread)
        self.when(abs(spread) < self.exit, self.leave)

    def sell_spread(self, _bar) -> None:
        self.hold(-self.share)

    def buy_spread(self, _bar) -> None:
        self.hold(self.share)

    def leave(self, _bar) -> None:
        self.hold(0)

    def hold(self, share: float) -> None:
        """Hold `share` of the equity in the first symbol, and as much the other way round in the second."""
        self.order_target_percent(self.first, share)
        self.order_target_percent(self.second, -share)
