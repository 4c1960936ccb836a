"""Texts that come from others, made fit to be kept or sent."""

import re

LENGTH_MAX = 2_000
WORD_LENGTH_MAX = 200
_WORD = re.compile(r"\S++")
_HEAD, _TAIL = 1_400, 500


def fit_to_keep(text: str, *, length_max: int) -> str:
    """The text as every database and JSON reader takes it: no NUL, no half of a surrogate pair, and not too long."""
    clean = text.encode("utf-8", "replace").decode().replace("\x00", "?")
    return clean if len(clean) <= length_max else f"{clean[: length_max - 1]}…"


def fit_to_send(text: str) -> str:
    """The text as UTF-8 can carry it, no word of it over 200 characters, and at most 2,000 in all.

    What goes is the middle: a message begins with what was wrong, and ends with what to do about it.
    """
    clean = text.encode("utf-8", "replace").decode()
    short = _WORD.sub(lambda word: _cut(word[0]), clean)
    return short if len(short) <= LENGTH_MAX else f"{short[:_HEAD]} … {short[-_TAIL:]}"


def _cut(word: str) -> str:
    return word if len(word) <= WORD_LENGTH_MAX else f"{word[:170]}…{word[-29:]}"
