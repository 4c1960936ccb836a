"""A run that has ended as its record: rows of tables, and the events that tell its story in the order of its time."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

from weaver.greta.finished_run import FinishedRun
from weaver.greta.record.envelope import Envelope, text_of
from weaver.greta.record.order_events import OrderEvents
from weaver.greta.record.rows import fill_row, order_row, trade_row
from weaver.greta.record.text import Moments, fill_texts
from weaver.greta.results.trades import Trade
from weaver.model.calendar.instants import instant_of
from weaver.model.fit_text import fit_to_keep
from weaver.model.orders.actions import FetchWindow
from weaver.model.orders.execution import AT_END
from weaver.model.orders.order import Order

LOG_ORDERS_MAX = 2_000
LOG_EVENTS_MAX = 20_000
"""A run that logs or fetches windows at every bar keeps to the log's share as well."""
TEXT_LENGTH_MAX = 5_000
"""Of a journal's line: an event's payload has a bound."""

TICK, FILLS, ENDS, WINDOWS, JOURNAL, CALLS, CLOSING = range(7)
"""The order of what happens at one tick: fills with the legs that they start, other ends, windows that arrive, what the
strategy does (its journal first: how that fell among its orders is not kept), what the engine does at the end."""

Step = tuple[int, int, int, int, Callable[[Any], list[str]], Any]
"""Tick, phase, turn and a running number, by which steps are sorted; what writes its events, and of what."""


