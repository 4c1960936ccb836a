"""The actions of whole runs: each order is asked for by exactly one, at its tick and on its terms; asking changes
nothing; and the same run asks for the same bytes.

What they are compared with is what reached the account, noted by the test's own.
"""

from dataclasses import fields
from random import Random
from typing import Any, ClassVar, NamedTuple

import pytest

from tests.builders import planned
from tests.integration.markets import market
from tests.integration.resting_twins import STYLES
from tests.integration.test_two_styles import random_options
from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario
from tests.on_bar_twins import TWINS
from tests.shared_data import SAMPLES, sample_files
from weaver import Strategy
from weaver.greta.account import BacktestAccount
from weaver.marvin.orders.actions import Actions, TimedAction
from weaver.marvin.strategies.momentum_rotation import MomentumRotation
from weaver.marvin.strategies.pairs_spread import PairsSpread
from weaver.model.orders.action_bytes import decode_action, encode_action
from weaver.model.orders.actions import CancelOrder, OrderTerms, PlaceOrder, ReplaceOrder
from weaver.model.orders.order import Order
from weaver.research import run as run_plan
from weaver.research.run import Plan

SEEDS = 300
STOCKS = [SAMPLES / f"{symbol}_1d.csv" for symbol in ("AAPL", "IBM", "MSFT")]
FILES = [*STOCKS, SAMPLES / "EURUSD_1h.csv"]
SHIPPED = {
    **{f"{name} {path.stem}": (TWINS[name][0], [path], {}) for name in TWINS for path in sample_files()},
    "momentum-rotation": (MomentumRotation, STOCKS, {}),
    "pairs-spread": (PairsSpread, STOCKS[:2], {"account": "margin", "shorting": True}),
}
Terms = tuple[Any, ...]


class Placed(NamedTuple):
    """An order that reached the account: when, and on which terms then."""

    time: int
    order: Order
    terms: Terms


class Watching(BacktestAccount):
    """Notes what reaches it, but for the engine's own orders, which close what is held."""

    made: ClassVar[list["Watching"]] = []

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.placed: list[Placed] = []
        self.cancelled: list[tuple[int, int]] = []
        self.replacements: dict[int, int] = {}
        Watching.made.append(self)

    def place(self, order: Order) -> None:
        if order.group is not None or not order.reduce_only:
            entry = None if order.group is None else order.group.entry
            quantity = None if not order.is_sized or (entry and not entry.is_sized) else order.quantity
            terms = (order.symbol, order.side, order.order_type, quantity, order.limit, order.stop, order.trail)
            self.placed.append(Placed(self._now, order, terms))
        super().place(order)

    def cancel(self, order: Order, reason: str) -> None:
        self.cancelled.append((self._now, order.number))
        super().cancel(order, reason)

    def replaced(self, old: Order, new: Order) -> None:
        self.replacements[old.number] = new.number
        super().replaced(old, new)

    @property
    def _now(self) -> int:
        return self.clock.now


def check(asked: tuple[TimedAction, ...], account: Watching) -> None:
    """The actions of a run are what reached its account."""
    for one, action in zip(account.placed, in_order_of_number(asked), strict=True):
        check_order(one, *action)
    placements = [action.order.number for _, action in asked if isinstance(action, PlaceOrder | ReplaceOrder)]
    assert placements == sorted(placements)
    ended = [(time, ended_by(action)) for time, action in asked if isinstance(action, CancelOrder | ReplaceOrder)]
    assert ended == account.cancelled
    replaced = {action.replaces: action.order.number for _, action in asked if isinstance(action, ReplaceOrder)}
    assert replaced == account.replacements


def check_order(placed: Placed, time: int, symbol: str, terms: OrderTerms, entry: OrderTerms | None) -> None:
    order = placed.order
    assert (time, terms.number) == (placed.time, order.number)
    given = (symbol, terms.side, terms.order_type, terms.quantity, terms.limit, terms.stop, terms.trail)
    assert given == placed.terms
    assert (terms.tif, terms.extended_hours) == (order.tif, order.extended_hours)
    assert terms.trail_percent == order.trail_percent
    is_target = terms.target_value is not None or terms.target_percent is not None
    assert is_target == (order.target is not None)
    assert entry is None or order.is_exit_leg


