"""A drawn program told again with other times in force: until a day, at the opens and closes of sessions. What is drawn
here comes after all else: but for that a seed's scenario is the same.
"""

from dataclasses import replace
from datetime import timedelta

from tests.naive.chooser import Chooser
from tests.naive.hours import EPOCH
from tests.naive.scenario import DAY, Argument, Op, Scenario

STOPS = frozenset({"stop", "trail", "trail_percent"})
"""What orders at a session's open or close do not have; a few are drawn nevertheless."""


def with_any_time(scenario: Scenario, choose: Chooser) -> Scenario:
    """The scenario with some of its orders, in three of four cases."""
    if not choose.chance(75):
        return scenario
    ticks = scenario.ticks()
    program = {index: [_op(one, ticks[index], choose) for one in ops] for index, ops in scenario.program.items()}
    return replace(scenario, program=program)


def _op(op: Op, now: int, choose: Chooser) -> Op:
    if "tif" not in op.kwargs:
        return op
    is_auction_fit = op.name != "oco" and not op.kwargs.keys() & STOPS
    auctions = 22 if is_auction_fit else 2
    tif = choose.weighted([("", 40), ("gtd", 25), ("opg", auctions), ("cls", auctions)])
    if not tif:
        return op
    times: dict[str, Argument] = {"tif": tif}
    if tif == "gtd":
        last = EPOCH + timedelta(days=now // DAY + choose.pick([1, 0, 0, 2, 3, 4, 7, -1]))
        times["expires"] = last.isoformat()
    elif choose.chance(80):
        times["extended_hours"] = False
    return replace(op, kwargs={**op.kwargs, **times})
