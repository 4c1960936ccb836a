"""What a file of bars leaves open, for commands that read one: in the words of a backtest's options."""

from typing import Annotated

from weaver.cli.arguments.options import described

Columns = Annotated[list[str] | None, described("columns")]
DateOrder = Annotated[str | None, described("date_order")]
Decimal = Annotated[str | None, described("decimal")]
EmptyRows = Annotated[str | None, described("empty_rows")]
PriceScale = Annotated[int | None, described("price_scale")]