def in_order_of_number(
    asked: tuple[TimedAction, ...],
) -> list[tuple[int, str, OrderTerms, OrderTerms | None]]:
    """The orders of all actions: when, of which symbol, on which terms, and whose legs they are."""
    found: list[tuple[int, str, OrderTerms, OrderTerms | None]] = []
    for time, action in asked:
        if isinstance(action, PlaceOrder):
            found += [
                (time, action.symbol, one, None if one is action.order else action.order)
                for one in (action.order, *action.legs)
            ]
        elif isinstance(action, ReplaceOrder):
            found.append((time, action.symbol, action.order, None))
    return sorted(found, key=lambda one: one[2].number)


def ended_by(action: CancelOrder | ReplaceOrder) -> int:
    return action.replaces if isinstance(action, ReplaceOrder) else action.number


def ask(plan: Plan) -> tuple[tuple[TimedAction, ...], Watching]:
    """Run a plan; what was asked for, and the account that it reached."""
    actions = Actions()
    plan.run(progress=lambda _: None, account=Watching, actions=actions)
    return actions.take(), Watching.made.pop()


def written(asked: tuple[TimedAction, ...]) -> bytes:
    return b"\n".join(f"{time} ".encode() + encode_action(action) for time, action in asked)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_strategies_ask_for_their_orders_and_twice_for_the_same(name: str) -> None:
    strategy, paths, options = SHIPPED[name]
    plan = planned(strategy, [market(path) for path in paths], **options)
    asked, account = ask(plan)
    check(asked, account)
    assert len(asked) > 0
    assert written(asked) == written(ask(plan)[0])
    assert [decode_action(encode_action(one.action)) for one in asked] == [one.action for one in asked]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("name", STYLES)
def test_every_style_of_a_strategy_asks_for_the_same(name: str, path: Any) -> None:
    """Bar by bar or from signal to signal, watched or not: one text of actions, which is that of what was placed."""
    options = random_options(Random(f"actions {name} {path.name}"), 0, path)
    texts = set()
    for style in STYLES[name]:
        asked, account = ask(planned(style, market(path), **options))
        check(asked, account)
        texts.add(written(asked))
    assert len(texts) == 1
    assert len(asked) > 20


def test_random_programs_ask_for_their_orders_and_twice_for_the_same() -> None:
    kinds: dict[type, int] = dict.fromkeys((PlaceOrder, CancelOrder, ReplaceOrder), 0)
    classes: dict[str, int] = {}
    for seed in range(SEEDS):
        texts = set()
        for by_signal in (False, True):
            actions = Actions()
            run_weaver(random_scenario(seed), by_signal=by_signal, account_class=Watching, actions=actions)
            asked = actions.take()
            check(asked, Watching.made.pop())
            texts.add(written(asked))
        assert len(texts) == 1, seed
        for _, action in asked:
            kinds[type(action)] += 1
            if isinstance(action, PlaceOrder):
                classes[action.order_class] = classes.get(action.order_class, 0) + 1
    assert min(kinds.values()) > 80, kinds
    assert len(classes) == 4, classes
    assert min(classes.values()) > 80, classes


class Asking(Plan):
    """A plan whose every run, that of the check too, is asked for its actions."""

    asked: ClassVar[list[Actions]] = []

    def run(self, **options: Any) -> Any:
        Asking.asked.append(Actions())
        return super().run(**options, actions=Asking.asked[-1])


@pytest.mark.parametrize("lookahead_check", [False, True])
@pytest.mark.parametrize("strategy", [*TWINS["donchian-breakout"], *STYLES["crossings"][:2]])
def test_a_run_that_is_asked_for_its_actions_has_the_same_result(
    strategy: type[Strategy], lookahead_check: bool
) -> None:
    plan = planned(strategy, market(STOCKS[0]), costs=None, close_at_end=True, lookahead_check=lookahead_check)
    asking = Asking(**{field.name: getattr(plan, field.name) for field in fields(plan)})
    Asking.asked.clear()
    results = [run_plan(one, progress=lambda *_: None).to_json() for one in (plan, asking)]
    assert results[0] == results[1]
    assert len(Asking.asked) > lookahead_check
    assert Asking.asked[0].take()
