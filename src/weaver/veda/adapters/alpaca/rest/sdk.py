"""The official SDK's clients: loaded seconds after they are first asked for, in the thread that asks.

The SDK sets no time-out and sends any method again by itself, POST too. It has no switch for either, so this file is
the one that reaches into it; `test_sdk.py` holds that there is something to reach.
"""

from functools import cached_property
from typing import Any

from alpaca.common.exceptions import APIError
from alpaca.common.rest import RESTClient
from alpaca.data.historical.corporate_actions import CorporateActionsClient
from alpaca.data.historical.crypto import CryptoHistoricalDataClient
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.trading.client import TradingClient
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, JSONDecodeError, RequestException
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from weaver.veda.adapters.alpaca.access import Access
from weaver.veda.adapters.alpaca.rest.failures import AnswerLost, Broken, Declined, NotSent
from weaver.veda.adapters.alpaca.wire.refusals import venue_error


class _Timed(HTTPAdapter):
    """Gives every request a time-out."""

    def __init__(self, connect_seconds: float, read_seconds: float) -> None:
        super().__init__()
        self._timeout = (connect_seconds, read_seconds)

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        return super().send(request, *args, **{**options, "timeout": self._timeout})


class SdkClients:
    """One of each client, for one thread at a time."""

    def __init__(self, access: Access, *, connect_seconds: float, read_seconds: float) -> None:
        self._access = access
        self._timeouts = connect_seconds, read_seconds
        self._made: list[RESTClient] = []

    def request(self, client: str, method: str, path: str, data: object) -> object:
        """The answer's JSON; None for an empty one. `client`: trading, stocks, crypto or actions.

        Raises NotSent, AnswerLost, Declined.
        """
        rest: RESTClient = getattr(self, client)
        try:
            return getattr(rest, method)(path, data)
        except APIError as error:
            raise self._failure(error) from None
        except ConnectTimeout as error:
            raise NotSent(f"no connection to {_host(error)} in time") from None
        except NoConnection as error:
            cause = error.args[0] if error.args else None
            if isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError):
                raise NotSent(f"no connection to {_host(error)}") from None
            lost = Broken if isinstance(cause, ProtocolError) else AnswerLost
            raise lost(f"the connection broke ({type(cause or error).__name__})") from None
        except JSONDecodeError:
            raise AnswerLost("the answer cannot be read") from None
        except RequestException as error:
            raise AnswerLost(f"no answer ({type(error).__name__})") from None

    def close(self) -> None:
        """Close the connections of those that were made."""
        for client in self._made:
            client._session.close()

    @cached_property
    def trading(self) -> RESTClient:
        """Orders, account, positions, clock, calendar, assets."""
        paper = self._access.mode.value == "paper"
        return self._prepared(
            TradingClient(**self._keys, paper=paper, raw_data=True, url_override=self._access.base_url)
        )

    @cached_property
    def stocks(self) -> RESTClient:
        """Stocks' bars."""
        return self._prepared(
            StockHistoricalDataClient(**self._keys, raw_data=True, url_override=self._access.data_url)
        )

    @cached_property
    def crypto(self) -> RESTClient:
        """Pairs' bars."""
        return self._prepared(
            CryptoHistoricalDataClient(**self._keys, raw_data=True, url_override=self._access.data_url)
        )

    @cached_property
    def actions(self) -> RESTClient:
        """Splits and dividends."""
        return self._prepared(CorporateActionsClient(**self._keys, raw_data=True, url_override=self._access.data_url))

    @property
    def _keys(self) -> dict[str, Any]:
        return {"api_key": self._access.key, "secret_key": self._access.secret}

    def _prepared(self, client: RESTClient) -> RESTClient:
        self._made.append(client)
        client._retry = 0
        session = client._session
        session.trust_env = not self._access.is_loopback  # a proxy has no business between us and this machine
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Timed(*self._timeouts))
        return client

    def _failure(self, error: APIError) -> Exception:
        status = error.status_code
        if status is None or status >= 500:  # a gateway's: what stands behind it may have acted
            return AnswerLost(f"HTTP {status}")
        return Declined(venue_error(status, str(error)))


def _host(error: RequestException) -> str:
    url = error.request.url if error.request is not None else ""
    return str(url).partition("//")[2].partition("/")[0] or "the venue"
