from weaver import Field, Strategy, roc


class MomentumRotation(Strategy):
    """Hold what rose most: at the first close of each month, hold the `top` symbols by their return over `lookback`
    bars, leaving out the newest `skip` bars, in equal parts; what fell is replaced by cash."""

    lookback: int = Field(252, ge=2, le=2000)
    skip: int = Field(21, ge=0, le=500)
    top: int = Field(3, ge=1, le=1000)
    invested: float = Field(0.98, gt=0, le=1, description="share of the equity; the rest pays for gaps and costs")

    def on_start(self) -> None:
        self.returns = {
            symbol: roc(self.series(symbol).close, self.lookback).shift(self.skip) for symbol in self.symbols
        }
        self.month: tuple[int, int] | None = None

    def on_tick(self, tick) -> None:
        month = (self.now.year, self.now.month)
        begins = self.month not in (None, month)  # the first tick of a run need not be the first of its month
        self.month = month
        if begins:
            self.rotate(tick.symbols)

    def rotate(self, trading: tuple[str, ...]) -> None:
        """Among the symbols that trade now, sell what is not among the best, and bring the best to equal parts."""
        rise = {symbol: self.returns[symbol][-1] for symbol in trading}
        # A history that is too short has a NaN, which is not above 0.
        best = sorted((symbol for symbol in trading if rise[symbol] > 0), key=lambda symbol: (-rise[symbol], symbol))
        chosen = best[: self.top]
        for symbol in sorted(trading):
            if symbol not in chosen and self.position(symbol):
                self.close_position(symbol)
        # The largest holdings first: what they give up pays for the rest.
        for symbol in sorted(chosen, key=lambda symbol: -self.position(symbol).market_value):
            self.order_target_percent(symbol, self.invested / self.top)
