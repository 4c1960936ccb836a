"""Accounts at venues, and what they hold."""

from datetime import datetime

from pydantic import Field

from weaver.glados.schemas.base import Amount, RequestBody, ResponseBody
from weaver.model.run import RunMode


class OfAccount(ResponseBody):
    """Where something is."""

    account: str = Field(description="The account's name: `alpaca paper`; of a run's own venue, with the run's id.")
    venue: str = Field(description="Its venue.")
    mode: RunMode = Field(description="Paper or live.")


class AccountResponse(OfAccount):
    """An account as its venue showed it last. Amounts that the venue does not give are null."""

    number: str = Field(description="What the venue's own pages call it.")
    status: str = Field(description="In the venue's word.")
    currency: str = Field(description="Of all amounts.")
    cash: Amount | None = Field(description="Cash, not buying power.")
    equity: Amount | None = Field(description="Cash and holdings.")
    last_equity: Amount | None = Field(description="At the close of the session before.")
    buying_power: Amount | None = Field(description="What can be bought for.")
    can_short: bool = Field(description="Whether it may sell short.")
    flags: list[str] = Field(description="What forbids it to trade.")
    is_streaming: bool = Field(description="Whether the stream of its orders stands: without it entries wait.")
    looked_at: datetime | None = Field(description="When the venue was compared with the books last.")


class OwnHolding(ResponseBody):
    """What a run, or people's orders, hold of a symbol. Amounts that need a price are null where none is known."""

    run_id: str | None = Field(description="The run; null: orders by hand.")
    quantity: Amount = Field(description="How much, net of fees in the asset; negative: short.")
    cost: Amount = Field(description="What opening it took; of a short, minus what it brought.")
    average_price: Amount | None = Field(description="What a unit of it cost.")
    market_value: Amount | None = Field(description="At the newest price.")
    unrealised_pnl: Amount | None = Field(description="market_value − cost.")
    realised_pnl: Amount = Field(description="Of what was closed, before commissions.")
    commission: Amount = Field(description="What was paid to trade it.")
    income: Amount = Field(description="Dividends.")


class RemainderPart(ResponseBody):
    """A part of what is nobody's."""

    kind: str = Field(description="`earlier`, `others`, `split`, `fee`, `accepted`, `dust` or `unexplained`.")
    quantity: Amount = Field(description="Signed.")
    note: str = Field(description="In words.")


class AccountPosition(OfAccount):
    """An account's position: `quantity` is the sum of `owners` and of `parts`, to the last digit."""

    symbol: str = Field(description="Of what.")
    quantity: Amount = Field(description="At the venue, at the newest look; negative: short.")
    average_price: Amount | None = Field(description="What a unit cost, as the venue has it.")
    price: Amount | None = Field(description="The newest.")
    market_value: Amount | None = Field(description="quantity × price.")
    unrealised_pnl: Amount | None = Field(description="quantity × (price − average_price).")
    owners: list[OwnHolding] = Field(description="Each run's share, and that of orders by hand.")
    remainder: Amount = Field(description="What is nobody's of it.")
    parts: list[RemainderPart] = Field(description="What the remainder is made of.")


class ForeignOrder(ResponseBody):
    """An order that was placed outside Weaver: shown, and never touched."""

    venue_id: str = Field(description="The venue's id.")
    client_order_id: str = Field(description="As the venue has it.")
    symbol: str = Field(description="Of what.")
    side: str | None = Field(description="Buy or sell.")
    quantity: Amount | None = Field(description="How much.")
    status: str = Field(description="Where it stands.")


class AccountDifference(RemainderPart):
    """A part of what the venue holds that no run and no order by hand brought."""

    symbol: str = Field(description="Of what.")


class ReconciliationResponse(OfAccount):
    """The newest look at a venue, against the books."""

    is_done: bool = Field(description="Whether it was looked at since it was connected.")
    looked_at: datetime | None = Field(description="When.")
    differences: list[AccountDifference] = Field(description="Each part of each symbol's remainder.")
    foreign: list[ForeignOrder] = Field(description="Others' orders that work in the account.")
    halted: list[str] = Field(description="Symbols whose entries are stopped until a difference is gone.")


class LookRequest(RequestBody):
    """Which venues to look at."""

    account: str | None = Field(None, description="Only this one.", max_length=200)


class OwnerEquity(ResponseBody):
    """What a run, or people's orders, have made of their cash."""

    run_id: str | None = Field(description="The run; null: orders by hand, which have no cash of their own.")
    allotted: Amount = Field(description="Cash at its start.")
    cash: Amount = Field(description="What is left of it after all that was paid and received.")
    equity: Amount = Field(description="Cash and holdings at the newest prices.")
    pnl: Amount = Field(description="equity − allotted.")


class AccountEquity(OfAccount):
    """An account's equity, and who earned what of it."""

    equity: Amount | None = Field(description="As the venue showed it last.")
    cash: Amount | None = Field(description="The same of its cash.")
    day_pnl: Amount | None = Field(description="equity − that at the close of the session before.")
    owners: list[OwnerEquity] = Field(description="Each run's, and that of orders by hand.")


class PortfolioPoint(ResponseBody):
    """Where all runs of a mode stood together."""

    timestamp: datetime = Field(description="When; each is later than the one before.")
    equity: Amount = Field(description="allotted + pnl.")
    allotted: Amount = Field(description="Cash at their starts, of the runs that traded then.")
    pnl: Amount = Field(description="What all runs had made that had begun by then, those that had ended included.")


class PortfolioEquityResponse(ResponseBody):
    """The equity of all runs of a mode over time, thinned where it has more points than were asked for."""

    mode: RunMode = Field(description="Paper money, or real money.")
    items: list[PortfolioPoint] = Field(description="In order of time; the last is how they stand now.")
    points: int = Field(description="How many items there are.")
    total: int = Field(description="How many points the curve has.")
    downsampled: bool = Field(
        description="True: points were left out. The first, the last and the extremes of each stretch stay."
    )
    runs: int = Field(description="How many runs it is the sum of.")
    accounts: list[AccountEquity] = Field(description="Those of the mode that are connected; a replay's is play money.")
