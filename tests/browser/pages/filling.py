"""What somebody did with a server before it is looked at: something of everything that a page can show."""

from typing import Any

from tests.acceptance.service.api import DATA, Api, eventually
from tests.acceptance.trading.desk import PLACE, Exchange, limit_buy, standing

QUICK = {"lookahead_check": False}
BACKTESTS: dict[str, dict[str, Any]] = {
    "first": {"strategy_id": "sma-crossover", "symbols": ["AAPL"], "name": "momentum-2013"},
    "slower": {"strategy_id": "sma-crossover", "symbols": ["AAPL"], "config": {"fast": 20, "slow": 100}, "name":
               "momentum-2013, slower averages", **QUICK},
    "held": {"strategy_id": "buy-and-hold", "symbols": ["IBM"], **QUICK},
    "pullback": {"strategy_id": "rsi-mean-reversion", "symbols": ["IBM"], "start_time": "2004-01-01", **QUICK},
    "breakout": {"strategy_id": "donchian-breakout", "symbols": ["MSFT"], "cash": 250_000, **QUICK},
    "rotation": {"strategy_id": "momentum-rotation", "symbols": ["AAPL", "IBM", "MSFT"], "config": {"top": 1}, **QUICK},
    "pair": {"strategy_id": "pairs-spread", "symbols": ["IBM", "MSFT"], "account": "margin", "shorting": True, **QUICK},
    "hourly": {"strategy_id": "bollinger-reversion", "symbols": ["EURUSD"], "timeframe": "1h", **QUICK},
    "written": {"strategy_id": "rhythm", "symbols": ["AAPL"], "config": {"every": 20, "share": 0.5}, "audit": "full",
                "start_time": "2012-01-01", **QUICK},
    "failed": {"strategy_id": "fragile", "symbols": ["AAPL"], "name": "turnover, first try", **QUICK},
}  # fmt: skip
"""Finished ones, by what paths of pages call them."""


def fill(api: Api, exchange: Exchange) -> dict[str, str]:
    """Do it all; ids by what paths of pages call them."""
    names = _backtests(api)
    _series_with_holes(api)
    _switch_and_release(api)
    names |= _orders(api)
    names["paper"] = _trading(api, exchange, "rhythm", "MSFT", mode="paper", name="rhythm on paper", cash=40_000)
    names["partial"] = _partly_filled(api, exchange)
    names["replay"] = _replay(api, "crisis, replayed")
    names["unlooked"] = _replay(api, "replayed, and not looked at yet")
    unstarted = {"mode": "paper", "venue": "alpaca", "timeframe": "1m", "name": "on paper, not started yet"}
    names["waiting_paper"] = api.create("rhythm", "MSFT", **unstarted)
    for name in (*BACKTESTS, "replay", "unlooked"):
        api.ended(names[name])
    _compared(api, names["replay"])
    names["stopped"] = api.started("patient", "IBM", name="stopped half way", **QUICK)
    api.working(names["stopped"])
    api.post(f"/runs/{names['stopped']}/stop")
    names["working"] = api.started("patient", "MSFT", name="a long one", **QUICK)
    api.working(names["working"])
    return names


def fill_live(api: Api, exchange: Exchange) -> dict[str, str]:
    """A run that trades with real money, one that waits for its start, and one that could be the next."""
    usual = {"mode": "live", "venue": "alpaca", "timeframe": "1m", "cash": 15_000}
    waiting = api.create("rhythm", "AAPL", name="careful-apple", risk={"daily_loss": "0.02"}, **usual)
    api.import_sample("AAPL_1d.csv")
    next_one = _replay(api, "apple, proven on paper")
    api.ended(next_one)
    return {
        "next": next_one,
        "live": _trading(api, exchange, "rhythm", "SPY", mode="live", name="spy-rhythm", cash=20_000),
        "waiting": waiting,
    }


def _backtests(api: Api) -> dict[str, str]:
    names = {"pending": api.create("dca", "AAPL", name="not started yet")}
    for name, asked in BACKTESTS.items():
        names[name] = api.post("/runs", {"timeframe": "1d", **asked}, status=201)["id"]
        api.post(f"/runs/{names[name]}/start")
    return names


