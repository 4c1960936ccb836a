"""The text that a new strategy begins with."""

_TEXT = '''\
from weaver import Field, Strategy, crossed_above, crossed_below, ema


class {class_name}(Strategy):
    """Say in a sentence when it buys and when it sells."""

    # Parameters: annotated, with a default and bounds. `--set fast=12` changes one for a run.
    fast: int = Field(12, ge=2, le=500, description="bars of the fast average")
    slow: int = Field(48, ge=3, le=2000, description="bars of the slow average")

    def on_start(self) -> None:
        """Make indicators and signals here. self.close is the first symbol's; self.series("MSFT").close another's."""
        fast, slow = ema(self.close, self.fast), ema(self.close, self.slow)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)

    def enter(self, bar) -> None:
        """Called at the close of a bar; a market order fills at the open of the next one."""
        self.order_target_percent(bar.symbol, 1.0)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)

    # The other callbacks, all optional:
    #   on_bar(self, bar)      each closed bar: bar.symbol, .timestamp, .open, .high, .low, .close, .volume
    #   on_tick(self, tick)    once per instant, after its bars: for portfolios
    #   on_fill(self, fill), on_order(self, order), on_window(self, window), on_stop(self)
'''


def strategy_text(class_name: str) -> str:
    """A strategy that runs as it stands, with comments on what can be changed."""
    return _TEXT.format(class_name=class_name)
