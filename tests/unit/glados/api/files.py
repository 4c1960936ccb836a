"""Files to send."""

import gzip
from collections.abc import Sequence

HEADER = "Date,Open,High,Low,Close,Volume,Note"
ROWS = (
    "2024-01-02,10,12,9,11,100,a",
    "2024-01-03,11,14,10,13,200,b",
    "2024-01-04,13,13.5,8,9,300,c",
    "2024-01-05,9,10,8.5,9.5,400,d",
    "2024-01-08,9.5,11,9,10,500,e",
)


def csv(rows: Sequence[str] = ROWS, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
