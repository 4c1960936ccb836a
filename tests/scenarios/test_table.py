"""Each thing that goes wrong in live trading has tests that are there, and a row on its page."""

import re

import pytest

from tests.scenarios.table import PAGE, SCENARIOS, TESTS, Scenario, names_in, page

COUNT = 29
"""As many as the reports that the table was made of have rows."""


def test_no_row_is_missing_or_there_twice() -> None:
    assert len({one.name for one in SCENARIOS}) == len(SCENARIOS) == COUNT


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_tests_of_a_row_are_there(scenario: Scenario) -> None:
    assert scenario.tests, "nothing shows it"
    missing = [one for one in scenario.tests if not _is_there(one)]
    assert missing == []


def test_page_says_what_the_table_says() -> None:
    shown = re.search(r"<!-- scenarios -->\n(.*?)\n<!-- /scenarios -->", PAGE.read_text(), re.DOTALL)
    assert shown is not None
    assert shown[1] == page(), "python -m tests.scenarios prints it"


def test_a_test_that_is_not_there_would_be_found() -> None:
    assert not _is_there("scenarios/test_table.py::test_nothing")
    assert not _is_there("scenarios/test_nothing.py::test_nothing")
    assert not _is_there("scenarios/table.py::page")
    assert _is_there("scenarios/test_table.py::test_page_says_what_the_table_says")


def _is_there(node: str) -> bool:
    """Whether pytest collects a test of that name."""
    file, _, name = node.partition("::")
    path = TESTS / file
    is_collected = path.name.startswith("test_") and name.startswith("test_")
    return is_collected and path.is_file() and name in names_in(path)
