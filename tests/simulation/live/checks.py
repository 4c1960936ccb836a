"""What must be true of the run that a strategy traded in, whatever happened to its server and its own process."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.simulation.live.runs import RUN, RUN_ID
from tests.simulation.overnight.held import held
from weaver.decider import LiveStrategy
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.errors import WeaverError
from weaver.model.orders.action_bytes import decode_action
from weaver.model.orders.actions import PlaceOrder, ReplaceOrder
from weaver.veda.inputs import HouseFilled, OrderFilled, TickInputs
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import decode_inputs, decode_setup
from weaver.veda.runs.recorded.replaying import warmup_digests

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation


def of_the_run(seed: "Simulation") -> Iterator[str]:
    """All that is wrong with it."""
    yield from seed.control.failures
    ticks = [tick for (run_id, _), tick in seed.tables.ticks.items() if run_id == RUN_ID]
    if not ticks:
        yield "the run never began"
        return
    inputs = [decode_inputs(tick.inputs) for tick in ticks[1:]]
    yield from _replayed(seed, ticks)
    yield from _in_time(seed, ticks, inputs)
    yield from _ordered(seed, ticks)
    yield from _told(seed, inputs)


def _replayed(seed: "Simulation", ticks: Sequence[RecordedTick]) -> Iterator[str]:
    """The recorded inputs, given to a new strategy, lead to the recorded decisions, byte for byte; the account that it
    sees is the run's."""
    strategy = LiveStrategy()
    warmups = {digest: seed.tables.blobs[digest] for digest in warmup_digests(ticks[0].inputs)}
    try:
        for tick in ticks:
            made = strategy.decide(tick.inputs) if tick.number else strategy.start(tick.inputs, warmups)
            if made.actions != tick.actions:
                yield f"tick {tick.number}: decided {tick.actions}, and in a replay {made.actions}"
                return
    except WeaverError as error:
        yield f"a replay fails: {error}"
        return
    for symbol in RUN.symbols:
        seen = Decimal(strategy._running.mirror.position(symbol).quantity)
        has = held(seed, [one for one in seed.tables.fills.values() if one.run_id == RUN_ID], symbol)
        if seen != has:
            yield f"the strategy sees {seen} {symbol}, and its run holds {has}"


def _in_time(seed: "Simulation", ticks: Sequence[RecordedTick], inputs: Sequence[TickInputs]) -> Iterator[str]:
    """Ticks go on to the last minute that anybody traded in; each minute is in one of them, and no bar in two."""
    times = [tick.time for tick in ticks]
    yield from (f"tick at {one} after {before}" for before, one in pairwise(times) if one <= before)
    seen = Counter((bar.symbol, bar.start) for one in inputs for bar in one.bars)
    yield from (f"the bar of {name} was told {count} times" for name, count in seen.items() if count > 1)
    told = {bar.end for one in inputs for bar in (*one.bars, *(late.bar for late in one.late))}
    start = decode_setup(ticks[0].inputs).start
    ended = {bar.end for bars in seed.exchange.tape.bars.values() for bar in bars if bar.end > start}
    if seed.chaos.skew >= 0:  # a clock that is behind takes for still to come what has ended as the run goes on
        yield from (f"the minute that ended at {time_of(end)} was never told" for end in sorted(ended - told))
    if ended and instant_of(times[-1]) != max(ended):
        yield f"the last tick is {times[-1]}, the last minute ended at {time_of(max(ended))}"


def _ordered(seed: "Simulation", ticks: Sequence[RecordedTick]) -> Iterator[str]:
    """What was decided is an order, once, and what is an order was decided."""
    decided: Counter[int] = Counter()
    for action in (decode_action(one) for tick in ticks for one in tick.actions):
        if isinstance(action, PlaceOrder):
            decided.update([action.order.number, *(leg.number for leg in action.legs)])
        elif isinstance(action, ReplaceOrder):
            decided.update([action.order.number])
    numbers = [one.number for one in seed.tables.orders.values() if one.run_id == RUN_ID and one.number]
    requests = Counter(
        event.payload["order_id"]
        for event in seed.disk.events
        if event.type in ("strategy.PlaceRequest", "strategy.ReplaceRequest")
    )
    if decided != Counter(numbers):
        yield f"decided were the orders {sorted(decided.elements())}, and there are {sorted(numbers)}"
    if requests != Counter(f"{RUN_ID}-{number}" for number in numbers):
        yield f"asked for were {sorted(requests.elements())}, and there are the orders {sorted(numbers)}"


def _told(seed: "Simulation", inputs: Sequence[TickInputs]) -> Iterator[str]:
    """The strategy heard of each fill once."""
    heard: dict[int, Decimal] = {}
    house: dict[str, Decimal] = {}
    for update in (update for one in inputs for update in one.updates):
        if isinstance(update, OrderFilled):
            heard[update.number] = heard.get(update.number, Decimal(0)) + update.quantity
        elif isinstance(update, HouseFilled):
            signed = update.side.sign * update.quantity
            house[update.symbol] = house.get(update.symbol, Decimal(0)) + signed
    orders = [one for one in seed.tables.orders.values() if one.run_id == RUN_ID]
    filled = {one.number: one.filled for one in orders if one.number and one.filled}
    if heard != filled:
        yield f"fills of its orders came to {_plain(filled)}, and it heard of {_plain(heard)}"
    closed: dict[str, Decimal] = {}
    for one in orders:
        if not one.number and one.filled:
            closed[one.symbol] = closed.get(one.symbol, Decimal(0)) + one.side.sign * one.filled
    if closed != house:
        yield f"Weaver's own orders for it came to {_plain(closed)}, and it heard of {_plain(house)}"


def _plain(amounts: Mapping[int, Decimal] | Mapping[str, Decimal]) -> dict[str, str]:
    return {str(name): str(amount) for name, amount in amounts.items()}
