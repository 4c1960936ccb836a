"""Market data on the wire: the catalogue, previews and imports, instruments, candles."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from weaver.glados.schemas.base import Amount, AmountInput, LastMoment, Moment, RequestBody, ResponseBody
from weaver.model.calendar.instants import time_of
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.numbers.money import plain
from weaver.walle.bars.damage import ListedSeries
from weaver.walle.bars.folder.catalogue import CatalogueEntry
from weaver.walle.bars.importing import Imported
from weaver.walle.fetch.fetching import Fetched
from weaver.walle.files.checks.gaps import Gap

_LOST = "null where damage leaves it unknown"


class SeriesResponse(ResponseBody):
    """One series of the bar store."""

    symbol: str = Field(description="Whose bars they are.")
    timeframe: str | None = Field(description=f"How much time a bar covers: `1m`, `1h`, `1d`, `1w`, `1mo`; {_LOST}.")
    asset_class: AssetClass | None = Field(
        description=f"stock, crypto, fx or future; it decides the trading hours; {_LOST}."
    )
    bars: int | None = Field(description=f"How many there are; {_LOST}.")
    first: datetime | None = Field(description=f"Start of the first bar; {_LOST}.")
    last: datetime | None = Field(description=f"Start of the last bar; {_LOST}.")
    missing: int | None = Field(
        description=f"Bars that the calendar expects in between and that are not there; {_LOST}."
    )
    content_hash: str | None = Field(
        description=f"SHA-256 of the bars' columns; a run names the data it ran on by it; {_LOST}."
    )
    source: str | None = Field(description=f"The file they came from; {_LOST}.")
    damaged: str | None = Field(
        default=None,
        description="What is wrong with the stored bars, and what to do; null where nothing is. Import the data again, "
        "or delete the series: either mends it.",
    )

    @classmethod
    def of(cls, entry: CatalogueEntry) -> "SeriesResponse":
        """From the catalogue."""
        return cls(
            symbol=entry.symbol,
            timeframe=str(entry.timeframe),
            asset_class=entry.instrument.asset_class,
            bars=entry.rows,
            first=time_of(entry.first),
            last=time_of(entry.last),
            missing=entry.missing,
            content_hash=entry.content_hash,
            source=entry.source,
        )

    @classmethod
    def of_listed(cls, one: ListedSeries) -> "SeriesResponse":
        """From the listing, where damage may leave little to tell."""
        if one.entry is not None:
            return cls.of(one.entry).model_copy(update={"damaged": one.damaged})
        return cls(
            symbol=one.symbol,
            timeframe=None if one.timeframe is None else str(one.timeframe),
            asset_class=None,
            bars=None,
            first=None,
            last=None,
            missing=None,
            content_hash=None,
            source=None,
            damaged=one.damaged,
        )


class DataWarningResponse(ResponseBody):
    """A doubt about data that could be true."""

    code: str = Field(
        description="gaps, no_session, no_volume, zero_volume, short_bars, asset_doubt, price_range or mended."
    )
    message: str = Field(description="What is odd about it.")


class ImportResponse(ResponseBody):
    """What an import did."""

    series: SeriesResponse = Field(description="The series as it is stored now.")
    written: int = Field(description="Bars of the file.")
    replaced: int = Field(description="Stored bars that they took the place of.")
    kept: int = Field(description="Stored bars before and after them, which stayed.")
    notes: list[str] = Field(description="What was guessed or done on the way.")
    warnings: list[DataWarningResponse] = Field(
        description="Doubts about the data; and, as `mended`, what was damaged in the store before, and what is lost."
    )

    @classmethod
    def of(cls, imported: Imported, notes: list[str]) -> "ImportResponse":
        """What became of a file."""
        outcome = imported.outcome
        return cls(
            series=SeriesResponse.of(outcome.entry),
            written=outcome.written,
            replaced=outcome.replaced,
            kept=outcome.kept,
            notes=notes,
            warnings=[
                *(DataWarningResponse(code=one.code, message=one.message) for one in imported.read.warnings),
                *(DataWarningResponse(code="mended", message=one) for one in outcome.mended),
            ],
        )


class FetchRequest(RequestBody):
    """Bars, splits and dividends to be downloaded."""

    symbols: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        description="As the source spells them.", min_length=1, max_length=1000, examples=[["AAPL", "BTC/USD"]]
    )
    timeframe: Annotated[str, Field(max_length=20)] = Field("1d", description="As 1m, 5m, 1h, 1d, 1w, 1mo.")
    start: Moment | None = Field(None, description="Default: ten years of days, one year of anything finer.")
    end: LastMoment | None = Field(None, description="Inclusive; a bare date means that whole day. Default: now.")
    source: Annotated[str, Field(max_length=64)] = Field(
        "alpaca",
        description="Whose history: `alpaca`, or another venue; `ccxt`, public candles of a crypto exchange, without "
        "an account; `yfinance`, Yahoo's quotes, unofficial and for personal use.",
    )
    exchange: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Of `ccxt`: binance, kraken, coinbase …", examples=["binance"]
    )


class RefusedSymbolResponse(ResponseBody):
    """A symbol of which nothing was fetched."""

    symbol: str = Field(description="Which.")
    error: str = Field(description="Why.")


class FetchResponse(ResponseBody):
    """What a fetch did."""

    fetched: list[ImportResponse] = Field(description="The series that were stored.")
    refused: list[RefusedSymbolResponse] = Field(description="Symbols of which nothing was.")

    @classmethod
    def of(cls, found: Sequence[Fetched]) -> "FetchResponse":
        """What became of each symbol."""
        return cls(
            fetched=[
                ImportResponse.of(one.outcome, list(one.outcome.read.all_notes))
                for one in found
                if isinstance(one.outcome, Imported)
            ],
            refused=[
                RefusedSymbolResponse(symbol=one.symbol, error=str(one.outcome))
                for one in found
                if not isinstance(one.outcome, Imported)
            ],
        )


class ColumnResponse(ResponseBody):
    """A column of a file."""

    name: str = Field(description="As the file calls it.")
    use: Literal["time", "clock", "symbol", "open", "high", "low", "close", "volume"] | None = Field(
        description="What it is taken for; null: it is not used."
    )


class PreviewErrorResponse(ResponseBody):
    """Why a file cannot be imported."""

    message: str = Field(description="What is wrong, and what to do.")
    row: int | None = Field(description="The first row that it is about, from 1 below the header; null: the file.")


class PreviewResponse(ResponseBody):
    """What a file shows of itself. Nothing of it was stored."""

    symbol: str = Field(description="The symbol it would be stored under.")
    asset_class: AssetClass | None = Field(description="As given, stored or guessed; null where it cannot be read.")
    timeframe: str | None = Field(description="Of the bars as they would be stored; null where it cannot be read.")
    time_zone: str | None = Field(
        description="The zone in which times were read: UTC where they carry their own, null for bare dates."
    )
    bars: int = Field(description="How many bars would be stored.")
    first: datetime | None = Field(description="Start of the first bar.")
    last: datetime | None = Field(description="Start of the last bar.")
    columns: list[ColumnResponse] = Field(description="The file's columns, in its order.")
    rows: list[list[str]] = Field(description="The first rows as the file writes them, a text for each column.")
    notes: list[str] = Field(description="What was guessed or done on the way.")
    warnings: list[DataWarningResponse] = Field(description="Doubts about the data.")
    errors: list[PreviewErrorResponse] = Field(description="Why it cannot be imported; empty where it can.")


class ActionResponse(ResponseBody):
    """A split, a dividend or a delisting."""

    ex_date: date = Field(description="The first session on which it holds.")
    type: Literal["split", "dividend", "delisting"] = Field(description="What happened.")
    value: str = Field(
        pattern=r"^[0-9]+(\.[0-9]+)?$|^[0-9]+/[0-9]+$",
        description="New shares for an old one, exactly (`4`, `1.5`, `1/3`); amount per share; last value per share.",
    )


class InstrumentResponse(ResponseBody):
    """A symbol's facts."""

    symbol: str = Field(description="What it is called.")
    asset_class: AssetClass = Field(description="stock, crypto, fx or future.")
    tick: Amount = Field(
        description="Prices of orders come in multiples of it; one that nobody gave is finer where the bars are, "
        "and for stocks and futures under a dollar."
    )
    lot: Amount = Field(description="Quantities come in multiples of it.")
    minimum: Amount = Field(description="The least quantity of an order.")
    quote_currency: str = Field(description="What its price is counted in.")
    calendar: str | None = Field(description="The exchange whose sessions hold; null: its asset class's hours.")
    multiplier: Amount = Field(description="What a contract is worth at a price of 1; 1 of what is no future.")
    margin: Amount | None = Field(description="What a contract ties up when it is entered; null: it is paid for.")
    maintenance_margin: Amount | None = Field(description="What has to stand behind a contract that is held.")
    timeframes: list[str] = Field(description="Those of the stored series, finest first.")
    actions: list[ActionResponse] = Field(description="Splits, dividends and delisting, by date.")

    @classmethod
    def of(cls, instrument: Instrument, timeframes: list[str], actions: list[ActionResponse]) -> "InstrumentResponse":
        """From the store."""
        return cls(
            symbol=instrument.symbol,
            asset_class=instrument.asset_class,
            tick=plain(instrument.tick),
            lot=plain(instrument.lot),
            minimum=plain(instrument.minimum),
            quote_currency=instrument.quote_currency,
            calendar=instrument.calendar,
            multiplier=plain(instrument.multiplier),
            margin=None if instrument.margin is None else plain(instrument.margin),
            maintenance_margin=None if instrument.maintenance_margin is None else plain(instrument.maintenance_margin),
            timeframes=timeframes,
            actions=actions,
        )


