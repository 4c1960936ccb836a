"""What is said of a run's session, and of what can be done next."""

from typing import Any

import pytest

from weaver.cli.following import session
from weaver.cli.following.feed import RunEvent
from weaver.cli.following.follower import Followed, Outcome
from weaver.cli.following.session import next_lines, summary_lines, summary_of, tail_json, tell
from weaver.model.errors import NotFound

RUN: dict[str, Any] = {"id": "r1", "name": "sma on AAPL", "status": "completed", "mode": "paper", "error": None,
                       "strategy_source": "x"}  # fmt: skip
SUMMARY: dict[str, Any] = {
    "name": "sma on AAPL", "status": "completed", "mode": "paper", "day": None, "first": "2012-03-01T21:00:00Z",
    "last": "2013-03-01T21:00:00Z", "sampled": {"interval": "1d", "rows": 251}, "start_equity": "100000",
    "end_equity": "101500.25", "pnl": "1500.25", "total_return": 0.0150025, "realised_pnl": "2000.25",
    "unrealised_pnl": "-500", "orders": {"total": 8, "by_status": {"cancelled": 1, "filled": 7}}, "fills": 7,
    "trades": 3, "wins": 2, "commission": "1.5", "slippage": None, "exposure": 0.6, "max_drawdown": -0.0825,
    "positions": [{"quantity": "169", "symbol": "AAPL", "market_value": "72733.3"}],
    "notices": [{"time": "2026-01-02T10:00:00Z", "type": "risk.Refused", "text": f"no {k}"} for k in range(7)],
    "notices_total": 7, "started_at": "2026-01-02T10:00:00Z", "ended_at": "2026-01-02T10:00:02.500000Z",
}  # fmt: skip


def test_summary_has_the_figures_side_by_side() -> None:
    lines = [*summary_lines(SUMMARY)]
    assert lines[:2] == [
        "sma on AAPL: completed (paper)",
        "2012-03-01 21:00 to 2013-03-01 21:00 UTC, 251 bars of 1d, in 2.5 s",
    ]
    words = [line.split() for line in lines]
    assert ["Return", "+1.50%", "Trades", "closed", "3", "(2", "gained)"] in words
    assert ["P&L", "+1,500.25", "Orders", "8", "(1", "cancelled,", "7", "filled)"] in words
    assert ["realised", "+2,000.25", "Fills", "7"] in words
    assert ["unrealised", "-500.00", "Commission", "1.50"] in words
    assert ["Equity", "before", "100,000.00", "Maximum", "drawdown", "-8.25%"] in words
    assert ["Equity", "after", "101,500.25", "In", "the", "market", "60.00%"] in words
    assert "  held at the end: 169 AAPL, worth 72,733.30" in lines
    assert lines[-2:] == ["  2026-01-02 10:00  risk.Refused: no 6", "  … 2 more such"]


def test_columns_stand_below_each_other() -> None:
    lines = [line for line in summary_lines(SUMMARY) if "  Fills" in line or "  Orders" in line]
    assert len({line.index(word) for line, word in zip(lines, ("Orders", "Fills"), strict=True)}) == 1


def test_day_is_named_and_what_is_not_defined_is_a_dash() -> None:
    day = {
        **SUMMARY, "day": "2012-03-02", "first": None, "total_return": None, "exposure": None, "max_drawdown": None,
        "trades": 0, "orders": {"total": 0, "by_status": {}}, "positions": [], "notices": [], "notices_total": 0,
    }  # fmt: skip
    lines = [*summary_lines(day)]
    assert lines[:2] == ["sma on AAPL on 2012-03-02: completed (paper)", "251 bars of 1d"]
    assert any(line.split()[:2] == ["Return", "-"] for line in lines)


def test_long_run_is_told_in_hours_and_one_that_goes_on_in_nothing() -> None:
    long = {**SUMMARY, "ended_at": "2026-01-02T15:00:00Z"}
    assert [*summary_lines(long)][1].endswith(", in 5.0 h")
    assert [*summary_lines({**SUMMARY, "ended_at": None})][1].endswith("251 bars of 1d")


