"""The events' page shows one frame of every type, as a client receives it now."""

from tests.event_frames import EXAMPLES, PAGE, section
from weaver.events.payloads import ALL_EVENT_TYPES


def test_every_type_has_its_example() -> None:
    assert sorted(EXAMPLES) == list(ALL_EVENT_TYPES)


def test_page_shows_the_frames_as_they_are_now() -> None:
    assert section() in PAGE.read_text(), "run `python -m tests.event_frames`"
