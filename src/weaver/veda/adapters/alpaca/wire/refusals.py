"""Why Alpaca refused something: by the text of its answer, for its codes are shared by many reasons."""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from weaver.veda.exchange.answers import Reason

_BY_TEXT: Sequence[tuple[str, Reason]] = (
    (r"client_order_id must be unique", Reason.DUPLICATE_ID),
    (r"wash trade|opposite side", Reason.WASH_TRADE),
    (r"insufficient qty|insufficient balance|insufficient quantity", Reason.POSITION),
    (r"insufficient buying power|insufficient day trading|buying power", Reason.BUYING_POWER),
    (r"cost basis must be|notional", Reason.QUANTITY),
    (r"not fractionable|fractional|qty must|quantity", Reason.QUANTITY),
    (r"sub-penny|increment|limit_price|limit price|stop_price|stop price|trail", Reason.PRICE),
    (
        r"not allowed to short|cannot be sold short|not shortable|not active|not tradable|asset .*not found",
        Reason.INSTRUMENT,
    ),
    (r"order not found|position does not exist", Reason.NOT_FOUND),
    (r"order is already in|cannot replace order|not cancelable|order is not open|pending", Reason.STATE),
    (r"account.*(restricted|blocked|suspended|not allowed|rejected)|trading.*(blocked|suspended)", Reason.ACCOUNT),
    (r"not authorized|unauthorized|forbidden\.", Reason.CREDENTIALS),
    (r"too many requests|rate limit", Reason.RATE_LIMIT),
    (r"order|time.?in.?force|tif|extended", Reason.ORDER),
)
_BY_STATUS = {401: Reason.CREDENTIALS, 404: Reason.NOT_FOUND, 429: Reason.RATE_LIMIT}
_COMPILED = [(re.compile(pattern, re.IGNORECASE), reason) for pattern, reason in _BY_TEXT]
_LENGTH_MAX = 300


class VenueError(NamedTuple):
    """What an answer that is no 2xx says: `code` is 0 and `message` is made up where its body is no JSON."""

    status: int
    code: int
    message: str

    @property
    def reason(self) -> Reason:
        """Whose class it is."""
        if self.status in _BY_STATUS and self.status != 404:
            return _BY_STATUS[self.status]
        for pattern, reason in _COMPILED:
            if pattern.search(self.message):
                return reason
        return _BY_STATUS.get(self.status, Reason.OTHER)


def venue_error(status: int, body: str) -> VenueError:
    """Read an error's body, which may be JSON with or without a code, HTML, or nothing."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return VenueError(status, 0, f"HTTP {status}")
    code, message = found.get("code"), found.get("message")
    text = message if isinstance(message, str) and message else f"HTTP {status}"
    return VenueError(status, code if isinstance(code, int) else 0, " ".join(text.split())[:_LENGTH_MAX])
