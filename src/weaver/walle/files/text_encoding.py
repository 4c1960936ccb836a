"""How a text is written: in UTF-8 with line feeds, or in what some programs still write instead."""

import codecs

from weaver.model.errors import DataError

WINDOWS = "cp1252"
_UTF_8 = "utf-8"
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def encoding_of(begin: bytes) -> str | None:
    """How a text that begins so is written; None: in UTF-8 with line feeds, as it is to be, or it is no text.

    UTF-16 is what Excel calls Unicode text, and what MetaTrader's scripts write. Bare carriage returns are what Excel
    writes for old Macs. What is not UTF-8 otherwise is taken for Windows-1252, whose digits and marks are those of all
    its relatives.
    """
    bom = _BOMS.get(begin[:2])
    if bom is not None or not begin:
        return bom
    if len(begin) > 2 and not any(begin[1::2]):
        return "utf-16-le"
    if len(begin) > 2 and not any(begin[::2]):
        return "utf-16-be"
    if b"\0" in begin:
        return None
    try:
        codecs.getincrementaldecoder(_UTF_8)().decode(begin)  # the last letter may be cut through
    except UnicodeDecodeError:
        return WINDOWS
    return _UTF_8 if b"\r" in begin and b"\n" not in begin else None


def as_utf8(data: bytes, encoding: str, name: str) -> bytes:
    """A text as UTF-8 with line feeds. Raises DataError where it is not written in `encoding` throughout."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        called = "Windows-1252" if encoding == WINDOWS else encoding[:6].upper()
        raise DataError(f"{name}: the text is neither UTF-8 nor whole {called}: save it as UTF-8") from error
    return (text if "\n" in text else text.replace("\r", "\n")).encode()
