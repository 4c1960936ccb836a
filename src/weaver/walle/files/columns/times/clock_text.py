"""Times of day in a column of their own."""

import pyarrow as pa
import pyarrow.compute as pc


def clock_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts of times of day, where numbers have got back the zeros in front: 93000 is 09:30:00, 930 is 09:30, and
    nothing but zeros is midnight."""
    longest = pc.max(pc.utf8_length(column)).as_py()
    if longest in (5, 6) and pc.all(pc.match_substring_regex(column, r"^\d{1,6}$")).as_py():
        return pc.utf8_lpad(column, 6, "0")
    if longest in (3, 4) and pc.all(pc.match_substring_regex(column, r"^\d{1,4}$")).as_py():
        return pc.utf8_lpad(column, 4, "0")
    if longest in (1, 2) and pc.all(pc.match_substring_regex(column, r"^0{1,2}$")).as_py():
        return pc.utf8_lpad(column, 4, "0")
    return column
