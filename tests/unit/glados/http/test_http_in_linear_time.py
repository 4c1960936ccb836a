"""Nothing that a client sends meets code that takes more than linear time, on the event loop least of all."""

import asyncio
import io
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr
from starlette.datastructures import Headers

from tests.growth import FACTOR, GROWTH_MAX, growth, growth_of_calls
from tests.unit.glados.conftest import TOKEN, Api
from weaver.glados.http.correlation import sane_id
from weaver.glados.http.security import Names, credentials, session_cookie
from weaver.glados.http.upload import shown_name
from weaver.glados.http_server import HttpServer, bound_socket
from weaver.glados.limits import Limits
from weaver.glados.process.logging import LogFormat, Redactor, configure_logging
from weaver.glados.schemas.base import check_json
from weaver.glados.stream.hub import StreamFilter
from weaver.model.errors import InputError
from weaver.model.fit_text import fit_to_send
from weaver.model.market.instrument import guess_asset_class
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import check_symbol, symbol_of

pytestmark = pytest.mark.anyio
Open = Callable[..., AbstractAsyncContextManager[Api]]
SMALL = 2_000
"""Letters of the shorter text."""
UNITS = (
    "a", "a:", "a://", "a://:", "a://b:", "a://b:c", "a://b:c@", "://", "@", "/", "//", "a/", "../", "%2e", "%", "\\",
    '\\"', '"', ";", "; ", '";', "=", "a=", "a=b;", "a=b; ", ",", "1,", " ", "\t", "a ", ".", "a.", "-", "_", "_1",
    "_1m", "1", "9.", "0e", "+", "[", "]", "{", "run.*,", "127.0.0.1, ", "::", "1:", "[::1]", "A", "aA", "é",
    "\u2028", "\x7f",
)  # fmt: skip
"""What hostile texts repeat."""


def quietly(work: Callable[[str], object]) -> Callable[[str], None]:
    """The same, where it refuses what it is given too."""

    def done(text: str) -> None:
        with suppress(InputError, ValueError):
            work(text)

    return done


def _names() -> Names:
    return Names(host="localhost", allowed_hosts=(), allowed_origins=())


READERS: dict[str, Callable[[str], object]] = {
    "log": Redactor([TOKEN]).text,
    "message": fit_to_send,
    "correlation id": sane_id,
    "cookie": lambda text: session_cookie(Headers(raw=[(b"cookie", f'weaver_session="{text}"'.encode())])),
    "key": lambda text: credentials(Headers(raw=[(b"authorization", text.encode()), (b"x-api-key", text.encode())])),
    "host": lambda text: _names().knows_host(text, bound_address="127.0.0.1"),
    "origin": lambda text: _names().knows_origin(f"http://{text}", host="localhost"),
    "file name": lambda text: symbol_of(Path(shown_name(text))),
    "symbol": check_symbol,
    "asset class": guess_asset_class,
    "timeframe": Timeframe.parse,
    "event types": lambda text: StreamFilter.parse([text], None),
    "json": lambda text: check_json([{text: text}] * 3),
}


