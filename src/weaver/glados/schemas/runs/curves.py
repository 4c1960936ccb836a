"""What is drawn of a run beside its equity, on the wire."""

from datetime import datetime

from pydantic import Field

from weaver.glados.schemas.base import ResponseBody


class BenchmarkPoint(ResponseBody):
    """Buying and holding, at the end of the bars of one stamp."""

    timestamp: datetime = Field(description="Their stamp; each is later than the one before.")
    equity: float | None = Field(description="What the initial cash would have become.")


class BenchmarkResponse(ResponseBody):
    """Buying and holding the run's symbols in equal parts, without costs; thinned."""

    run_id: str = Field(description="The run.")
    items: list[BenchmarkPoint] = Field(description="In order of time; none where there is no benchmark.")


class YearResponse(ResponseBody):
    """The returns of a year. Fractions; null where there is none."""

    year: int = Field(description="Of the calendar, in UTC.")
    months: list[float | None] = Field(description="January to December.")
    total: float | None = Field(description="Of the whole year, as far as the run has it.")


class MonthsResponse(ResponseBody):
    """A run's returns by month."""

    run_id: str = Field(description="The run.")
    items: list[YearResponse] = Field(description="One for each year, in order.")


class RunFigures(ResponseBody):
    """What a list shows of a finished backtest. Fractions; null where one is not defined."""

    total_return: float | None = Field(description="final ÷ initial − 1.")
    sharpe: float | None = Field(description="Mean ÷ deviation of returns, a year.")
    max_drawdown: float | None = Field(description="The deepest fall from a high; negative.")
    trades: int | None = Field(description="Closed round trips.")
    sparkline: list[float | None] = Field(
        description="The equity curve in at most 60 values, extremes among them; empty of a run that an older Weaver "
        "recorded."
    )
