"""Splits, dividends and delistings: `/v1/corporate-actions`, and the same at `/v1beta1`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from weaver.model.calendar.days import new_york
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.rehearsal.data.queries import Query, bad, check_symbol, day, one_of, whole_number
from weaver.rehearsal.data.written import written
from weaver.rehearsal.market.history import SymbolHistory
from weaver.rehearsal.market.wire import Fields
from weaver.rehearsal.ports import VenueClock

_TYPES = (
    "reverse_split",
    "forward_split",
    "unit_split",
    "cash_dividend",
    "stock_dividend",
    "spin_off",
    "cash_merger",
    "stock_merger",
    "stock_and_cash_merger",
    "redemption",
    "name_change",
    "worthless_removal",
    "rights_distribution",
)
_LIMIT_USUAL, _LIMIT_MAX = 100, 1_000
Told = tuple[date, str, str, Fields]
"""Ex-date, id, type and fields."""


class Announcements:
    """The handlers."""

    def __init__(self, history: Mapping[str, SymbolHistory], clock: VenueClock) -> None:
        self._history, self._clock = history, clock

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Where they answer."""
        return [Route(f"/{version}/corporate-actions", self.page) for version in ("v1", "v1beta1")]

    async def page(self, request: Request) -> Response:
        """A page of actions, by their ex-dates."""
        query = request.query_params
        limit = whole_number(query, "limit", usual=_LIMIT_USUAL, most=_LIMIT_MAX)
        found = sorted(self._found(query), key=lambda told: told[:2])
        if one_of(query, "sort", ("asc", "desc")) == "desc":
            found.reverse()
        start = self._start(query, found)
        grouped: dict[str, list[Fields]] = {}
        for _, _, kind, fields in found[start : start + limit]:
            grouped.setdefault(f"{kind}s", []).append(fields)
        more = found[start + limit - 1][1] if start + limit < len(found) else None
        return written({"corporate_actions": grouped, "next_page_token": more})

    def _found(self, query: Query) -> Iterator[Told]:
        """The actions that a request asks for."""
        ids = _texts(query, "ids")
        symbols, types = _texts(query, "symbols"), _texts(query, "types")
        for symbol in symbols:
            check_symbol(symbol, is_stock=True)
        if unknown := sorted(set(types) - set(_TYPES)):
            raise bad(f"invalid type: {unknown[0][:40]}")
        today = self._today()
        first, last = day(query, "start") or today, day(query, "end") or today
        if last < first:
            raise bad("end should not be before start")
        for told in self._all(set(symbols or self._history)):
            is_meant = first <= told[0] <= last and told[2] in (types or _TYPES)
            if told[1] in ids if ids else is_meant:
                yield told

    def _all(self, symbols: set[str]) -> Iterator[Told]:
        for symbol in symbols & self._history.keys():
            history = self._history[symbol]
            for action in history.actions():
                kind, fields = _fields(symbol, action)
                number = str(uuid5(NAMESPACE_URL, f"weaver:action:{symbol}:{action}"))
                yield action.ex_date, number, kind, {"id": number, **fields}

    def _start(self, query: Query, found: Sequence[Told]) -> int:
        token = query.get("page_token")
        if not token:
            return 0
        for index, told in enumerate(found):
            if told[1] == token:
                return index + 1
        raise bad("invalid page_token")

    def _today(self) -> date:
        days = new_york.local_day(np.array([self._clock.now]))
        today: date = np.datetime64(int(days[0]), "D").item()
        return today


def _fields(symbol: str, action: CorporateAction) -> tuple[str, Fields]:
    """The type of an action, and what is told of it."""
    on = action.ex_date.isoformat()
    dates: Fields = {"process_date": on, "ex_date": on, "record_date": on, "payable_date": on}
    cusip = _cusip(symbol)
    match action:
        case Split(ratio=ratio):
            rates: Fields = {"new_rate": ratio.numerator, "old_rate": ratio.denominator, **dates}
            if ratio > 1:
                return "forward_split", {"symbol": symbol, "cusip": cusip, **rates}
            return "reverse_split", {"symbol": symbol, "old_cusip": cusip, "new_cusip": cusip, **rates}
        case Dividend(amount=amount):
            told: Fields = {"rate": float(amount), "special": False, "foreign": False, **dates}
            return "cash_dividend", {"symbol": symbol, "cusip": cusip, **told}
        case Delisting(value=value):
            if not value:
                return "worthless_removal", {"symbol": symbol, "cusip": cusip, "process_date": on}
            merged: Fields = {"acquiree_symbol": symbol, "acquiree_cusip": cusip, "rate": float(value)}
            return "cash_merger", {**merged, "process_date": on, "effective_date": on, "payable_date": on}


def _cusip(symbol: str) -> str:
    """Nine characters in a CUSIP's place; no company's."""
    return f"{uuid5(NAMESPACE_URL, f'weaver:cusip:{symbol}').int % 10**9:09d}"


def _texts(query: Query, name: str) -> list[str]:
    return [text.strip() for text in query.get(name, "").split(",") if text.strip()]
