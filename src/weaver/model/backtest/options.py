"""The options of a backtest, each once: whoever takes, checks, sends, keeps or shows one reads it off here.

A new one is an entry of `Options`, and the code that uses it. The command line, the service's requests and answers,
the workers and the records follow by themselves; the keywords of `weaver.backtest`, written out for editors and type
checkers, and the service's description of a record are held equal to the entries by a test.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from inspect import get_annotations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from weaver.model.account.account_kind import AccountKind
from weaver.model.backtest.kinds import (
    AmountGiven,
    BenchmarkGiven,
    Choice,
    ColumnsGiven,
    CorporateActions,
    CostsGiven,
    FactGiven,
    Flag,
    OptionKind,
    Parameters,
    Symbols,
    Text,
    Time,
    Whole,
)
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.run import Audit

if TYPE_CHECKING:
    from weaver.model.numbers.money import Number
    from weaver.model.run import Run

Day = str | date | datetime
FACTS = ("tick", "lot", "multiplier", "margin", "calendar")
"""The options that are facts of symbols."""


@dataclass(frozen=True, slots=True)
class Option:
    """What there is to know of an option beside its name, type and default, which are those of its field."""

    kind: OptionKind
    about: str
    """A sentence for `--help` and for the service's document."""
    metavar: str = ""
    """How `--help` shows the value."""
    flag: str = ""
    """The option of the command line; empty: the name's."""
    run_field: str | None = None
    """The field of a `Run` that holds it; None: it stands among its `options`."""
    is_served: bool = True
    """Whether a request to the service can give it."""
    key: str | None = None
    """Where a run's record says what it was; None: in words of its own, with the bars or the parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a backtest is asked for beside its strategy and its bars: the keywords of `weaver.backtest`.

    Raises InputError, naming the option, for a value of another kind. What depends on the bars, or on several options,
    is found by whoever uses them.
    """

    symbols: Annotated[
        Iterable[str | None] | None,
        Option(
            Symbols(),
            "Of the bar store, or of the --bars; repeat for several.",
            flag="--symbol",
            metavar="S",
            run_field="symbols",
        ),
    ] = None
    actions: Annotated[
        Mapping[str, Any] | str | Path | None,
        Option(
            CorporateActions(),
            "Splits and dividends: ex_date,type,value.",
            metavar="[SYMBOL=]FILE",
            is_served=False,
        ),
    ] = None
    timeframe: Annotated[
        str | None,
        Option(Text(), "By default the data's own; 1h, 1d, 1w, 1mo … resample.", metavar="T", run_field="timeframe"),
    ] = None
    start: Annotated[
        Day | None,
        Option(
            Time(),
            "First day or time (UTC); earlier bars are history.",
            flag="--from",
            metavar="D",
            run_field="start_time",
            key="from",
        ),
    ] = None
    end: Annotated[
        Day | None,
        Option(Time(), "Last day or time (UTC), inclusive.", flag="--to", metavar="D", run_field="end_time", key="to"),
    ] = None
    warmup: Annotated[
        int | None,
        Option(
            Whole(least=0, most=10**9, unit="bars"),
            "Bars of history; by default all there are.",
            metavar="N",
            key="warmup",
        ),
    ] = None
    params: Annotated[
        Mapping[str, Any] | None,
        Option(Parameters(), "A parameter of the strategy.", flag="--set", metavar="NAME=VALUE", run_field="config"),
    ] = None
    cash: Annotated["Number", Option(AmountGiven(), "What the account begins with.", metavar="N", key="cash")] = 100_000
    account: Annotated[
        str,
        Option(Choice(AccountKind), "Margin: may borrow and, allowed to, short.", metavar="cash|margin", key="account"),
    ] = "cash"
    leverage: Annotated[
        "Number | None", Option(AmountGiven(), "Σ|value| over equity, at most (margin).", metavar="X", key="leverage")
    ] = None
    shorting: Annotated[bool, Option(Flag(), "Allow short positions (margin).", key="shorting")] = False
    maintenance: Annotated[
        "Number | None",
        Option(AmountGiven(), "Equity over Σ|value| below which all is sold (0.25).", metavar="X", key="maintenance"),
    ] = None
    costs: Annotated[
        str | Mapping[str, Any] | None,
        Option(
            CostsGiven(),
            "alpaca-stocks, alpaca-crypto, fx, futures, none, or keys; by default the asset class's.",
            metavar="NAME|KEY=VALUE,…",
            key="costs",
        ),
    ] = None
    asset: Annotated[
        str | None,
        Option(Choice(AssetClass), "stock, crypto, fx or future; by default guessed, or as stored.", metavar="CLASS"),
    ] = None
    tick: Annotated[
        "Number | Mapping[str, Number] | None",
        Option(FactGiven(), "Prices of orders come in multiples of it.", metavar="[SYMBOL=]N"),
    ] = None
    lot: Annotated[
        "Number | Mapping[str, Number] | None",
        Option(FactGiven(), "Quantities come in multiples of it (0.001: fractions).", metavar="[SYMBOL=]N"),
    ] = None
    multiplier: Annotated[
        "Number | Mapping[str, Number] | None",
        Option(FactGiven(), "What a contract is worth at a price of 1 (future).", metavar="[SYMBOL=]N"),
    ] = None
    margin: Annotated[
        "Number | Mapping[str, Number] | None",
        Option(
            FactGiven(),
            "What a contract ties up: 13200, or with the maintenance margin 13200/12000 (future).",
            metavar="[SYMBOL=]N[/M]",
        ),
    ] = None
    calendar: Annotated[
        "Number | Mapping[str, Number] | None",
        Option(FactGiven(), "Exchange whose sessions hold: XNYS, XLON, XTKS, CMES …", metavar="[SYMBOL=]NAME"),
    ] = None
    benchmark: Annotated[
        Any,
        Option(
            BenchmarkGiven(),
            "What alpha, beta and the report compare with; by default holding the run's symbols.",
            metavar="SYMBOL|FILE",
        ),
    ] = None
    tz: Annotated[str | None, Option(Text(), "Zone of times that carry none.", metavar="ZONE", is_served=False)] = None
    columns: Annotated[
        Mapping[str, str] | str | None,
        Option(
            ColumnsGiven(),
            "What a file's columns are, where their names do not say it; by number from 1 without a header.",
            metavar="close=NAME,…",
            is_served=False,
        ),
    ] = None
    date_order: Annotated[
        str | None,
        Option(
            Text(), "How 02/03/20 is read, where no row tells: dmy, mdy or ymd.", metavar="dmy|mdy|ymd", is_served=False
        ),
    ] = None
    decimal: Annotated[
        str | None,
        Option(Text(), "What stands before the decimals of 1,234: . or ,", metavar=".|,", is_served=False),
    ] = None
    empty_rows: Annotated[
        str | None,
        Option(Text(), "Rows without a price: drop (the default) or refuse.", metavar="drop|refuse", is_served=False),
    ] = None
    price_scale: Annotated[
        int | None,
        Option(
            Whole(least=1, most=10**9),
            "Prices are written so many times as high (10000: LEAN's of shares).",
            metavar="N",
            is_served=False,
        ),
    ] = None
    close_at_end: Annotated[bool, Option(Flag(), "Close what is held at the last close.", key="close_at_end")] = False
    lookahead_check: Annotated[
        bool, Option(Flag(), "Repeat the run on cut bars afterwards.", key="lookahead_check")
    ] = True
    seed: Annotated[
        int,
        Option(Whole(least=-(2**63) + 1, most=2**63 - 1), "Of the strategy's self.random.", metavar="N", key="seed"),
    ] = 0
    venue: Annotated[
        str | None, Option(Text(), "Apply the order rules of this venue.", metavar="V", run_field="venue", key="venue")
    ] = None

    def facts_of(self, symbol: str) -> Mapping[str, Any]:
        """What the options say of a symbol, as `Facts.parse` takes it."""
        given = {name: getattr(self, name) for name in FACTS}
        found = {name: one.get(symbol) if isinstance(one, Mapping) else one for name, one in given.items()}
        return {"asset": self.asset, **found}

    def check_named(self, symbols: Iterable[str]) -> None:
        """Raises InputError where a fact is given of a symbol that is none of the run's."""
        known = list(symbols)
        for name in FACTS:
            one = getattr(self, name)
            unknown = sorted(set(one) - set(known)) if isinstance(one, Mapping) else []
            if unknown:
                raise InputError(f"{name} of {', '.join(unknown)}: not a symbol of this run ({', '.join(known)})")

    def __post_init__(self) -> None:
        """Read every value. Raises InputError."""
        for name, option in OPTIONS.items():
            value = getattr(self, name)
            if value is not None or _needs_a_value(name):
                object.__setattr__(self, name, option.kind.read(value, name))

    @classmethod
    def of_run(cls, run: "Run") -> "Options":
        """Those that a run of the service was given."""
        found = {
            name: run.options.get(name) if option.run_field is None else getattr(run, option.run_field)
            for name, option in OPTIONS.items()
        }
        return cls(**{name: value for name, value in found.items() if value is not None})


OPTIONS: Mapping[str, Option] = {name: kind.__metadata__[0] for name, kind in get_annotations(Options).items()}
"""What there is to know of each, by name."""
RUN_OPTIONS: Mapping[str, Option] = {
    **{name: option for name, option in OPTIONS.items() if option.is_served and option.run_field is None},
    "audit": Option(Choice(Audit), "`full`: ticks and windows become events too."),
    "replay": Option(Text(), "Of a paper run: the stored bars to replay, FROM or FROM..TO (dates or times, UTC)."),
    "speed": Option(Text(), "Of a replay: how many times as fast as the bars once came, or max."),
    "venue_costs": Option(CostsGiven(), "Of a simulated venue: its own costs, where they are not the run's."),
}
"""What can stand among the options of a run of the service: those of a backtest that no field of a run holds, and
how much of it becomes events."""
DEFAULTS: Mapping[str, Any] = {one.name: one.default for one in fields(Options)}


def _needs_a_value(name: str) -> bool:
    """Whether None is not as good as leaving it out."""
    return DEFAULTS[name] is not None and isinstance(OPTIONS[name].kind, Flag | Whole)
