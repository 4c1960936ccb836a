"""Texts that come from users' code, made fit to be kept."""


def fit_words(text: str, *, length_max: int) -> str:
    """The text as every database and JSON reader takes it: no NUL, no half of a surrogate pair, and not too long."""
    clean = text.encode("utf-8", "replace").decode().replace("\x00", "?")
    return clean if len(clean) <= length_max else f"{clean[: length_max - 1]}…"
