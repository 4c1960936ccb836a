"""Names that vulture cannot see being used: each group with who uses it."""

from types import SimpleNamespace

_ = SimpleNamespace()

# Python itself.
_.__class__  # marvin.series turns a series into a streaming one and back
_.prec  # decimal's context
_.daemon  # threading's
_.create_module  # importlib's loaders
_.handle_starttag  # html.parser
_.handle_endtag
_.handle_data

# The peers' frameworks call these.
_.init  # backtesting.py

# The benchmarks' contestants and command lines name these.
_.SYMBOL
_.SmaOnBar
_.SmaAveragesOnBar
_.SmaWhen

# The strategy loader finds these by reading their source.
_.MomentumRotation
_.PairsSpread
_.RsiMeanReversion
_.SmaCrossover
_.DonchianBreakout
_.BollingerReversion
_.BuyAndHold
_.Dca

# Strategies of users call these.
_.ema
_.wma
_.macd
_.stoch
_.cci
_.mom
_.adx
_.natr
_.stddev
_.obv
_.indicator
_.unrealised_pnl
_.to_pandas
_.to_polars

# Strategies that tests are made of.
_.on_bars
_.on_the_hour
_.weaver_test_fail
_.mode
_.since
_.KINDS
_.untyped

# Python's dir(), and the report's page, read these.
_.__dir__
_.help

# The integration tests' strategies call these by name, or keep them for what they do to memory.
_.once
_.move
_.withdraw
_.junk
