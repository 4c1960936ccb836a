"""`weaver` as it is, but that it counts what it has when it is sent SIGUSR2: tasks, and objects of Weaver's own."""

import asyncio
import gc
import json
import os
import signal
from collections import Counter
from pathlib import Path
from types import FrameType

from weaver.cli import main

COUNTS = "COUNTS_FILE"
"""Names the file that the counts are written to."""


def count(_number: int, _frame: FrameType | None) -> None:
    """Write down what there is now."""
    gc.collect()
    tasks = Counter(_name(task) for task in asyncio.all_tasks() if not task.done())
    objects = Counter(
        f"{kind.__module__}.{kind.__qualname__}"
        for kind in map(type, gc.get_objects())
        if str(kind.__module__).startswith("weaver.")
    )
    file = Path(os.environ[COUNTS])
    file.with_suffix(".new").write_text(json.dumps({"tasks": tasks, "objects": objects}))
    file.with_suffix(".new").rename(file)


def _name(task: "asyncio.Task[object]") -> str:
    """What it runs."""
    coroutine = task.get_coro()
    return str(getattr(coroutine, "__qualname__", coroutine))


if __name__ == "__main__":
    signal.signal(signal.SIGUSR2, count)
    main()
