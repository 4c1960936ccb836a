"""Orders on paper and live: the tables `orders`, `submissions` and `fills`, as what trades keeps them.

Rows are column values: decimals, aware times, text. What they mean is their owner's; nothing is derived here.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, union

from weaver.model.errors import Conflict
from weaver.model.orders.status import OrderStatus
from weaver.model.record import Row, TradingRows
from weaver.walle.database.engines.session import AnyRow, DatabaseSession
from weaver.walle.database.rows.listing import shown_columns
from weaver.walle.database.rows.tables import UNFINISHED_SUBMISSION, fills, orders, submissions
from weaver.walle.database.rows.upserts import upsert

_WORKING = [str(status) for status in OrderStatus if not status.is_final]
_ORDERS = [column.name for column in orders.columns]
_SUBMISSIONS = [column.name for column in submissions.columns]
_PUT_ORDER = {postgresql: upsert(orders, _ORDERS, postgresql=postgresql) for postgresql in (False, True)}
_PUT_SUBMISSION = {
    postgresql: upsert(submissions, _SUBMISSIONS, postgresql=postgresql, same="order_id")
    for postgresql in (False, True)
}
_ADD_FILL = insert(fills)


class SqlTradingRepository:
    """They, as one transaction sees them."""

    def __init__(self, session: DatabaseSession, *, postgresql: bool) -> None:
        self._session = session
        self._postgresql = postgresql

    async def put_orders(self, rows: Sequence[Row]) -> None:
        """Write whole rows; those of an id that is there take its place. Raises Conflict for a new order of a client
        order id that its account has used."""
        for row in rows:
            await self._session.write(_PUT_ORDER[self._postgresql], row)

    async def put_submissions(self, rows: Sequence[Row]) -> None:
        """Write whole rows, after their orders. Raises Conflict where one is there that belongs to another order."""
        for row in rows:
            if await self._session.write(_PUT_SUBMISSION[self._postgresql], row) != 1:
                raise Conflict(f"{row['id']} was sent to {row['account']} for another order than {row['order_id']}")

    async def add_fills(self, rows: Sequence[Row]) -> None:
        """Insert, after their orders. Raises Conflict where one is there already, by its id or the venue's."""
        for row in rows:
            newest = select(func.max(fills.c.booked)).where(fills.c.account == row["account"])
            booked = (await self._session.read(newest))[0][0] or 0
            await self._session.write(_ADD_FILL, {**row, "booked": booked + 1})

    async def working(self, account: str) -> TradingRows:
        """The account's orders that are not final, and those of which a submission has not ended; with the orders that
        they replace, and all that share a group with any of them."""
        of_account = orders.c.account == account
        unfinished = select(submissions.c.order_id).where(submissions.c.account == account, UNFINISHED_SUBMISSION)
        working = select(orders.c.id).where(of_account, orders.c.status.in_(_WORKING))
        open_ = select(union(working, unfinished).subquery().c[0])
        groups = select(orders.c.group_id).where(orders.c.id.in_(open_), orders.c.group_id.is_not(None))
        replaced = select(orders.c.replaces).where(orders.c.id.in_(open_), orders.c.replaces.is_not(None))
        entries = select(union(open_, groups, replaced).subquery().c[0])
        members = select(orders.c.id).where(of_account, orders.c.group_id.in_(entries))
        return await self._known(select(union(entries, members).subquery().c[0]))

    async def order(self, order_id: str) -> TradingRows:
        """One order with what belongs to it; nothing where there is none."""
        return await self._known(select(orders.c.id).where(orders.c.id == order_id, orders.c.account.is_not(None)))

    async def group(self, account: str, group_id: str) -> TradingRows:
        """The exits that share a quantity, and those that the venue was to hold with their entry: another order may
        have taken its place since, and its exits with it."""
        sent = select(submissions.c.id).where(submissions.c.order_id == group_id)
        held = select(submissions.c.order_id).where(submissions.c.account == account, submissions.c.parent_id.in_(sent))
        shared = select(orders.c.id).where(orders.c.account == account, orders.c.group_id == group_id)
        return await self._known(select(union(shared, held).subquery().c[0]))

    async def of_run(self, run_id: str) -> TradingRows:
        """All of a run, by number."""
        return await self._known(select(orders.c.id).where(orders.c.run_id == run_id, orders.c.account.is_not(None)))

    async def find_by_client_id(self, account: str, client_order_id: str) -> Row | None:
        """The order that has the caller's id."""
        found = await self._rows(
            orders.c.account == account, orders.c.client_order_id == client_order_id, chosen=select(orders)
        )
        return found[0] if found else None

    async def orders_by_submission(self, account: str, submission_ids: Collection[str]) -> Mapping[str, str]:
        """The ids of the orders of some submissions, by the id that was asked for: the submission's or the venue's."""
        ids, venue_id = list(submission_ids), submissions.c.venue_id
        chosen = select(submissions.c.id, venue_id, submissions.c.order_id).where(submissions.c.account == account)
        found = await self._session.read(chosen.where(or_(submissions.c.id.in_(ids), venue_id.in_(ids))))
        return {id_: row[2] for row in found for id_ in row[:2] if id_ in submission_ids}

    async def sent_since(self, account: str, since: datetime) -> Sequence[Row]:
        """Orders that were placed at an instant or later, and sent by themselves; as they were placed."""
        sent = select(submissions.c.order_id).where(submissions.c.account == account, submissions.c.parent_id.is_(None))
        return await self._rows(
            orders.c.account == account,
            orders.c.placed_at >= since,
            orders.c.id.in_(sent),
            chosen=select(orders).order_by(orders.c.placed_at, orders.c.id),
        )

    async def fills_of(self, account: str) -> Sequence[Row]:
        """All of an account, as they were booked."""
        return await self._rows(fills.c.account == account, chosen=_fills_in_order())

    async def _known(self, ids: Select[tuple[str]]) -> TradingRows:
        of_orders = select(orders).order_by(orders.c.run_id.is_(None), orders.c.run_id, orders.c.number, orders.c.id)
        of_submissions = select(submissions).order_by(
            submissions.c.order_id, func.length(submissions.c.id), submissions.c.id
        )
        return TradingRows(
            orders=await self._rows(orders.c.id.in_(ids), chosen=of_orders),
            submissions=await self._rows(submissions.c.order_id.in_(ids), chosen=of_submissions),
            fills=await self._rows(fills.c.order_id.in_(ids), chosen=_fills_in_order()),
        )

    async def _rows(self, *where: ColumnElement[bool], chosen: Select[tuple[object, ...]]) -> list[Row]:
        return [_row(each) for each in await self._session.read(chosen.where(*where))]


def _fills_in_order() -> Select[tuple[object, ...]]:
    return select(*shown_columns(fills)).order_by(fills.c.booked, func.length(fills.c.id), fills.c.id)


def _row(row: AnyRow) -> Row:
    return dict(row._mapping)
