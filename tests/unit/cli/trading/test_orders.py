"""`weaver orders`: whose they are, and which one is meant."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.proof.jobs import answers
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering

NOBODY = (404, {"message": "there is no such run", "code": "not_found"})
NAMED = {"/runs?page=1&page_size=2&name=year": {"items": [{"id": "r1"}], "total": 1}}
UNKNOWN = {"/runs?page=1&page_size=2&name=nope": {"items": [], "total": 0}}
LISTED: dict[str, Any] = {"items": [], "total": 0, "page": 1, "page_size": 50}


@pytest.mark.parametrize("reference", ["r1", "year"])
def test_orders_of_a_run_are_listed_by_its_id_and_its_name(
    weaver_home: Path, terminal: Terminal, reference: str
) -> None:
    orders = "/orders?run_id=r1&page=1&page_size=50"
    with answering(weaver_home, {**answers("x"), **NAMED, orders: LISTED}, refused={"/runs/year": NOBODY}) as asked:
        assert terminal.told("orders", "list", "--run", reference) == "No such orders\n"
    assert asked.requests[-1] == ("GET", orders, None)


def test_order_is_placed_for_a_run_that_is_named(weaver_home: Path, terminal: Terminal) -> None:
    with answering(
        weaver_home, {**answers("x"), **NAMED, "/orders": {"id": "o1"}}, refused={"/runs/year": NOBODY}
    ) as asked:
        terminal.told("orders", "place", "buy", "1", "AAPL", "--run", "year")
    assert (asked.requests[-1][1], asked.requests[-1][2]["run_id"]) == ("/orders", "r1")


@pytest.mark.parametrize("words", [("list",), ("place", "buy", "1", "AAPL")])
def test_run_that_is_none_is_refused_and_no_order_asked_for(
    weaver_home: Path, terminal: Terminal, words: tuple[str, ...]
) -> None:
    with answering(weaver_home, UNKNOWN, refused={"/runs/nope": NOBODY}) as asked:
        found = terminal.outcome("orders", *words, "--run", "nope")
    assert found == (2, "", "error: there is no run 'nope': `weaver runs list` shows them\n")
    assert all(path.startswith("/runs") for _, path, _ in asked.requests)


@pytest.mark.parametrize("words", [("show",), ("cancel",), ("sync",), ("replace",)])
def test_blank_id_is_no_order(weaver_home: Path, terminal: Terminal, words: tuple[str, ...]) -> None:
    with answering(weaver_home, {}) as asked:
        found = terminal.outcome("orders", *words, " ")
    assert found == (2, "", "error: name an order by its id: `weaver orders list` shows them\n")
    assert asked.requests == []


@pytest.mark.parametrize(
    ("words", "kind", "order_class", "given"),
    [
        ((), "market", "simple", {}),
        (("--limit", "9"), "limit", "simple", {"limit_price": "9"}),
        (("--stop", "9"), "stop", "simple", {"stop_price": "9"}),
        (("--limit", "9", "--stop", "8"), "stop_limit", "simple", {"limit_price": "9", "stop_price": "8"}),
        (("--trail", "1"), "trailing_stop", "simple", {"trail": "1"}),
        (("--take-profit", "12"), "market", "oto", {"take_profit": {"limit_price": "12"}}),
        (
            ("--take-profit", "12", "--stop-loss", "8"), "market", "bracket",
            {"take_profit": {"limit_price": "12"}, "stop_loss": {"stop_price": "8"}},
        ),
    ],
)  # fmt: skip
def test_prices_say_of_which_type_an_order_is(
    weaver_home: Path, terminal: Terminal, words: tuple[str, ...], kind: str, order_class: str, given: dict[str, Any]
) -> None:
    place = ("orders", "place", "buy", "1", "AAPL", "--venue", "alpaca", "--mode", "paper")
    with answering(weaver_home, {"/orders": {"id": "o1", "reason": None}}) as asked:
        assert terminal.told(*place, *words) == "id                 o1\n"
    usual = {"side": "buy", "qty": "1", "symbol": "AAPL", "venue": "alpaca", "mode": "paper"}
    assert asked.requests == [("POST", "/orders", {**usual, "order_type": kind, "order_class": order_class, **given})]


def test_order_of_nobody_is_asked_where_it_goes(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {}) as asked:
        code, _, stderr = terminal.outcome("orders", "place", "buy", "1", "AAPL", "--venue", "alpaca")
    assert (code, stderr) == (2, "error: say where: --run RUN, or --venue and --mode (paper or live)\n")
    assert asked.requests == []


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        (("show", "o1"), ("GET", "/orders/o1", None)),
        (("cancel", "o1"), ("DELETE", "/orders/o1", {})),
        (("sync", "o1"), ("POST", "/orders/o1/sync", {})),
        (("replace", "o1", "--limit", "9"), ("PATCH", "/orders/o1", {"limit_price": "9"})),
    ],
)
def test_one_order_is_shown_after_what_was_asked_of_it(
    weaver_home: Path, terminal: Terminal, words: tuple[str, ...], request_: tuple[str, str, Any]
) -> None:
    order = {"id": "o1", "status": "accepted"}
    with answering(weaver_home, {"/orders/o1": order, "/orders/o1/sync": order}) as asked:
        assert json.loads(terminal.told("orders", *words, "--json")) == order
    assert asked.requests == [request_]


def test_orders_past_a_page_are_said_to_be_there(weaver_home: Path, terminal: Terminal) -> None:
    listed = {**LISTED, "items": [{"id": "o1", "symbol": "AAPL"}], "total": 1200}
    with answering(weaver_home, {"/orders?page=1&page_size=50": listed}):
        code, stdout, stderr = terminal.outcome("orders", "list")
        assert json.loads(terminal.told("orders", "list", "--json")) == listed
    assert (code, stdout.splitlines()[1].split()[0]) == (0, "o1")
    assert stderr == "1 of 1,200; --page shows others\n"
