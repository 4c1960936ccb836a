"""Where the check looks: some of many places, spread over all of them and in step with none of their rhythms."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

GOLDEN = (5**0.5 - 1) / 2


def sample(moments: Sequence[int], count: int) -> list[int]:
    """Up to `count` of the moments: the first, the last, and one of each of as many equal stretches between them.

    Its place in the stretch moves on by the golden ratio, so that no rhythm of the moments keeps step with it.
    """
    unique = sorted(set(moments))
    if len(unique) <= count:
        return unique
    stretches = np.arange(max(count - 2, 0))
    at = 1 + (len(unique) - 2) * (stretches + (stretches * GOLDEN) % 1) / max(count - 2, 1)
    return [unique[k] for k in sorted({0, len(unique) - 1, *at.astype(int).tolist()})]


def spread(length: int, count: int) -> NDArray[np.int64]:
    """Up to `count` of the places 0 to `length`, in an order of which any beginning is spread evenly over them all."""
    places = np.arange(min(length, count))
    if length > count:
        places = ((places + (places * GOLDEN) % 1) * (length / count)).astype(np.int64)
    return places[np.argsort((np.arange(len(places)) * GOLDEN) % 1, kind="stable")]
