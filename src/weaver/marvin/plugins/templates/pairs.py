from weaver import Field, Strategy, zscore


class Pairs(Strategy):
    """Two symbols that move together: when one has run away from the other, bet on their coming back."""

    window: int = Field(60, ge=5, le=2000, description="bars over which the ratio's mean is taken")
    far: float = Field(2.0, gt=0, le=10, description="standard deviations that count as far")
    near: float = Field(0.5, ge=0, le=5, description="standard deviations at which to leave")

    def on_start(self) -> None:
        if len(self.symbols) != 2:
            raise ValueError(f"it takes two symbols, not {len(self.symbols)}")
        self.first, self.second = self.symbols
        # Arithmetic on series makes a series, on the bars that both have.
        ratio = self.series(self.first).close / self.series(self.second).close
        self.score = zscore(ratio, self.window)
        self.when(self.score > self.far, self.sell_first)
        self.when(self.score < -self.far, self.buy_first)
        self.when(abs(self.score) < self.near, self.leave)

    # A short position is one with a negative quantity: the run's account must allow it (--account margin --shorting).
    def sell_first(self, bar) -> None:
        self.hold(-0.45)

    def buy_first(self, bar) -> None:
        self.hold(0.45)

    def leave(self, bar) -> None:
        self.hold(0)

    def hold(self, share) -> None:
        """So much of the equity in the first, and as much the other way round in the second. A target that is reached
        already orders nothing, so that it does no harm to ask for it on every bar."""
        if bool(self.position(self.first)) != bool(share):
            self.order_target_percent(self.first, share)
            self.order_target_percent(self.second, -share)
