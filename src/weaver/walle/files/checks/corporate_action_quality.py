"""Whether prices do what the actions say: splits that they do not show, jumps that no split explains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from weaver.model.calendar.calendar import Calendar
from weaver.model.counted import counted
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars, Bool, Float64
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split, ex_day
from weaver.model.market.timeframe import DAY
from weaver.model.numbers.ratio import may_be_rounded_from, ratio_text
from weaver.walle.files.checks.quality import DataWarning
from weaver.walle.files.columns.times.moment import moment

_QUIET = 0.01
"""What a calm share may move overnight (a logarithm)."""
_USUAL = 4
"""Up to so many times its usual move overnight a share moves for no reason worth a word."""
_UNLIKE = 0.4
"""A move that misses a split's by this (a logarithm; a third down, half up) is not that split's."""
_NEAR = 0.04
"""How near a jump must come to a split's factor; to 3:2, which many a share falls by itself, by four usual moves."""
_LEAST_FACTOR = 1.43
"""No move by less is taken for a split's: 3:2, less what it may miss that by."""
_STEADY = 0.25
"""Around a split a session's prices keep within this of each other (a logarithm); around a bad print they do not."""
_GAP_DAYS = 10
"""After more days without a bar a price may well have changed by half."""
_POOLED_ERROR = 0.2
_POOLED_SHARE = 0.35
"""Dividends are judged together where their standard error is under the one, by whether the prices fell by less than
the other of what was paid."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Opens:
    """Where a session begins that follows another: for each its first row, and how it stands to the one before."""

    row: NDArray[np.int64]
    last: NDArray[np.int64]
    """The last row of the session."""
    day: NDArray[np.int64]
    """The session, days since the epoch; `apart`: how many days after the one before."""
    apart: NDArray[np.int64]
    move: Float64
    """Overnight, as a logarithm; `usual`: how much of that is usual."""
    usual: float

    @classmethod
    def of(cls, bars: Bars, calendar: Calendar) -> "_Opens":
        day = calendar.last_session_of(bars).astype(np.int64)
        row = np.flatnonzero(np.diff(day)) + 1
        move = np.log(bars.open[row] / bars.close[row - 1])
        return cls(
            row=row,
            last=np.append(row[1:], len(bars)) - 1,
            day=day[row],
            apart=day[row] - day[row - 1],
            move=move,
            usual=float(np.median(np.abs(move))) / 0.6745 if len(row) else 0.0,
        )

    def noise(self, at: int) -> float:
        """What the price may have done by itself between the session before and this one."""
        return max(_QUIET, _USUAL * self.usual) * sqrt(max(int(self.apart[at]), 1))


def check_corporate_actions(
    bars: Bars, calendar: Calendar, asset_class: AssetClass, actions: Sequence[CorporateAction]
) -> tuple[DataWarning, ...]:
    """Doubts about a symbol's actions and prices together, at most one of each code: action_doubt, split_ratio, jump.

    Jumps are looked for in stocks only: nothing else is split.
    """
    if len(bars) < 2 or (asset_class is not AssetClass.STOCK and not actions):
        return ()
    if not actions and _moved_little(bars):
        return ()
    opens = _Opens.of(bars, calendar)
    by_row = _by_row(actions, opens)
    found = [("action_doubt", _together(list(_doubts(bars, opens, by_row, actions))))]
    found.append(("split_ratio", _together(list(_rounded_ratios(by_row)))))
    if asset_class is AssetClass.STOCK:
        found.append(("jump", _jumps(bars, opens, by_row)))
    return tuple(
        DataWarning(code=code, message=f"{bars.symbol} {bars.timeframe}: {text}") for code, text in found if text
    )


def _moved_little(bars: Bars) -> bool:
    """Whether no bar opened as far from the close before it as the least of splits would have it, as most never do."""
    ratio = bars.open[1:] / bars.close[:-1]
    return bool(ratio.max() < _LEAST_FACTOR and ratio.min() > 1 / _LEAST_FACTOR)


def _by_row(actions: Sequence[CorporateAction], opens: _Opens) -> dict[int, list[CorporateAction]]:
    """The actions that take effect at the beginning of a session, by its place among `opens`."""
    found: dict[int, list[CorporateAction]] = {}
    first = int(opens.day[0] - opens.apart[0]) if len(opens.day) else 0
    for action in actions:
        at = int(np.searchsorted(opens.day, ex_day(action)))
        if at < len(opens.day) and ex_day(action) > first:
            found.setdefault(at, []).append(action)
    return found


def _rounded_ratios(by_row: dict[int, list[CorporateAction]]) -> Iterator[str]:
    """Splits whose ratio is said in decimals, too few for the simple fraction that may be meant."""
    for split in (action for _, here in sorted(by_row.items()) for action in here if isinstance(action, Split)):
        simple = may_be_rounded_from(split.ratio)
        if simple is not None:
            yield (
                f"the split of {ratio_text(split.ratio)} on {split.ex_date} is taken as it is said, "
                f"{split.ratio.numerator} new shares for {split.ratio.denominator}: if {simple} was meant, "
                f"write {simple}"
            )


def _together(doubts: list[str]) -> str | None:
    more = f" (and {len(doubts) - 1} more)" if len(doubts) > 1 else ""
    return f"{doubts[0]}{more}" if doubts else None


def _doubts(
    bars: Bars, opens: _Opens, by_row: dict[int, list[CorporateAction]], actions: Sequence[CorporateAction]
) -> Iterator[str]:
    dividends = []
    for at, here in sorted(by_row.items()):
        splits = [action for action in here if isinstance(action, Split)]
        paid = sum(float(action.amount) for action in here if isinstance(action, Dividend))
        if splits:
            yield from _split_doubt(bars, opens, at, splits)
        elif paid:
            share = paid / float(bars.close[opens.row[at] - 1])
            yield from _dividend_doubt(bars, opens, at, paid, share)
            dividends.append((share, float(opens.move[at]), int(opens.apart[at])))
    yield from _pooled_doubt(dividends, opens.usual)
    yield from _delisting_doubts(bars, opens, actions)


def _moves(bars: Bars, opens: _Opens, at: int) -> list[float]:
    """From the last close before a session to its open, its first bar's close, and its last close (logarithms)."""
    row, last, before = opens.row[at], opens.last[at], float(bars.close[opens.row[at] - 1])
    return [log(float(price) / before) for price in (bars.open[row], bars.close[row], bars.close[last])]


