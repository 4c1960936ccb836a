"""Pages, however small, are the whole: nothing twice, nothing left out, in the order that was asked for."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rehearsals.data_client import DataClient
from tests.rehearsals.hand_market import MarketByHand, Row, listed

ROWS: list[Row] = [(10, 12, 9, 11, 100), (11, 13, 10.5, 12, 200), (12, 12.5, 11.5, 12.25, 300)]


def market() -> MarketByHand:
    """Three symbols of some bars each, and trades of the control at one instant."""
    starts = {"AAA": "2024-03-13T14:00Z", "BBB": "2024-03-13T14:01Z", "CCC": "2024-03-13T13:55Z"}
    made = MarketByHand(*(listed(name, ROWS, start=start) for name, start in starts.items()), now="2024-03-13T14:02Z")
    for price in (20, 21, 22):
        made.market.trade("BBB", price)  # type: ignore[arg-type]
    return made


CLIENT = DataClient(market())


def pages(kind: str, query: dict[str, str | int]) -> list[tuple[str, Any]]:
    """All rows of all pages, with their symbols."""
    rows: list[tuple[str, Any]] = []
    token = ""
    while token is not None:
        page = CLIENT.get(f"/v2/stocks/{kind}", {**query, **({"page_token": token} if token else {})}).json()
        found = [(symbol, row) for symbol, some in page[kind].items() for row in some]
        assert 0 < len(found) <= int(query["limit"])
        rows += found
        token = page["next_page_token"]
    return rows


@settings(max_examples=60)
@given(
    kind=st.sampled_from(["bars", "trades", "quotes"]),
    symbols=st.sets(st.sampled_from(["AAA", "BBB", "CCC", "ZZZ"]), min_size=1).filter(lambda some: some != {"ZZZ"}),
    limit=st.integers(1, 9),
    sort=st.sampled_from(["asc", "desc"]),
)
def test_pages_are_the_whole(kind: str, symbols: set[str], limit: int, sort: str) -> None:
    query: dict[str, str | int] = {"symbols": ",".join(symbols), "timeframe": "1Min", "feed": "iex", "sort": sort}
    whole = pages(kind, {**query, "limit": 10_000})
    assert pages(kind, {**query, "limit": limit}) == whole
    times = [(symbol, row["t"]) for symbol, row in whole]
    if sort == "asc":
        assert times == sorted(times)
    assert {symbol for symbol, _ in whole} == symbols - {"ZZZ"}
