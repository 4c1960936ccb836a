"""All gates (must hold) and goals (what we are after) in one place."""

from typing import NamedTuple


class Bounds(NamedTuple):
    """On which side of them a figure should lie, its `Check` says."""

    gate: float | None = None
    goal: float | None = None


NONE = Bounds()

# The contest, times as fast.
ON_BAR = Bounds(1.2, 1.5)
ON_BAR_TO_BACKTESTING_PY = Bounds(15)
ON_BAR_TO_BACKTRADER = Bounds(150)
ON_BAR_TO_NAUTILUS = Bounds(150)
WHEN = Bounds(3, 6)
WHEN_TO_VECTORBT = Bounds(2, 4)

# Ordinary strategies, times as fast as the bare loop.
POSITION_ASKED = Bounds(0.8, 1.2)
FILLS_HEARD = Bounds(0.6, 1)
MANY_ON_BAR = Bounds(0.6, 1)
MANY_WHEN = Bounds(1.5, 3)
REVERSALS = Bounds(1.5, 3)
TRAILING_STOPS = Bounds(1, 3)
LIMIT_ANEW = Bounds(0.04, 0.1)

# Reading a CSV file, times as long as pyarrow's own reader.
CSV_TO_ARROW = Bounds(3, 2)

# Look-ahead check: runs, and seconds beside them.
LOOKAHEAD_GATE = (4, 1.0)
LOOKAHEAD_GOAL = (2, 0.5)

# Seconds and megabytes of processes.
ROTATION = Bounds(1.2, 0.6)
ROTATION_MEMORY = Bounds(300, 150)
WHOLE_PROCESS = Bounds(0.6, 0.25)
WHOLE_PROCESS_MEMORY = Bounds(200, 130)
HELP = Bounds(0.3, 0.05)
SERVER_READY = Bounds(2, 0.7)
STOPPING = Bounds(goal=0.1)

# From 100,000 to 10,000,000 bars: slowest size against fastest, bytes a bar.
SCALING = Bounds(1.5, 1.2)
BAR_MEMORY = Bounds(200, 110)

# Through the service, over `weaver.backtest`: seconds, and microseconds for each stored event.
SERVICE_GATE = (1.0, 25)
SERVICE_GOAL = (0.5, 10)

# Milliseconds, events, times the API at rest.
CLOCK_ERROR = Bounds(50)
EVENTS_LOST = Bounds(0)
EVENT_DELIVERY = Bounds(100)
API_UNDER_LOAD = Bounds(2)
ORDER_COMMIT = Bounds(50, 20)
LIVE_BAR = Bounds(3, 0.3)

# Paper trading: seconds until all runs go on after a crash.
RESUMED = Bounds(30, 10)
# An order from the API to its adapter: times two bare commits; milliseconds over them.
ORDER_PATH_COMMITS = Bounds(3)
ORDER_PATH_OVER_COMMITS = Bounds(goal=5)
# Ticks that never came; milliseconds from a minute's end until a tick of it is recorded.
TICKS_LOST = Bounds(0)
CLOCK_BESIDE_BACKTESTS = Bounds(goal=50)

# The web app in a browser: kilobytes, seconds, megabytes, milliseconds.
FIRST_LOAD = Bounds(250, 150)
INTERACTIVE = Bounds(1)
FIRST_CANDLE = Bounds(1)
HEAP_GROWTH = Bounds(20)
LONGEST_TASK = Bounds(200)
