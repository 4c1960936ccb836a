"""What the runs of these tests run by."""

from pathlib import Path

from tests.acceptance.service.strategies import FILES as SERVICE_FILES
from tests.acceptance.service.strategies import failing_file

PATIENT_BARS = 400
"""How many bars it takes its time for."""
PATIENT = f'''\
"""Takes its time, then waits to be let go on."""

import time
from pathlib import Path

from weaver import Field, Strategy


class Patient(Strategy):
    """Buys and sells in turn, every twenty bars; after {PATIENT_BARS} bars it waits until a file is there."""

    gate: str = Field("", description="The file that it waits for.")

    def on_start(self):
        self.count = 0

    def on_bar(self, bar):
        self.count += 1
        if self.count < {PATIENT_BARS}:
            time.sleep(0.002)
        while self.count == {PATIENT_BARS} and not Path(self.gate).exists():
            time.sleep(0.02)
        if self.count % 20 == 0:
            (self.sell if self.position(bar.symbol) else self.buy)(bar.symbol, 1)
'''
FAILING = "on_bar"
"""The callback in which `failing-in-on-bar` divides by zero."""


def install(home: Path) -> Path:
    """Put them where a server of that home finds them; the home."""
    folder = home / "strategies"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "patient.py").write_text(PATIENT)
    for name in ("trader.py", "broken.py", failing_file(FAILING)):
        (folder / name).write_text(SERVICE_FILES[name])
    return home
