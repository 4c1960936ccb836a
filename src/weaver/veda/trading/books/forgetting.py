"""Which orders memory can do without: those that are over, and all that hangs together with them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import SubmissionState


def quiet(known: AccountOrders, touched: Mapping[str, datetime], since: datetime) -> list[str]:
    """Orders of which nothing can come by itself, and was heard since then; `touched`: when some were last asked for.
    An entry, its exits and what took its place are counted by one another: they stay together, or go together."""
    return [
        order.id
        for together in _clusters([*known.all()])
        if all(_is_quiet(known, order, touched, since) for order in together)
        for order in together
    ]


def _is_quiet(known: AccountOrders, order: LiveOrder, touched: Mapping[str, datetime], since: datetime) -> bool:
    if order.is_working or max(order.updated_at, touched.get(order.id, order.updated_at)) >= since:
        return False
    return all(one.state is SubmissionState.ENDED for one in known.submissions_of(order.id))


def _clusters(orders: Sequence[LiveOrder]) -> list[list[LiveOrder]]:
    """Orders by what hangs together, directly or through others."""
    heads: dict[str, str] = {}
    for order in orders:
        for other in _ties(order):
            heads[_head(heads, other)] = _head(heads, order.id)
    found: dict[str, list[LiveOrder]] = {}
    for order in orders:
        found.setdefault(_head(heads, order.id), []).append(order)
    return [*found.values()]


def _ties(order: LiveOrder) -> Iterator[str]:
    named = (order.group_id, order.parent_id, order.replaces, order.replaced_by)
    return (one for one in named if one is not None and one != order.id)


def _head(heads: dict[str, str], id_: str) -> str:
    while (above := heads.get(id_, id_)) != id_:
        heads[id_] = heads.get(above, above)
        id_ = above
    return id_
