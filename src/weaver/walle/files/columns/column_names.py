"""Which column of a file is what: by its whole name, in the spellings that vendors use, never by how it begins."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from weaver.model.errors import DataError

_TIMES = (
    "timestamp", "timestamputc", "unixtimestamp", "unix", "epoch", "datetimeutc", "datetime", "gmttime", "timeutc",
    "utc", "dateutc",
    "timestampgmt", "datetimegmt", "dategmt", "timegmt",
    "windowstart", "opentimeutc", "opentime", "starttime", "periodstart", "start", "begin",
    "localtime", "tradedate", "date", "datum", "fecha", "data", "дата", "日期", "交易日期", "日付", "日時",
    "날짜", "일자",
    "time", "zeit", "время", "时间", "ts", "dt", "t", "indexlevel0", "index",
    "unnamed0", "",
)  # fmt: skip
"""Names of the time column, the surest first."""

_PRICES = {
    "open": (
        ("open", "openprice", "openingprice", "o", "开盘", "开盘价", "開盤價", "始値", "시가"),
        (
            "eröffnung", "eröffnungskurs", "eroeffnung", "eröffn", "eroeffn", "erster", "anfangskurs", "ouverture",
            "ouv", "apertura", "abertura", "otwarcie", "открытие", "откр", "açılış", "öppning",
        ),
    ),
    "high": (
        ("high", "highprice", "h", "最高", "最高价", "最高價", "高値", "고가"),
        (
            "hoch", "höchst", "höchstkurs", "hoechst", "tageshoch", "plushaut", "haut", "+haut", "máximo", "maximo",
            "massimo", "máxima", "maxima", "hoog", "hoogste", "najwyzszy", "najwyższy", "максимум", "макс", "yüksek",
            "högsta", "högst",
        ),
    ),
    "low": (
        ("low", "lowprice", "l", "最低", "最低价", "最低價", "安値", "저가"),
        (
            "tief", "tiefst", "tiefstkurs", "tagestief", "plusbas", "bas", "+bas", "mínimo", "minimo", "mínima",
            "minima", "laag", "laagste", "najnizszy", "najniższy", "минимум", "мин", "düşük", "lägsta", "lägst",
        ),
    ),
    "close": (
        ("close", "closeprice", "closingprice", "c", "收盘", "收盘价", "收盤價", "終値", "종가"),
        ("last", "closelast", "lastprice", "latest"),
        (
            "schluss", "schlusskurs", "schluß", "schlußkurs", "clôture", "cloture", "clot", "clôt", "cierre",
            "chiusura", "fechamento", "slot", "zamkniecie", "zamknięcie", "закрытие", "kapanış", "stängning",
        ),
        ("zuletzt", "letzter", "dernier", "último", "ultimo", "laatst", "ostatnio", "цена", "şimdi", "senast"),
        ("price",),
    ),
}  # fmt: skip
"""Names of each price; those of one rank mean the same, and a later rank counts where an earlier one has none."""

_LOCAL = frozenset(
    name
    for price, ranks in _PRICES.items()
    for rank in (ranks[2:4] if price == "close" else ranks[1:])
    for name in rank
)
"""Names where a comma stands before decimals."""

COINS = (
    "btc", "xbt", "eth", "sol", "xrp", "ltc", "bch", "ada", "doge", "dot", "avax", "link", "bnb", "trx", "matic", "pol",
    "shib", "uni", "atom", "etc", "xlm", "xmr", "algo", "fil", "near", "apt", "arb", "aave", "eos", "xtz", "zec",
    "dash", "neo", "sui", "pepe",
)  # fmt: skip
"""Coins after which the volume of their pairs is called: `Volume BTC`."""
_VOLUMES = (
    (
        "basevolume", "volumebase", "baseassetvolume", "volumefrom", "realvolume", "realvol", "sharevolume",
        "volumeshares", "sharestraded", "noofshares", "numberofshares", "contractstraded", "volumecontracts",
        "tradedquantity", "totaltradedquantity", "tottrdqty", "ttltrdqnty", "stück", "stücke", "stueck", "stuecke",
        "gehandeltestücke", "成交量", "出来高", "売買高", "거래량",
        *(f"{volume}{coin}" for coin in COINS for volume in ("volume", "vol")),
    ),
    ("volume", "vol", "v", "volumetraded", "tradedvolume", "totalvolume", "tradingvolume", "volumen", "wolumen",
     "wol", "объем", "объём", "hacim", "hac", "volym"),
)  # fmt: skip
"""Names of the volume: those that say that it is counted in what is traded, and those that say nothing."""
_COIN_VOLUME = re.compile(
    r"(?:volume|vol(?!ume))(?!(?:usd|usdt|usdc|busd|fdusd|dai|eur|gbp|jpy|krw|try|brl|aud|quote|ma|avg|sma|ema)$)[a-z0-9]{2,6}"
)
"""Volumes that may be a coin's, known or not: in no money, and no average."""
_TICK_VOLUMES = (("tickvolume", "tickvol"),)
"""Counts of price changes: the volume where there is no other, or the other is always 0."""
_SYMBOLS = (
    "symbol", "ticker", "tickersymbol", "stocksymbol", "sym", "tic", "rawsymbol", "actsymbol", "instrument",
    "instrumentname", "instrumentid", "contract", "security", "securitycode", "secid", "stock", "stockcode", "tscode",
    "coin", "pair", "currencypair", "productid", "ric", "isin", "figi", "cusip", "sedol", "permno",
)  # fmt: skip
"""Names of the column of symbols, the surest first."""
_LABELS = ("s", "code", "name", "asset", "market")
"""Names of columns that have symbols where they have several values; one alone may be anything (`Apple Inc.`)."""
UTC_NAMES = frozenset(
    {"gmttime", "utc", "unix", "unixtimestamp", "epoch", "timestamputc", "datetimeutc", "timeutc", "dateutc",
     "opentimeutc", "timestampgmt", "datetimegmt", "dategmt", "timegmt"}
)  # fmt: skip
"""Time columns whose name says UTC."""

