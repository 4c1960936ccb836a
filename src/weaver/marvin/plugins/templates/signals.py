from weaver import Field, Strategy, crossed_above, crossed_below, ema


class Signals(Strategy):
    """Say in a sentence when it buys and when it sells."""

    # Parameters: annotated, with a default and bounds. `--set fast=12` changes one for a run.
    fast: int = Field(12, ge=2, le=500, description="bars of the fast average")
    slow: int = Field(48, ge=3, le=2000, description="bars of the slow average")

    def on_start(self) -> None:
        """Make indicators and signals here. self.close is the first symbol's; self.series("MSFT").close another's."""
        fast, slow = ema(self.close, self.fast), ema(self.close, self.slow)
        # A comparison of series is a signal: yes or no on each bar, and never of a bar that is still to come.
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)

    def enter(self, bar) -> None:
        """Called at the close of a bar; a market order fills at the open of the next one."""
        # Not all of the equity: the next open may be higher, and there are costs.
        self.order_target_percent(bar.symbol, 0.98)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)

    # The other callbacks, all optional:
    #   on_bar(self, bar)      each closed bar: bar.symbol, .timestamp, .open, .high, .low, .close, .volume
    #   on_tick(self, tick)    once per instant, after its bars: for portfolios
    #   on_fill(self, fill), on_order(self, order), on_window(self, window), on_stop(self)
