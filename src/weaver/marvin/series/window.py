"""Ad-hoc history: what `fetch_window` answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.model.market.bars import Bars


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """The newest closed bars of a symbol and timeframe at the tick of the request, oldest first."""

    symbol: str
    """Whose bars they are."""
    timeframe: str
    """How long each is, as `"1d"`."""
    bars: Bars
    """Columns as numpy arrays of one length: `timestamp` and `end` (int64, ns UTC), `open`, `high`, `low`, `close`,
    `volume` (float64)."""

    def __len__(self) -> int:
        return len(self.bars)

    @property
    def close(self) -> NDArray[np.float64]:
        """Closing prices, float64, oldest first."""
        return self.bars.close
