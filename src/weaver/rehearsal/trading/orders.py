"""`/v2/orders`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weaver.rehearsal.answers import Refused, answer
from weaver.rehearsal.trading.order_requests import read_change, read_query, read_terms
from weaver.rehearsal.trading.reading import flag, read_body, text
from weaver.rehearsal.venue.checks.rules import bad_input
from weaver.rehearsal.venue.tickets.ticket import Ticket
from weaver.rehearsal.venue.tickets.wire import order_json
from weaver.rehearsal.venue.venue import Venue

NOT_FOUND, NO_ORDER = 404, 40410000


class Orders:
    """Orders placed, found, listed, replaced and cancelled."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    @property
    def routes(self) -> list[Route]:
        """Where they are asked for."""
        return [
            Route("/v2/orders", self._place, methods=["POST"]),
            Route("/v2/orders", self._list, methods=["GET"]),
            Route("/v2/orders", self._cancel_all, methods=["DELETE"]),
            Route("/v2/orders:by_client_order_id", self._by_client_id, methods=["GET"]),
            Route("/v2/orders/{id}", self._get, methods=["GET"]),
            Route("/v2/orders/{id}", self._replace, methods=["PATCH"]),
            Route("/v2/orders/{id}", self._cancel, methods=["DELETE"]),
        ]

    async def _place(self, request: Request) -> Response:
        body = read_body(await request.body())
        ticket = self._venue.submit(read_terms(body), text(body, "client_order_id"))
        return answer(order_json(ticket, nested=True))

    async def _list(self, request: Request) -> Response:
        query = read_query(request.query_params, self._venue.market.assets)
        return answer([order_json(one, nested=query.is_nested) for one in self._venue.book.list(query)])

    async def _cancel_all(self, _: Request) -> Response:
        return answer(cancel_all(self._venue), 207)

    async def _by_client_id(self, request: Request) -> Response:
        client_id = request.query_params.get("client_order_id")
        if not client_id:
            raise bad_input("client_order_id is required")
        found = self._venue.book.find_by_client_id(client_id)
        if found is None:
            raise Refused(NOT_FOUND, NO_ORDER, f"order not found for {client_id}")
        return answer(order_json(found, nested=flag(request.query_params.get("nested"), "nested")))

    async def _get(self, request: Request) -> Response:
        nested = flag(request.query_params.get("nested"), "nested")
        return answer(order_json(self._ticket(request), nested=nested))

    async def _replace(self, request: Request) -> Response:
        change = read_change(read_body(await request.body()))
        return answer(order_json(self._venue.replace(self._ticket(request), change)))

    async def _cancel(self, request: Request) -> Response:
        self._venue.cancel(self._ticket(request))
        return Response(status_code=204)

    def _ticket(self, request: Request) -> Ticket:
        id = request.path_params["id"]
        found = self._venue.book.find(id.lower())
        if found is None:
            raise Refused(NOT_FOUND, NO_ORDER, f"order not found for {id}")
        return found


def cancel_all(venue: Venue) -> list[object]:
    """Cancel every open order; each with what came of it."""
    results: list[object] = []
    for ticket in tuple(venue.book.open.values()):
        if ticket.is_open:
            venue.cancel(ticket)
        results.append({"id": ticket.id, "status": 200, "body": None})
    return results
