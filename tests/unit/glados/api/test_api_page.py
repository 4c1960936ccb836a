"""The page about the API is true."""

import re

import pytest

from tests.shared_data import REPOSITORY
from tests.unit.glados.conftest import Api
from weaver.glados.http.errors import STATUSES
from weaver.glados.stream.hub import CLIENTS_MAX, KEEP_ALIVE_SECONDS, QUEUE_SIZE_MAX

pytestmark = pytest.mark.anyio
PAGE = (REPOSITORY / "docs" / "architecture" / "api.md").read_text()


async def test_table_has_every_operation_with_its_id_and_statuses(api: Api) -> None:
    rows = re.findall(r"^\| ([A-Z]+) (/\S+) \| (\w+) \| .+ \| ([0-9a-z, ]+) \|$", PAGE, re.MULTILINE)
    told = {(m, path, name): set(re.findall(r"\d{3}", statuses)) for m, path, name, statuses in rows}
    common = {"401", "403", "413", "422", "500", "503"}
    found = {
        (method.upper(), path.removeprefix("/api/v1"), operation["operationId"]): set(operation["responses"]) - common
        for path, methods in api.app.openapi()["paths"].items()
        for method, operation in methods.items()
    }
    healthz = told[("GET", "/healthz", "getHealth")]
    assert healthz == {"200", "503"}
    healthz.remove("503")  # common to all, and with a meaning of its own here
    assert told == found


def test_every_error_that_has_a_status_is_told_with_it() -> None:
    for error, (status, code) in STATUSES.items():
        assert re.search(rf"^\| [^|]*`{error.__name__}`[^|]* \| {status} `{code}`", PAGE, re.MULTILINE), error


def test_numbers_of_the_stream_are_those_of_the_code() -> None:
    words = " ".join(PAGE.split())
    assert f"every {KEEP_ALIVE_SECONDS:g} seconds" in words
    assert f"{QUEUE_SIZE_MAX:,} frames wait" in words
    assert f"{CLIENTS_MAX:,} clients" in words
