"""Parameters are validated, converted from text, inherited, and described as JSON Schema."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field

from weaver.marvin.parameters.model import parameters_model
from weaver.marvin.parameters.validation import json_schema, validate
from weaver.marvin.series.series import Series
from weaver.marvin.strategy import Strategy
from weaver.model.errors import InputError, StrategyError


class Side(StrEnum):
    LONG = "long"
    BOTH = "both"


class Everything(Strategy):
    """All kinds of parameters.

    And a second paragraph.
    """

    fast: int = Field(10, ge=2, le=500, description="bars")
    size: int = 10
    share: float = 0.5
    price: Decimal = Decimal("1.5")
    side: Side = Side.LONG
    mode: Literal["open", "close"] = "open"
    copy: bool = False
    names: list[str] = Field(default_factory=list)
    limit: float | None = None
    step: Annotated[int, Field(ge=1, multiple_of=5)] = 5
    since: dt.date = dt.date(2020, 1, 2)

    spread: Series
    _cache: int = 1
    KINDS: ClassVar[int] = 3
    untyped = 7


DEFAULTS = {
    "fast": 10,
    "size": 10,
    "share": 0.5,
    "price": Decimal("1.5"),
    "side": Side.LONG,
    "mode": "open",
    "copy": False,
    "names": [],
    "limit": None,
    "step": 5,
    "since": dt.date(2020, 1, 2),
}


def test_only_annotated_public_attributes_with_a_value_are_parameters() -> None:
    assert validate(Everything, {}) == DEFAULTS


def test_text_is_converted() -> None:
    given = {
        "fast": "12",
        "share": "0.25",
        "price": "0.1",
        "side": "both",
        "mode": "close",
        "copy": "yes",
        "names": "SPY, QQQ",
        "limit": "3",
        "since": "2021-05-06",
    }
    assert validate(Everything, given) == DEFAULTS | {
        "fast": 12,
        "share": 0.25,
        "price": Decimal("0.1"),
        "side": Side.BOTH,
        "mode": "close",
        "copy": True,
        "names": ["SPY", "QQQ"],
        "limit": 3.0,
        "since": dt.date(2021, 5, 6),
    }


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("fast", "1", "fast=1: must be ≥ 2"),
        ("fast", 501, "fast=501: must be ≤ 500"),
        ("fast", "ten", "fast=ten: must be a whole number"),
        ("fast", "2.5", "fast=2.5: must be a whole number"),
        ("fast", 2.5, "fast=2.5: must be a whole number"),
        ("fast", None, "fast=None: must be a whole number"),
        ("share", "half", "share=half: must be a number"),
        ("share", "nan", "share=nan: must be a finite number"),
        ("share", "inf", "share=inf: must be a finite number"),
        ("price", "x", "price=x: must be a number"),
        ("side", "short", "side=short: must be one of 'long' or 'both'"),
        ("mode", "high", "mode=high: must be one of 'open' or 'close'"),
        ("copy", "perhaps", "copy=perhaps: must be true or false"),
        ("step", 7, "step=7: must be a multiple of 5"),
        ("step", 0, "step=0: must be ≥ 1"),
        ("names", 5, "names=5: input should be a valid list"),
    ],
)
def test_value_that_is_not_allowed_is_told_in_one_line(name: str, value: object, says: str) -> None:
    with pytest.raises(InputError) as caught:
        validate(Everything, {name: value})
    assert str(caught.value) == says


def test_several_bad_values_are_told_together() -> None:
    with pytest.raises(InputError, match=r"^fast=1: must be ≥ 2; size=x: must be a whole number$"):
        validate(Everything, {"fast": 1, "size": "x"})


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        validate(Everything, {"fasst": 3})
    assert str(caught.value).startswith("Everything has no parameter 'fasst'; it has fast, size, share, ")
    assert str(caught.value).endswith("; did you mean fast?")


def test_strategy_without_parameters_says_so() -> None:
    class Bare(Strategy):
        """None at all."""

    assert validate(Bare, {}) == {}
    with pytest.raises(InputError, match=r"^Bare has no parameter 'fast'; it has none$"):
        validate(Bare, {"fast": 3})


def test_subclass_inherits_adds_and_changes_defaults_within_the_old_bounds() -> None:
    class Faster(Everything):
        fast = 4
        size: int = Field(99, le=100)
        extra: int = 1

    values = validate(Faster, {})
    assert (values["fast"], values["size"], values["extra"]) == (4, 99, 1)
    assert list(values) == [*DEFAULTS, "extra"]
    with pytest.raises(InputError, match="fast=1: must be ≥ 2"):
        validate(Faster, {"fast": 1})


def test_subclass_may_replace_a_plain_default_or_a_field() -> None:
    class Other(Everything):
        size = 11
        fast = Field(3, ge=3)

    assert validate(Other, {})["size"] == 11
    with pytest.raises(InputError, match="fast=2: must be ≥ 3"):
        validate(Other, {"fast": 2})


def test_default_outside_its_own_bounds_is_refused() -> None:
    class Wrong(Strategy):
        fast: int = Field(1, ge=2)

    with pytest.raises(InputError, match="fast=1: must be ≥ 2"):
        validate(Wrong, {})


def test_field_without_default_is_required() -> None:
    class Needs(Strategy):
        symbol: str = Field(min_length=1)

    with pytest.raises(InputError, match="symbol: a value is required"):
        validate(Needs, {})
    assert validate(Needs, {"symbol": "SPY"}) == {"symbol": "SPY"}


def test_name_of_the_strategys_own_is_refused() -> None:
    class Hides(Strategy):
        close: float = 1.0

    with pytest.raises(StrategyError, match=r"Hides: parameter 'close' would hide Strategy.close; rename it"):
        validate(Hides, {})


def test_field_without_annotation_is_refused() -> None:
    class Bare(Strategy):
        fast = Field(10)

    with pytest.raises(StrategyError, match=r"Bare: fast = Field\(…\) needs a type"):
        validate(Bare, {})


def test_annotation_that_cannot_be_evaluated_is_refused() -> None:
    class Unknown(Strategy):
        fast: "Missing" = 1  # type: ignore[name-defined] # noqa: F821

    with pytest.raises(StrategyError, match="Unknown: an annotation cannot be evaluated: name 'Missing'"):
        validate(Unknown, {})


def test_type_that_is_no_parameter_is_refused() -> None:
    class Odd(Strategy):
        other: Strategy = None  # type: ignore[assignment]

    with pytest.raises(StrategyError, match="Odd: its parameters cannot be understood"):
        validate(Odd, {})


def test_default_list_is_not_shared_between_runs() -> None:
    class Lists(Strategy):
        names: list[str] = ["SPY"]  # noqa: RUF012

    validate(Lists, {})["names"].append("QQQ")
    assert validate(Lists, {}) == {"names": ["SPY"]}


def test_json_schema_has_what_a_form_needs() -> None:
    schema = json_schema(Everything)
    fields: dict[str, Any] = schema["properties"]
    assert schema["title"] == "Everything"
    assert schema["description"] == "All kinds of parameters.\n\nAnd a second paragraph."
    assert schema["additionalProperties"] is False
    assert list(fields) == list(DEFAULTS)
    assert fields["fast"] == {
        "default": 10, "description": "bars", "maximum": 500, "minimum": 2, "title": "Fast", "type": "integer",
    }  # fmt: skip
    assert fields["mode"]["enum"] == ["open", "close"]
    assert schema["$defs"]["Side"]["enum"] == ["long", "both"]
    assert "required" not in schema


def test_model_is_a_pydantic_model() -> None:
    assert issubclass(parameters_model(Everything), BaseModel)
