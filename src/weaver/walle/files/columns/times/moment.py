"""Instants as a person reads them."""

from typing import SupportsInt

import numpy as np

from weaver.model.market.timeframe import DAY


def moment(instant: SupportsInt) -> str:
    """An instant (ns) as `2017-01-03` or `2017-01-03 14:30:00`, in UTC."""
    seconds = np.datetime64(int(instant), "ns").astype("datetime64[s]")
    text = str(seconds).replace("T", " ")
    return text.removesuffix(" 00:00:00") if int(instant) % DAY == 0 else text