class FactsRequest(RequestBody):
    """Facts of a stored symbol; what is left out, or null, stays as it is."""

    asset: AssetClass | None = Field(None, description="stock, crypto, fx or future.")
    tick: AmountInput | None = Field(None, description="Prices of orders come in multiples of it.")
    lot: AmountInput | None = Field(None, description="Quantities come in multiples of it.")
    minimum: AmountInput | None = Field(None, description="The least quantity of an order.")
    multiplier: AmountInput | None = Field(None, description="What a future's contract is worth at a price of 1.")
    margin: AmountInput | None = Field(None, description="What a contract ties up when it is entered.")
    maintenance_margin: AmountInput | None = Field(
        None, description="What has to stand behind one that is held; of a margin alone nine tenths."
    )
    calendar: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = Field(
        None, description="The exchange whose sessions hold, as XLON.", examples=["XLON"]
    )
    currency: Annotated[str, StringConstraints(min_length=2, max_length=10)] | None = Field(
        None, description="What its price is counted in.", examples=["USD"]
    )


class GapResponse(ResponseBody):
    """A stretch of trading time without a bar."""

    start: datetime = Field(description="When its first bar would have begun.")
    end: datetime = Field(description="When there are bars again; of daily bars the end of its last day.")
    missing: int = Field(description="How many bars, or sessions of a daily or coarser series.")

    @classmethod
    def of(cls, gap: Gap) -> "GapResponse":
        """As it is sent."""
        return cls(start=time_of(gap.start), end=time_of(gap.end), missing=gap.missing)


