"""Whether the account can pay for a fill, and how much of one it can pay for."""

from collections.abc import Iterator, Mapping

from weaver.greta.orders.book import UNCHARGED, Charged
from weaver.greta.ports import Means
from weaver.model.account.account_kind import AccountKind
from weaver.model.account.costs import CostModel
from weaver.model.account.margin import Standing
from weaver.model.numbers.scale import Scale
from weaver.model.orders.order import Order

ROUNDED_FROM = 8
"""Cash units that the rounding of a fill's value, commission and what it leaves can make of leverage 1."""


class Payment:
    """The account's rules, asked about fills. `price` is before slippage, `paid` after it, in price units.
    `is_maker`: the order rested, and others came to it."""

    def __init__(self, means: Means, costs: Mapping[str, CostModel], charged: Mapping[int, Charged]) -> None:
        self._means, self._costs, self._charged = means, costs, charged
        self._listed, self._is_any_on_margin = 0, False

    def allows(self, order: Order, units: int, price: int, paid: int, *, is_maker: bool) -> bool:
        """Whether a fill of so many units may happen: one that only reduces the holding always may."""
        means, scale = self._means, order.scale
        held = means.units[scale.symbol]
        if held * order.sign < 0 and units <= abs(held):
            return True
        costs, before = self._costs[scale.symbol], self._charged.get(order.number, UNCHARGED)
        computed = (costs.maker if is_maker else costs).computed(paid, units)
        commission = costs.due(before.computed + computed, before.paid)
        after = held + order.sign * units
        cash = means.cash - scale.cash(paid, order.sign * units) - commission
        if self._has_margin():
            held_then = {**means.units, scale.symbol: after}
            standing = Standing.of(cash, self._holdings(held_then, {scale.symbol: scale.cash(price, after)}))
            return means.rules.allows(units=after, **standing._asdict())
        net = gross = 0
        if means.rules.kind is AccountKind.MARGIN:
            others = [means.value(one, held) for one, held in means.units.items() if held and one != scale.symbol]
            values = [*others, scale.cash(price, after)]
            net, gross = sum(values), sum(map(abs, values))
        return means.rules.allows(cash=cash, units=after, gross=gross, net=net)

    def _has_margin(self) -> bool:
        """Whether anything may be held on margin, of all that is listed by now."""
        if self._listed != len(self._costs):
            self._listed = len(self._costs)
            self._is_any_on_margin = any(one.scale.margin is not None for one in self._costs.values())
        return self._is_any_on_margin

    def _holdings(self, held: Mapping[str, int], worth: Mapping[str, int]) -> Iterator[tuple[Scale, int, int]]:
        """What is held with its value: where `worth` has none, that at the newest close."""
        for symbol, units in held.items():
            if units:
                value = worth.get(symbol)
                yield self._costs[symbol].scale, units, self._means.value(symbol, units) if value is None else value

    def largest(self, order: Order, units: int, price: int, paid: int, *, is_maker: bool) -> int:
        """The largest number of lots under `units`, which may not fill, that may; in quantity units.

        Where a lot is worth so little that rounding decides, there is no one such number: it is found by halving.
        """
        lot = order.scale.lot
        low, high = 0, units // lot  # low may fill, high may not
        probe = self._guess(order, paid) // lot  # right or one short of it, where cash alone decides
        is_rounded = order.scale.cash(paid, lot) <= ROUNDED_FROM * self._means.rules.leverage
        tried = 2 if is_rounded or order.scale.margin is not None else 0
        while high - low > 1:
            if tried >= 2 or not low < probe < high:
                probe = (low + high) // 2
            if self.allows(order, probe * lot, price, paid, is_maker=is_maker):
                low = probe
            else:
                high = probe
            probe, tried = probe + 1, tried + 1
        return low * lot

    def why_not(self, order: Order, units: int, paid: int) -> str:
        """The reason to give for a rejection."""
        scale, rules = order.scale, self._means.rules
        at = scale.price_decimal(paid).normalize()
        what = f"{order.side} {scale.quantity_decimal(units):f} {order.symbol} at {at:f}"
        if order.sign < 0 and self._means.units[order.symbol] < units and not rules.shorting:
            return f"{what}: would be short, and this account allows no short positions"
        standing = Standing.of(self._means.cash, self._holdings(self._means.units, {}))
        if scale.margin is not None:
            tied, free = scale.tied(scale.margin, units) / 1e8, (standing.cash - standing.tied) / 1e8
            return f"{what}: {free:,.2f} of free cash does not cover its margin of {tied:,.2f} with its costs"
        limit = f" at a leverage of {rules.leverage}" if rules.kind is AccountKind.MARGIN else ""
        return f"{what}: cash of {standing.cash / 1e8:,.2f} does not pay for it with its costs{limit}"

    def _guess(self, order: Order, paid: int) -> int:
        """About how many units the cash pays for, commission by value included."""
        one = order.scale.quantity_one
        each = order.scale.cash(paid, one) + self._costs[order.symbol].computed(paid, one)
        return max(self._means.cash, 0) * one // max(each, 1)
