"""The root of a process that reads uploads: `python -m weaver.reader --memory BYTES --bars FOLDER --lock SECONDS`.

The server that started it speaks to it over its standard input and output.
"""

import argparse
import gc
import os
import resource
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from weaver.glados.pool.fork import WorkerLimits
from weaver.glados.pool.protocol import Frame, encoded
from weaver.glados.pool.server import Emit, WorkerServer, protocol_line
from weaver.glados.process.memory import return_large_blocks

if TYPE_CHECKING:
    from weaver.walle.bars.store import ParquetBarStore

_NICE = 5
_STORING = 8
"""How many times as much memory storing may take: it puts what was read together with what is stored."""


def main() -> None:
    """Serve until the server hangs up."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--memory", type=int, required=True, help="bytes that the reading of a file may take")
    asked.add_argument("--bars", type=Path, required=True, help="the bar store")
    asked.add_argument("--lock", type=float, required=True, help="how long to wait for who is changing it")
    given = asked.parse_args()
    # Arrow asks once, when it is loaded: its other allocators take a gigabyte before they hand out a byte of it.
    os.putenv("ARROW_DEFAULT_MEMORY_POOL", "system")
    return_large_blocks()
    store = _loaded(given.bars, given.lock)
    reader, writer = protocol_line()
    gc.freeze()  # what is loaded now lives as long as the process: no fork need look through it, and so copy it
    limits = WorkerLimits(memory_max_bytes=given.memory * _STORING, nice=_NICE)
    WorkerServer(reader, writer, partial(_do, store, given.memory), limits).serve()


def _loaded(folder: Path, lock_seconds: float) -> "ParquetBarStore":
    """The store, and with it all that a job needs: its fork then has it."""
    import weaver.glados.pool.reading
    import weaver.walle.files.csv_file
    import weaver.walle.files.parquet_file  # noqa: F401
    from weaver.walle.bars.store import ParquetBarStore

    return ParquetBarStore(folder, lock_seconds=lock_seconds)


def _do(store: "ParquetBarStore", memory_max: int, frame: Frame, emit: Emit) -> None:
    """A job, in a process of its own. Raises what is wrong with the file, and MemoryError."""
    from weaver.glados.pool.reading import Reading, imported, previewed
    from weaver.walle.files.bar_file import is_parquet
    from weaver.walle.files.parquet_file import decoded_bytes

    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most - memory_max * (_STORING - 1), most))

    def read_done() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        emit(encoded("read", {}))

    reading = Reading.of_json(frame.body)
    if reading.path.exists() and is_parquet(reading.path) and decoded_bytes(reading.path) > memory_max:
        raise MemoryError
    if frame.kind == "preview":
        emit(encoded("result", previewed(store, reading).model_dump(mode="json")))
    else:
        done = imported(store, reading, keep=frame.body["keep"], read_done=read_done)
        emit(encoded("result", done.model_dump(mode="json")))


if __name__ == "__main__":
    main()
