"""`/v2/account`: what there is, how it is set up, and what it was worth."""

from collections.abc import Mapping
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weaver.model.numbers.money import CASH_DECIMALS, decimal_of, plain
from weaver.rehearsal.answers import answer
from weaver.rehearsal.trading.portfolio_history import read_span, span_json
from weaver.rehearsal.trading.reading import read_body
from weaver.rehearsal.venue.checks.flags import account_flags
from weaver.rehearsal.venue.checks.rules import bad_input
from weaver.rehearsal.venue.hours import day_before, local_date
from weaver.rehearsal.venue.margin import LEVERAGE
from weaver.rehearsal.venue.times import date_of, utc_text
from weaver.rehearsal.venue.venue import Venue


class AccountRequests:
    """The account, its configuration, its history."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    @property
    def routes(self) -> list[Route]:
        """Where it is asked for."""
        return [
            Route("/v2/account", self._get, methods=["GET"]),
            Route("/v2/account/configurations", self._configuration, methods=["GET"]),
            Route("/v2/account/configurations", self._configure, methods=["PATCH"]),
            Route("/v2/account/portfolio/history", self._history, methods=["GET"]),
        ]

    async def _get(self, _: Request) -> Response:
        return answer(account_json(self._venue))

    async def _configuration(self, _: Request) -> Response:
        return answer(self._venue.configuration)

    async def _configure(self, request: Request) -> Response:
        configuration = self._venue.configuration
        for name, value in read_body(await request.body()).items():
            if name in configuration and type(value) is not type(configuration[name]):
                raise bad_input(f"invalid {name}")
            if name in configuration:
                configuration[name] = value
        return answer(configuration)

    async def _history(self, request: Request) -> Response:
        span = read_span(request.query_params, self._venue.clock.now)
        return answer(span_json(self._venue, span))


def account_json(venue: Venue) -> Mapping[str, object]:
    """The account, without the fields of pattern day trading, which Alpaca has no more."""
    account, left = venue.account, venue.reservations
    equity, buying_power = _money(account.equity), _money(left.buying_power)
    return {
        "id": account.id,
        "account_number": account.number,
        "currency": "USD",
        "cash": _money(account.cash),
        "equity": equity,
        "portfolio_value": equity,
        "last_equity": _money(account.last_equity),
        "long_market_value": _money(account.long_value),
        "short_market_value": _money(account.short_value),
        "position_market_value": _money(account.long_value - account.short_value),
        "buying_power": buying_power,
        "regt_buying_power": buying_power,
        "non_marginable_buying_power": _money(left.cash_power),
        "initial_margin": _money(left.margin),
        "maintenance_margin": _money(account.maintenance),
        "last_maintenance_margin": _money(account.last_maintenance),
        "sma": _money(max(account.equity - account.margin, 0)),
        "multiplier": str(LEVERAGE),
        "accrued_fees": "0",
        "pending_transfer_in": "0",
        "pending_transfer_out": "0",
        "balance_asof": date_of(day_before(local_date(venue.clock.now)).day).isoformat(),
        "created_at": utc_text(venue.created_at),
        **account_flags(venue.faults, venue.configuration),
    }


def _money(units: int) -> str:
    return plain(Decimal(decimal_of(units, CASH_DECIMALS)))
