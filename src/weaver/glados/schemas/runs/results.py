"""What a finished backtest amounts to, on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from weaver.glados.schemas.base import Amount, ResponseBody


class StatsResponse(ResponseBody):
    """All statistics. Fractions, not percentages; null where one is not defined."""

    initial_equity: float | None = Field(None, description="Equity before the first bar.")
    final_equity: float | None = Field(None, description="Equity at the last close.")
    total_return: float | None = Field(None, description="final ÷ initial − 1.")
    cagr: float | None = Field(None, description="Growth a year.")
    volatility: float | None = Field(None, description="Of returns, a year.")
    sharpe: float | None = Field(None, description="Mean ÷ deviation of returns, a year, without a risk-free rate.")
    sortino: float | None = Field(None, description="The same against downside deviation only.")
    calmar: float | None = Field(None, description="Growth a year ÷ deepest drawdown.")
    max_drawdown: float | None = Field(None, description="The deepest fall from a high; negative.")
    max_drawdown_days: int | None = Field(None, description="The longest time from a high to its return, in days.")
    trades: int | None = Field(None, description="Closed round trips.")
    wins: int | None = Field(None, description="Those that gained.")
    losses: int | None = Field(None, description="Those that lost.")
    win_rate: float | None = Field(None, description="wins ÷ trades.")
    profit_factor: float | None = Field(None, description="Gains ÷ losses.")
    expectancy: float | None = Field(None, description="Mean profit of a trade.")
    avg_win: float | None = Field(None, description="Mean return of the winners.")
    avg_loss: float | None = Field(None, description="Mean return of the losers.")
    best_trade: float | None = Field(None, description="Highest return of a trade.")
    worst_trade: float | None = Field(None, description="Lowest return of a trade.")
    avg_trade_days: float | None = Field(None, description="Mean time held, in days.")
    sqn: float | None = Field(None, description="System quality number.")
    exposure: float | None = Field(None, description="Share of the time in the market.")
    turnover: float | None = Field(None, description="Value traded a year ÷ equity.")
    commission: float | None = Field(None, description="Commission paid.")
    slippage: float | None = Field(None, description="Slippage paid.")
    alpha: float | None = Field(None, description="Against buying and holding, a year.")
    beta: float | None = Field(None, description="Against buying and holding.")
    benchmark_return: float | None = Field(
        None, description="Of the benchmark; by default, of holding the run's symbols in equal weight."
    )
    skew: float | None = Field(None, description="Of returns.")
    kurtosis: float | None = Field(None, description="Of returns, in excess of the normal's.")
    var_95: float | None = Field(None, description="The daily return that one day in twenty is worse than.")
    cvar_95: float | None = Field(None, description="The mean of those days' returns.")
    psr: float | None = Field(None, description="The probability that the Sharpe ratio is above zero.")


class WarningResponse(ResponseBody):
    """Why a result may not be worth believing."""

    code: str = Field(description="For programs.")
    message: str = Field(description="For people.")


class DataFacts(ResponseBody):
    """The bars of one symbol, as the run was given them."""

    origin: str = Field(description="Where they came from: `store`; `recorded`, of a paper or live run.")
    tz: str | None = Field(description="The zone in which a file's naive times were read.")
    spelling: dict[str, Any] = Field(
        default_factory=dict,
        description="What was said of how the file writes its bars: columns, date_order and the like.",
    )
    hash: str = Field(description="Of their content.")
    bars: int = Field(description="How many.")
    asset: str = Field(description="`stock`, `crypto`, `fx` or `future`.")
    tick: Amount = Field(description="The step of prices.")
    tick_given: bool | None = Field(
        None,
        description="False: nobody gave the tick; prices under 1, and data with more decimals, have a finer one. "
        "Null in a run that an older Weaver recorded.",
    )
    lot: Amount = Field(description="The step of quantities.")
    minimum: Amount = Field(description="The least quantity.")
    quote_currency: str = Field(description="What prices are in.")
    calendar: str | None = Field(None, description="The exchange that was named; null: its asset class's hours.")
    multiplier: Amount | None = Field(None, description="What a future's contract is worth at a price of 1; null: 1.")
    margin: Amount | None = Field(None, description="What a contract ties up when it is entered; null: it is paid for.")
    maintenance_margin: Amount | None = Field(None, description="What has to stand behind one that is held.")
    actions: list[dict[str, JsonValue]] = Field(
        description="Splits, dividends, delisting; splits alone where the bars are `recorded`."
    )
    warnings: list[WarningResponse] = Field(description="What may be wrong with them.")


class BenchmarkFacts(DataFacts):
    """What a run was compared with, where that was not holding its own symbols."""

    symbol: str = Field(description="Its symbol.")
    timeframe: str = Field(description="Of its bars.")


class RecordResponse(ResponseBody):
    """What pins the run down: the object `run` of `weaver backtest --json`."""

    model_config = ConfigDict(frozen=True, validate_by_name=True, validate_by_alias=True)

    strategy: str = Field(description="Its id.")
    class_: str = Field(alias="class", description="Its class.")
    source: str | None = Field(description="Its source text.")
    source_hash: str | None = Field(description="SHA-256 of that.")
    parameters: dict[str, JsonValue] = Field(description="All parameters, defaults included.")
    symbols: list[str] = Field(description="What it traded.")
    timeframe: str = Field(description="Of its bars.")
    from_: str | None = Field(alias="from", description="Bars before it were history.")
    to: str | None = Field(description="The last day or time, inclusive.")
    warmup: int | None = Field(description="Bars of history; null: all.")
    cash: Amount = Field(description="Starting cash.")
    account: str = Field(description="`cash` or `margin`.")
    leverage: Amount = Field(description="Of the account.")
    shorting: bool = Field(description="Of the account.")
    maintenance: Amount = Field(description="Of the account.")
    costs: dict[str, dict[str, str]] = Field(description="By symbol; keys that are not there are zero.")
    close_at_end: bool = Field(description="Whether positions were closed at the last close.")
    lookahead_check: bool = Field(description="Whether the run was repeated on cut bars.")
    seed: int = Field(description="Of the strategy's chance.")
    venue: str | None = Field(description="Whose order rules bound it.")
    data: dict[str, DataFacts] = Field(description="By symbol: the bars it ran on.")
    data_hash: str = Field(description="Of all bars.")
    benchmark: BenchmarkFacts | None = Field(
        None, description="What it was compared with; null: holding its symbols in equal parts."
    )
    version: str = Field(description="Weaver's version.")


class CashFlowResponse(ResponseBody):
    """Money that came or went without a trade."""

    timestamp: datetime = Field(description="When.")
    symbol: str = Field(description="What for.")
    kind: str = Field(description="As `dividend`.")
    amount: Amount = Field(description="Negative where it was paid.")


class Sampling(ResponseBody):
    """How finely equity is known: a row of each tick that had bars of the run, and none in between."""

    interval: str = Field(description="How much time a bar covers, as `1m` or `1d`.")
    rows: int = Field(description="How many rows there are; where no symbol traded there is none.")


class ResultsResponse(ResponseBody):
    """A finished backtest."""

    run_id: str = Field(description="The run.")
    stats: StatsResponse = Field(description="All statistics.")
    run: RecordResponse = Field(description="What pins the run down.")
    warnings: list[WarningResponse] = Field(description="Why not to believe it.")
    positions: dict[str, Amount] = Field(description="What was held at the end, by symbol.")
    cash_flows: list[CashFlowResponse] = Field(description="Dividends and the like.")
    sampled: Sampling | None = Field(
        None, description="The equity that the statistics are of; null in a run that an older Weaver recorded."
    )


class EquityPoint(ResponseBody):
    """Equity at the end of the bars of one stamp."""

    timestamp: datetime = Field(description="Their stamp; each is later than the one before.")
    equity: float | None = Field(description="Cash and holdings.")
    cash: float | None = Field(description="Cash alone.")


class EquityResponse(ResponseBody):
    """The equity curve, thinned where it has more points than were asked for."""

    run_id: str = Field(description="The run.")
    items: list[EquityPoint] = Field(description="In order of time.")
    points: int = Field(description="How many items there are.")
    total: int = Field(description="How many rows the curve has.")
    sampled: Sampling = Field(description="How finely the curve is known.")
    downsampled: bool = Field(
        description="True: points were left out. The first, the last and the extremes of each stretch stay."
    )


class PositionResponse(ResponseBody):
    """What a run held of a symbol at its end. Only the quantity is known of a run that an older Weaver recorded."""

    symbol: str = Field(description="Of what.")
    quantity: Amount = Field(description="How much; negative: short.")
    average_price: Amount | None = Field(None, description="What a unit of it cost, before commissions.")
    cost: Amount | None = Field(
        None, description="What all of it cost, before commissions; of a short, minus what it brought."
    )
    close: Amount | None = Field(None, description="The symbol's last close in the run.")
    market_value: Amount | None = Field(None, description="What it was worth at that close; negative: short.")
    unrealised_pnl: Amount | None = Field(
        None, description="market_value − cost: what closing it would have earned, before costs."
    )


class IndicatorSeries(ResponseBody):
    """One indicator's values, as they stood at the close of each bar."""

    name: str = Field(description="As `sma(AAPL.close, 10)`.")
    symbol: str = Field(description="Whose bars it was computed from; of several, the first.")
    timeframe: str = Field(description="Of those bars.")
    place: Literal["over", "below"] | None = Field(
        description="Where its strategy wants it: over the price or below it; null: as its size has it."
    )
    timestamp: list[datetime] = Field(description="Stamps of those bars, in order of time.")
    values: list[float | None] = Field(description="One for each stamp; null where the indicator is not defined.")
    total: int = Field(description="How many bars it has values for.")
    downsampled: bool = Field(
        description="True: points were left out. The first, the last and the extremes of each stretch stay."
    )


class IndicatorsResponse(ResponseBody):
    """What a run's strategy computed from prices: what its signals are made of, what it read or kept."""

    run_id: str = Field(description="The run.")
    items: list[IndicatorSeries] = Field(description="One for each indicator, inputs before what is made from them.")
    left_out: int = Field(description="How many more there were; the first 50 are kept.")
