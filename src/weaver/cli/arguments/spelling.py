"""What a file of bars leaves open, on the command line."""

from typing import Annotated

import typer

Columns = Annotated[
    list[str] | None,
    typer.Option("--columns", metavar="close=NAME,…", help="What columns are, where their names do not say it."),
]
DateOrder = Annotated[
    str | None, typer.Option("--date-order", metavar="dmy|mdy|ymd", help="How 02/03/20 is read, where no row tells.")
]
Decimal = Annotated[
    str | None, typer.Option("--decimal", metavar=".|,", help="What stands before the decimals of 1,234.")
]
EmptyRows = Annotated[
    str | None, typer.Option("--empty-rows", metavar="drop|refuse", help="Rows without a price; by default dropped.")
]
PriceScale = Annotated[
    int | None,
    typer.Option("--price-scale", metavar="N", help="Prices are written N times as high (10000: LEAN's of shares)."),
]
