"""What the terminal is told."""

from weaver.cli.summary import told_together


def test_notes_that_differ_only_in_the_symbol_are_told_in_one_line() -> None:
    notes = [*(f"S{k}: taken for stock" for k in range(5)), "X: 1h bars put together to 4h", "a note by itself"]
    assert list(told_together(notes)) == [
        "S0, S1, S2 and 2 more: taken for stock",
        "X: 1h bars put together to 4h",
        "a note by itself",
    ]
    assert list(told_together(["A: same", "B: same"])) == ["A: same", "B: same"]