def test_next_commands_are_those_that_make_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "has_web", lambda: True)
    over = [line.split()[-1] if "browser" in line else line for line in next_lines(RUN, SUMMARY, "http://h:1")]
    assert [line.split("weaver ")[-1] for line in over] == [
        "runs summary r1 --day 2013-03-01", "runs summary r1 --html report.html", "orders list --run r1",
        "http://h:1/runs/r1", "down",
    ]  # fmt: skip
    monkeypatch.setattr(session, "has_web", lambda: False)
    going = [*next_lines({**RUN, "status": "running"}, None, "http://h:1")]
    assert [line.split("weaver ")[-1] for line in going] == [
        "runs tail r1", "runs stop r1 --flatten", "runs summary r1 --html report.html", "orders list --run r1", "down",
    ]  # fmt: skip


def test_backtest_is_shown_as_one() -> None:
    lines = [*next_lines({**RUN, "mode": "backtest"}, None, "http://h:1")]
    assert lines[0].endswith("weaver runs show r1")
    assert not any("summary" in line for line in lines)


def followed(outcome: Outcome, run: dict[str, Any], summary: dict[str, Any] | None) -> Followed:
    events = [RunEvent(seq=1, type="run.Started", payload={"run_id": "r1"})]
    return Followed(outcome=outcome, run=run, summary=summary, events=events)


def test_end_is_told_with_what_can_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    tell(followed(Outcome.ENDED, RUN, SUMMARY), "http://h:1")
    out, err = capsys.readouterr()
    assert "Maximum drawdown" in out
    assert "goes on without us" not in out
    assert err == ""


def test_run_that_is_left_and_one_that_failed_are_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    tell(followed(Outcome.LEFT, {**RUN, "status": "running"}, SUMMARY), "http://h:1")
    assert capsys.readouterr().out.startswith("sma on AAPL goes on without us: run r1\n")
    tell(followed(Outcome.ENDED, {**RUN, "status": "error", "error": "line 3"}, None), "http://h:1")
    out, err = capsys.readouterr()
    assert "sma on AAPL: error" in out
    assert err == "error: line 3\n"


def test_object_of_a_tail_has_the_events_and_no_source() -> None:
    found = tail_json(followed(Outcome.INTERRUPTED, RUN, None))
    assert found["outcome"] == "interrupted"
    assert "strategy_source" not in found["run"]
    assert found["events"] == [{"seq": 1, "type": "run.Started", "payload": {"run_id": "r1"}}]


class Answers:
    """A server that answers these, one after another."""

    def __init__(self, *answers: Any) -> None:
        self._answers = [*answers]

    def get(self, *_path: str, **_params: Any) -> Any:
        found = self._answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def test_summary_of_a_run_that_is_about_to_begin_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BEGUN_SECONDS", 1.0)
    running = {**RUN, "status": "running"}
    answers = Answers(NotFound("it has not begun"), running, SUMMARY)
    assert summary_of(answers, running, day=None) == SUMMARY  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("run", "day"), [({"mode": "backtest"}, None), ({"status": "pending"}, None), ({"status": "running"}, "2012-01-03")]
)
def test_summary_that_will_not_come_is_not_waited_for(run: dict[str, Any], day: str | None) -> None:
    answers = Answers(NotFound("there is none"), {**RUN, **run})
    with pytest.raises(NotFound, match="there is none"):
        summary_of(answers, {**RUN, **run}, day=day)  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "after"), [(11, 5), (3, 4), (0, 99)])
def test_following_begins_with_the_newest_ten_events(count: int, after: int) -> None:
    items = [{"seq": 5 + k} for k in reversed(range(count))]
    found = session._before_the_newest(Answers({"items": items, "newest": 99}), "r1")  # type: ignore[arg-type]
    assert found == after
