"""The doubts about data that concern a run: those about bars outside of it are left out."""

from collections.abc import Iterable, Mapping

import numpy as np

from weaver.model.calendar.sessions import calendar_of
from weaver.model.listing import Listing
from weaver.research.inputs import RunInput
from weaver.walle.files.checks.corporate_action_quality import check_corporate_actions
from weaver.walle.files.checks.quality import check_bars

DATED = frozenset({"gaps", "no_session", "zero_volume", "short_bars", "jump"})
"""Warnings that count bars, days without one, or moves from one to the next."""


def doubts_within(
    inputs: Mapping[str, RunInput], listings: Mapping[str, Listing], start: int
) -> Iterable[tuple[str, str]]:
    """Of each symbol, from an instant (ns) on, in the bars that the run was given."""
    for symbol, given in inputs.items():
        yield from _doubts(given, listings[symbol], start)


def _doubts(given: RunInput, listing: Listing, start: int) -> Iterable[tuple[str, str]]:
    bars = listing.bars
    seen = bars.slice(int(np.searchsorted(bars.timestamp, start)), len(bars))
    if len(seen) == len(given.listing.bars) or not DATED.intersection(code for code, _ in given.warnings):
        return given.warnings
    calendar, asset_class = calendar_of(listing.instrument), listing.instrument.asset_class
    doubts = [
        *check_bars(seen, calendar, asset_class),
        *check_corporate_actions(seen, calendar, asset_class, listing.actions),
    ]
    found = {one.code: one.message for one in doubts}
    return [
        (code, found.get(code, message) if code in DATED else message)
        for code, message in given.warnings
        if code not in DATED or code in found
    ]
