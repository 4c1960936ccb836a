"""Answers of market data: JSON with times as RFC 3339 has them."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response

from weaver.rehearsal.answers import JSON
from weaver.rehearsal.market.wire import Instant


def written(body: Mapping[str, object]) -> Response:
    """An answer."""
    return Response(orjson.dumps(body, default=_plain), media_type=JSON)


def _plain(value: object) -> str:
    if isinstance(value, Instant):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