_CLOCKS = (
    "time",
    "clock",
    "zeit",
    "uhrzeit",
    "hora",
    "heure",
    "ora",
    "tijd",
    "czas",
    "godzina",
    "время",
    "时间",
    "時刻",
)
"""Names of a separate column with the time of day."""
_DATES = frozenset({"date", "datum", "fecha", "data", "дата", "日期", "日付"})
"""Time columns beside which there may be one with the time of day."""
NOTHING_SAID: Mapping[str, str] = {}

_CURRENCY = "$€£¥₹₿"
_NOISE = re.compile(rf"[^\w%‰∆±+{_CURRENCY}]|_")
"""What says nothing in a name. A percent sign and the like do: `Volume %` is no volume, `Volume ($)` another one."""
_MONEY = re.compile(f"[{_CURRENCY}]")
_AGAIN = re.compile(r"(?P<name>.*)(\.\d+|_duplicated_\d+)")
"""How pandas and polars call a name that stands there twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnNames:
    """Positions of the columns that make up bars."""

    time: int
    clock: int | None
    """A separate column with the time of day, beside `time` with the date."""
    prices: dict[str, int]
    volume: int | None
    tick_volume: int | None
    """What is the volume where `volume` is always 0; None where there is no choice."""
    symbol: int | None
    is_label: bool
    """The column of symbols may hold something else, if it says the same throughout."""
    is_utc: bool
    """The name of the time column says that it is in UTC."""
    unused_volumes: tuple[str, ...]
    """Without a volume: the names that look like one and are not known."""

    @property
    def used(self) -> list[int]:
        """All positions, in the file's order."""
        optional = (self.clock, self.volume, self.tick_volume, self.symbol)
        chosen = {self.time, *self.prices.values()}.union(position for position in optional if position is not None)
        return sorted(chosen)

    @property
    def numeric(self) -> dict[str, int]:
        """The positions of what holds numbers, by its name in errors."""
        beside = {"volume": self.volume, "tick volume": self.tick_volume}
        return {**self.prices, **{name: position for name, position in beside.items() if position is not None}}


