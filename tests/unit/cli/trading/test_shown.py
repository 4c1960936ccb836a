"""How answers are shown."""

from typing import Any

import pytest

from weaver.cli.trading.shown import cell, show_fields, show_rows


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "-"), (True, "yes"), (False, "no"), ([], "-"), ([1, None, True], "1, -, yes"), ("0.10", "0.10"), (0, "0")],
)
def test_value_is_what_a_reader_expects(value: Any, shown: str) -> None:
    assert cell(value) == shown


def test_table_has_the_fields_that_were_asked_for_by_their_headings(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows({"order": "id", "what": "symbol"}, [{"id": "o1", "symbol": "[b]A", "rest": 1}, {"id": "o2"}], nothing="-")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["order", "what"], ["o1", "[b]A"], ["o2", "-"]]


def test_long_row_is_not_cut_where_nobody_looks_at_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows({"reason": "reason"}, [{"reason": "x" * 190}], nothing="-")
    assert "x" * 190 in capsys.readouterr().out


def test_nothing_is_said_where_there_are_no_rows(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows({"order": "id"}, [], nothing="No orders")
    assert capsys.readouterr().out == "No orders\n"


def test_fields_that_say_nothing_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    show_fields({"id": "o1", "reason": None, "legs": [], "use": {}, "text": "", "is_on": False, "fills": [{"a": 1}]})
    assert [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()] == [
        ["id", "o1"],
        ["is_on", "false"],
        ["fills", '[{"a": 1}]'],
    ]
