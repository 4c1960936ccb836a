"""A strategy's parameters, from what it is given: checked and converted, or its defaults."""

import math
from collections.abc import Mapping
from typing import Any

from weaver.marvin.parameters.declared import declared
from weaver.marvin.strategy import Strategy

_PLAIN = (bool, int, float, str)


def validate(strategy: type[Strategy], given: Mapping[str, object]) -> dict[str, Any]:
    """All parameters with their values, defaults filled in; text is converted (`{"fast": "12"}`, lists by commas).

    Raises InputError, in one line, on an unknown name or a value that is not allowed.
    """
    plain = None if given else _plain_defaults(strategy)
    if plain is not None:
        return plain
    from weaver.marvin.parameters.model import validated  # brings pydantic, a tenth of a second

    return validated(strategy, given)


def json_schema(strategy: type[Strategy]) -> dict[str, Any]:
    """The parameters as JSON Schema: title, description, defaults, bounds and choices, in the order of declaration."""
    from weaver.marvin.parameters.model import parameters_model

    return parameters_model(strategy).model_json_schema()


def _plain_defaults(strategy: type[Strategy]) -> dict[str, Any] | None:
    """The defaults, where each is a number, a text or a truth value just as it is annotated: nothing to validate."""
    found = {}
    for name, (annotation, value) in declared(strategy).items():
        if annotation not in _PLAIN or type(value) is not annotation:
            return None
        if isinstance(value, float) and not math.isfinite(value):
            return None
        found[name] = value
    return found
