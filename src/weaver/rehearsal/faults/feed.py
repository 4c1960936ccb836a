"""The faults of market and sockets (`ports.FeedFaults`)."""

from collections.abc import Callable

from weaver.rehearsal.faults.faults import Fault, Faults
from weaver.rehearsal.ports import Correction


class Feed:
    """Asked by market and sockets where a fault would strike."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def refuses_connection(self, path: str) -> int | None:
        """The HTTP status with which an upgrade is refused, if it is."""
        fault = self._faults.strike("refuse_connection", path=path)
        return None if fault is None else int(fault.number("code"))

    def is_mute(self, path: str) -> bool:
        """Whether the sockets of a path say and answer nothing."""
        return self._faults.find("mute", path=path) is not None

    def bar_delay(self, symbol: str) -> float:
        """By how many seconds a bar is published late."""
        fault = self._faults.strike("late_bar", symbol=symbol)
        return 0.0 if fault is None else float(fault.number("seconds"))

    def correction(self, symbol: str) -> Correction | None:
        """Whether a bar is corrected after it was published."""
        fault = self._faults.strike("corrected_bar", symbol=symbol)
        if fault is None:
            return None
        values = fault.options["values"]
        assert isinstance(values, dict)
        return Correction(seconds=float(fault.number("seconds")), values=values)

    def is_halted(self, symbol: str) -> bool:
        """Whether trading in a symbol is halted."""
        return self._faults.find("halt", symbol=symbol) is not None

    def on_halt(self, told: Callable[[str, bool], None]) -> None:
        """Have `told` called as trading in a symbol halts (True), and as it goes on (False)."""

        def halts(fault: Fault) -> None:
            told(fault.match["symbol"], True)

        def goes_on(fault: Fault) -> None:
            told(fault.match["symbol"], False)

        self._faults.on_set("halt", halts)
        self._faults.on_end("halt", goes_on)
