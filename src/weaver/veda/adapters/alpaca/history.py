"""Historical bars, splits and dividends, page by page."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np

from weaver.model.errors import InputError, Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, distinct
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.adapters.alpaca.questions import written
from weaver.veda.adapters.alpaca.rest.calls import Calls, Client
from weaver.veda.adapters.alpaca.rest.shared import Shared
from weaver.veda.adapters.alpaca.venue_time import VenueTime
from weaver.veda.adapters.alpaca.wire.bars import ACTION_TYPES, bars_of, corporate_actions_of, timeframe_text
from weaver.veda.exchange.market import BarPage

BARS_A_PAGE, ACTIONS_A_PAGE = 10_000, 1_000
PROCESSED_WITHIN = timedelta(days=120)
"""A dividend is listed under the day on which it is processed, long after its ex-date."""


class History:
    """Asked of the data address, with the feed of the run."""

    def __init__(self, calls: Calls, time: VenueTime, feed: str) -> None:
        self._calls, self._time, self._feed = calls, time, feed
        self._pages = Shared[object]()

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> BarPage:
        asset_class = class_of(symbol)
        found = await self._page(symbol, asset_class, timeframe, start, end, page)
        rows = found.get("bars")
        listed = rows.get(symbol, []) if isinstance(rows, Mapping) else []
        bars = bars_of(listed, symbol=symbol, asset_class=asset_class, timeframe=timeframe, now=self._time.now())
        following = found.get("next_page_token")
        return BarPage(bars=bars, next_page=following if isinstance(following, str) and following else None)

    async def _page(
        self,
        symbol: str,
        asset_class: AssetClass,
        timeframe: Timeframe,
        start: datetime,
        end: datetime,
        page: str | None,
    ) -> Mapping[str, object]:
        data: dict[str, object] = {
            "symbols": symbol,
            "timeframe": timeframe_text(timeframe),
            "start": written(start),
            "end": written(end),
            "limit": BARS_A_PAGE,
            "sort": "asc",
        }
        if page is not None:
            data["page_token"] = page
        if asset_class is AssetClass.STOCK:
            data |= {"adjustment": "raw", "feed": self._feed}
            found = await self._asked("/stocks/bars", data, "stocks")
        else:
            found = await self._asked("/crypto/us/bars", data, "crypto")
        if not isinstance(found, Mapping) or "bars" not in found:
            raise Unavailable(f"Alpaca did not answer for bars of {symbol}: the answer says nothing")
        return found

    async def _asked(self, path: str, data: Mapping[str, object], client: Client) -> object:
        """Runs that begin together on the same bars ask for the same."""
        key = path, *sorted(data.items())
        return await self._pages.answer(key, lambda: self._calls.question(path, data, client=client))

    async def minutes(self, symbol: str, start: datetime, end: datetime) -> Bars:
        """The minute bars of a short while, of all pages."""
        timeframe, page = Timeframe(MINUTE), await self.bars(symbol, Timeframe(MINUTE), start, end)
        parts = [page.bars]
        while page.next_page is not None:
            page = await self.bars(symbol, timeframe, start, end, page=page.next_page)
            parts.append(page.bars)
        return joined(parts)

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        if class_of(symbol) is not AssetClass.STOCK:
            return ()
        data: dict[str, object] = {
            "symbols": symbol,
            "types": ACTION_TYPES,
            "start": first.isoformat(),
            "end": (last + PROCESSED_WITHIN).isoformat(),
            "limit": ACTIONS_A_PAGE,
            "sort": "asc",
        }
        found: list[CorporateAction] = []
        while True:
            page = await self._asked("/corporate-actions", dict(data), "actions")
            if not isinstance(page, Mapping) or "corporate_actions" not in page:
                raise Unavailable(f"Alpaca did not answer for corporate actions of {symbol}: the answer says nothing")
            found += corporate_actions_of(page["corporate_actions"], symbol)
            if not page.get("next_page_token"):
                break
            data["page_token"] = page["next_page_token"]
        within = [action for action in distinct(found)[0] if first <= action.ex_date <= last]
        return tuple(sorted(within, key=lambda action: action.ex_date))


def class_of(symbol: str) -> AssetClass:
    """By Alpaca's spelling: pairs have a slash."""
    if not symbol or "," in symbol:
        raise InputError(f"{symbol!r} is no symbol")
    return AssetClass.CRYPTO if "/" in symbol else AssetClass.STOCK


def joined(parts: list[Bars]) -> Bars:
    """Bars of one symbol and timeframe, one part after the other."""
    first = parts[0]
    names = ("timestamp", "end", "open", "high", "low", "close", "volume")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Bars(symbol=first.symbol, timeframe=first.timeframe, **columns)
