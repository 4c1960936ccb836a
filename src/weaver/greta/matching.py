"""Orders against bars: who fills, for how much, at what price, in the order that the fill rules lay down."""

from collections.abc import Iterator, Mapping

from weaver.greta.ledger import AT_OPEN, INSIDE, FillRow, Ledger
from weaver.greta.prices import EXACT_BELOW, Prices
from weaver.model.actions import OrderType, TimeInForce
from weaver.model.fill_rules import touch_at_open, touch_inside, trailing_level
from weaver.model.money import truncate
from weaver.model.order import ExitGroup, Order
from weaver.model.order_status import OrderEvent, OrderStatus

ONE_BAR = (TimeInForce.IOC, TimeInForce.FOK)
Quad = tuple[int, int, int, int]


class Matcher:
    """The working orders of a run, and what a tick's bars do to them."""

    def __init__(self, ledger: Ledger, prices: Mapping[str, Prices]) -> None:
        self.ledger, self.prices = ledger, prices
        self.ticks = memoryview(b"")
        """The clock's ticks, ns."""
        self.book: list[Order] = []
        """Working orders, waiting legs among them, oldest first."""
        self.changed: list[Order | int] = []
        """What happened since the callbacks were last told: orders that changed, and numbers of fills."""
        self.rejected: list[Order] = []
        self.legs_wait = False
        """Whether exit legs wait until their entry has filled whole (a venue's rule)."""
        self.capped = 0
        self.resized = 0
        self._pools: dict[str, int] = {}
        self._start: tuple[int, dict[str, int]] | None = None
        self._tick = -1

    # What a tick does

    def trade(self, tick: int) -> None:
        """Fills at the open, then fills inside the bar."""
        self.accept()
        self._tick = tick
        self._pools.clear()
        self._start = None
        if not all(order.is_sized for order in self.book):
            self._start = (self.ledger.cash, dict(self.ledger.units))
        bars = self._bars(tick)
        acting = [order for order in self.book if order.symbol in bars]
        for order in acting:
            for turn in self._turns(order):
                if self._may_act(turn, bars[order.symbol]):
                    self._at_open(turn, *bars[order.symbol])
        for order in acting:
            if order.tif in ONE_BAR and order.is_working and self._may_act(order, bars[order.symbol]):
                self.cancel(order, f"{order.tif}: not filled at the open of its bar")
        for order in acting:
            for turn in self._turns(order):
                if self._may_act(turn, bars[order.symbol]):
                    self._inside(turn, *bars[order.symbol])
        for order in acting:
            if order.order_type is OrderType.TRAILING_STOP:
                self._trail(order, *bars[order.symbol])
        self.sweep()

    def expire(self, tick: int) -> None:
        """End the day orders whose session has closed."""
        now = self.ticks[tick]
        for order in self.book:
            if order.session_close is not None and now >= order.session_close and order.is_working:
                self._end(order, OrderEvent.EXPIRE, "the session closed")
        self.sweep()

    @staticmethod
    def _turns(order: Order) -> Iterator[Order]:
        """An order, and right after it the legs that it starts though they are older (it replaced their first entry)."""
        yield order
        if order.exits is not None and order.exits.started < 0:
            return
        if order.exits is not None and order.exits.legs[0].number < order.number:
            yield from order.exits.legs

    def _bars(self, tick: int) -> dict[str, tuple[int, Quad]]:
        """The bar of each symbol that has working orders and closes now."""
        found: dict[str, tuple[int, Quad]] = {}
        for order in self.book:
            symbol = order.symbol
            if symbol not in found:
                index = self.prices[symbol].bar_at(tick)
                if index >= 0:
                    found[symbol] = index, self.prices[symbol].bar(index)
        return found

    def _may_act(self, order: Order, at: tuple[int, Quad]) -> bool:
        """Whether an order is in play on a bar; its first such bar starts its day."""
        if order.waiting or not order.is_working:
            return False
        if order.order_type is OrderType.TRAILING_STOP and order.mark is None:
            return False  # it starts at the close of the bar in which its entry filled
        if order.stop_units is None and order.group is not None and order.group.inside == self._tick:
            return False  # what the bar did after its entry filled inside it is not known
        prices, index = self.prices[order.symbol], at[0]
        if order.placed >= 0 and prices.starts[index] < self.ticks[order.placed]:
            return False
        if not prices.is_tradable(index, extended=order.extended_hours):
            return False
        if order.tif is TimeInForce.DAY:
            if order.session_close is None:
                order.session_close = prices.session_close(index, extended=order.extended_hours)
            return prices.starts[index] < order.session_close
        return True

    def _at_open(self, order: Order, index: int, bar: Quad) -> None:
        if order.group is None or order.group.inside != self._tick:
            touch = touch_at_open(
                order.order_type, order.sign, order.limit_units, order.stop_units, order.triggered, bar[0]
            )
            order.triggered = touch.triggered
            if touch.price is not None:
                order.opened = self._tick
                self._fill(order, bar[0], index, AT_OPEN)

    def _inside(self, order: Order, index: int, bar: Quad) -> None:
        group = order.group
        if group is None:
            self._touch(order, index, bar)
            return
        if group.turn == self._tick:
            return  # the group had its turn at its oldest leg's place
        group.turn = self._tick
        started_inside = group.inside == self._tick
        legs = [leg for leg in group.legs if self._may_act(leg, (index, bar))]
        stops = [leg for leg in legs if leg.stop_units is not None]
        others = [leg for leg in legs if leg.stop_units is None]
        if started_inside:
            bar = (group.price, *bar[1:])
        touched_other = any(self._would_fill(leg, bar) for leg in others)
        for leg in stops:
            if leg.is_working:
                self._touch(leg, index, bar, ("both_touched",) if touched_other else ())
        for leg in others:
            if leg.is_working:
                self._touch(leg, index, bar)

    def _would_fill(self, order: Order, bar: Quad) -> bool:
        terms = (order.order_type, order.sign, order.limit_units, order.stop_units, order.triggered)
        return order.is_working and order.opened != self._tick and touch_inside(*terms, bar).price is not None

    def _touch(self, order: Order, index: int, bar: Quad, notes: tuple[str, ...] = ()) -> None:
        if order.tif in ONE_BAR or order.opened == self._tick:
            return  # it had its chance at the open
        touch = touch_inside(order.order_type, order.sign, order.limit_units, order.stop_units, order.triggered, bar)
        order.triggered = touch.triggered
        if touch.price is not None:
            self._fill(order, int(touch.price), index, INSIDE, notes)

    def _trail(self, order: Order, index: int, bar: Quad) -> None:
        """Move a trailing stop's mark with a bar that it was in play on; the new level acts from the next bar on."""
        if order.waiting or not order.is_working or order.triggered:
            return
        prices = self.prices[order.symbol]
        entered_now = order.group is not None and order.group.started == self._tick
        if entered_now:
            order.mark = bar[3]
        elif order.mark is None or not prices.is_tradable(index, extended=order.extended_hours):
            return
        elif order.placed >= 0 and prices.starts[index] < self.ticks[order.placed]:
            return
        else:
            order.mark = max(order.mark, bar[1]) if order.sign < 0 else min(order.mark, bar[2])
        self.level(order)

    @staticmethod
    def level(order: Order) -> None:
        """Set a trailing stop's level from its mark."""
        assert order.mark is not None
        numerator, divisor = trailing_level(
            order.mark, sign=order.sign, trail=order.trail_units, percent=order.trail_percent
        )
        order.stop_units = order.scale.nearest_tick(numerator, divisor)

    # Fills

    def _fill(self, order: Order, price: int, index: int, place: int, notes: tuple[str, ...] = ()) -> None:
        """Fill what can be filled of an order at a market price; reject or cancel what cannot."""
        if order.group is not None and order.group.remaining <= 0:
            return  # its entry may bring more
        if order.reduce_only and order.sign * self.ledger.units[order.symbol] >= 0:
            self.cancel(order, "there is no position left to reduce")
            return
        if self._pool(order, index) == 0 or not (order.is_sized or self._size(order, price)):
            return
        wanted = self._wanted(order)
        prices = self.prices[order.symbol]
        limit = order.limit_units if order.order_type in (OrderType.LIMIT, OrderType.STOP_LIMIT) else None
        paid = prices.costs.slipped(price, sign=order.sign, limit=limit) if prices.costs.slips else price
        if order.tif is TimeInForce.FOK and order.target is not None and not order.reduce_only:
            wanted = self._cut(order, wanted, price, paid)
            if wanted == 0:
                self._end(order, OrderEvent.REJECT, self._why_not(order, order.units, paid))
                return
        pool = self._pool(order, index)
        takes = wanted if pool is None else min(pool, wanted)
        self.capped += takes < wanted
        if order.tif is TimeInForce.FOK and takes < wanted:
            return  # and is cancelled when the opens are over
        allowed = takes if self._payable(order, takes, price, paid) else self._refused(order, takes, price, paid)
        if allowed == 0:
            return
        if allowed < takes or (order.tif is TimeInForce.FOK and allowed < order.units):
            order.units = order.filled + allowed
            notes = (*notes, "resized")
            self.resized += 1
        self.execute(order, allowed, price, paid, index, place, notes)

    def execute(
        self, order: Order, units: int, price: int, paid: int, index: int, place: int, notes: tuple[str, ...] = ()
    ) -> None:
        """Book a fill of so many units at the price paid, and let its group know."""
        costs = self.prices[order.symbol].costs
        self.prices[order.symbol].last_fill = price
        order.commission_computed += costs.computed(paid, units)
        commission = costs.due(order.commission_computed, order.commission_paid)
        order.commission_paid += commission
        if order.status is OrderStatus.PENDING:
            order.happen(OrderEvent.ACCEPT)
        order.add_fill(units, order.scale.cash(paid, units))
        self.ledger.record(
            order, order.sign * units, paid, order.sign * (paid - price), commission, index, place, notes
        )
        self._take(order.symbol, units)
        self.changed += (order, len(self.ledger.fills) - 1)
        if order.exits is not None:
            self._enter(order.exits, units, price, place)
        if order.group is not None:
            order.group.exited += units
            self._settle_group(order.group)

    def _size(self, order: Order, price: int) -> bool:
        """Settle the quantity of a `size_at="fill"` order at the price of its fill; False: nothing is left to do."""
        assert order.target is not None
        cash, held = self._start or (self.ledger.cash, self.ledger.units)
        equity = cash
        for symbol, units in held.items():
            if symbol == order.symbol:
                equity += order.scale.cash(price, units)
            elif units:
                equity += self.ledger.value(symbol, units, self._tick - 1)
        missing = order.target.quantity(equity=equity, price=price, scale=order.scale)
        missing -= self.ledger.units[order.symbol]
        for other in self.book:
            counts = other is not order and other.symbol == order.symbol and other.is_working
            # A younger target has counted this order already.
            if counts and other.group is None and not other.cancel_asked and other.number < order.number:
                missing -= other.sign * other.remaining
        units = order.sign * missing
        if units < max(order.scale.lot, order.scale.minimum):
            self.cancel(order, "the target was reached without it")
            return False
        order.units, order.is_sized = units, True
        if order.exits is not None:
            for leg in order.exits.legs:
                leg.units = units
        return True

    def _wanted(self, order: Order) -> int:
        """How much an order would fill if nothing were short."""
        wanted = order.remaining
        if order.group is not None:
            wanted = min(wanted, order.group.remaining)
        if order.reduce_only:
            wanted = min(wanted, max(-order.sign * self.ledger.units[order.symbol], 0))
        return wanted

    def _pool(self, order: Order, index: int) -> int | None:
        """What the bar's volume leaves, in quantity units; None without a cap."""
        prices = self.prices[order.symbol]
        if prices.costs.max_participation is None or not prices.has_volume:
            return None
        pool = self._pools.get(order.symbol)
        if pool is None:
            pool = truncate(prices.costs.capacity(prices.volume[index]), order.scale.lot)
            self._pools[order.symbol] = pool
        return pool

    def _take(self, symbol: str, units: int) -> None:
        if symbol in self._pools:
            self._pools[symbol] -= units

    def _payable(self, order: Order, units: int, price: int, paid: int) -> bool:
        """Whether the account allows a fill of so many units."""
        ledger = self.ledger
        held = ledger.units[order.symbol]
        if held * order.sign < 0 and units <= abs(held):
            return True
        costs = self.prices[order.symbol].costs
        commission = costs.due(order.commission_computed + costs.computed(paid, units), order.commission_paid)
        after = held + order.sign * units
        cash = ledger.cash - order.scale.cash(paid, order.sign * units) - commission
        net = gross = 0
        if ledger.rules.kind == "margin":
            for symbol, quantity in ledger.units.items():
                if symbol != order.symbol and quantity:
                    value = ledger.value(symbol, quantity, self._tick - 1)
                    net, gross = net + value, gross + abs(value)
            value = order.scale.cash(price, after)
            net, gross = net + value, gross + abs(value)
        return ledger.rules.allows(cash=cash, units=after, gross=gross, net=net)

    def _refused(self, order: Order, units: int, price: int, paid: int) -> int:
        """What to do about a fill that cannot be paid: cut a target, cancel the rest, or reject. Returns what may fill."""
        if order.filled:
            self.cancel(order, "the rest cannot be paid")
            return 0
        if order.target is not None:
            allowed = self._cut(order, units, price, paid)
            if allowed:
                return allowed
        self._end(order, OrderEvent.REJECT, self._why_not(order, units, paid))
        return 0

    def _cut(self, order: Order, units: int, price: int, paid: int) -> int:
        """The largest number of lots up to `units` that the account allows, in quantity units."""
        if self._payable(order, units, price, paid):
            return units
        lot = order.scale.lot
        low, high = 0, units // lot  # low is allowed, high is not
        guess = self._guess(order, paid) // lot
        for probe in (guess, guess + 1):
            if low < probe < high:
                if self._payable(order, probe * lot, price, paid):
                    low = probe
                else:
                    high = probe
        while high - low > 1:
            middle = (low + high) // 2
            if self._payable(order, middle * lot, price, paid):
                low = middle
            else:
                high = middle
        return low * lot

    def _guess(self, order: Order, paid: int) -> int:
        """About how many units the cash pays for, commission by value included."""
        costs = self.prices[order.symbol].costs
        one = order.scale.quantity_one
        each = order.scale.cash(paid, one) + costs.computed(paid, one)
        return max(self.ledger.cash, 0) * one // max(each, 1)

    def _why_not(self, order: Order, units: int, paid: int) -> str:
        scale, rules = order.scale, self.ledger.rules
        what = f"{order.side} {scale.quantity_decimal(units):f} {order.symbol} at {scale.price_decimal(paid).normalize():f}"
        if order.sign < 0 and self.ledger.units[order.symbol] < units and not rules.shorting:
            return f"{what}: would be short, and this account allows no short positions"
        cash = self.ledger.cash / 1e8
        limit = "" if rules.kind == "cash" else f" at a leverage of {rules.leverage}"
        return f"{what}: cash of {cash:,.2f} does not pay for it with its costs{limit}"

    # Groups

    def _enter(self, group: ExitGroup, units: int, price: int, place: int) -> None:
        """An entry filled: its legs follow the quantity entered."""
        entry = group.entry
        assert entry is not None
        if group.started < 0 and not (self.legs_wait and entry.remaining):
            group.started, group.price = self._tick, price
            group.inside = self._tick if place == INSIDE else -1
            for leg in group.legs:
                leg.waiting = False
                leg.placed = -1  # it starts with its entry, in this very bar
        group.entered += units
        self._settle_group(group)

    def _settle_group(self, group: ExitGroup) -> None:
        """Keep the legs at what is left to exit; when that is nothing and no more can come, they are done."""
        entering = group.entry is not None and group.entry.is_working
        for leg in group.legs:
            if not leg.is_working:
                continue
            room = leg.filled + group.remaining
            if entering and group.entry is not None:
                room += group.entry.remaining
            leg.units = max(room, leg.filled)
            if group.remaining <= 0 and not entering:
                self._finish_leg(leg)

    def _finish_leg(self, leg: Order) -> None:
        if leg.filled and leg.status is not OrderStatus.FILLED:
            leg.happen(OrderEvent.CANCEL)
            leg.reason = "the position was exited"
            self.changed.append(leg)
        elif not leg.filled:
            self._end(leg, OrderEvent.CANCEL, "the other leg exited the position")

    # Ends

    def cancel(self, order: Order, reason: str) -> None:
        """Cancel a working order."""
        self._end(order, OrderEvent.CANCEL, reason)

    def refuse(self, order: Order, reason: str) -> None:
        """Reject an order before it enters the book."""
        self._end(order, OrderEvent.REJECT, reason)

    def _end(self, order: Order, event: OrderEvent, reason: str) -> None:
        if order.status is OrderStatus.PENDING and event is not OrderEvent.CANCEL:
            order.happen(OrderEvent.ACCEPT)
        if event is OrderEvent.REJECT and order.filled:
            event = OrderEvent.CANCEL
        order.happen(event)
        order.reason = reason
        self.changed.append(order)
        if order.status is OrderStatus.REJECTED:
            self.rejected.append(order)
        group = order.exits
        if group is not None and order.replaced_by is None:
            if group.entered == 0:
                for leg in group.legs:
                    if leg.is_working:
                        self._end(leg, OrderEvent.CANCEL, f"its entry was {order.status}")
            else:
                self._settle_group(group)

    def sweep(self) -> None:
        """Drop the orders that have ended from the book."""
        self.book[:] = [order for order in self.book if order.is_working]

    def accept(self) -> None:
        """After the callbacks: what was placed is accepted."""
        for order in self.book:
            if order.status is OrderStatus.PENDING and not order.waiting:
                order.happen(OrderEvent.ACCEPT)
                self.changed.append(order)
