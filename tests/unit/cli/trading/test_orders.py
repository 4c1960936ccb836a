"""`weaver orders`: whose they are, and which one is meant."""

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
