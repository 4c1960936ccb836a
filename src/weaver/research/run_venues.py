"""Where the runs of a server trade: a venue's accounts, and venues that are one run's own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from weaver.model.account.costs_given import CostsGiven
from weaver.model.account.margin import AccountRules
from weaver.model.backtest.options import FACTS, Options
from weaver.model.errors import InputError
from weaver.model.facts import Facts
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import Run, RunMode
from weaver.research.simulated import replayed
from weaver.veda.adapters.catalogue import AdapterCatalogue
from weaver.veda.adapters.simulated.memory import Memory
from weaver.veda.adapters.simulated.sources.pacing import MAX
from weaver.veda.adapters.simulated.sources.replay import ReplayOptions
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Setup, Wall
from weaver.veda.service import Offered
from weaver.walle.bars.store import ParquetBarStore

SIMULATED = "simulated"
REPLAYS = ("replay", "speed", "venue_costs")
"""The options of its runs alone."""
_DAY = time.max.replace(microsecond=999_999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a replay is of: from an instant, to another or to the last bar."""

    start: datetime
    end: datetime | None

    @classmethod
    def parse(cls, text: str) -> "Span":
        """`FROM` or `FROM..TO`, each a date or a time (UTC); a date as TO is meant whole. Raises InputError."""
        first, dots, last = text.partition("..")
        start = _moment(first.strip(), is_end=False)
        end = _moment(last.strip(), is_end=True) if dots and last.strip() else None
        if end is not None and end <= start:
            raise InputError(f"replay {text!r} ends before it begins")
        return cls(start=start, end=end)


class RunVenues:
    """The `Venues` of a trading service: adapters of the catalogue, and the simulated venue on stored bars."""

    def __init__(
        self,
        *,
        catalogue: AdapterCatalogue,
        bars: ParquetBarStore,
        wall: Wall,
        chance: Callable[[], float],
        settings_of: Callable[[tuple[str, ...]], Mapping[str, str]],
        may_send: Callable[[], Awaitable[None]],
    ) -> None:
        """settings_of: the variables of the environment that an adapter names. may_send: see `Setup`."""
        self._catalogue, self._bars, self._wall, self._chance = catalogue, bars, wall, chance
        self._settings_of, self._may_send = settings_of, may_send

    def shared(self, venue: str, mode: RunMode) -> ExchangeAdapter:
        """See `Venues`."""
        given = self._settings_of(self._catalogue.get(venue).settings)
        return self._catalogue.make(venue, self._setup(mode, given))

    def of_run(self, run: Run, memory: Memory) -> ExchangeAdapter:
        """See `Venues`."""
        span, options = Span.parse(str(run.options["replay"])), Options.of_run(run)
        given = run.options.get("venue_costs", options.costs)
        adapter, _ = replayed(
            self._setup(run.mode, {}),
            ReplayOptions(
                symbols=run.symbols,
                timeframe=Timeframe.parse(str(run.timeframe)),
                start=span.start,
                end=span.end,
                has_history=options.warmup != 0,
                speed=_speed(run),
            ),
            store=self._bars,
            rules=AccountRules.of(options),
            costs=lambda instrument: _costs(given).of_one(instrument.symbol, instrument.asset_class),
            prefix=f"sim-{run.id}",  # its ids are none of the run's
            memory=memory,
            facts=lambda symbol: Facts.parse(**options.facts_of(symbol)),
            carry=_costs(given).of,
        )
        return adapter

    def is_of_run(self, venue: str) -> bool:
        """See `Venues`."""
        return venue == SIMULATED

    def check(self, run: Run) -> None:
        """See `Venues`."""
        entry = self._catalogue.get(run.venue or "")
        if run.mode.value not in entry.modes:
            raise InputError(f"venue {entry.id} has no {run.mode} mode, only {', '.join(entry.modes)}")
        if run.venue != SIMULATED:
            for name in REPLAYS:
                if name in run.options:
                    raise InputError(f"venue {run.venue} replays nothing: {name} is of a replay, on venue simulated")
            for name in FACTS:
                if name in run.options:
                    raise InputError(f"venue {run.venue} knows itself what its symbols are: leave {name} out")
            return
        if "replay" not in run.options:
            raise InputError(
                "a run on venue simulated replays stored bars: say which (replay), as 2024-01-02..2024-06-28"
            )
        Span.parse(str(run.options["replay"]))
        _speed(run)
        _check_costs(run)
        _check_facts(run)

    def replayed(self, run: Run) -> tuple[datetime, datetime | None]:
        """See `Venues`."""
        span = Span.parse(str(run.options["replay"]))
        return span.start, span.end

    def offered(self) -> Sequence[Offered]:
        """See `Venues`."""
        return [
            Offered(entry=entry, settings={name: name in self._settings_of(entry.settings) for name in entry.settings})
            for entry in self._catalogue.entries()
        ]

    def _setup(self, mode: RunMode, given: Mapping[str, str]) -> Setup:
        return Setup(mode=mode, wall=self._wall, chance=self._chance, settings=given, may_send=self._may_send)


def _costs(given: Any) -> CostsGiven:
    return CostsGiven.parse(given)


def _check_costs(run: Run) -> None:
    """Raises InputError for costs that are none, or of other symbols than the run's."""
    _costs(run.options.get("venue_costs", run.options.get("costs"))).of(dict.fromkeys(run.symbols, AssetClass.STOCK))


def _check_facts(run: Run) -> None:
    """Raises InputError for facts that are none, or do not go together."""
    options = Options.of_run(run)
    options.check_named(run.symbols)
    for symbol in run.symbols:
        facts = Facts.parse(**options.facts_of(symbol))
        asset_class = facts.implied_class or AssetClass.FUTURE
        facts.applied(Instrument.default(symbol, asset_class))


def _speed(run: Run) -> float:
    """Raises InputError."""
    text = str(run.options.get("speed", "1"))
    if text == "max":
        return MAX
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 1e9:
        raise InputError(f"speed {text!r} is no number above 0, and not max")
    return speed


def _moment(text: str, *, is_end: bool) -> datetime:
    try:
        if len(text) <= len("2024-01-02"):
            return datetime.combine(date.fromisoformat(text), _DAY if is_end else time.min, UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"replay: {text!r} is no date: write 2024-01-02, or 2024-01-02T14:30") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
