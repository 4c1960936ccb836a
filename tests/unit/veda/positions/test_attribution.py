"""Whose a venue's positions are."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.veda.live_builders import seconds
from weaver.veda.positions.attribution import Effect, EffectKind, attributed, split_effect

EARLIER, OTHERS = EffectKind.EARLIER, EffectKind.OTHERS


def effect(kind: EffectKind, quantity: str | int, symbol: str = "AAPL", note: str = "") -> Effect:
    return Effect(symbol=symbol, kind=kind, quantity=Decimal(quantity), note=note, time=seconds(0))


def held(**quantities: str | int) -> dict[str, Decimal]:
    return {symbol: Decimal(quantity) for symbol, quantity in quantities.items()}


def test_two_runs_and_a_person_share_a_position() -> None:
    effects = [effect(EARLIER, 5), effect(OTHERS, 3, note="x1"), effect(OTHERS, -1, note="x2")]
    (one,) = attributed(held(AAPL=40), {"b": held(AAPL=-10), "a": held(AAPL=30)}, held(AAPL=10), effects)
    assert list(one.runs.items()) == [("a", 30), ("b", -10)]
    assert (one.manual, one.ours, one.remainder) == (10, 30, 10)
    assert [(part.kind, part.quantity, part.note) for part in one.parts] == [
        ("earlier", 5, ""), ("others", 2, "x2"), ("unexplained", 3, ""),
    ]  # fmt: skip
    assert (one.explained, one.unexplained) == (37, 3)


def test_a_rest_under_a_lot_is_dust() -> None:
    lots = held(**{"BTC/USD": "0.0001"})
    (one,) = attributed(held(**{"BTC/USD": "0.99997"}), {"a": held(**{"BTC/USD": "1"})}, {}, [], lots=lots)
    assert [(part.kind, part.quantity) for part in one.parts] == [("dust", Decimal("-0.00003"))]
    assert one.unexplained == 0
    (one,) = attributed(held(**{"BTC/USD": "0.9999"}), {"a": held(**{"BTC/USD": "1"})}, {}, [], lots=lots)
    assert one.unexplained == Decimal("-0.0001")


def test_a_symbol_that_only_one_side_knows_is_there_too() -> None:
    found = attributed(held(MSFT=1), {"a": held(AAPL=2)}, {}, [effect(EARLIER, 0, "TSLA")])
    assert [(one.symbol, one.unexplained) for one in found] == [("AAPL", -2), ("MSFT", 1)]


def test_a_split_scales_what_is_nobodys() -> None:
    effects = [effect(EARLIER, 5), effect(EARLIER, 7, "MSFT")]
    added = split_effect("AAPL", effects, numerator=3, denominator=2, lot=Decimal(1), time=seconds(1))
    assert added is not None
    assert (added.quantity, added.kind, added.note) == (2, EffectKind.SPLIT, "3 for 2")  # 7 of 7.5
    assert split_effect("TSLA", effects, numerator=3, denominator=2, lot=Decimal(1), time=seconds(1)) is None
    short = split_effect("AAPL", [effect(EARLIER, -5)], numerator=1, denominator=2, lot=Decimal(1), time=seconds(1))
    assert short is not None
    assert short.quantity == 3  # −2 of −2.5


def test_effects_survive_a_restart() -> None:
    one = effect(OTHERS, "0.5", note="order 7")
    assert Effect.of_json(one.as_json()) == one
    timeless = Effect(symbol="AAPL", kind=EARLIER, quantity=Decimal(1))
    assert Effect.of_json(timeless.as_json()) == timeless


quantities = st.decimals(-1000, 1000, places=9)
symbols = st.sampled_from(["AAPL", "BTC/USD", "MSFT"])
holdings = st.dictionaries(symbols, quantities, max_size=3)
kinds = st.sampled_from([EARLIER, OTHERS, EffectKind.SPLIT, EffectKind.FEE])
effects = st.lists(st.builds(effect, kinds, quantities, symbols), max_size=5)


@given(
    venue=holdings, runs=st.dictionaries(st.sampled_from("abc"), holdings), manual=holdings, known=effects,
    lots=st.dictionaries(symbols, st.just(Decimal("0.01"))),
)  # fmt: skip
def test_the_parts_always_add_up_to_the_venues_figure(
    venue: dict[str, Decimal],
    runs: dict[str, dict[str, Decimal]],
    manual: dict[str, Decimal],
    known: list[Effect],
    lots: dict[str, Decimal],
) -> None:
    found = {one.symbol: one for one in attributed(venue, runs, manual, known, lots=lots)}
    for symbol in ("AAPL", "BTC/USD", "MSFT"):
        ours = sum((one.get(symbol, Decimal(0)) for one in [*runs.values(), manual]), Decimal(0))
        named = sum((one.quantity for one in known if one.symbol == symbol), Decimal(0))
        rest = venue.get(symbol, Decimal(0)) - ours - named
        if symbol not in found:
            assert (venue.get(symbol, 0), rest) == (0, 0)
            continue
        one = found[symbol]
        assert one.ours == ours
        assert one.venue == ours + sum((part.quantity for part in one.parts), Decimal(0)) == venue.get(symbol, 0)
        assert one.unexplained == (rest if symbol not in lots or abs(rest) >= Decimal("0.01") else 0)
        assert all(part.quantity for part in one.parts)


def test_fractions_that_owners_lose_and_the_account_does_not_are_the_splits() -> None:
    owned = [Decimal(5), Decimal(3), Decimal(-1)]
    added = split_effect("AAPL", [], owned, numerator=1, denominator=2, lot=Decimal(1), time=seconds(1))
    assert added is None  # 7 shares are 3, and so are 2 + 1 - 0
    owned = [Decimal(5), Decimal(3)]
    added = split_effect("AAPL", [], owned, numerator=1, denominator=2, lot=Decimal(1), time=seconds(1))
    assert added is not None  # 8 shares are 4, the owners' 2 + 1
    assert (added.kind, added.quantity) == (EffectKind.SPLIT, 1)
