"""Names that vulture cannot see being used: each group with who uses it."""

from types import SimpleNamespace

_ = SimpleNamespace()

# Python itself.
_.__signature__  # inspect, and so Typer
_.__class__  # marvin.series turns a series into a streaming one and back
_.prec  # decimal's context
_.daemon  # threading's
_.tempdir  # tempfile's
_.create_module  # importlib's loaders
_.handle_starttag  # html.parser
_.handle_endtag
_.handle_data

# backtrader calls these of its strategies.
_.notify_order
_.prenext

# ccxt and yfinance read these.
_.on_rest_response
_.hide_exceptions

# http.server calls it.
_.handle_error

# SQLAlchemy calls these of a type of its own, or of a listener.
_.impl
_.cache_ok
_.load_dialect_impl
_.process_bind_param
_.process_result_value
_._prepare
_._replace_if_closed
_.epochs  # a table that Alembic finds in the metadata

# Arrow asks these of what it takes for a file.
_.readable
_.seekable
_.writable

# The HTTP server and its framework call or read these.
_.capture_signals
_.data_received
_.media_type

# Read through `asdict` or by responses made of attributes.
_.cloned_from

# The peers' frameworks call these.
_.init  # backtesting.py

# The benchmarks' contestants and command lines name these.
_.SYMBOL
_.SmaOnBar
_.SmaAveragesOnBar
_.SmaWhen
_.BracketWhen

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

# The siege finds these by their name.
_.attack

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
_.idle

# Adapters' settings are read by the names of their variables, adapters by the names of their classes, and the SDK and
# the standard library look for these.
_.alpaca_paper_base_url
_.alpaca_live_base_url
_.alpaca_data_url
_.alpaca_stream_url
_.alpaca_data_feed
_.live_trading
_.AlpacaAdapter
_._retry
_.trust_env
_.do_POST
_.do_PUT
_.do_PATCH
_.do_DELETE
_.log_message

# uvicorn reads it: whether a socket's upgrade has been dealt with
_.handshake_complete

# The simulation's event loop is asyncio's.
_._write_to_self
_._timer_cancelled_count
_._log_destroy_pending

# The simulation's traffic calls what can be wanted by its name.
_._resting
_._for_a_while
_._day_bracket
_._through_zero

# The simulation loads its strategy from its text.
_.Restless

# Type checkers and editors read it.
_.stop_loss_trail

# shlex reads it.
_.whitespace_split

# A callback that a test misspells.
_.on_barr
