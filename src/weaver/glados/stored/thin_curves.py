"""Parts of a stored result that are curves with few points, drawn as they are.

sparkline   float32, little-endian: at most SPARKLINE_POINTS values of the equity, in order of time
benchmark   numpy .npz, uncompressed: `timestamp` (int64, ns UTC) and `values` (float64) of at most BENCHMARK_POINTS
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.glados.stored.downsampling import downsampled_rows

SPARKLINE, BENCHMARK = "sparkline", "benchmark"
SPARKLINE_POINTS = 60
BENCHMARK_POINTS = 5_000
_SINGLE = np.dtype("<f4")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThinCurve:
    """Values at instants (ns UTC), in order of time."""

    timestamp: NDArray[np.int64]
    values: NDArray[np.float64]

    def thinned(self, points: int) -> "ThinCurve":
        """At most so many points (2 or more) of it, extremes among them."""
        if not len(self.values):
            return self
        rows = downsampled_rows([self.values], points)
        return ThinCurve(timestamp=self.timestamp[rows], values=self.values[rows])


def encode_sparkline(equity: NDArray[np.float64]) -> bytes:
    """The blob `sparkline` of an equity curve."""
    if not len(equity):
        return b""
    return equity[downsampled_rows([equity], SPARKLINE_POINTS)].astype(_SINGLE).tobytes()


def decode_sparkline(blob: bytes) -> Sequence[float]:
    """What a blob `sparkline` holds."""
    found: list[float] = np.frombuffer(blob, dtype=_SINGLE).tolist()
    return found


def encode_benchmark(curve: ThinCurve) -> bytes:
    """The blob `benchmark`."""
    thin = curve.thinned(BENCHMARK_POINTS)
    buffer = io.BytesIO()
    np.savez(buffer, timestamp=thin.timestamp, values=thin.values)
    return buffer.getvalue()


def decode_benchmark(blob: bytes) -> ThinCurve:
    """What a blob `benchmark` holds."""
    with np.load(io.BytesIO(blob), allow_pickle=False) as stored:
        return ThinCurve(timestamp=stored["timestamp"], values=stored["values"])
