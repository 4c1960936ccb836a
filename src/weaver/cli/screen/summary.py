"""A result on the terminal: doubts first, then the figures, then the trades."""

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import typer

from weaver.greta.doubts.gravity import FATAL, LOUD
from weaver.greta.report.carry_line import carry_line
from weaver.greta.report.display import figure, named, rows
from weaver.greta.report.labels import Form
from weaver.greta.results.trades import DelistedTrade
from weaver.model.account.costs import in_words
from weaver.model.numbers.money import plain

if TYPE_CHECKING:
    from weaver.greta.result import BacktestResult
    from weaver.greta.results.trades import Trade
    from weaver.research.run import Plan

ALIKE_MAX = 3
WIDE = 92
COLUMN = 44
HEADLINE = (
    ("total_return", "return", Form.RESULT),
    ("benchmark_return", "buy and hold", Form.RESULT),
    ("cagr", "a year", Form.RESULT),
    ("sharpe", "Sharpe", Form.RATIO),
    ("max_drawdown", "deepest fall", Form.RESULT),
)


def print_summary(result: "BacktestResult", plan: "Plan") -> None:
    """Title, warnings, statistics in groups, and what there is to say of the trades."""
    typer.echo()
    typer.secho(f"{result.title}, {_span(result)}", bold=True)
    typer.secho(f"{plan.rules.kind} account of {plain(plan.rules.cash)}; costs: {_costs(plan)}", dim=True)
    if result.lookahead is not None:
        typer.secho(f"look-ahead check: {result.lookahead}", dim=True)
    typer.echo()
    for line in warning_lines(result.warnings):
        typer.echo(line)
    typer.echo(
        "  ".join(
            f"{named(text, result.benchmark)} {_colored(result.stats[key], form)}" for key, text, form in HEADLINE
        )
    )
    typer.echo()
    for line in _columns([_block(group, lines) for group, lines in rows(result.stats, benchmark=result.benchmark)]):
        typer.echo(line)
    carried = carry_line(result.cash_flows)
    if carried:
        typer.echo(carried)
        typer.echo()
    for line in _trades(result):
        typer.echo(line)


def told_together(notes: Iterable[str]) -> Iterator[str]:
    """Notes that differ only in whom they are about, as one line."""
    about: dict[str, list[str]] = {}
    for note in notes:
        whom, colon, text = note.partition(": ")
        about.setdefault(text if colon else whom, []).append(whom if colon else "")
    for text, whoms in about.items():
        if len(whoms) > ALIKE_MAX:
            yield f"{', '.join(whoms[:ALIKE_MAX])} and {len(whoms) - ALIKE_MAX} more: {text}"
        else:
            yield from (f"{whom}: {text}" if whom else text for whom in whoms)


def _span(result: "BacktestResult") -> str:
    stamps = result.curve.timestamp
    first, last = (str(np.datetime64(int(stamps[k]), "ns"))[:10] for k in (0, -1))
    return f"{first} to {last} ({len(stamps):,} bars)"


def _costs(plan: "Plan") -> str:
    written = list(dict.fromkeys(_cost_text(costs.describe()) for costs in plan.costs.values()))
    return "; ".join(written[:ALIKE_MAX]) + ("; …" if len(written) > ALIKE_MAX else "")


def _cost_text(costs: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in in_words(costs).items()) or "none"


def warning_lines(warnings: Iterable[tuple[str, str]]) -> Iterator[str]:
    """In the order in which a result has them, the gravest first; of many alike a few."""
    by_code: dict[str, list[str]] = {}
    for code, message in warnings:
        by_code.setdefault(code, []).append(message)
    for code, messages in by_code.items():
        color = typer.colors.RED if code in LOUD else typer.colors.YELLOW
        label = typer.style("WARNING", fg=color, bold=True, reverse=code in FATAL)
        for message in messages[:ALIKE_MAX]:
            yield f"{label} {typer.style(message, fg=color, bold=code in FATAL)} [{code}]"
        if len(messages) > ALIKE_MAX:
            yield f"        and {len(messages) - ALIKE_MAX} more of [{code}] (--json shows all)"
        if code in FATAL:
            yield typer.style("        no figure below can be believed before that is mended", fg=color, bold=True)
    if by_code:
        yield ""


def _colored(value: float | int | None, form: Form) -> str:
    text = figure(value, form)
    if value is None or form not in {Form.RESULT, Form.MONEY_RESULT}:
        return typer.style(text, bold=True)
    return typer.style(text, bold=True, fg=typer.colors.RED if value < 0 else typer.colors.GREEN)


def _block(group: str, lines: Sequence[tuple[str, str]]) -> list[str]:
    width = COLUMN - 4
    return [
        typer.style(f"{group:<{COLUMN}}", bold=True),
        *(f"  {text}{value:>{width - len(text)}}  " for text, value in lines),
        " " * COLUMN,
    ]


def _columns(blocks: Sequence[list[str]]) -> list[str]:
    """Side by side where the terminal is wide enough."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
    if width < WIDE:
        return [line for block in blocks for line in block]
    left: list[str] = []
    right: list[str] = []
    half = sum(map(len, blocks)) / 2
    for block in blocks:
        (left if len(left) + len(block) / 2 <= half and not right else right).extend(block)
    return [f"{a}  {b}".rstrip() for a, b in zip_longest(left, right, fillvalue=" " * COLUMN)]


def _trades(result: "BacktestResult") -> Iterator[str]:
    """The best, the worst and the newest of the closed trades; and what is still held."""
    trades = result.trades
    if len(trades):
        returns = result.trade_columns.return_
        picked = (("best", int(np.argmax(returns))), ("worst", int(np.argmin(returns))), ("last", len(trades) - 1))
        yield typer.style(f"{len(trades):,} closed trades, {result.fill_count:,} fills", bold=True)
        for name, index in picked:
            yield f"  {name:<6}{_trade(trades[index])}"
    held = ", ".join(f"{plain(quantity)} {symbol}" for symbol, quantity in list(result.positions.items())[:ALIKE_MAX])
    if held:
        more = len(result.positions) - ALIKE_MAX
        yield f"  held at the end, at the last close: {held}{f' and {more} more' if more > 0 else ''}"


def _trade(trade: "Trade") -> str:
    first, last = (str(np.datetime64(time, "ns"))[:10] for time in (trade.entry_time, trade.exit_time))
    end = f"{last}, delisted," if isinstance(trade, DelistedTrade) else last
    return (
        f"{trade.side:<5} {plain(trade.quantity)} {trade.symbol}  {first} at {plain(trade.entry_price)}  to  "
        f"{end} at {plain(trade.exit_price)}  {_colored(trade.return_, Form.RESULT)}"
    )
