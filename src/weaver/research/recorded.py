"""A backtest on what a paper or live run was given: its bars, counted as it counted them."""

from dataclasses import replace

from weaver.glados.ports import RecordedMarket
from weaver.marvin.plugins.loader import LoadedStrategy
from weaver.model.backtest.options import Options
from weaver.model.listing import Listing
from weaver.model.numbers.scale import Scale
from weaver.research.inputs import RunInput
from weaver.research.run import Plan, plan
from weaver.veda.inputs import ListedSymbol
from weaver.veda.runs.recorded.codec import decode_setup
from weaver.veda.runs.recorded.warmup import decode_bars
from weaver.walle.bars.folder.catalogue import corporate_action_of

ORIGIN = "recorded"


def plan_on(market: RecordedMarket, strategy: LoadedStrategy, options: Options) -> Plan:
    """The plan of a backtest on these bars. Raises InputError, and DataError for what is no record."""
    listed = {one.symbol: one for one in decode_setup(market.setup).symbols}
    inputs = {symbol: _input(one, market) for symbol, one in listed.items()}
    ready = plan(strategy, inputs, replace(options, benchmark=None))
    return replace(ready, scales={symbol: _scale(one, ready.scales[symbol]) for symbol, one in listed.items()})


def _input(listed: ListedSymbol, market: RecordedMarket) -> RunInput:
    actions = tuple(corporate_action_of(row) for row in market.actions.get(listed.symbol, ()))
    bars = decode_bars(market.bars[listed.symbol])
    return RunInput(listing=Listing(instrument=listed.instrument, bars=bars, actions=actions), origin=ORIGIN)


def _scale(listed: ListedSymbol, of_bars: Scale) -> Scale:
    """As fine as the backtest needs it, with the run's ticks: those that its strategy rounded by."""
    return listed.instrument.scale(data_decimals=listed.data_decimals, price_decimals=of_bars.price_decimals)
