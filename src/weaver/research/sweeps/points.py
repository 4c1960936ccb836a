"""From a space as somebody gives it to plans of backtests: which axes are parameters, and which are options."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from weaver.greta.sweep.axes import Axis, Choices, axis
from weaver.greta.sweep.space import Point, Space
from weaver.marvin.parameters.validation import json_schema, validate
from weaver.marvin.plugins.loader import LoadedStrategy
from weaver.model.account.costs import Costs
from weaver.model.backtest.options import Options
from weaver.model.errors import InputError
from weaver.research.inputs import RunInput, run_inputs
from weaver.research.run import Plan, again, plan

COST_KEYS = tuple(one.name for one in fields(Costs) if one.name != "funding")
"""Keys of costs that are numbers."""
OPTION_AXES = ("symbols", "timeframe", "costs", *COST_KEYS)
"""What can be varied besides parameters."""
SPELLINGS = {"symbol": "symbols", "timeframes": "timeframe"}


def space_of(
    strategy: LoadedStrategy, given: Mapping[str, Any] | None, options: Options, *, where: str | None
) -> Space:
    """The space that somebody described: parameters, and the options of `OPTION_AXES`, by name; None: every parameter
    between its own bounds. Values are those that the strategy makes of what is given. Raises InputError."""
    fixed = validate(strategy.cls, options.params or {})
    schema: Mapping[str, Any] = json_schema(strategy.cls).get("properties", {})
    if given is None:
        given = {name: None for name, about in schema.items() if _is_bounded(name, about)}
        if not given:
            raise InputError(
                f"{strategy.class_name} has no parameter with bounds of its own (Field(…, ge=…, le=…)): say what to "
                "vary, as fast=5:50:5"
            )
    axes = [_axis(strategy, name, what, schema) for name, what in given.items()]
    return Space(axes, where=where, fixed=fixed)


def _is_bounded(name: str, about: Mapping[str, Any]) -> bool:
    try:
        axis(name, None, about)
    except InputError:
        return False
    return True


def _axis(strategy: LoadedStrategy, name: str, given: Any, schema: Mapping[str, Any]) -> Axis:
    if name in schema:
        found = axis(name, given, schema[name])
        _check_values(strategy, found)
        return found
    option = SPELLINGS.get(name, name)
    if option in OPTION_AXES:
        return _option_axis(option, given)
    validate(strategy.cls, {name: given})  # which says what there is
    raise InputError(f"{strategy.class_name} has no parameter {name!r}")


def _check_values(strategy: LoadedStrategy, found: Axis) -> None:
    """Raise InputError for a value outside the parameter's bounds."""
    values: Iterable[Any] = found.values if isinstance(found, Choices) else (found.low, found.high)
    for value in values:
        validate(strategy.cls, {found.name: value})


def _option_axis(name: str, given: Any) -> Axis:
    if name == "symbols":
        texts = [one.strip() for one in given.split(",")] if isinstance(given, str) else list(given or ())
        values = [tuple(one.split("+")) if isinstance(one, str) else tuple(one) for one in texts]
        return axis(name, ["+".join(one) for one in values], None)
    if name in COST_KEYS:
        return axis(name, given, {"type": "number"})
    return axis(name, [one.strip() for one in given.split(",")] if isinstance(given, str) else given, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """The plans of a sweep's trials: one to begin with for each choice of options, and the trial's parameters."""

    strategy: LoadedStrategy
    bases: Sequence[Plan]
    choices: Sequence[Mapping[str, Any]]
    """What is varied besides parameters, of each base."""

    def base_of(self, point: Point) -> int:
        """The index of the plan that a point begins with."""
        chosen = {name: value for name, value in point.items() if name in self._options}
        return self.choices.index(chosen) if chosen else 0

    @property
    def _options(self) -> set[str]:
        return set(self.choices[0])

    def parameters_of(self, point: Point) -> dict[str, Any]:
        """What of a point its strategy is given."""
        options = self._options
        return {name: value for name, value in point.items() if name not in options}

    def plan_of(self, point: Point) -> Plan:
        """The plan of a trial. Raises InputError where the strategy takes no such values together."""
        base = self.bases[self.base_of(point)]
        given = {**(base.options.params or {}), **self.parameters_of(point)}
        parameters = validate(self.strategy.cls, given)
        return replace(base, parameters=parameters, options=replace(base.options, params=given))

    def within(self, start: datetime, end: datetime, *, close_at_end: bool | None = None) -> "Plans":
        """The same between two instants, which bars before them are history of; nothing after the end is there.
        `close_at_end`: whether what is held then is closed; None: as the options say."""
        bases = []
        for base in self.bases:
            closes = base.options.close_at_end if close_at_end is None else close_at_end
            bases.append(again(base, replace(base.options, start=start, end=end, close_at_end=closes)))
        return replace(self, bases=bases)


def plans_of(strategy: LoadedStrategy, space: Space, bars: Any, options: Options) -> Plans:
    """The plans of all points of a space, their bars read. Raises InputError."""
    axes = [one for one in space.axes if one.name in OPTION_AXES and isinstance(one, Choices)]
    choices = _choices(axes)
    named = dict.fromkeys(symbol for choice in choices for symbol in _symbols(choice))
    if bars is None and named:
        options = replace(options, symbols=list(named))
    read: dict[str | None, dict[str, RunInput]] = {}
    bases = []
    for choice in choices:
        chosen, timeframe = _with(options, choice), choice.get("timeframe")
        if timeframe not in read:
            read[timeframe] = run_inputs(bars, chosen)
        bases.append(plan(strategy, _of_symbols(read[timeframe], _symbols(choice)), chosen))
    return Plans(strategy=strategy, bases=bases, choices=choices)


def _symbols(choice: Mapping[str, Any]) -> list[str]:
    """Those that are chosen; none: all."""
    return choice["symbols"].split("+") if "symbols" in choice else []


def _of_symbols(inputs: Mapping[str, RunInput], symbols: Sequence[str]) -> Mapping[str, RunInput]:
    for symbol in symbols:
        if symbol not in inputs:
            raise InputError(f"symbols={symbol}: not a symbol of the bars ({', '.join(inputs)})")
    return {symbol: inputs[symbol] for symbol in symbols} if symbols else inputs


def _choices(axes: Sequence[Choices]) -> list[dict[str, Any]]:
    if not axes:
        return [{}]
    space = Space(axes)
    return [space.point(index) for index in range(space.size or 0)]


def _with(options: Options, choice: Mapping[str, Any]) -> Options:
    changed: dict[str, Any] = {}
    if "timeframe" in choice:
        changed["timeframe"] = choice["timeframe"]
    keys = {name: value for name, value in choice.items() if name in COST_KEYS}
    costs = choice.get("costs", options.costs)
    if keys:
        if costs is not None and not isinstance(costs, Mapping):
            raise InputError(f"{', '.join(keys)} cannot be varied beside costs={costs}: vary the costs, or give keys")
        costs = {**(costs or {}), **keys}
    if "costs" in choice or keys:
        changed["costs"] = costs
    return replace(options, **changed) if changed else options
