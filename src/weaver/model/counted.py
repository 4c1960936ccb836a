"""How many of something, in words."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 bar`, `2,000 bars`; `many` where more than an s is added: `counted(2, "order was", "orders were")`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