def simple(name: str) -> str:
    """A column's name in its simplest spelling: `<CLOSE>`, `4. close` and `Close` are all `close`."""
    text = re.sub(r"^\d+\.\s*", "", name.strip().lower())
    return _NOISE.sub("", text)


def has_times(names: Sequence[str]) -> bool:
    """Whether a column is named as one of times."""
    found = _spelled(names)
    return any(spelling in found for spelling in _TIMES)


def recognise(
    names: Sequence[str],
    *,
    origin: str,
    index_is_time: bool = False,
    index_holds: str | None = None,
    said: Mapping[str, str] = NOTHING_SAID,
) -> ColumnNames:
    """The columns of `origin` by name. Raises DataError that lists what was found where one is missing or doubled.

    index_is_time: the time does not stand in a column (a frame's index); `time` is then -1. index_holds: what a
    frame's index holds that is no times. said: what is taken for what, whatever it is called (`Spelling.columns`).
    """
    places = {wanted: said_column(name, names, wanted, origin=origin) for wanted, name in said.items()}
    spelled = _spelled(names)
    found = ["" if at in places.values() else name for at, name in enumerate(spelled)]
    columns = _Columns(names=names, found=found, origin=origin, said=places)
    bare = replace(columns, found=[_MONEY.sub("", name) for name in found])
    time = -1 if index_is_time else columns.surest([one for one in _TIMES if one or not places], "timestamp")
    prices = {price: bare.only(spellings, price) for price, spellings in _PRICES.items()}
    missing = [name for name, at in {"timestamp": time, **prices}.items() if at is None]
    if time is None or missing:
        index = "" if time is not None or index_holds is None else _no_times(index_holds)
        raise DataError(f"{origin}: no column for {', '.join(missing)}; {_found(names)}{index}{_hint(missing)}")
    volume = columns.volume()
    ticks = None if "volume" in places else columns.only(_TICK_VOLUMES, "volume")
    symbol, is_label = (places["symbol"], False) if "symbol" in places else symbol_column(names, origin=origin)
    has_date = time >= 0 and spelled[time] in _DATES
    return ColumnNames(
        time=time,
        clock=columns.surest(_CLOCKS, "clock") if has_date or "clock" in places else None,
        prices={price: position for price, position in prices.items() if position is not None},
        volume=ticks if volume is None else volume,
        tick_volume=None if volume is None else ticks,
        symbol=symbol,
        is_label=is_label,
        is_utc=time >= 0 and spelled[time] in UTC_NAMES,
        unused_volumes=() if volume is not None or ticks is not None else columns.called_like("vol"),
    )


def said_column(name: str, names: Sequence[str], wanted: str, *, origin: str) -> int:
    """The position of a column that somebody names: as it is written, else simply spelled, else by its number from 1.
    Raises DataError that lists what was found."""
    for same in (str, simple):
        at = [position for position, one in enumerate(names) if same(one) == same(name)]
        if len(at) == 1:
            return at[0]
    if name.isdigit() and 1 <= int(name) <= len(names):
        return int(name) - 1
    raise DataError(
        f"{origin}: no one column is called {name[:30]!r}, as --columns has it for {wanted}; {_found(names)}"
    )


def has_local_names(names: Sequence[str]) -> bool:
    """Whether prices are called as where a comma stands before decimals: in German, French, Russian …"""
    return any(spelled in _LOCAL for spelled in _spelled(names))


def price_of(name: str) -> str | None:
    """Which price a column's name says that it holds: open, high, low or close; None: none of them."""
    found = _MONEY.sub("", simple(name))
    return next((price for price, ranks in _PRICES.items() if any(found in rank for rank in ranks)), None)


