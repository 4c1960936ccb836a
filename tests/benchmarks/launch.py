"""Run a command and tell what it used, as one line of JSON on standard error's place: `launch.py REPORT COMMAND…`.

A small process of its own: Linux lets a child inherit its parent's peak memory, and this parent has next to none.
"""

import json
import os
import sys
import time


def main(report: str, command: list[str]) -> None:
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.execv(command[0], command)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    used = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "wall": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * 1024,
    }
    with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib would double this process's memory
        json.dump(used, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
