"""Funding rates that somebody has in a file or a frame, read in their place among the costs of a run."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weaver.model.account.costs_given import CostsGiven, taken_apart
from weaver.model.account.funding import FundingRates
from weaver.model.errors import InputError
from weaver.walle.files.funding_file import RATES, TIMES, read_funding

_FUNDING_FILE = re.compile(r"(\bfunding\s*=)([^,=]+)(?=,|$)")


def costs_read(given: Any) -> CostsGiven:
    """Costs as they are asked for; funding may be a file's path, a frame, a series or pairs. Raises InputError."""
    parts = {
        symbol: {**part, "funding": funding_of(part["funding"])}
        if isinstance(part, Mapping) and part.get("funding") is not None
        else part
        for symbol, part in taken_apart(given).items()
    }
    return CostsGiven.of_parts(parts)


def costs_sent(given: str) -> str:
    """Costs as somebody wrote them, to be read where their files are not: the rates of a file in the place of its name.
    Raises InputError."""
    costs_read(given)
    return _FUNDING_FILE.sub(lambda found: f"{found[1]}{funding_of(found[2].strip()).text()}", given)


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
