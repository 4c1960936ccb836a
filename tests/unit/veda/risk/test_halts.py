"""Halts and what they cover."""

from tests.unit.veda.live_builders import ACCOUNT, seconds
from weaver.veda.risk.halts import Halt, HaltCause, Halts, HaltScope


def halt(scope: HaltScope, name: str, cause: HaltCause = HaltCause.PERSON, reason: str = "why", at: float = 0) -> Halt:
    return Halt(scope=scope, name=name, cause=cause, reason=reason, since=seconds(at))


RUN, SYMBOL = halt(HaltScope.RUN, "run"), halt(HaltScope.SYMBOL, "AAPL", HaltCause.POSITION)
WHOLE = halt(HaltScope.ACCOUNT, ACCOUNT, HaltCause.VENUE)


def test_each_scope_covers_its_own() -> None:
    halts = Halts().with_(RUN).with_(SYMBOL).with_(WHOLE)
    assert halts.over(run_id="run", symbol="AAPL", account=ACCOUNT) == (RUN, SYMBOL, WHOLE)
    assert halts.over(run_id="other", symbol="MSFT", account=ACCOUNT) == (WHOLE,)
    assert halts.over(run_id=None, symbol="AAPL", account="alpaca live") == (SYMBOL,)
    assert halts.over(run_id="run", symbol="MSFT", account="alpaca live") == (RUN,)


def test_the_same_halt_twice_is_one_with_the_newer_reason() -> None:
    halts = Halts().with_(RUN).with_(halt(HaltScope.RUN, "run", reason="newer", at=5))
    assert [(one.reason, one.since) for one in halts.items] == [("newer", seconds(0))]


def test_a_halt_ends_by_its_cause_or_all_do() -> None:
    loss = halt(HaltScope.RUN, "run", HaltCause.DAILY_LOSS)
    halts = Halts().with_(RUN).with_(loss).with_(SYMBOL)
    assert halts.without(HaltScope.RUN, "run", HaltCause.DAILY_LOSS).items == (RUN, SYMBOL)
    assert halts.without(HaltScope.RUN, "run").items == (SYMBOL,)
    assert halts.find(HaltScope.RUN, "run", HaltCause.DAILY_LOSS) == loss
    assert halts.find(HaltScope.RUN, "run", HaltCause.DRAWDOWN) is None


def test_halts_survive_a_restart() -> None:
    halts = Halts().with_(RUN).with_(SYMBOL).with_(WHOLE)
    assert Halts.of_json(halts.as_json()) == halts
