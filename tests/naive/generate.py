"""Random scenarios, drawn by hypothesis or from a seed through one and the same body."""

import random
from decimal import Decimal

from hypothesis import strategies as st

from tests.naive.chooser import Chooser
from tests.naive.durations import with_any_time
from tests.naive.financed import with_any_carry
from tests.naive.markets import CLOCKS_BACK, CLOCKS_BACK_EUROPE, SPRING, THANKSGIVING, Market, draw_symbol
from tests.naive.programs import ProgramWriter
from tests.naive.rescale import rescaled
from tests.naive.scenario import NaiveAccount, NaiveCosts, NaiveSymbol, Scenario
from tests.naive.words import with_any_word


def random_scenario(
    seed: int,
    *,
    frames_max: int = 40,
    any_price: bool = False,
    any_time: bool = False,
    any_word: bool = False,
    any_carry: bool = False,
    any_contract: bool = False,
) -> Scenario:
    """The scenario of a seed, with at most `frames_max` bars a symbol; the same seed gives the same one for ever.

    `any_price`: in half of the cases told again far from the prices of 5 to 100 that are drawn. `any_time`: in most of
    them with orders that end on a day, and such for the opens and closes of sessions. `any_word`: in most of them with
    exits in percent and stops that trail. `any_carry`: in most of them with interest, funding, costs a symbol, and
    rates of makers and takers. `any_contract`: on futures, with multipliers and margins, and at other exchanges than
    New York's.
    """
    chooser = Chooser(random.Random(seed).randint)
    return draw_scenario(
        chooser,
        frames_max=frames_max,
        any_price=any_price,
        any_time=any_time,
        any_word=any_word,
        any_carry=any_carry,
        any_contract=any_contract,
    )


@st.composite
def scenarios(
    draw: st.DrawFn,
    *,
    frames_max: int = 25,
    any_price: bool = False,
    any_time: bool = False,
    any_word: bool = False,
    any_carry: bool = False,
    any_contract: bool = False,
) -> Scenario:
    """Scenarios with at most `frames_max` bars a symbol."""
    choose = Chooser(lambda low, high: draw(st.integers(low, high)))
    return draw_scenario(
        choose,
        frames_max=frames_max,
        any_price=any_price,
        any_time=any_time,
        any_word=any_word,
        any_carry=any_carry,
        any_contract=any_contract,
    )


def draw_scenario(
    choose: Chooser,
    *,
    frames_max: int,
    any_price: bool,
    any_time: bool,
    any_word: bool,
    any_carry: bool,
    any_contract: bool,
) -> Scenario:
    """One scenario: 1 to 3 symbols on one timeframe, an account, costs and a program."""
    market = Market(
        timeframe=choose.weighted([("1d", 50), ("4h", 20), ("1h", 20), ("30m", 10)]),
        frames=choose.integer(min(4, frames_max), frames_max),
        unit=choose.pick([10, 1, 50]),
        extended=choose.chance(60),
        missing_percent=choose.pick([0, 0, 8, 25]),
        first=choose.pick([SPRING, SPRING, CLOCKS_BACK, THANKSGIVING, *([CLOCKS_BACK_EUROPE] if any_contract else [])]),
        any_contract=any_contract,
    )
    symbols: list[NaiveSymbol] = [
        draw_symbol(choose, market, index) for index in range(choose.weighted([(1, 50), (2, 30), (3, 20)]))
    ]
    bare = Scenario(symbols=symbols, timeframe=market.timeframe)
    drawn = Scenario(
        symbols=symbols,
        timeframe=market.timeframe,
        account=_draw_account(choose),
        costs=_draw_costs(choose),
        program=ProgramWriter(choose, market, symbols).write(bare.ticks()),
        close_at_end=choose.chance(25),
    )
    priced = rescaled(drawn, choose) if any_price else drawn
    timed = with_any_time(priced, choose) if any_time else priced
    worded = with_any_word(timed, choose) if any_word else timed
    return with_any_carry(worded, choose) if any_carry else worded


def _draw_account(choose: Chooser) -> NaiveAccount:
    cash = Decimal(choose.pick(["100000", "20000", "3000", "500", "10000.1234"]))
    if choose.chance(55):
        return NaiveAccount(cash=cash)
    return NaiveAccount(
        cash=cash,
        kind="margin",
        leverage=Decimal(choose.pick(["1", "2", "4", "1.5"])),
        shorting=choose.chance(75),
        maintenance=Decimal(choose.pick(["0.25", "0.25", "0.5", "0.9"])),
    )


def _draw_costs(choose: Chooser) -> NaiveCosts:
    """Nothing, one kind of cost, or all at once; with or without a share of the volume."""
    kind = choose.pick(["none", "bps", "per_share", "slippage", "all"])
    everything = kind == "all"
    share = Decimal(choose.pick(["0.1", "0.5", "0.033"])) if choose.chance(40) else None
    return NaiveCosts(
        commission_bps=Decimal(choose.pick(["10", "2.5"])) if everything or kind == "bps" else Decimal(0),
        commission_per_share=Decimal(choose.pick(["0.005", "0.0035"]))
        if everything or kind == "per_share"
        else Decimal(0),
        commission_minimum=Decimal(choose.pick(["0", "1", "0.35"]))
        if everything or kind == "per_share"
        else Decimal(0),
        slippage_bps=Decimal(choose.pick(["0", "5", "33"])) if everything or kind == "slippage" else Decimal(0),
        slippage_ticks=Decimal(choose.pick(["0", "1", "3"])) if everything or kind == "slippage" else Decimal(0),
        half_spread_bps=Decimal(choose.pick(["0", "1.5"])) if everything or kind == "slippage" else Decimal(0),
        max_participation=share,
    )