def _split_doubt(bars: Bars, opens: _Opens, at: int, splits: Sequence[Split]) -> Iterator[str]:
    """Whether the price stayed where a split should have moved it, or went somewhere else."""
    factor = sum(log(float(split.ratio)) for split in splits)
    moves, noise = _moves(bars, opens, at), opens.noise(at)
    missed = min(abs(move + factor) for move in moves)
    stayed = abs(factor) > 2 * noise and all(abs(move) < abs(move + factor) for move in moves)
    if not stayed and missed <= max(_UNLIKE, 2 * noise):
        return
    named = " and ".join(f"{float(split.ratio):.6g}" for split in splits)
    yield (
        f"the split of {named} on {splits[0].ex_date} is not in the prices, which moved by a factor of "
        f"{exp(moves[0]):.3g} and not of {exp(-factor):.3g}: prices that are adjusted already take no splits; else "
        "look at its ratio and date"
    )


def _dividend_doubt(bars: Bars, opens: _Opens, at: int, paid: float, share: float) -> Iterator[str]:
    before, day = float(bars.close[opens.row[at] - 1]), moment(int(opens.day[at]) * DAY)
    if share >= 1:
        yield f"the dividend of {paid:.6g} on {day} is no less than the price before it, {before:.6g}"
        return
    factor = -log(1 - share)
    moves = _moves(bars, opens, at)
    if factor > 2 * opens.noise(at) and all(abs(move) < abs(move + factor) for move in moves):
        yield (
            f"the dividend of {paid:.6g} on {day} is not in the prices, which opened at {exp(moves[0]):.3g} of the "
            f"close before it and not at {1 - share:.3g}: prices that are adjusted already take no dividends"
        )


def _pooled_doubt(dividends: Sequence[tuple[float, float, int]], usual: float) -> Iterator[str]:
    """Many dividends, each too small to be seen by itself: by how much of them the prices fell, by least squares."""
    ordinary = [(share, move, apart) for share, move, apart in dividends if share < 0.1 and apart <= _GAP_DAYS]
    weight = sum(share * share for share, _, _ in ordinary)
    if len(ordinary) < 8 or weight == 0:
        return
    error = max(usual, _QUIET / 10) / sqrt(weight)
    fell = -sum(share * move for share, move, _ in ordinary) / weight
    if error < _POOLED_ERROR and fell < _POOLED_SHARE:
        yield (f"the prices did not fall at its {len(ordinary)} dividends: prices that are adjusted already take none")


def _delisting_doubts(bars: Bars, opens: _Opens, actions: Sequence[CorporateAction]) -> Iterator[str]:
    for action in actions:
        if not isinstance(action, Delisting):
            continue
        if len(opens.day) and opens.day[-1] >= ex_day(action):
            yield f"its bars go on after the delisting on {action.ex_date}"
        elif action.value and abs(log(float(action.value) / float(bars.close[-1]))) > log(2):
            yield (
                f"the delisting on {action.ex_date} pays {float(action.value):.6g}, and the last close before it is "
                f"{float(bars.close[-1]):.6g}"
            )


def _jumps(bars: Bars, opens: _Opens, by_row: dict[int, list[CorporateAction]]) -> str | None:
    """Moves overnight by a split's factor, where no action says why, and after which the price stayed there."""
    near = min(max(_QUIET, _USUAL * opens.usual), _NEAR)
    suspects = np.flatnonzero(
        _is_split_factor(opens.move, near) & (opens.apart <= max(_GAP_DAYS, bars.timeframe.days + 5))
    )
    jumps = [at for at in suspects.tolist() if at not in by_row and _is_steady(bars, opens, at)]
    if not jumps:
        return None
    at = jumps[0]
    more = f" (and {counted(len(jumps) - 1, 'time')} more)" if len(jumps) > 1 else ""
    return (
        f"the price moved by a factor of {exp(opens.move[at]):.3g} before {moment(bars.timestamp[opens.row[at]])}"
        f"{more}: a split missing among the actions (--actions)?"
    )


def _is_split_factor(move: Float64, near: float) -> Bool:
    """Whether a move (a logarithm) is that of a whole number of shares for one, or of one for those; or `near` 3:2."""
    factor = np.exp(np.abs(move))
    whole = np.maximum(np.rint(factor), 2)
    found: Bool = (np.abs(factor / whole - 1) < _NEAR) | (np.abs(factor / 1.5 - 1) < near)
    return found


def _is_steady(bars: Bars, opens: _Opens, at: int) -> bool:
    """Whether the sessions before and after a jump kept to their levels: a bad print does not stay."""
    row, last, previous = int(opens.row[at]), int(opens.last[at]), int(opens.row[at - 1]) if at else 0
    before, after = bars.open[previous] / bars.close[row - 1], bars.close[last] / bars.open[row]
    return bool(abs(np.log(before)) < _STEADY and abs(np.log(after)) < _STEADY)