def symbol_column(names: Sequence[str], *, origin: str) -> tuple[int | None, bool]:
    """The position of the column of symbols, if there is one, and whether it may hold something else, if it says the
    same throughout. Raises DataError where two could be it."""
    columns = _Columns(names=names, found=_spelled(names), origin=origin)
    sure = columns.surest(_SYMBOLS, "symbol")
    return (columns.surest(_LABELS, "symbol"), True) if sure is None else (sure, False)


def has_prices(names: Iterable[str]) -> bool:
    """Whether all four prices are named."""
    return {price_of(name) for name in names}.issuperset(_PRICES)


def is_header(names: Sequence[str], said: Mapping[str, str] = NOTHING_SAID) -> bool:
    """Whether a line names at least the four prices, or those that are not said to be called otherwise."""
    spelled = {simple(name) for name in names}
    found = {price_of(name) for name in names} | {price for price, name in said.items() if simple(name) in spelled}
    return found.issuperset(_PRICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The columns of a file or frame: as it calls them, and simply spelled."""

    names: Sequence[str]
    found: Sequence[str]
    origin: str
    said: Mapping[str, int] = field(default_factory=dict)
    """Positions that somebody named."""

    def surest(self, spellings: Sequence[str], wanted: str) -> int | None:
        """The column with the first of the spellings that there is."""
        return self.only([(spelling,) for spelling in spellings], wanted)

    def called_like(self, part: str) -> tuple[str, ...]:
        """The names that have `part` in them."""
        return tuple(name for name, spelled in zip(self.names, self.found, strict=True) if part in spelled)

    def volume(self) -> int | None:
        """The one that is counted in what is traded. `Volume BTC` behind `Volume FET` is what is paid: of a pair the
        first is traded. Raises DataError where another coin's stands before it."""
        at = self.only(_VOLUMES, "volume")
        if at is None or "volume" in self.said or not _of_a_coin(self.found[at]):
            return at
        before = [one for one in range(at) if self.found[one].startswith("vol")]
        before = [one for one in before if _COIN_VOLUME.fullmatch(self.found[one])]
        if before:
            raise DataError(
                f"{self.origin}: {self.names[before[0]][:30]!r} or {self.names[at][:30]!r} could be the volume: say "
                f"--columns volume=NAME; {_found(self.names)}"
            )
        return at

    def only(self, ranks: Sequence[Sequence[str]], wanted: str) -> int | None:
        """The one that somebody named, else the one column of the first rank that has any. Raises DataError where it
        has two."""
        if wanted in self.said:
            return self.said[wanted]
        for rank in ranks:
            positions = [position for position, name in enumerate(self.found) if name in rank]
            if len(positions) > 1:
                unclear = " and ".join(repr(self.names[position][:30]) for position in positions)
                raise DataError(
                    f"{self.origin}: more than one column could be {wanted}, {unclear}: rename or take out those that "
                    f"are not, or say --columns {wanted}=NAME; {_found(self.names)}"
                )
            if positions:
                return positions[0]
        return None


def _of_a_coin(name: str) -> bool:
    return name.removeprefix("volume").removeprefix("vol") in COINS


def _spelled(names: Sequence[str]) -> list[str]:
    return [simple(_first_called(name, names)) for name in names]


def _first_called(name: str, names: Sequence[str]) -> str:
    """`Close` for the `Close.1` that pandas makes of a second `Close`."""
    again = _AGAIN.fullmatch(name)
    return again["name"] if again is not None and again["name"] in names else name


def _no_times(index_holds: str) -> str:
    return f"; and the index holds {index_holds}, not times: make it one of times (pandas.to_datetime), or add a column"


def _hint(missing: Sequence[str]) -> str:
    """How to say what a column is called, where a price or the time has a name that is not known."""
    return f" (--columns {missing[0]}=NAME says which it is)"


def _found(names: Sequence[str]) -> str:
    return f"found: {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    shown = [repr(name[:30]) for name in names[:12]]
    return ", ".join(shown + [f"and {len(names) - 12} more"] * (len(names) > 12)) or "nothing"
