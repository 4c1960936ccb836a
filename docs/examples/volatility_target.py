"""Volatility target: hold less of what has become wilder, so that the account swings about as much at all times.

Source: Moreira and Muir, "Volatility-Managed Portfolios", Journal of Finance 72 (2017); they scale by the variance,
this by the standard deviation, as funds that "target 10 %" do.
"""

from math import sqrt

from weaver import Field, Strategy, stddev


class VolatilityTarget(Strategy):
    """Each week the share target / volatility of the equity, at most `most`; small changes are not worth a trade."""

    target: float = Field(0.15, gt=0, le=2, description="volatility a year, as a fraction")
    window: int = Field(20, ge=2, le=500, description="bars over which the volatility is measured")
    bars_a_year: int = Field(252, ge=1)
    most: float = Field(1.0, gt=0, le=10, description="the largest share; above 1 takes a margin account")
    band: float = Field(0.05, ge=0, le=1, description="shares that differ by less are left as they are")

    def on_start(self) -> None:
        self.volatility = stddev(self.close / self.close.shift(1) - 1, self.window) * sqrt(self.bars_a_year)
        self.schedule(self.adjust, every="week", before_close="5m")

    def adjust(self, _tick) -> None:
        symbol, volatility = self.symbols[0], self.volatility[-1]
        if volatility > 0:
            share = min(self.target / volatility, self.most)
            if abs(share - self.position(symbol).market_value / self.equity) >= self.band:
                self.rebalance({symbol: share})
