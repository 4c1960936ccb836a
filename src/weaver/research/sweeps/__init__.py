"""Sweeps: many backtests of one strategy, on this machine's cores or on a cluster, and what they say together."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from weaver.greta.sweep.cross_validation import CrossValidationResult
from weaver.greta.sweep.result import SweepResult
from weaver.greta.sweep.search import SearchKind
from weaver.greta.sweep.walk_forward import WalkForwardResult
from weaver.greta.sweep.windows import Length
from weaver.marvin.strategy import Strategy
from weaver.model.backtest.options import OPTIONS, Options
from weaver.model.errors import InputError
from weaver.research import loaded
from weaver.research.sweeps.cross_validation_run import CrossValidation, Groups
from weaver.research.sweeps.sweep_run import Sweep, SweepRequest
from weaver.research.sweeps.walk_forward_run import Scheme, WalkForward
from weaver.research.wording import in_python
from weaver.walle.trials.store import TrialStore

__all__ = [
    "CrossValidationResult",
    "SweepResult",
    "WalkForwardResult",
    "cross_validate",
    "sweep",
    "trial_store",
    "walk_forward",
]


def sweep(
    strategy: str | type[Strategy],
    bars: Any = None,
    space: Mapping[str, Any] | None = None,
    *,
    where: str | None = None,
    search: str = "grid",
    trials: int | None = None,
    objective: str = "sharpe",
    workers: int | None = None,
    resume: bool = False,
    keep: bool = True,
    yes: bool = False,
    progress: Callable[[str, float], None] | None = None,
    **options: Any,
) -> SweepResult:
    """Backtest a strategy with many parameter sets, and say what the best of them is worth.

    Args:
        strategy: a class, an id (`sma-crossover`), or `path/to/file.py[:ClassName]`.
        bars: as of `weaver.backtest`.
        space: what to try of each parameter, by name: a list, a range (`range(5, 51, 5)`), a `weaver.Range`, or a text
            (`"5:50:5"`, `"20,50,100"`, `"0.001:1:log"`); None for its own bounds. `symbols`, `timeframe`, `costs` and
            keys of costs can be varied like parameters. Without a space every parameter that has bounds is varied.
        where: which points count, `"fast < slow"`.
        search: "grid" for all points, "random", or "tpe", which learns (needs Optuna).
        trials: how many points to try; of a grid the first so many.
        objective: a statistic, or an expression of statistics, `"sharpe - 2 * abs(max_drawdown)"`: the more the better.
        workers: how many processes; by default one for each core.
        resume: go on with the same sweep where it was left off.
        keep: whether the trials are kept, which counts them and lets a sweep go on later.
        yes: over 100,000 trials are meant.
        progress: called with what is going on and how far it is (0 to 1).
        options: any other keyword of `weaver.backtest`.

    The same seed gives the same trials and the same result, whatever the number of workers. Raises InputError on what
    cannot be used, RunFailed where the objective is undefined for all trials.
    """
    request = _request(space, where, search, trials, objective, workers, resume=resume, yes=yes)
    with _in_python():
        ready = Sweep(loaded(strategy), bars, request, _options(options), trial_store() if keep else None)
    return ready.run(progress or _silent)


def walk_forward(
    strategy: str | type[Strategy],
    bars: Any = None,
    space: Mapping[str, Any] | None = None,
    *,
    train: int | str,
    test: int | str,
    step: int | str | None = None,
    anchored: bool = False,
    embargo: int = 0,
    where: str | None = None,
    search: str = "grid",
    trials: int | None = None,
    objective: str = "sharpe",
    workers: int | None = None,
    resume: bool = False,
    keep: bool = True,
    yes: bool = False,
    progress: Callable[[str, float], None] | None = None,
    **options: Any,
) -> WalkForwardResult:
    """Choose parameters on one stretch of time and trade them on the next, again and again.

    Args:
        strategy: a class, an id (`sma-crossover`), or `path/to/file.py[:ClassName]`.
        bars: as of `weaver.backtest`.
        space: as of `weaver.sweep`, as are where, search, trials (of each window), objective, workers, keep and yes.
        train: on how much parameters are chosen: sessions (250), or "2y", "6mo", "3w".
        test: how much is then traded with them.
        step: how far the next window begins after this one; by itself where the test ends.
        anchored: whether every window is trained from the first session on, and not on `train` only.
        embargo: so many sessions between training and test are left out.
        resume: go on with the same walk-forward where it was left off.
        progress: called with what is going on and how far it is (0 to 1).
        options: any other keyword of `weaver.backtest`.

    Bars before a window are history for its series, not trades; of bars after it nothing is known. Each test begins
    with the cash that the one before left, and closes what it holds at its end. Raises InputError on what cannot be
    used, RunFailed where a window leaves nothing to go on with.
    """
    request = _request(space, where, search, trials, objective, workers, resume=resume, yes=yes)
    scheme = Scheme(
        train=Length.parse(train, "train"),
        test=Length.parse(test, "test"),
        step=None if step is None else Length.parse(step, "step"),
        anchored=anchored,
        embargo=embargo,
    )
    store = trial_store() if keep else None
    with _in_python():
        ready = WalkForward(loaded(strategy), bars, request, scheme, _options(options), store)
    return ready.run(progress or _silent)


def cross_validate(
    strategy: str | type[Strategy],
    bars: Any = None,
    space: Mapping[str, Any] | None = None,
    *,
    groups: int = 6,
    tested: int = 2,
    embargo: int = 0,
    where: str | None = None,
    search: str = "grid",
    trials: int | None = None,
    objective: str = "sharpe",
    workers: int | None = None,
    resume: bool = False,
    keep: bool = True,
    yes: bool = False,
    progress: Callable[[str, float], None] | None = None,
    **options: Any,
) -> CrossValidationResult:
    """Choose parameters on some parts of time and trade them on the others, in every combination: not one curve out of
    sample, but a distribution of them (combinatorial purged cross-validation, López de Prado 2018, chapter 12).

    Args:
        strategy: a class, an id (`sma-crossover`), or `path/to/file.py[:ClassName]`.
        bars: as of `weaver.backtest`.
        space: as of `weaver.sweep`, as are where, search (grid or random), trials, workers, keep and yes.
        groups: into how many parts time is cut.
        tested: how many of them are tested at a time: C(groups, tested) choices, groups - 1 over tested - 1 paths.
        embargo: so many sessions after what is tested are not learned from.
        objective: a statistic that returns alone say (sharpe, sortino, total_return …), or an expression of such.
        resume: go on with the same cross-validation where it was left off.
        progress: called with what is going on and how far it is (0 to 1).
        options: any other keyword of `weaver.backtest`.

    Each part is run by itself: bars before it are history, of bars after it nothing is known, it begins with nothing
    held, and closes what it holds at its end. Raises InputError on what cannot be used.
    """
    request = _request(space, where, search, trials, objective, workers, resume=resume, yes=yes)
    cut, store = Groups(groups=groups, tested=tested, embargo=embargo), trial_store() if keep else None
    with _in_python():
        ready = CrossValidation(loaded(strategy), bars, request, cut, _options(options), store)
    return ready.run(progress or _silent)


@contextmanager
def _in_python() -> Iterator[None]:
    """What is wrong is told in keywords, not in options."""
    try:
        yield
    except InputError as error:
        raise error.reworded(in_python(str(error))) from error


def _silent(what: str, done: float) -> None:
    del what, done


def _request(
    space: Mapping[str, Any] | None,
    where: str | None,
    search: str,
    trials: int | None,
    objective: str,
    workers: int | None,
    *,
    resume: bool,
    yes: bool,
) -> SweepRequest:
    try:
        kind = SearchKind(search)
    except ValueError:
        raise InputError(f"search is grid, random or tpe, not {search!r}") from None
    return SweepRequest(
        space=space,
        where=where,
        search=kind,
        trials=trials,
        objective=objective,
        workers=workers,
        resume=resume,
        is_meant=yes,
    )


def trial_store() -> TrialStore:
    """Where trials are kept on this machine."""
    from weaver.config import settings  # a tenth of a second, needed only here

    return TrialStore(settings().home_folder / "sweeps.db")


def _options(given: Mapping[str, Any]) -> Options:
    for name in given:
        if name not in OPTIONS:
            near = get_close_matches(name, OPTIONS, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise InputError(f"sweep() has no keyword {name!r}, and neither has weaver.backtest{hint}")
    return Options(**given)
