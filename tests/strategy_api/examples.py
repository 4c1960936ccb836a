"""The examples of the page, and how each is run: every line of it, on real prices."""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from textwrap import indent
from types import FrameType
from typing import Any

import numpy as np

import weaver
from tests.shared_data import SAMPLES
from weaver.marvin.series.node import Node
from weaver.research import BacktestResult

TEXT = Path(__file__).with_name("examples.md").read_text(encoding="utf-8")
EXAMPLES: Mapping[str, list[str]] = {
    name: re.findall(r"```python\n(.*?)```", body, re.DOTALL)
    for name, body in re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
}
"""Name to blocks."""
NAMES = {name: getattr(weaver, name) for name in dir(weaver) if not name.startswith("_")} | {"np": np, "weaver": weaver}


def names_in(block: str) -> set[str]:
    """What a block uses, defines or gives by keyword."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(block)):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.FunctionDef(name=name):
                found.add(name)
            case ast.keyword(arg=str(name)):
                found.add(name)
            case ast.Constant(value=str(name)) if name.isidentifier():
                found.add(name)
            case ast.ImportFrom(names=names):
                found |= {one.name for one in names}
            case _:
                pass
    return found


def run(block: str, result: BacktestResult) -> None:
    """Run a block as its first line says: a program, methods of a strategy, lines of `on_start`, or lines about a
    `result`. Raises AssertionError where a line is never reached."""
    first = block.lstrip()
    if first.startswith(("import ", "from ")):
        _run_program(block)
    elif first.startswith("def on_"):
        _run_strategy(block)
    elif "self." in block:
        kept = "self.kept = [one for one in locals().values() if one is not self]"
        checks = "def on_stop(self):\n    check(self.kept)\n"
        _run_strategy(f"def on_start(self):\n{indent(block, '    ')}    {kept}\n{checks}")
    else:
        with every_line(block) as code:
            made = {name: make() for name, make in MADE.items() if name in names_in(block)}
            exec(code, {**NAMES, "result": result, **made})


@cache
def _swept() -> weaver.SweepResult:
    """The sweep of the first example of them."""
    return weaver.sweep(
        "sma-crossover", SAMPLES / "AAPL_1d.csv", {"fast": "5:20:5", "slow": [50, 100]}, asset="stock",
        start="2010-01-04", workers=1,
    )  # fmt: skip


@cache
def _forward() -> weaver.WalkForwardResult:
    """The walk-forward of the first example of them."""
    return weaver.walk_forward(
        "sma-crossover", SAMPLES / "AAPL_1d.csv", {"fast": [5, 10], "slow": [50, 100]}, train="3y", test="1y",
        asset="stock", start="2008-01-02", workers=1,
    )  # fmt: skip


@cache
def _crossed() -> weaver.CrossValidationResult:
    """The cross-validation of the first example of them."""
    return weaver.cross_validate(
        "sma-crossover", SAMPLES / "AAPL_1d.csv", {"fast": [5, 10], "slow": [50, 100]}, groups=4, asset="stock",
        start="2008-01-02", workers=1,
    )  # fmt: skip


MADE: Mapping[str, Callable[[], Any]] = {"swept": _swept, "forward": _forward, "crossed": _crossed}
"""What blocks know by these names."""


def _run_program(block: str) -> None:
    space: dict[str, Any] = {"__name__": "example"}
    with every_line(block) as code:
        exec(code, space)
        for one in [*space.values()]:
            if isinstance(one, type) and issubclass(one, weaver.Strategy) and one.__module__ == "example":
                _backtest(one)


def _run_strategy(body: str) -> None:
    space: dict[str, Any] = {**NAMES, "check": _check_defined, "__name__": "example"}
    with every_line(f"class Example(Strategy):\n{indent(body, '    ')}") as code:
        exec(code, space)
        _backtest(space["Example"])


def _backtest(cls: type[weaver.Strategy]) -> None:
    files = {symbol: SAMPLES / f"{symbol}_1d.csv" for symbol in ("AAPL", "MSFT")}
    actions = {symbol: SAMPLES / f"{symbol}_actions.csv" for symbol in files}
    weaver.backtest(
        cls, files, actions=actions, start="2010-01-04", end="2010-12-31", warmup=0, asset="stock",
        lookahead_check=False,
    )  # fmt: skip


def _check_defined(found: list[Any]) -> None:
    """Each series or signal that an example made has a value in the end."""
    for one in found:
        for node in one if isinstance(one, tuple) else (one,):
            if isinstance(node, Node):
                assert not np.isnan(node[-1]), node


@contextmanager
def every_line(text: str) -> Iterator[Any]:
    """The code of a text; at the end every statement of it must have been reached."""
    code, reached, before = compile(text, "<example>", "exec"), set[int](), sys.gettrace()

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        del arg
        if frame.f_code.co_filename != "<example>":
            return None
        if event == "line":
            reached.add(frame.f_lineno)
        return trace

    sys.settrace(trace)
    try:
        yield code
    finally:
        sys.settrace(before)
    wanted = {node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt) and not _is_text(node)}
    assert wanted <= reached, f"never reached: {[text.splitlines()[line - 1] for line in sorted(wanted - reached)]}"


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
