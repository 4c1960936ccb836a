from weaver import Field, Strategy, roc


class Portfolio(Strategy):
    """Several symbols: at the end of each month hold the strongest in equal parts, and nothing that fell."""

    lookback: int = Field(120, ge=2, le=2000, description="bars over which a rise is measured")
    top: int = Field(2, ge=1, le=100, description="how many symbols to hold")

    def on_start(self) -> None:
        # self.symbols are those that the run was given, whichever they are: --bars A.csv --bars B.csv
        self.rise = {symbol: roc(self.series(symbol).close, self.lookback) for symbol in self.symbols}
        # By the exchange's calendar: the first session of each month, five minutes before its close at the latest bar.
        self.schedule(self.choose, every="month", before_close="5m")

    def choose(self, tick) -> None:
        """Called at the first tick at or after that time; tick.symbols are those of which a bar has just closed."""
        rising = [symbol for symbol in tick.symbols if self.rise[symbol][-1] > 0]  # NaN is not above 0
        best = sorted(rising, key=lambda symbol: -self.rise[symbol][-1])[: self.top]
        self.log(f"holding {', '.join(best) or 'nothing'}")
        # Sales go first, and pay for what is bought. A share of 0 closes what is held.
        self.rebalance({symbol: 0.98 / self.top if symbol in best else 0 for symbol in self.symbols})
