"""The kinds of account."""

from enum import StrEnum


class AccountKind(StrEnum):
    """Cash: nothing borrowed, nothing short. Margin: up to `leverage`, short where allowed."""

    CASH = "cash"
    MARGIN = "margin"
