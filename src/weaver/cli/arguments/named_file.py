"""`SYMBOL=FILE` as people write it: symbols have equals signs in them (ES=F), and so do files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from weaver.model.errors import InputError

_STARTS = ("/", "./", "../", "~")
"""How a file begins that is certainly one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file, and the symbol that it was given."""

    symbol: str | None
    file: str

    @classmethod
    def parse(cls, option: str, text: str) -> "NamedFile":
        """`[SYMBOL=]FILE`, split where a file is: at the only equals sign behind which there is one.

        `./` or `/` in front of the file settles it. Raises InputError where there is a file behind several, or none
        behind any of several.
        """
        readings = list(_readings(text))
        if len(readings) == 1:
            return readings[0]
        if len(readings) == 2 and not Path(text).exists():
            return readings[1]
        there = [reading for reading in readings if Path(reading.file).exists()]
        if len(there) == 1:
            return there[0]
        files = " and ".join(reading.file for reading in there) or ", ".join(reading.file for reading in readings)
        problem = f"there are {files}" if there else f"there is no file of these: {files}"
        raise InputError(
            f"{option} {text}: {problem}; write {option} SYMBOL=./FILE, so that it is clear which is meant"
        )


def _readings(text: str) -> Iterator[NamedFile]:
    """Every way to read it, the whole as a file first."""
    if text.startswith(_STARTS) or "=" not in text:
        yield NamedFile(symbol=None, file=text)
        return
    places = [place for place, letter in enumerate(text) if letter == "=" and text[:place].strip()]
    certain = [place for place in places if text.startswith(_STARTS, place + 1)]
    if not certain:
        yield NamedFile(symbol=None, file=text)
    for place in certain[:1] or places:
        if text[place + 1 :]:
            yield NamedFile(symbol=text[:place].strip(), file=text[place + 1 :].strip())
