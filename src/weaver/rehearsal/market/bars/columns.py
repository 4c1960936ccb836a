"""Bars of one symbol as columns, with the times that a venue knows of each."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.days import new_york
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars, Bool, Float64, Int32, Int64
from weaver.model.market.timeframe import DAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """n bars in order of time; instants are ns since the epoch, prices and volumes as measured."""

    stamp: Int64
    """What the venue calls it: its start; of daily stock bars and coarser ones midnight in New York."""
    opened: Int64
    """When its first price was: of a daily bar its session's open."""
    end: Int64
    """When it closed; strictly rising."""
    session: Int32
    """The session it belongs to (days since the epoch); of several, the last."""
    regular: Bool
    """Whether it overlaps the regular session."""
    open: Float64
    high: Float64
    low: Float64
    close: Float64
    volume: Float64

    @classmethod
    def of(cls, bars: Bars, calendar: Calendar, asset_class: AssetClass) -> "Columns":
        """The bars of a file or of a seed."""
        is_dated = bars.timeframe.is_daily and asset_class is AssetClass.STOCK
        opened = calendar.bar_open(bars.timestamp, bars.timeframe)
        daily = np.ones(len(bars), dtype=np.bool_)
        return cls(
            stamp=midnight(bars.timestamp // DAY) if is_dated else bars.timestamp,
            opened=opened,
            end=bars.end,
            session=calendar.last_session_of(bars),
            regular=daily if bars.timeframe.is_daily else calendar.is_regular(bars.timestamp, bars.end),
            open=bars.open.copy(),
            high=bars.high.copy(),
            low=bars.low.copy(),
            close=bars.close.copy(),
            volume=bars.volume.copy(),
        )

    def __len__(self) -> int:
        return len(self.end)

    def take(self, which: "slice | Int64 | Bool") -> "Columns":
        """Some of them."""
        return Columns(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    @classmethod
    def joined(cls, parts: "Sequence[Columns]") -> "Columns":
        """All of several, one after the other."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def midnight(day: Int64) -> Int64:
    """The instant at which each day (since the epoch) begins in New York."""
    return new_york.wall_clock(0)[new_york.index_of(day)]
