"""What is still to be sent to a client: in order, and never more than so much."""

from weaver.rehearsal.streams.outbox import FRAME_MAX, MESSAGES_MAX, Outbox


def frames(outbox: Outbox) -> list[object]:
    taken = []
    while (frame := outbox.take()) is not None:
        taken.append(frame)
    return taken


def test_messages_of_market_data_share_frames_and_others_stand_alone() -> None:
    outbox = Outbox()
    for message in (1, 2):
        outbox.put_message(message)
    outbox.put_frame("alone")
    outbox.put_message(3)
    assert frames(outbox) == [[1, 2], "alone", [3]]


def test_a_frame_holds_so_many_messages() -> None:
    outbox = Outbox()
    for message in range(FRAME_MAX + 1):
        outbox.put_message(message)
    assert [len(frame) for frame in frames(outbox)] == [FRAME_MAX, 1]  # type: ignore[arg-type]


def test_a_frame_that_is_being_sent_does_not_change_and_counts_as_not_sent() -> None:
    outbox = Outbox()
    outbox.put_message(1)
    assert outbox.take() == [1]
    assert not outbox.is_empty
    outbox.put_message(2)
    assert outbox.take() == [2]
    assert outbox.take() is None
    assert outbox.is_empty


def test_it_is_full_at_some_point_and_empty_when_dropped() -> None:
    outbox = Outbox()
    for message in range(MESSAGES_MAX - 1):
        outbox.put_message(message)
    assert not outbox.is_full
    outbox.put_frame("one more")
    assert outbox.is_full
    outbox.drop()
    assert outbox.is_empty
    assert not outbox.is_full


def test_after_the_end_nothing_comes() -> None:
    outbox = Outbox()
    outbox.put_frame("last")
    outbox.finish()
    outbox.put_frame("late")
    outbox.put_message("later")
    assert frames(outbox) == ["last"]
