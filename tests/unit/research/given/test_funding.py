"""Funding in each form in which somebody may have it, among the costs of one symbol or of several."""

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from weaver.model.account.funding import FundingRates
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.research.given.funding import costs_read, costs_sent

STAMPS = pd.to_datetime(["2024-01-01T00:00Z", "2024-01-01T08:00Z"])
RATES = FundingRates.parse("2024-01-01T00:00:00Z=0.0001 2024-01-01T08:00:00Z=-0.0002")
FRAME = pd.DataFrame({"fundingTime": STAMPS, "fundingRate": [0.0001, -0.0002]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "rates.csv"
    path.write_text("timestamp,rate\n2024-01-01T08:00:00Z,-0.0002\n2024-01-01T00:00:00Z,0.0001\n")
    return path


def funding(given: Any) -> FundingRates | None:
    return costs_read(given).of({"BTC/USD": AssetClass.CRYPTO})["BTC/USD"].funding


@pytest.mark.parametrize(
    "given",
    [
        FRAME,
        FRAME.set_index("fundingTime"),
        FRAME.set_index("fundingTime")["fundingRate"],
        pl.from_pandas(FRAME),
        [(STAMPS[0], 0.0001), (STAMPS[1], "-0.0002")],
        {"2024-01-01T08:00Z": -0.0002, "2024-01-01T00:00Z": 0.0001},
        RATES,
        RATES.text(),
    ],
)
def test_rates_are_read_in_each_form(given: Any) -> None:
    assert funding({"funding": given}) == RATES
    assert funding({"BTC/USD": {"funding": given}, "*": "none"}) == RATES


def test_a_file_is_read_where_a_path_stands(path: Path) -> None:
    assert funding({"funding": path}) == RATES
    assert funding(f"funding={path},maker_bps=1") == RATES
    assert funding(f"none,BTC/USD:alpaca-crypto,funding={path}") == RATES


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (FRAME.rename(columns={"fundingRate": "x"}), "no column for the rate; found: fundingTime, x"),
        (pl.DataFrame({"rate": [0.1]}), "no column for the time; found: rate"),
        (FRAME.assign(fundingTime=STAMPS.tz_localize(None)), "has no zone"),
        (pd.DataFrame({"rate": [0.1]}), "0 is no time"),
    ],
)
def test_frames_that_cannot_be_used_say_why(given: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        funding({"funding": given})


def test_costs_are_sent_with_the_rates_of_a_file_in_the_place_of_its_name(path: Path) -> None:
    sent = costs_sent(f"none,BTC/USD:maker_bps=1, funding={path},ETH/USD:fx")
    assert sent == f"none,BTC/USD:maker_bps=1, funding={RATES.text()},ETH/USD:fx"
    assert costs_sent(sent) == sent
    assert funding(f"funding={path}") == funding(costs_sent(f"funding={path}")) == RATES
    for text in ("fx", "commission_bps=2,slippage_bps=1"):
        assert costs_sent(text) == text


def test_costs_that_are_none_are_not_sent() -> None:
    for text, says in (("funding=nowhere.csv", "nowhere.csv"), ("fee=1", "unknown key 'fee'")):
        with pytest.raises(InputError, match=says):
            costs_sent(text)
