"""What holdings and orders bind of the account."""

from weaver.rehearsal.assets import Asset

LEVERAGE = 2
"""Stocks may be bought for twice the equity, coins for the cash there is."""


def margin_of(asset: Asset, value: int) -> int:
    """What a value in an asset binds, in cash units."""
    return value if asset.is_crypto else value // LEVERAGE
