"""What is still to be sent to a client: in order, and never more than so much."""

from weaver.rehearsal.streams.send_queue import FRAME_MAX, MESSAGES_MAX, SendQueue


def frames(queue: SendQueue) -> list[object]:
    taken = []
    while (frame := queue.take()) is not None:
        taken.append(frame)
    return taken


def test_messages_of_market_data_share_frames_and_others_stand_alone() -> None:
    queue = SendQueue()
    for message in (1, 2):
        queue.put_message(message)
    queue.put_frame("alone")
    queue.put_message(3)
    assert frames(queue) == [[1, 2], "alone", [3]]


def test_a_frame_holds_so_many_messages() -> None:
    queue = SendQueue()
    for message in range(FRAME_MAX + 1):
        queue.put_message(message)
    assert [len(frame) for frame in frames(queue)] == [FRAME_MAX, 1]  # type: ignore[arg-type]


def test_a_frame_that_is_being_sent_does_not_change_and_counts_as_not_sent() -> None:
    queue = SendQueue()
    queue.put_message(1)
    assert queue.take() == [1]
    assert not queue.is_empty
    queue.put_message(2)
    assert queue.take() == [2]
    assert queue.take() is None
    assert queue.is_empty


def test_it_is_full_at_some_point_and_empty_when_dropped() -> None:
    queue = SendQueue()
    for message in range(MESSAGES_MAX - 1):
        queue.put_message(message)
    assert not queue.is_full
    queue.put_frame("one more")
    assert queue.is_full
    queue.drop()
    assert queue.is_empty
    assert not queue.is_full


def test_after_the_end_nothing_comes() -> None:
    queue = SendQueue()
    queue.put_frame("last")
    queue.finish()
    queue.put_frame("late")
    queue.put_message("later")
    assert frames(queue) == ["last"]
