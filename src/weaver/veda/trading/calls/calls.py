"""An account's calls of its venue, by what they are for."""

from collections.abc import Callable, Coroutine, Mapping

from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.ports import TradingStore
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.calls.answers import Answers
from weaver.veda.trading.calls.fates import Fates
from weaver.veda.trading.calls.look_ups import LookUps
from weaver.veda.trading.calls.sending import Sending


class Calls:
    """Each ends with what came of it in the books, or with the database away: then what is to be done is found again by
    whoever looks at the books."""

    def __init__(
        self,
        *,
        books: Books,
        adapter: ExchangeAdapter,
        store: TradingStore,
        wall: Wall,
        look: Callable[[], None],
    ) -> None:
        """look: has the venue looked at as soon as may be."""
        self.answers = answers = Answers(books=books, adapter=adapter, store=store)
        self.fates = fates = Fates(books=books, look=look)
        self.look_ups = look_ups = LookUps(books=books, adapter=adapter, wall=wall, answers=answers, fates=fates)
        self.sending = sending = Sending(
            books=books, adapter=adapter, store=store, answers=answers, look_ups=look_ups, fates=fates
        )
        self.by_name: Mapping[str, Callable[[str], Coroutine[None, None, None]]] = {
            "send": sending.send,
            "send_replacement": sending.send_replacement,
            "cancel": sending.cancel,
            "look_up": look_ups.look_up,
            "refresh": look_ups.refresh,
        }
        """As the agenda calls them; each is told a submission's id."""
