"""A strategy's parameters as JSON Schema, from its source alone: nothing of it is run."""

import ast
from collections.abc import Mapping
from typing import Any

from weaver.marvin.plugins.catalogue import StrategyEntry
from weaver.model.syntax_tree import parse_expression

_TYPES: Mapping[str, Mapping[str, Any]] = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "str": {"type": "string"},
    "Decimal": {"anyOf": [{"type": "number"}, {"type": "string"}]},
    "None": {"type": "null"},
}
_ARRAYS = frozenset({"list", "tuple", "set", "frozenset", "Sequence"})
_BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
    "description": "description",
    "title": "title",
}


def params_schema(entry: StrategyEntry) -> dict[str, Any]:
    """One property per parameter, in the order of declaration.

    As `parameters.json_schema` gives it of the loaded class, as far as the text shows: an annotation that only running
    the file would explain leaves its property without a type, and no property is marked as required.
    """
    return {
        "title": entry.class_name or entry.name,
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _property(name, facts) for name, facts in entry.parameters.items()},
    }


def _property(name: str, facts: Mapping[str, object]) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": name.replace("_", " ").title()}
    schema |= _annotation(parse_expression(str(facts["type"])))
    bounds = _BOUNDS | _lengths(schema)
    if "default" in facts:
        schema["default"] = _plain(facts["default"])
    return schema | {bounds[key]: _plain(value) for key, value in facts.items() if key in bounds}


def _lengths(schema: Mapping[str, Any]) -> dict[str, str]:
    noun = "Items" if schema.get("type") == "array" else "Length"
    return {"min_length": f"min{noun}", "max_length": f"max{noun}"}


def _annotation(node: ast.expr) -> dict[str, Any]:
    """The schema of a type as it is written; empty where that does not tell."""
    match node:
        case ast.Constant(value=None):
            return dict(_TYPES["None"])
        case ast.Constant(value=str(text)):
            return _annotation(parse_expression(text))
        case ast.Name() | ast.Attribute():
            return dict(_TYPES.get(_last_name(node), {}))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _any_of(_annotation(left), _annotation(right))
        case ast.Subscript(value=value, slice=inner):
            return _generic(_last_name(value), inner)
        case _:
            return {}


def _generic(name: str, inner: ast.expr) -> dict[str, Any]:
    given = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Literal":
        return _enum([one.value for one in given if isinstance(one, ast.Constant)])
    if name == "Optional":
        return _any_of(_annotation(inner), dict(_TYPES["None"]))
    if name == "Annotated":
        return _annotation(given[0])
    if name in _ARRAYS:
        unique = {"uniqueItems": True} if name in {"set", "frozenset"} else {}
        return {"type": "array", "items": _annotation(given[0]), **unique}
    return {}


def _enum(values: list[Any]) -> dict[str, Any]:
    kind = _TYPES.get(type(values[0]).__name__, {}) if len({type(value) for value in values}) == 1 else {}
    return {"enum": [_plain(value) for value in values], **kind}


def _any_of(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [*first.get("anyOf", [first]), *second.get("anyOf", [second])]} if first and second else {}


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _plain(value: object) -> object:
    """As JSON can hold it."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)
