"""Funding rates that somebody has in a file or a frame, read in their place among the costs of a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weaver.model.account.costs_given import CostsGiven, taken_apart
from weaver.model.account.funding import FundingRates
from weaver.model.errors import InputError
from weaver.walle.files.funding_file import RATES, TIMES, read_funding


def costs_read(given: Any) -> CostsGiven:
    """Costs as they are asked for; funding may be a file's path, a frame, a series or pairs. Raises InputError."""
    parts = {
        symbol: {**part, "funding": funding_of(part["funding"])}
        if isinstance(part, Mapping) and part.get("funding") is not None
        else part
        for symbol, part in taken_apart(given).items()
    }
    return CostsGiven.of_parts(parts)


def funding_of(given: Any) -> FundingRates:
    """Rates from a file, a frame with a column of times and one of rates, a series of times to rates, or pairs."""
    if isinstance(given, Path) or (isinstance(given, str) and "=" not in given):
        return read_funding(Path(given))
    if isinstance(given, str | FundingRates) or not hasattr(given, "columns"):
        return FundingRates.parse(dict(given.items()) if hasattr(given, "items") else given)
    names = {_simple(name): name for name in given.columns}
    rate = next((names[one] for one in RATES if one in names), None)
    time = next((names[one] for one in TIMES if one in names), None)
    if rate is None:
        raise InputError(f"costs: the frame of funding has no column for the rate; found: {', '.join(names.values())}")
    if time is None and not hasattr(given, "index"):
        raise InputError(f"costs: the frame of funding has no column for the time; found: {', '.join(names.values())}")
    return FundingRates.parse(zip(given.index if time is None else given[time], given[rate], strict=True))


def _simple(name: Any) -> str:
    return "".join(letter for letter in str(name).lower() if letter.isalnum())
