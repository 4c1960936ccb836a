"""The libraries' own code, sent to a stand-in: ccxt by its table of addresses, yfinance by its session.

python -m tests.stand_ins.reached URL WORD...    Weaver's command line, so
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

EXCHANGES = ("binance", "kraken")


@contextmanager
def reached(url: str) -> Iterator[None]:
    """Until it ends, what ccxt and yfinance ask of any host goes to `url/HOST/…`."""
    import ccxt.async_support as ccxt

    from weaver.walle.fetch.sources.yahoo import Session

    def through(address: str) -> str:
        parts = urlsplit(address)
        return f"{url}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    kept: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, value: Callable[..., Any]) -> None:
        kept.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    for name in EXCHANGES:
        exchange = getattr(ccxt, name)
        put(exchange, "describe", _described(exchange.describe, through))
    request = Session.request

    def request_through(self: Any, method: Any, url: str, *given: Any, **named: Any) -> Any:
        return request(self, method, through(url), *given, **named)

    put(Session, "request", request_through)
    try:
        yield
    finally:
        for owner, name, value in kept:
            setattr(owner, name, value)


def _described(describe: Callable[[Any], dict[str, Any]], through: Callable[[str], str]) -> Callable[[Any], Any]:
    def described(self: Any) -> dict[str, Any]:
        found = describe(self)
        api = found["urls"]["api"]
        found["urls"]["api"] = {name: through(one) if isinstance(one, str) else one for name, one in api.items()}
        return found

    return described


if __name__ == "__main__":
    from weaver.cli import main

    with reached(sys.argv.pop(1)):
        main()
