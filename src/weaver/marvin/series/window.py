"""Ad-hoc history: what `fetch_window` answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.model.market.bars import Bars


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """The newest closed bars of a symbol and timeframe at the tick of the request, oldest first."""

    symbol: str
    timeframe: str
    bars: Bars

    def __len__(self) -> int:
        return len(self.bars)

    @property
    def close(self) -> NDArray[np.float64]:
        """Closing prices."""
        return self.bars.close
