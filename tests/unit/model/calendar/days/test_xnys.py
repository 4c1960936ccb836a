"""The table of New York sessions is what exchange_calendars says."""

import importlib.util
from types import ModuleType

import exchange_calendars
import numpy as np
import pytest

from tests.shared_data import REPOSITORY
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.instrument import AssetClass

STOCK = calendar_for(AssetClass.STOCK)
pytestmark = pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")  # exchange_calendars'


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_xnys", REPOSITORY / "scripts" / "generate_xnys.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def xnys(generator: ModuleType) -> exchange_calendars.ExchangeCalendar:
    return generator.calendar()  # type: ignore[no-any-return]


def test_generated_module_is_fresh(generator: ModuleType) -> None:
    assert generator.TARGET.read_text(encoding="utf-8") == generator.source()


def test_sessions_opens_and_closes_equal_the_exchange_calendar(xnys: exchange_calendars.ExchangeCalendar) -> None:
    session = xnys.sessions.values.astype("datetime64[D]").astype(np.int32)
    opens, closes = (column.dt.tz_convert("UTC").dt.as_unit("ns") for column in (xnys.opens, xnys.closes))
    assert np.array_equal(STOCK.expected_sessions(int(session[0]), int(session[-1])), session)
    assert np.array_equal(STOCK.session_close(session), closes.astype(np.int64).to_numpy())
    begun = STOCK.open_time(opens.astype(np.int64).to_numpy())
    assert np.array_equal(
        STOCK.open_time(closes.astype(np.int64).to_numpy()) - begun, (closes - opens).astype(np.int64)
    )
    assert (STOCK.open_time(opens.astype(np.int64).to_numpy() - 1) == begun).all()


def test_no_session_is_missed_and_none_is_made_up(xnys: exchange_calendars.ExchangeCalendar) -> None:
    session = xnys.sessions.values.astype("datetime64[D]").astype(np.int32)
    first, last = int(session[0]), int(session[-1])
    assert len(STOCK.missing_sessions(first, last, session)) == 0
    assert STOCK.missing_sessions(first, last, np.delete(session, [5, 4000])).tolist() == session[[5, 4000]].tolist()
