"""What the runs of these tests trade by."""

HEAD = "from weaver import Strategy\n\n\n"

ROUND_TRIPS = f'''{HEAD}class RoundTrips(Strategy):
    """Buys with exits far off, and closes when it has that, again and again, however long a fill takes."""

    def on_start(self):
        self.seen, self.is_waiting = 0, False

    def on_bar(self, bar):
        self.seen += 1
        self.log(f"bar {{self.seen}}")
        if self.is_waiting:
            return
        self.is_waiting = True
        if self.position(bar.symbol).quantity:
            self.close_position(bar.symbol)
        else:
            self.buy(bar.symbol, 10, take_profit=bar.close * 1.2, stop_loss=bar.close * 0.8)

    def on_fill(self, fill):
        self.is_waiting = False
        self.log(f"fill {{fill.side}} {{fill.quantity}}")

    def on_order(self, order):
        self.log(f"order {{order.id}} {{order.status}}")

    def on_stop(self):
        self.log("last word")
'''

HOLDS = f'''{HEAD}class Holds(Strategy):
    """Buys with exits on its first bar, and holds."""

    def on_start(self):
        self.seen = 0

    def on_bar(self, bar):
        self.seen += 1
        self.log(f"bar {{self.seen}}")
        if self.seen == 1:
            self.buy(bar.symbol, 10, take_profit=bar.close * 1.2, stop_loss=bar.close * 0.8)
'''


def failing(where: str, line: str) -> str:
    """One that buys with exits and has another entry rest; then it fails, in one of its methods, by a line of its own:
    in on_bar on its fourth bar."""
    when = "if self.seen == 4:\n            " if where == "on_bar" else ""
    hook = "" if where == "on_bar" else f"\n    def {where}(self, news):\n        {line}\n"
    return f'''{HEAD}class Fails(Strategy):
    """Fails while it trades."""

    def on_start(self):
        self.seen = 0

    def on_bar(self, bar):
        self.seen += 1
        self.log(f"bar {{self.seen}}")
        if self.seen == 1:
            self.buy(bar.symbol, 10, take_profit=bar.close * 1.2, stop_loss=bar.close * 0.8)
            self.buy(bar.symbol, 1, limit=bar.close * 0.95)
        {when + line if when else "pass"}
{hook}'''
