"""Round trips, first in, first out: leg by leg, through splits and delistings."""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Protocol

from weaver.model.numbers.money import divide_half_even

Worth = int | Fraction
"""Price units x quantity units: what something came to before it was rounded to cash; a Fraction after a split."""


class Executed(Protocol):
    """A fill: `units` signed, `price` in price units, `value` (> 0) and `commission` in cash units."""

    @property
    def symbol(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def price(self) -> Worth: ...
    @property
    def value(self) -> int: ...
    @property
    def commission(self) -> int: ...


class Changed(Protocol):
    """What no fill did to a holding."""

    @property
    def symbol(self) -> str: ...
    @property
    def kind(self) -> str:
        """`split`; `fee`, of the asset itself; or what pays all of it out."""
        ...

    @property
    def fills_before(self) -> int:
        """How many fills of all symbols came before it."""
        ...

    @property
    def units(self) -> int:
        """What is held after it."""
        ...

    @property
    def ratio(self) -> tuple[int, int]:
        """Of a split: new units for old ones."""
        ...

    @property
    def step(self) -> int:
        """Of a split: the units that no two legs share, where what is held after it comes in such."""
        ...

    @property
    def amount(self) -> int:
        """Of what pays it out: in all, in cash units."""
        ...

    @property
    def price(self) -> Worth:
        """Of that: for a unit, in price units."""
        ...


class Leg:
    """What of a fill is still open. `price` is exact; `value` and `commission` are cash units, and what is taken off
    adds up to what was paid; `fee` is the commission of a unit, not rounded."""

    __slots__ = ("commission", "fee", "fill", "price", "units", "value")

    def __init__(self, fill: int, units: int, price: Worth, value: int, commission: int, fee: float) -> None:
        self.fill, self.units, self.price = fill, units, price
        self.value, self.commission, self.fee = value, commission, fee

    @classmethod
    def of(cls, fill: int, row: Executed) -> "Leg":
        """All of a fill."""
        units = abs(row.units)
        return cls(fill, units, row.price, row.value, row.commission, row.commission / units)

    def take(self, units: int) -> tuple[int, int]:
        """Take units off; value and commission go pro rata, so that the parts add up to the whole."""
        value = divide_half_even(self.value * units, self.units)
        commission = divide_half_even(self.commission * units, self.units)
        self.units, self.value, self.commission = self.units - units, self.value - value, self.commission - commission
        return value, commission


class MatchedPiece:
    """A quantity that one order opened and another, or a delisting, closed. Values, commission and `pnl` in cash units,
    as they changed hands; `entry_worth`, `exit_worth` and `fee`, the commission again, before any rounding;
    `delisting`: which of the changes ended it, where no fill did."""

    __slots__ = (
        "commission", "delisting", "entry", "entry_value", "entry_worth", "exit", "exit_value", "exit_worth", "fee",
        "sign", "symbol", "units",
    )  # fmt: skip

    def __init__(
        self,
        symbol: str,
        sign: int,
        units: int,
        entry: int,
        exit_: int,
        *,
        values: tuple[int, int, int],
        worths: tuple[Worth, Worth, float],
        delisting: int | None = None,
    ) -> None:
        self.symbol, self.sign, self.units = symbol, sign, units
        self.entry, self.exit, self.delisting = entry, exit_, delisting
        self.entry_value, self.exit_value, self.commission = values
        self.entry_worth, self.exit_worth, self.fee = worths

    def add(self, later: "MatchedPiece") -> None:
        """Take in what the same two closed later."""
        self.units += later.units
        self.entry_value += later.entry_value
        self.exit_value += later.exit_value
        self.commission += later.commission
        self.entry_worth += later.entry_worth
        self.exit_worth += later.exit_worth
        self.fee += later.fee
        self.exit = later.exit

    @property
    def pnl(self) -> int:
        """What it earned, in cash units."""
        return self.sign * (self.exit_value - self.entry_value) - self.commission


class LegByLeg:
    """Matches fills with each other, one after the other; `numbers`: which order each is of, a number > 0. `changes` in
    the order in which they happened."""

    def __init__(self, fills: Sequence[Executed], changes: Sequence[Changed], numbers: Sequence[int]) -> None:
        self._fills, self._changes, self._numbers = fills, changes, numbers
        self._changed = 0
        self._legs: dict[str, deque[Leg]] = defaultdict(deque)
        self._found: dict[tuple[int, int], MatchedPiece] = {}

    def pieces(self, rows: Iterable[int]) -> list[MatchedPiece]:
        """Of these fills, through splits and delistings, in order of their last exit.

        Those of the same two orders are one, whatever filled between them."""
        for index in rows:
            row = self._fills[index]
            self._follow(index)
            for piece in _closed(self._legs[row.symbol], index, row, self._fills):
                self._keep((self._numbers[piece.entry], self._numbers[index]), piece)
        self._follow(len(self._fills))
        return sorted(self._found.values(), key=lambda piece: (piece.exit, piece.delisting is not None))

    def _follow(self, fills: int) -> None:
        """What happened without a fill before there were more than so many."""
        while self._changed < len(self._changes) and self._changes[self._changed].fills_before <= fills:
            which, change = self._changed, self._changes[self._changed]
            self._changed += 1
            legs = self._legs[change.symbol]
            if change.kind == "split":
                self._legs[change.symbol] = after_split(legs, change)
                continue
            if change.kind == "fee":
                _shrink(legs, change.units)
                continue
            for piece in _delisted(legs, change, which, long=bool(legs) and self._fills[legs[0].fill].units > 0):
                self._keep((self._numbers[piece.entry], -which - 1), piece)
            legs.clear()

    def _keep(self, ends: tuple[int, int], piece: MatchedPiece) -> None:
        if ends in self._found:
            self._found[ends].add(piece)
        else:
            self._found[ends] = piece


def _closed(legs: deque[Leg], index: int, row: Executed, fills: Sequence[Executed]) -> Iterator[MatchedPiece]:
    """What a fill closes of the open legs; what it opens joins them."""
    sign = 1 if row.units > 0 else -1
    rest = Leg.of(index, row)
    while rest.units and legs and (fills[legs[0].fill].units > 0) != (sign > 0):
        leg = legs[0]
        units = min(leg.units, rest.units)
        entry_value, entry_commission = leg.take(units)
        exit_value, exit_commission = rest.take(units)
        if not leg.units:
            legs.popleft()
        yield MatchedPiece(
            row.symbol,
            -sign,
            units,
            leg.fill,
            index,
            values=(entry_value, exit_value, entry_commission + exit_commission),
            worths=(leg.price * units, rest.price * units, (leg.fee + rest.fee) * units),
        )
    if rest.units:
        legs.append(rest)


def _delisted(legs: Sequence[Leg], change: Changed, which: int, *, long: bool) -> Iterator[MatchedPiece]:
    """The open legs against what a delisting paid, which is shared out so that nothing of it is lost."""
    total, before, paid = sum(leg.units for leg in legs), 0, 0
    for leg in legs:
        before += leg.units
        value = divide_half_even(abs(change.amount) * before, total) - paid
        paid += value
        yield MatchedPiece(
            change.symbol,
            1 if long else -1,
            leg.units,
            leg.fill,
            change.fills_before - 1,
            values=(leg.value, value, leg.commission),
            worths=(leg.price * leg.units, change.price * leg.units, leg.fee * leg.units),
            delisting=which,
        )


def _shrink(legs: deque[Leg], held: int) -> None:
    """Take off the oldest legs of a long holding until so much is left; what they cost stays with the rest. What was
    taken off before comes back to the oldest."""
    gone = sum(leg.units for leg in legs) - max(held, 0)
    if legs and gone < 0:
        _resize(legs[0], legs[0].units - gone)
        return
    while legs and gone > 0:
        leg = legs[0]
        if leg.units > gone:
            _resize(leg, leg.units - gone)
            return
        gone -= leg.units
        legs.popleft()
        if legs:
            after = legs[0]
            after.price = after.price + Fraction(leg.price) * leg.units / after.units
            after.fee += leg.fee * leg.units / after.units
            after.value, after.commission = after.value + leg.value, after.commission + leg.commission


def _resize(leg: Leg, units: int) -> None:
    """So many are left of a leg, for what all of it cost."""
    leg.price, leg.fee, leg.units = Fraction(leg.price) * leg.units / units, leg.fee * leg.units / units, units


def after_split(legs: Sequence[Leg], split: Changed) -> deque[Leg]:
    """The open legs after a split.

    The fraction that is paid out takes its share of every leg's cost along, as of a position's, but of no commission.
    A step that two legs have parts of goes to the one with the larger part, with the cost of both.
    """
    numerator, denominator = split.ratio
    old, new = sum(leg.units for leg in legs), abs(split.units)
    if not old or not new:
        return deque()
    exact = old * numerator
    kept = Fraction(new * denominator, exact)
    edges = [0, *accumulate(leg.units for leg in legs)]
    step = 1 if new % split.step else split.step
    cuts = [divide_half_even(edge * (new // step), old) * step for edge in edges]
    places = [Fraction(cut * old, new) for cut in cuts]
    worths = _shared([leg.price * leg.units * kept for leg in legs], edges, places)
    total = sum(leg.value for leg in legs)
    gone = divide_half_even(total * (exact - new * denominator), exact)
    values = _rounded(_up_to([leg.value * kept for leg in legs], edges, places), total - gone)
    commission = sum(leg.commission for leg in legs)
    commissions = _rounded(_up_to([leg.commission for leg in legs], edges, places), commission)
    fees = _shared([leg.fee * leg.units for leg in legs], edges, places)
    rows = zip(legs, pairwise(cuts), worths, values, commissions, fees, strict=True)
    return deque(
        Leg(leg.fill, after - before, Fraction(worth) / (after - before), value, paid, float(fee) / (after - before))
        for leg, (before, after), worth, value, paid, fee in rows
        if after > before
    )


def _up_to(amounts: Sequence[Worth | float], edges: Sequence[int], places: Sequence[Fraction]) -> list[Worth | float]:
    """What of amounts that are spread evenly between edges lies before each place."""
    sums = [0, *accumulate(amounts)]
    found: list[Worth | float] = []
    for place in places:
        at = min(bisect_right(edges, place), len(amounts)) - 1
        found.append(sums[at] + amounts[at] * ((place - edges[at]) / (edges[at + 1] - edges[at])))
    return found


def _shared(amounts: Sequence[Worth | float], edges: Sequence[int], places: Sequence[Fraction]) -> list[Worth | float]:
    """The same between neighbouring places."""
    return [after - before for before, after in pairwise(_up_to(amounts, edges, places))]


def _rounded(sums: Sequence[Worth | float], total: int) -> list[int]:
    """The steps of rising sums in whole units, which add up to `total`."""
    whole = [round(one) for one in sums[:-1]]
    return [after - before for before, after in pairwise([*whole, total])]
