"""Who hears what: updates of orders, and market data, on the connections that are open."""

from collections.abc import Mapping

from weaver.rehearsal.market.publication import Channel
from weaver.rehearsal.market.wire import Fields
from weaver.rehearsal.streams.connection import SocketConnection
from weaver.rehearsal.streams.data_stream import DataStream
from weaver.rehearsal.streams.update_stream import UPDATES, UpdateStream

_TYPES = {
    Channel.TRADES: "t",
    Channel.QUOTES: "q",
    Channel.BARS: "b",
    Channel.UPDATED_BARS: "u",
    Channel.DAILY_BARS: "d",
    Channel.STATUSES: "s",
    Channel.ORDERBOOKS: "o",
}


class UpdateHub:
    """Those who listen to updates of orders."""

    def __init__(self) -> None:
        self.connections: dict[SocketConnection, UpdateStream] = {}

    def publish(self, data: Mapping[str, object]) -> None:
        """Send an update to all of them."""
        for connection, stream in self.connections.items():
            if stream.is_listening:
                connection.publish_alone({"stream": UPDATES, "data": data})


class DataHub:
    """Those who listen to market data."""

    def __init__(self) -> None:
        self.connections: dict[SocketConnection, DataStream] = {}

    def is_wanted(self, channel: Channel, symbol: str, *, is_stock: bool) -> bool:
        """Whether anybody listens to a symbol's."""
        return any(
            stream.is_stock is is_stock and stream.wants(channel, symbol) for stream in self.connections.values()
        )

    def publish(self, channel: Channel, symbol: str, fields: Fields, *, is_stock: bool) -> None:
        """Have all hear who listen."""
        message = {"T": _TYPES[channel], "S": symbol, **fields}
        for connection, stream in self.connections.items():
            if stream.is_stock is is_stock and stream.wants(channel, symbol):
                connection.publish(message)
