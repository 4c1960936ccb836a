"""The kinds of instrument."""

from enum import StrEnum

from weaver.model.errors import InputError


class AssetClass(StrEnum):
    """The kinds of instrument, which decide calendar, default facts and cost preset."""

    STOCK = "stock"
    CRYPTO = "crypto"
    FX = "fx"
    FUTURE = "future"

    @classmethod
    def parse(cls, text: str) -> "AssetClass":
        """The class that `text` names. Raises InputError."""
        try:
            return cls(text.strip().lower())
        except ValueError as error:
            known = ", ".join(cls)
            raise InputError(f"asset class {text!r} is unknown: choose one of {known}") from error
