"""What a run assumes of symbols whose asset class nobody gave, and how to say otherwise."""

from collections.abc import Sequence

from weaver.model.account.costs import PRESET_OF
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.numbers.money import plain
from weaver.walle.files.checks.asset_evidence import Guess

NAMELESS = "BARS"
"""What bars are called that come without a name."""
_NAMED = 3
_HOURS = {
    AssetClass.STOCK: "New York's",
    AssetClass.CRYPTO: "around the clock",
    AssetClass.FX: "17:00 to 17:00 New York, Sunday to Friday",
    AssetClass.FUTURE: "17:00 to 17:00 New York, Sunday to Friday",
}


def assumed(kind: Guess, symbols: Sequence[str], instrument: Instrument) -> str:
    """The class of the symbols, by what it was found, and all that goes with it."""
    named = ", ".join(symbols[:_NAMED]) + (f" and {len(symbols) - _NAMED} more" if len(symbols) > _NAMED else "")
    reason = "for want of a name" if list(symbols) == [NAMELESS] and kind.is_by_name else kind.reason
    multiplier = ", multiplier 1" if kind.asset_class is AssetClass.FUTURE else ""
    *others, last = (str(one) for one in AssetClass if one is not kind.asset_class)
    return (
        f"{named}: taken for {kind.asset_class}, {reason}: tick {plain(instrument.tick)}, lot {plain(instrument.lot)}"
        f"{multiplier}, hours {_HOURS[kind.asset_class]}, costs {PRESET_OF[kind.asset_class]} unless given; "
        f'--asset {kind.asset_class} (asset="{kind.asset_class}" in Python) confirms it, {", ".join(others)} or {last} '
        "says otherwise"
    )
