"""What an event may carry."""

from collections import UserDict
from datetime import UTC, datetime

import pytest

from tests.contracts.builders import event
from weaver.events.codec import headers_text, parsed, payload_text, recorded_at
from weaver.events.filter import TypeFilter
from weaver.model.errors import InputError


def test_any_mapping_is_written_as_an_object() -> None:
    written = payload_text(event(payload={"inner": UserDict({"a": 1})}))
    assert parsed(written) == {"inner": {"a": 1}}


def test_no_headers_are_an_empty_object() -> None:
    assert headers_text(event()) == "{}"
    assert parsed(headers_text(event(headers={"a": "b"}))) == {"a": "b"}


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InputError, match="has no zone"):
        recorded_at(event(ts=datetime(2024, 1, 1)))  # noqa: DTZ001
    assert recorded_at(event(ts=datetime(2024, 1, 1, tzinfo=UTC))) == datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("patterns", "type_", "wanted"),
    [
        (None, "run.Created", True),
        (["*"], "run.Created", True),
        (["*", "orders.*"], "run.Created", True),
        ([], "run.Created", False),
        (["run.Created"], "run.Created", True),
        (["run.created"], "run.Created", False),
        (["run.*"], "run.Created", True),
        (["run.*"], "runner.Created", False),
        (["run"], "run.Created", False),
        (["ru*"], "run.Created", False),
        (["orders.*", "run.Error"], "run.Error", True),
    ],
)
def test_patterns_match_names_namespaces_or_everything(patterns: list[str] | None, type_: str, wanted: bool) -> None:
    assert TypeFilter.parse(patterns).matches(type_) is wanted
    matcher = TypeFilter.parse(patterns).matcher()
    assert [matcher(type_), matcher(type_)] == [wanted, wanted]
