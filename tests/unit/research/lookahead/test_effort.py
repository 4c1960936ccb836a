"""Work that must fit into what is left: told by a watch that the test turns itself."""

from hypothesis import given
from hypothesis import strategies as st

from weaver.research.lookahead.effort import within


class Watch:
    """A clock that stands still unless somebody works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def work(self, seconds: float) -> None:
        self.now += seconds


def done(
    sizes: list[float], *, until: float, least: int, rate: float = 0.0, known: float = 0.0
) -> tuple[list[float], Watch]:
    """Which steps were worked on, each for `rate` times its size; `known` is the rate that was foretold."""
    watch, taken = Watch(), []
    for size in within(sizes, float, seconds=watch, until=until, least=least, rate=known):
        watch.work(rate * size)
        taken.append(size)
    return taken, watch


def test_steps_go_on_while_they_fit_and_end_where_they_do_not() -> None:
    assert done([1, 1, 1, 1, 1], until=3.0, least=1, rate=1.0)[0] == [1, 1, 1]


def test_a_large_step_is_passed_over_for_smaller_ones() -> None:
    assert done([1, 10, 1, 10, 1], until=4.0, least=1, rate=1.0)[0] == [1, 1, 1]


def test_the_least_number_is_done_whatever_it_takes() -> None:
    taken, watch = done([2, 2, 2, 2], until=1.0, least=3, rate=5.0)
    assert taken == [2, 2, 2]
    assert watch.now == 30.0


def test_what_is_known_of_a_step_holds_back_the_second() -> None:
    assert done([1, 1], until=1.5, least=0, rate=0.1, known=2.0)[0] == []
    assert done([1, 1], until=2.5, least=0, rate=0.1, known=2.0)[0] == [1, 1]


def test_steps_that_take_no_time_are_all_done() -> None:
    assert len(done([1.0] * 500, until=1e-9, least=1)[0]) == 500


@given(
    sizes=st.lists(st.floats(0.1, 100), max_size=40),
    until=st.floats(0, 50),
    least=st.integers(0, 3),
    rate=st.floats(0.001, 10),
)
def test_beyond_the_least_number_work_of_an_even_rate_never_passes_the_end(
    sizes: list[float], until: float, least: int, rate: float
) -> None:
    taken, watch = done(sizes, until=until, least=max(least, 1), rate=rate)
    must = rate * sum(sizes[: max(least, 1)])
    assert watch.now <= max(must, until) * (1 + 1e-9)
    assert len(taken) >= min(max(least, 1), len(sizes))
