"""`weaver` as it is, but for two things that it would take from the wall while the exchange's time stands: its turns of
200 requests a minute, for which the soak would wait more than for all else (storms of 429 come all the same), and the
pace of the exchange's time, which would be that of its jumps, so that orders were late which are not."""

from datetime import datetime

from weaver.cli import main
from weaver.veda.adapters.alpaca import link
from weaver.veda.adapters.alpaca.venue_time import VenueTime

MODULE = "tests.soak.server"
REQUESTS_PER_MINUTE = 100_000


class HeldTime(VenueTime):
    """The exchange's, which stands but where its control moves it."""

    def _follow(self, time: datetime, at: datetime, ahead: float) -> None:
        super()._follow(time, at, ahead)
        self._paces = [0.0, 0.0]


if __name__ == "__main__":
    link.REQUESTS_PER_MINUTE, link.VenueTime = REQUESTS_PER_MINUTE, HeldTime  # type: ignore[misc]
    main()
