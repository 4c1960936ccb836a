"""What differs between two values made of JSON, whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that is not the same in both."""

    field: str
    """Where: `options.costs`."""
    before: Any
    """None: it is null there, or not there at all."""
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any], *, within: str = "") -> Iterator[Difference]:
    """Every field that differs, in the order of `before`, then of what only `after` has. Objects are looked into where
    both have one; a list is one value, and so is an object that stands against something else."""
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from differences(one, other, within=f"{within}{name}.")
        elif one != other:
            yield Difference(field=f"{within}{name}", before=one, after=other)
