"""The options of a run on the wire: their fields, made of what the model knows of each."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, PlainValidator, StringConstraints, TypeAdapter, create_model

from weaver.glados.schemas.base import AmountInput, RequestBody
from weaver.model.account.costs_given import is_by_symbol
from weaver.model.account.funding import FundingRates
from weaver.model.backtest.kinds import (
    AmountGiven,
    BenchmarkGiven,
    Choice,
    CostsGiven,
    FactGiven,
    Flag,
    OptionKind,
    Text,
    Whole,
)
from weaver.model.backtest.options import DEFAULTS, RUN_OPTIONS, Option

Body = TypeVar("Body", bound=BaseModel)
TEXT_MAX, RATES_MAX, SYMBOLS_MAX = 500, 20_000, 5_000
"""Characters of facts that are written, how many funding rates there can be (of eight hours: 18 years), and symbols."""
COSTS_MAX = 1_000_000
"""Characters of costs that are written: room for as many rates, each with its time."""
_CostsText = Annotated[str, StringConstraints(max_length=COSTS_MAX)]
_FactText = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_MAX)]
_COSTS_TEXT: TypeAdapter[str] = TypeAdapter(_CostsText)
_Funding = Annotated[list[tuple[AwareDatetime, AmountInput]], Field(min_length=1, max_length=RATES_MAX)]


class CostsInput(RequestBody):
    """What trading costs; keys that are not given are zero."""

    commission_bps: AmountInput | None = Field(None, description="Commission in basis points of a fill's value.")
    commission_per_share: AmountInput | None = Field(None, description="Commission for each unit traded.")
    commission_minimum: AmountInput | None = Field(None, description="The least commission of an order.")
    slippage_bps: AmountInput | None = Field(None, description="Slippage in basis points of the price.")
    slippage_ticks: AmountInput | None = Field(None, description="Slippage in ticks.")
    half_spread_bps: AmountInput | None = Field(None, description="Half the spread, in basis points of the price.")
    max_participation: AmountInput | None = Field(None, description="The most of a bar's volume to take, 0 to 1.")
    maker_bps: AmountInput | None = Field(
        None, description="Commission of limit orders that rested, in basis points; with `taker_bps`."
    )
    taker_bps: AmountInput | None = Field(None, description="Commission of all other fills, in basis points.")
    borrow_rate: AmountInput | None = Field(
        None, description="What is short costs so much a year, as a share: 0.05 for 5 %; charged each night."
    )
    margin_rate: AmountInput | None = Field(
        None, description="Borrowed cash costs so much a year, as a share; charged each night, once an account."
    )
    funding: _Funding | None = Field(
        None,
        description="The share of a position's value that longs pay and shorts get, by time: pairs of the two.",
    )


def takes_options(body: type[Body]) -> type[Body]:
    """A request with a field for each option, which is checked; None: it was left out."""
    return _with_fields(body, _asked)


def shows_options(body: type[Body]) -> type[Body]:
    """An answer with a field for each option, as the run was given it."""
    return _with_fields(body, _shown)


def options_of(body: BaseModel) -> dict[str, Any]:
    """Those that a request gives, as JSON values."""
    given = {name: getattr(body, name) for name in RUN_OPTIONS}
    return {name: _json(value) for name, value in given.items() if value is not None}


def _json(value: Any) -> Any:
    """Funding as a text: a record has it so, and an answer."""
    if isinstance(value, dict):
        return {symbol: _json(part) for symbol, part in value.items()}
    if not isinstance(value, CostsInput):
        return value
    found = value.model_dump(exclude_none=True)
    return {**found, "funding": FundingRates.parse(found["funding"]).text()} if "funding" in found else found


def _with_fields(body: type[Body], type_of: Callable[[OptionKind], Any]) -> type[Body]:
    fields: dict[str, Any] = {
        name: (type_of(option.kind) | None, Field(None, description=_about(name, option)))
        for name, option in RUN_OPTIONS.items()
    }
    return create_model(body.__name__, __base__=body, __module__=body.__module__, __doc__=body.__doc__, **fields)


def _about(name: str, option: Option) -> str:
    """The sentence, with the default where there is one to name."""
    default = DEFAULTS.get(name)
    return option.about if default is None else f"{option.about} Default: {json.dumps(default)}."


def _asked(kind: OptionKind) -> Any:
    """The type of a request's field."""
    match kind:
        case Flag():
            return bool
        case Whole():
            return Annotated[int, Field(ge=kind.least, le=kind.most)]
        case Choice():
            return Literal[tuple(map(str, kind.of))]
        case Text():
            return Annotated[str, Field(max_length=100)]
        case BenchmarkGiven():
            return Annotated[str, Field(min_length=1, max_length=100)]
        case AmountGiven():
            return AmountInput
        case FactGiven():
            return _FactText | Annotated[dict[_FactText, _FactText], Field(max_length=1000)]
        case CostsGiven():
            return Annotated[Costs, PlainValidator(_costs, json_schema_input_type=_CostsText | CostsInput | _BySymbol)]
        case _:
            raise TypeError(f"no request has a field of {kind!r}")


def _shown(kind: OptionKind) -> Any:
    """The type of an answer's field."""
    match kind:
        case Flag():
            return bool
        case Whole():
            return int
        case CostsGiven():
            return str | dict[str, str | dict[str, str]]
        case FactGiven():
            return str | dict[str, str]
        case _:
            return str


def _costs(value: Any) -> "Costs":
    """One of the three by what was sent, so that an error is about that one alone."""
    if isinstance(value, Mapping) and is_by_symbol(value):
        return _COSTS_BY_SYMBOL.validate_python(value)
    return _costs_of_one(value)


def _costs_of_one(value: Any) -> str | CostsInput:
    if isinstance(value, str):
        return _COSTS_TEXT.validate_python(value)
    if isinstance(value, Mapping):
        return CostsInput.model_validate(value)
    raise ValueError("costs are a preset's name, a text as commission_bps=2,slippage_bps=1, or an object of keys")


_BySymbol = Annotated[dict[str, _CostsText | CostsInput], Field(max_length=SYMBOLS_MAX)]
Costs = str | CostsInput | dict[str, str | CostsInput]
_COSTS_BY_SYMBOL: TypeAdapter[dict[str, str | CostsInput]] = TypeAdapter(
    Annotated[dict[str, Annotated[str | CostsInput, PlainValidator(_costs_of_one)]], Field(max_length=SYMBOLS_MAX)]
)