def _series_with_holes(api: Api) -> None:
    """Minutes of a coin, of which half a day and a while on each of the others are missing."""
    header, *rows = (DATA / "SYNTHUSD_1m.csv").read_text().splitlines()
    kept = [row for at, row in enumerate(rows[:4_000]) if not 2_000 < at < 2_700 and at % 1_440 > 25]
    content = "\n".join([header, *kept, ""]).encode()
    assert api.upload("HOLESUSD_1m.csv", content, symbol="HOLESUSD", asset="crypto")["status"] == "done"


def _replay(api: Api, name: str) -> str:
    """At a venue that is worse than the run assumes."""
    asked = {"mode": "paper", "venue": "simulated", "timeframe": "1d", "replay": "2006-01-03..2009-12-31"}
    costs = {"slippage_bps": "7", "commission_minimum": "1"}
    return api.started("sma-crossover", name=name, speed="max", venue_costs=costs, **asked)


def _compared(api: Api, run: str) -> None:
    """Its reports of replay and drift are there."""
    for kind in ("replay", "drift"):
        job = api.post(f"/runs/{run}/{kind}", status=201)["id"]
        eventually(lambda job=job: api.get(f"/jobs/{job}")["status"] == "done", what=f"the {kind}")


def _trading(api: Api, exchange: Exchange, strategy: str, symbol: str, **asked: Any) -> str:
    """A run that has closed a few trades at an exchange."""
    usual = {"venue": "alpaca", "timeframe": "1m", "warmup": 5, "config": {"every": 2, "share": 0.2}}
    run = api.create(strategy, symbol, **usual, **asked)
    api.post(f"/runs/{run}/start", {"confirm": asked["name"]} if asked["mode"] == "live" else None)

    def has_traded() -> bool:
        exchange.forward(60)
        return bool(api.get(f"/runs/{run}/trades")["total"] > 2 and api.get(f"/runs/{run}/positions")["items"])

    eventually(has_traded, what=f"trades of {asked['name']}")
    return run


def _switch_and_release(api: Api) -> None:
    """A kill switch that was on for a moment."""
    api.post("/risk/kill-switch", {"flatten": False, "reason": "the feed looked odd"})
    api.call("DELETE", "/risk/kill-switch", status=200, json={"reason": "it was the network here"})


MARKET = {**PLACE, "symbol": "AAPL", "side": "buy", "order_type": "market"}


def _orders(api: Api) -> dict[str, str]:
    """Orders by hand in most of the states there are: a market order fills when the exchange's time goes on."""
    legs = {"take_profit": {"limit_price": "250"}, "stop_loss": {"stop_price": "150"}}
    api.refused("POST", "/orders", status=409, json=limit_buy("10"))
    bracket = api.post("/orders", {**MARKET, "qty": "2", "order_class": "bracket", **legs}, status=201)["id"]
    cancelled = api.post("/orders", limit_buy("171.5"), status=201)["id"]
    replaced = api.post("/orders", limit_buy("172", qty="12"), status=201)["id"]
    for order in (bracket, cancelled, replaced):
        standing(api, order, "accepted")
    api.call("DELETE", f"/orders/{cancelled}", status=200)
    standing(api, cancelled, "cancelled")
    working = api.call("PATCH", f"/orders/{replaced}", status=200, json={"limit_price": "171"})["id"]
    standing(api, working, "accepted")
    return {"bracket": bracket, "order": working}


def _partly_filled(api: Api, exchange: Exchange) -> str:
    """An order that is filled by a third; from here on the exchange's time stands."""
    exchange.ask("POST", "faults", json={"kind": "partial_fill", "parts": 3})

    def accepted() -> str | None:
        """One that was sent: none is while the server learns how far the exchange's clock has gone on."""
        placed = api.post("/orders", {**MARKET, "qty": "9"}, status=201)["id"]
        return placed if standing(api, placed, "accepted", "cancelled")["status"] == "accepted" else None

    order = eventually(accepted, what="an order that was sent")
    exchange.forward(60)
    standing(api, order, "partial")
    return order