class RunRecord:
    """What happened in a run whose account kept a log. `is_full`: ticks and windows as well."""

    def __init__(self, run: FinishedRun, envelope: Envelope, *, is_full: bool) -> None:
        assert run.log is not None
        self._run, self._log = run, run.log
        self._envelope, self._is_full = envelope, is_full
        self._moments = Moments()
        self._fills = fill_texts(run, self._moments)
        self._moments.learn([order.placed for order in run.orders])
        self._events = OrderEvents(
            envelope, run, run.log, moments=self._moments, tick_of=self._tick_of, time_of=self._time
        )

    def orders(self) -> Iterator[dict[str, Any]]:
        """Rows of the table `orders`."""
        last = {fill.row.order.number: fill.time for fill in self._fills}
        accepted = self._events.accepted
        started = {what[0].number: what[1].time for *_, write, what in self._fill_steps() if write == accepted}
        for order in self._run.orders:
            end = self._events.end_of(order)
            updated = last.get(order.number) if end is None else self._time(end.tick)
            placed = self._moments.text(order.placed)
            yield order_row(
                order,
                run_id=self._envelope.run_id,
                placed_at=placed,
                updated_at=updated or started.get(order.number, placed),
            )

    def fills(self) -> Iterator[dict[str, Any]]:
        """Rows of the table `fills`."""
        return (fill_row(fill, run_id=self._envelope.run_id) for fill in self._fills)

    def trades(self, trades: Sequence[Trade]) -> Iterator[dict[str, Any]]:
        """Rows of the table `trades`."""
        numbered, run_id = enumerate(trades, 1), self._envelope.run_id
        return (trade_row(trade, number, self._moments, run_id=run_id) for number, trade in numbered)

    def shared_out(self) -> tuple[list[str], Iterator[str]]:
        """The events as JSON texts: those for the log, and those that stay with the result, which come after them."""
        log: list[str] = []
        orders = 0
        steps = iter(self._steps())
        for *_, write, what in steps:
            orders += write == self._events.placed
            lines = write(what)
            if orders > LOG_ORDERS_MAX or len(log) + len(lines) > LOG_EVENTS_MAX:
                return log, chain(lines, (line for *_, write, what in steps for line in write(what)))
            log += lines
        return log, iter(())

    def ends(self) -> list[str]:
        """The events of a run that broke off and has no result to keep them with: all that the log takes of one run,
        and of more than that the first and the last."""
        groups = [write(what) for *_, write, what in self._steps()]
        if sum(map(len, groups)) > LOG_EVENTS_MAX:
            first = _up_to(LOG_EVENTS_MAX // 2, groups)
            last = _up_to(LOG_EVENTS_MAX // 2, groups[::-1])
            groups = groups[:first] + groups[len(groups) - last :]
        return [line for lines in groups for line in lines]

    # What happened

    def _steps(self) -> list[Step]:
        steps = [*self._fill_steps(), *self._order_steps(), *self._journal_steps()]
        if self._is_full:
            steps += self._full_steps()
        return sorted(steps, key=_place)

    def _fill_steps(self) -> Iterator[Step]:
        events, last = self._events, self._run.last
        legs: dict[int, list[Order]] = defaultdict(list)
        for leg in events.legs_started():
            legs[id(leg.group)].append(leg)
        for fill in self._fills:
            order, number = fill.row.order, fill.number
            if fill.row.place == AT_END:
                yield last, CLOSING, 2 * order.number + 1, 0, events.filled, fill
                continue
            tick = self._run.prices[order.symbol].tick_of(fill.row.bar)
            yield tick, FILLS, number, 0, events.filled, fill
            if order.exits is not None and order.exits.started == self._run.instant(tick):
                for leg in legs.pop(id(order.exits), ()):
                    yield tick, FILLS, number, leg.number, events.accepted, (leg, fill)

    def _order_steps(self) -> Iterator[Step]:
        events, first = self._events, self._run.first - 1
        for turn, order in enumerate(self._run.orders, 1):
            if order.number in self._log.asked:
                yield max(self._tick_of(order.placed), first), CALLS, turn, -1, events.placed, order
            else:
                yield self._run.last, CLOSING, 2 * order.number, 0, events.placed, order
        for index, happening in enumerate(self._log.happenings):
            write = events.cancel_asked if happening.is_request else events.ended
            phase = ENDS if happening.turn < 0 else CALLS
            yield max(happening.tick, first), phase, happening.turn, index, write, happening

    def _journal_steps(self) -> Iterator[Step]:
        run, first = self._run, self._run.first - 1
        for index, entry in enumerate(run.journal):
            yield max(self._tick_of(instant_of(entry[0])), first), JOURNAL, 0, index, self._logged, (index, *entry)
        for index, asked in enumerate(run.windows):
            yield max(self._tick_of(asked.time), first), CALLS, 0, index, self._window_asked, (index, asked)
        if run.stop_reason is not None:
            yield run.last, CALLS, len(run.orders) + 1, 0, self._stopped, run.stop_reason

    def _full_steps(self) -> Iterator[Step]:
        run = self._run
        for tick in range(run.first, run.last + 1):
            yield tick, TICK, 0, 0, self._ticked, tick
        for index, asked in enumerate(run.windows):
            tick = max(self._tick_of(asked.time) + 1, run.first)
            if tick <= run.last:
                yield tick, WINDOWS, 0, index, self._window_ready, (index, tick, asked)

    # Their events

    def _logged(self, what: Any) -> list[str]:
        index, logged_at, text = what
        id_, time = f"{self._envelope.prefix}-log{index + 1}", self._moments.text(instant_of(logged_at))
        payload = f'{{"run_id":{self._envelope.run},"text":{_said(text)},"time":"{time}"}}'
        return [self._envelope.line("strategy.Log", id_, self._envelope.prefix, None, payload)]

    def _window_asked(self, what: Any) -> list[str]:
        index, asked = what
        id_ = f"{self._envelope.prefix}-w{index + 1}"
        payload = self._window(asked.request, asked.request.bars, self._moments.text(asked.time))
        return self._envelope.request("strategy.FetchWindow", f"{id_}.request", f"{id_}.fetch", id_, payload)

    def _window_ready(self, what: Any) -> list[str]:
        index, tick, asked = what
        id_ = f"{self._envelope.prefix}-w{index + 1}"
        payload = self._window(asked.request, asked.bars, self._time(tick))
        return [self._envelope.line("data.WindowReady", f"{id_}.ready", id_, f"{id_}.fetch", payload)]

    def _window(self, request: FetchWindow, bars: int, time: str) -> str:
        return (
            f'{{"run_id":{self._envelope.run},"symbol":{text_of(request.symbol)},"timeframe":"{request.timeframe}",'
            f'"bars":{bars},"time":"{time}"}}'
        )

    def _stopped(self, reason: str) -> list[str]:
        id_, time = f"{self._envelope.prefix}-stop", self._time(self._run.last)
        payload = f'{{"run_id":{self._envelope.run},"reason":{_said(reason)},"time":"{time}"}}'
        return [self._envelope.line("strategy.StopRequest", id_, self._envelope.prefix, None, payload)]

    def _ticked(self, tick: int) -> list[str]:
        symbols = [symbol for symbol, price in self._run.prices.items() if price.bar_at(tick) >= 0]
        id_, time = f"{self._envelope.prefix}-t{tick}", self._time(tick)
        payload = f'{{"run_id":{self._envelope.run},"time":"{time}","symbols":{text_of(symbols)}}}'
        return [self._envelope.line("clock.Tick", id_, self._envelope.prefix, None, payload)]

    # Time

    def _time(self, tick: int) -> str:
        return self._moments.text(self._run.instant(tick))

    def _tick_of(self, instant: int) -> int:
        return int(self._run.ticks.searchsorted(instant, side="right")) - 1


def _up_to(most: int, groups: Sequence[Sequence[str]]) -> int:
    """How many groups, from the first on, have no more lines than that."""
    return bisect_right(list(accumulate(map(len, groups))), most)


def _place(step: Step) -> tuple[int, int, int, int]:
    return step[:4]


def _said(text: str) -> str:
    """The strategy's own words in JSON."""
    return text_of(fit_to_keep(text, length_max=TEXT_LENGTH_MAX))
