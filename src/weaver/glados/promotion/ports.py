"""What promotion needs of others; a root hands them over."""

from typing import Protocol

from weaver.model.promotion.measured import Answer
from weaver.model.run import Run


class Proofs(Protocol):
    """Shows of a run that trades, or did, whether it is what it was tested as."""

    async def replay(self, run: Run) -> Answer:
        """Whether its recorded inputs, fed to it again, lead to the same decisions. Raises Unavailable."""
        ...

    async def drift(self, run: Run) -> Answer:
        """How much worse its fills are than those of a backtest on the same bars, on average, in bps. Raises
        Unavailable."""
        ...