class GapsResponse(ResponseBody):
    """Where a stored series has no bars though its market was open."""

    symbol: str = Field(description="Whose bars they are.")
    timeframe: str = Field(description="Of the stored bars.")
    total: int = Field(description="How many gaps there are.")
    items: list[GapResponse] = Field(description="At most `limit`, in order of time.")


class CandleResponse(ResponseBody):
    """One bar, or several put together."""

    timestamp: datetime = Field(description="Start of the (first) bar; of a daily stock bar its date at 00:00 UTC.")
    end: datetime = Field(description="When the (last) bar closed.")
    open: float = Field(description="First price.")
    high: float = Field(description="Highest price.")
    low: float = Field(description="Lowest price.")
    close: float = Field(description="Last price.")
    volume: float = Field(description="Traded in all.")


class CandlesResponse(ResponseBody):
    """Candles of one symbol, in order of time."""

    symbol: str = Field(description="Whose they are.")
    timeframe: str = Field(description="Of the bars.")
    total: int = Field(description="How many bars there are between `start` and `end`.")
    downsampled: bool = Field(description="Whether they were more than `limit`, so that each item holds several.")
    bars_per_item: int = Field(description="How many neighbouring bars an item holds (the last one may hold fewer).")
    items: list[CandleResponse] = Field(description="At most `limit`.")