@pytest.mark.parametrize("reader", READERS)
def test_hostile_text_of_sixteen_times_the_length_takes_no_more_than_linear_time(reader: str) -> None:
    read = quietly(READERS[reader])
    grown = {}
    for unit in UNITS:
        texts = {size: unit * (SMALL * size // len(unit)) for size in (1, FACTOR)}
        grown[unit] = growth(lambda size, texts=texts: read(texts[size]))  # type: ignore[misc]
    assert {unit: round(found) for unit, found in grown.items() if found > GROWTH_MAX} == {}


HEADS = {
    "path": "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "path of the API": "GET /api/v1/data/{}/1d HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "query": "GET /api/v1/healthz?{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "cookie": 'GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nCookie: weaver_session="{}"\r\n\r\n',
    "key": "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {}\r\n\r\n",
    "last event": "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {}\r\n\r\n",
    "correlation id": "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nX-Correlation-ID: {}\r\n\r\n",
    "unknown": "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nX-{}: x\r\n\r\n",
}


@pytest.mark.parametrize("place", HEADS)
async def test_hostile_heads_up_to_the_limit_are_answered_in_linear_time(open_api: Open, place: str) -> None:
    """Through the whole server, its log included; the head's limit stands where the longer one just fits."""
    units = [unit for unit in UNITS if unit.isascii() and unit.isprintable() and " " not in unit]
    limits = Limits(target_bytes_max=SMALL * FACTOR + 200, head_bytes_max=SMALL * FACTOR * 2)
    grown = {}
    async with open_api(token=TOKEN) as api, Wire(api, limits) as wire:
        for unit in units if place != "unknown" else ["a", "A-"]:
            heads = {size: HEADS[place].format(unit * (SMALL * size // len(unit))) for size in (1, FACTOR)}
            statuses = {await wire.ask(head) for head in heads.values()}
            assert statuses <= {200, 400, 401, 404, 422}, (unit, statuses)
            grown[unit] = await growth_of_calls(lambda size, heads=heads: wire.ask(heads[size]))  # type: ignore[misc]
    assert {unit: round(found) for unit, found in grown.items() if found > GROWTH_MAX} == {}


class Wire:
    """The application behind the real protocol and the real log, on a socket."""

    def __init__(self, api: Api, limits: Limits) -> None:
        self._app, self._limits = api.app, limits
        self._ready = asyncio.Event()

    async def __aenter__(self) -> "Wire":
        self._socket = bound_socket("127.0.0.1", 0)
        listening = self._socket.__enter__()
        self._address = listening.getsockname()
        self._handlers, self._level = logging.getLogger().handlers[:], logging.getLogger().level
        self._configured = structlog.get_config()
        configure_logging(format=LogFormat.JSON, secrets=[SecretStr(TOKEN)], stream=io.StringIO())
        self._server = HttpServer(
            self._app, listening=listening, connections_max=100, limits=self._limits, new_id=lambda: "1",
            on_ready=self._ready.set, end_streams=lambda: None,
        )  # fmt: skip
        self._server.config.lifespan = "off"  # the fixture has entered it
        self._serving = asyncio.create_task(self._server.run_until_stopped())
        await self._ready.wait()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.stop()
        await self._serving
        self._socket.__exit__(None, None, None)
        logging.getLogger().handlers[:] = self._handlers
        logging.getLogger().setLevel(self._level)
        structlog.configure(**self._configured)

    async def ask(self, head: str) -> int:
        """The status of the answer."""
        reader, writer = await asyncio.open_connection(*self._address)
        writer.write(head.encode())
        line = await reader.readline()
        writer.close()
        return int(line.split()[1])


def _json(unit: str, size: int) -> str:
    return f'{{"token": "{unit * (SMALL * size // len(unit))}"}}'


def _deep(unit: str, size: int) -> str:
    """Brackets may stand in each other; nothing need close them."""
    return unit * (SMALL * size // len(unit))


@pytest.mark.parametrize("made", [_json, _deep])
async def test_hostile_json_bodies_are_answered_in_linear_time(open_api: Open, made: Callable[[str, int], str]) -> None:
    units = ["a", "\\\\", '\\"', "\\ud83d\\ude00", "é", "[", '{"a":', "[1,", "1", "-", "0e", "{", '"', ",", " "]
    grown = {}
    async with open_api(token=TOKEN) as api:
        for unit in units:
            bodies = {size: made(unit, size).encode() for size in (1, FACTOR)}

            async def post(size: int, bodies: dict[int, bytes] = bodies) -> int:
                headers = {"Content-Type": "application/json"}
                return (await api.client.post("/api/v1/session", content=bodies[size], headers=headers)).status_code

            assert {await post(size) for size in bodies} <= {401, 422}, unit
            grown[unit] = await growth_of_calls(post)
    assert {unit: round(found) for unit, found in grown.items() if found > GROWTH_MAX} == {}


FORMS = {
    "boundary's begin": '--B\r\nContent-Disposition: form-data; name="other"; filename="a.csv"\r\n\r\n{}\r\n--B--\r\n',
    "preamble": '{}\r\n--B\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n--B--\r\n',
    "header": '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n1\r\n--B--\r\n',
    "end": '--B\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n--B--\r\n{}',
}


@pytest.mark.parametrize("place", FORMS)
async def test_hostile_forms_are_answered_in_linear_time(open_api: Open, place: str) -> None:
    units = ["a", "\r\n--", "\r", "\r\n", "--B", "\r\n--B", "-", ";", "; a=", '"', "\\"]
    grown = {}
    async with open_api(token=TOKEN) as api:
        for unit in units:
            bodies = {
                size: FORMS[place].replace("{}", unit * (SMALL * size // len(unit))).encode() for size in (1, FACTOR)
            }

            async def post(size: int, bodies: dict[int, bytes] = bodies) -> int:
                headers = {"Content-Type": "multipart/form-data; boundary=B", "X-API-Key": TOKEN}
                answer = await api.client.post("/api/v1/data/preview", content=bodies[size], headers=headers)
                return answer.status_code

            assert {await post(size) for size in bodies} <= {400, 422}, unit
            grown[unit] = await growth_of_calls(post)
    assert {unit: round(found) for unit, found in grown.items() if found > GROWTH_MAX} == {}
