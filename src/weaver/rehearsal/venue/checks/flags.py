"""What may be done with an asset, and by the account, as its flags say; faults change them."""

from collections.abc import Mapping

from weaver.rehearsal.assets import Asset
from weaver.rehearsal.faults.faults import Faults


def asset_flags(asset: Asset, faults: Faults) -> Mapping[str, object]:
    """As assets are listed. `easy_to_borrow` is on its way out at Alpaca, and `borrow_status` in: both are there."""
    is_stock = not asset.is_crypto
    flags: dict[str, object] = {
        "status": "active",
        "tradable": True,
        "marginable": is_stock,
        "shortable": is_stock,
        "easy_to_borrow": is_stock,
        "borrow_status": "easy_to_borrow" if is_stock else "not_available",
        "fractionable": True,
    }
    fault = faults.find("asset_flags", symbol=asset.symbol)
    return flags if fault is None else {**flags, **fault.flags}


def account_flags(faults: Faults, configuration: Mapping[str, object]) -> Mapping[str, object]:
    """As the account shows them."""
    flags: dict[str, object] = {
        "status": "ACTIVE",
        "crypto_status": "ACTIVE",
        "trading_blocked": False,
        "transfers_blocked": False,
        "account_blocked": False,
        "trade_suspended_by_user": configuration["suspend_trade"],
        "shorting_enabled": not configuration["no_shorting"],
    }
    fault = faults.find("account_flags")
    return flags if fault is None else {**flags, **fault.flags}
