"""What the runs of these tests trade by."""

HEAD = "from weaver import Strategy\n\n\n"

ROUND_TRIPS = f'''{HEAD}class RoundTrips(Strategy):
    """Buys with exits far off, and closes when it has that, again and again, however long a fill takes. What was not
    sent, as the exchange's time ran away, is ordered anew."""

    def on_start(self):
        self.seen, self.sent = 0, None

    def on_bar(self, bar):
        self.seen += 1
        self.log(f"bar {{self.seen}} {{self.now:%Y-%m-%dT%H:%M}}")
        if self.sent is not None and not self.sent.status.is_final:
            return
        if self.position(bar.symbol).quantity:
            self.sent = self.close_position(bar.symbol)
        else:
            self.sent = self.buy(bar.symbol, 10, take_profit=bar.close * 1.2, stop_loss=bar.close * 0.8)

    def on_fill(self, fill):
        self.log(f"fill {{fill.side}} {{fill.quantity}}")

    def on_order(self, order):
        self.log(f"order {{order.id}} {{order.status}}")

    def on_stop(self):
        self.log("last word")
'''

HOLDS = f'''{HEAD}class Holds(Strategy):
    """Buys ten once."""

    has_bought = False

    def on_bar(self, bar):
        if not self.has_bought:
            self.buy(bar.symbol, 10)
            self.has_bought = True
'''

ENTER = """\
        if self.has_to_be_sent("entry"):
            entry = self.buy(bar.symbol, 10, take_profit=bar.close * 1.2, stop_loss=bar.close * 0.8)
            self.placed["entry"] = entry, self.seen
        if self.has_to_be_sent("rest"):
            self.placed["rest"] = self.buy(bar.symbol, 1, limit=bar.close * 0.95), self.seen
"""
"""On a first bar; what was not sent, as the exchange's time ran away, is ordered anew on the next one."""
AGAIN = """
    def has_to_be_sent(self, what):
        order, at = self.placed.get(what, (None, 0))
        return at == self.seen - 1 and (order is None or (order.status.is_final and not order.filled))
"""

REACHES = f'''{HEAD}class Reaches(Strategy):
    """Buys with exits on its first bar, and has another entry rest for the day."""

    def on_start(self):
        self.seen, self.placed = 0, {{}}

    def on_bar(self, bar):
        self.seen += 1
        self.log(f"bar {{self.seen}} {{self.now:%Y-%m-%dT%H:%M}}")
{ENTER}{AGAIN}'''


def failing(where: str, line: str) -> str:
    """One that buys with exits and has another entry rest; then it fails, in one of its methods, by a line of its own:
    in on_bar on its fourth bar, or on the first after that on which it holds something. It says so if it goes on."""
    fails = f"""\
        if self.seen >= 4 and not self.has_failed and self.position(bar.symbol).quantity:
            self.has_failed = True
            {line}
            self.log("went on")
"""
    hook = "" if where == "on_bar" else f"\n    def {where}(self, news):\n        {line}\n"
    return f'''{HEAD}class Fails(Strategy):
    """Fails while it trades."""

    def on_start(self):
        self.seen, self.placed, self.has_failed = 0, {{}}, False

    def on_bar(self, bar):
        self.seen += 1
        self.log(f"bar {{self.seen}}")
{ENTER}{fails if where == "on_bar" else ""}{AGAIN}{hook}'''
