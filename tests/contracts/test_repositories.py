"""What the repositories of runs and records promise."""

import asyncio
import math
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.builders import (
    MOMENT,
    Opener,
    add_run,
    delete_run,
    fill_row,
    keep_result,
    later,
    new_id,
    on_kept,
    order_row,
    run,
    trade_row,
)
from weaver.model.errors import Conflict, InputError
from weaver.model.record import Page, Query, ResultFigures, Row, StoredResult
from weaver.model.run import Run, RunMode, RunStatus, RunStep
from weaver.walle.database.database import SqlDatabase

pytestmark = pytest.mark.anyio

RELAXED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
FULL = {
    "name": "Ünï 🙂 \\N \t",
    "mode": RunMode.LIVE,
    "symbols": ("AAPL", "BTC/USD"),
    "timeframe": "1m",
    "start_time": datetime.fromisoformat("2020-01-01T00:00:00-05:00"),
    "end_time": MOMENT,
    "config": {"fast": 10, "nested": {"list": [1, 2.5, None, "x"]}},
    "options": {"cash": "100000.00"},
    "venue": "alpaca",
    "risk": {"max": "1"},
    "on_error": "flatten",
    "error": "line 3: oops",
    "queued": True,
    "halted": "limit",
    "strategy_source": "class S: pass\n" * 1000,
    "source_hash": "abc",
    "data_hash": "def",
    "weaver_version": "0.1.0",
    "cloned_from": "other",
    "promoted_from": "another",
    "promotion": {"min_trades": None, "min_psr": 0.95},
    "started_at": later(1),
    "stopped_at": later(2),
    "completed_at": datetime.fromisoformat("2024-03-01T14:30:00.123456+00:00"),
}


async def found(database: SqlDatabase, run_id: str) -> Run | None:
    async with database.transaction() as transaction:
        return await transaction.runs.find(run_id)


async def listed(database: SqlDatabase, query: Query) -> Page[Run]:
    async with database.transaction() as transaction:
        return await transaction.runs.list(query)


async def rows(database: SqlDatabase, table: str, run_id: str | None, query: Query) -> Page[Row]:
    async with database.transaction() as transaction:
        return await transaction.records.rows(table, run_id, query)


# --- runs ---


async def test_a_run_comes_back_as_it_was_added(database: SqlDatabase) -> None:
    full, plain = run("full", **FULL), run("plain")
    async with database.transaction() as transaction:
        await transaction.runs.add(full)
        await transaction.runs.add(plain)
    assert await found(database, "full") == full
    assert await found(database, "plain") == plain
    assert await found(database, "nobody") is None


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(config=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values, max_size=4))
@RELAXED
async def test_parameters_come_back_whatever_they_are(database: SqlDatabase, config: dict[str, Any]) -> None:
    made = await add_run(database, config=config)
    assert await found(database, made.id) == made


async def test_the_same_id_twice_is_refused(database: SqlDatabase) -> None:
    await add_run(database, run_id="A")
    with pytest.raises(Conflict):
        await add_run(database, run_id="A", name="another")
    assert (await listed(database, Query())).total == 1


@pytest.mark.parametrize("name", ["a\x00b", "\ud800"], ids=["nul", "surrogate"])
async def test_text_that_cannot_be_stored_is_bad_input_or_kept(database: SqlDatabase, name: str) -> None:
    """SQLite keeps a NUL, PostgreSQL cannot: never an error of ours."""
    made = run(name=name)
    try:
        async with database.transaction() as transaction:
            await transaction.runs.add(made)
    except InputError:
        assert await found(database, made.id) is None
    else:
        assert await found(database, made.id) == made


@pytest.mark.parametrize("config", [{"n": 2**70}, {"f": object()}, {1: 2}, {"t": "\ud800"}])
async def test_parameters_that_are_no_json_are_bad_input(database: SqlDatabase, config: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="cannot be kept as JSON"):
        await add_run(database, config=config)


async def test_saving_needs_the_expected_status(database: SqlDatabase) -> None:
    pending = await add_run(database)
    running = pending.step(RunStep.START, at=later(1))
    async with database.transaction() as transaction:
        assert await transaction.runs.save(running, expected=RunStatus.PENDING)
    async with database.transaction() as transaction:
        assert not await transaction.runs.save(replace(running, name="late"), expected=RunStatus.PENDING)
        assert not await transaction.runs.save(run("nobody"), expected=RunStatus.PENDING)
    assert await found(database, pending.id) == running


async def test_a_run_that_is_held_changes_only_afterwards(database: SqlDatabase) -> None:
    pending = await add_run(database)
    running, held, order = pending.step(RunStep.START, at=later(1)), asyncio.Event(), list[str]()

    async def hold() -> None:
        async with database.transaction() as transaction:
            assert await transaction.runs.hold(pending.id, expected=RunStatus.PENDING)
            held.set()
            for _ in range(20):
                await asyncio.to_thread(lambda: None)
            order.append("held")

    async def save() -> None:
        await held.wait()
        async with database.transaction() as transaction:
            assert await transaction.runs.save(running, expected=RunStatus.PENDING)
            order.append("saved")

    await asyncio.gather(hold(), save())
    assert order == ["held", "saved"]
    assert await found(database, pending.id) == running
    async with database.transaction() as transaction:
        assert not await transaction.runs.hold(pending.id, expected=RunStatus.PENDING)
        assert not await transaction.runs.hold("nobody", expected=RunStatus.PENDING)


async def test_of_many_that_save_at_once_one_wins(database: SqlDatabase) -> None:
    pending = await add_run(database)

    async def start(name: str) -> bool:
        async with database.transaction() as transaction:
            mine = await transaction.runs.find(pending.id)
            assert mine is not None
            started = replace(mine, status=RunStatus.RUNNING, name=name)
            return await transaction.runs.save(started, expected=RunStatus.PENDING)

    won = await asyncio.gather(*(start(f"starter {k}") for k in range(8)))
    assert sum(won) == 1
    kept = await found(database, pending.id)
    assert kept is not None
    assert kept.name == f"starter {won.index(True)}"


@given(
    drawn=st.lists(
        st.tuples(st.sampled_from(RunStatus), st.sampled_from(RunMode), st.sampled_from("aB"), st.integers(0, 3)),
        max_size=9,
    ),
    statuses=st.none() | st.lists(st.sampled_from([*map(str, RunStatus), "nonsense"]), max_size=2),
    mode=st.none() | st.sampled_from(RunMode),
    sort=st.sampled_from(["", "name", "-name", "created_at", "-status", "id", "started_at", "-started_at"]),
    page=st.integers(1, 4),
    page_size=st.integers(1, 4),
)
@RELAXED
async def test_runs_are_filtered_sorted_and_paged_as_a_plain_loop_would(
    database: SqlDatabase,
    drawn: list[tuple[RunStatus, RunMode, str, int]],
    statuses: list[str] | None,
    mode: RunMode | None,
    sort: str,
    page: int,
    page_size: int,
) -> None:
    mark, made = new_id(), list[Run]()
    for status, of_mode, name, minute in drawn:
        started = None if minute == 0 else later(minute)
        made.append(
            run(strategy_id=mark, status=status, mode=of_mode, name=name, created_at=later(minute), started_at=started)
        )
    async with database.transaction() as transaction:
        for each in made:
            await transaction.runs.add(each)
    filters = {"strategy_id": [mark]}
    if statuses is not None:
        filters["status"] = statuses
    if mode is not None:
        filters["mode"] = [str(mode)]
    got = await listed(database, Query(filters=filters, sort=sort, page=page, page_size=page_size))

    wanted = [
        each for each in made if (statuses is None or each.status in statuses) and (mode is None or each.mode == mode)
    ]
    wanted.sort(key=lambda each: each.id, reverse=True)
    wanted.sort(key=lambda each: each.created_at, reverse=True)
    if sort:
        name = sort.removeprefix("-")
        there = [each for each in wanted if getattr(each, name) is not None]
        there.sort(key=lambda each: getattr(each, name), reverse=sort.startswith("-"))
        wanted = there + [each for each in wanted if getattr(each, name) is None]
    assert got.total == len(wanted)
    assert list(got.items) == wanted[(page - 1) * page_size : page * page_size]


FIGURES = st.none() | st.fixed_dictionaries(
    {"total_return": st.sampled_from([None, -0.5, 0.0, 0.25, 1e-9, 1e21]), "trades": st.integers(0, 3)},
    optional={"sharpe": st.floats(-5, 5), "max_drawdown": st.floats(-1, 0)},
)


@given(
    drawn=st.lists(st.tuples(st.sampled_from([RunStatus.COMPLETED, RunStatus.ERROR]), FIGURES), max_size=7),
    figure=st.sampled_from(["total_return", "sharpe", "max_drawdown", "trades"]),
    is_falling=st.booleans(),
    page=st.integers(1, 3),
)
@RELAXED
async def test_runs_are_sorted_by_figures_of_completed_backtests_those_without_last(
    database: SqlDatabase,
    drawn: list[tuple[RunStatus, dict[str, float | None] | None]],
    figure: str,
    is_falling: bool,
    page: int,
) -> None:
    mark, known = new_id(), dict[str, float | None]()
    async with database.transaction() as transaction:
        for minute, (status, stats) in enumerate(drawn):
            made = run(strategy_id=mark, status=status, created_at=later(minute))
            await transaction.runs.add(made)
            if stats is not None:
                result = StoredResult(stats=stats, record={}, warnings=[], positions={})
                await transaction.records.add_result(made.id, result)
            known[made.id] = None if stats is None or status is not RunStatus.COMPLETED else stats.get(figure)

    newest_first = list(reversed(known))
    there = sorted((of for of in newest_first if known[of] is not None), key=lambda of: known[of], reverse=is_falling)
    if is_falling:  # equal ones too stay newest first
        there = [of for value in dict.fromkeys(known[of] for of in there) for of in newest_first if known[of] == value]
    wanted = there + [of for of in newest_first if known[of] is None]
    query = Query(filters={"strategy_id": [mark]}, sort=f"-{figure}" if is_falling else figure, page=page, page_size=3)
    got = await listed(database, query)
    assert [each.id for each in got.items] == wanted[(page - 1) * 3 : page * 3]
    assert got.total == len(drawn)


async def test_newest_runs_come_first(database: SqlDatabase) -> None:
    for minute in (2, 1, 3):
        await add_run(database, run_id=f"run-{minute}", created_at=later(minute))
    assert [each.id for each in (await listed(database, Query())).items] == ["run-3", "run-2", "run-1"]


@pytest.mark.parametrize("page", [0, -1])
async def test_a_page_below_one_is_refused(database: SqlDatabase, page: int) -> None:
    with pytest.raises(InputError, match="counted from 1"):
        await listed(database, Query(page=page))
    with pytest.raises(InputError, match="counted from 1"):
        await listed(database, Query(page_size=page))


async def test_a_page_beyond_the_last_is_empty_with_the_full_total(database: SqlDatabase) -> None:
    await add_run(database)
    for page in (2, 10**9, 2**62, 2**80):
        assert await listed(database, Query(page=page, page_size=500)) == Page(items=[], total=1)


async def test_an_unknown_column_is_refused_with_those_there_are(database: SqlDatabase) -> None:
    with pytest.raises(InputError, match=r"by 'shoesize', but by id, name, strategy_id.*total_return, sharpe"):
        await listed(database, Query(sort="-shoesize"))
    with pytest.raises(InputError, match="runs cannot be sorted by 'calmar'"):
        await listed(database, Query(sort="calmar"))
    with pytest.raises(InputError, match="runs cannot be filtered by 'error', but by status, mode, strategy_id, name"):
        await listed(database, Query(filters={"error": ["x"]}))
    with pytest.raises(InputError, match="fills cannot be sorted by 'notes'"):
        await rows(database, "fills", None, Query(sort="notes"))
    with pytest.raises(InputError, match="trades cannot be filtered by 'status', but by symbol, side"):
        await rows(database, "trades", None, Query(filters={"status": ["x"]}))
    with pytest.raises(InputError, match="there is no list 'users', but orders, fills, trades"):
        await rows(database, "users", None, Query())
    with pytest.raises(InputError, match="trades have no ids"):
        async with database.transaction() as transaction:
            await transaction.records.find_row("trades", "1")


@pytest.mark.parametrize("text", ["\x00", "\ud800", "x" * 100_000, "'; DROP TABLE runs; --", "%", "🙂"])
async def test_odd_filter_values_find_nothing_or_are_bad_input(database: SqlDatabase, text: str) -> None:
    await add_run(database)
    try:
        assert (await listed(database, Query(filters={"name": [text]}))).total == 0
    except InputError:
        assert text in {"\x00", "\ud800"}
    assert (await listed(database, Query())).total == 1


# --- records ---


async def with_record(database: SqlDatabase) -> str:
    made = await add_run(database)
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row(made.id, k, limit_price="1.25") for k in (1, 2)])
        await transaction.records.add_fills([fill_row(made.id, k) for k in (1, 2)])
        await transaction.records.add_trades([trade_row(made.id, k) for k in (1, 2)])
    return made.id


async def test_rows_come_back_as_they_were_added(database: SqlDatabase) -> None:
    run_id = await with_record(database)
    for table, row in (
        ("orders", lambda k: order_row(run_id, k, limit_price="1.25")),
        ("fills", lambda k: fill_row(run_id, k, bar_timestamp="2024-03-01T14:31:00.500000Z")),
        ("trades", lambda k: trade_row(run_id, k)),
    ):
        page = await rows(database, table, run_id, Query())
        assert [dict(each) for each in page.items] == [row(1), row(2)]
        assert page.total == 2


async def test_one_order_or_fill_is_found_by_its_id(database: SqlDatabase) -> None:
    run_id = await with_record(database)
    async with database.transaction() as transaction:
        assert await transaction.records.find_row("orders", f"{run_id}-2") == order_row(run_id, 2, limit_price="1.25")
        fill = await transaction.records.find_row("fills", f"{run_id}-f1")
        assert fill is not None
        assert fill["order_id"] == f"{run_id}-1"
        assert await transaction.records.find_row("orders", "nobody") is None


@pytest.mark.parametrize("sort", ["", "id", "-id", "symbol"])
async def test_fills_of_one_moment_come_in_the_order_in_which_they_happened(database: SqlDatabase, sort: str) -> None:
    run = await add_run(database)
    numbers = [9, 1, 101, 10, 99, 100, 2, 1000]
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row(run.id, number) for number in numbers])
        await transaction.records.add_fills([fill_row(run.id, number) for number in numbers])
    expected = sorted(numbers, reverse=sort == "-id")
    for run_id in (run.id, None):
        pages = [await rows(database, "fills", run_id, Query(sort=sort, page=page, page_size=3)) for page in (1, 2, 3)]
        found = [each["id"].removeprefix(f"{run.id}-f") for page in pages for each in page.items]
        assert found == [str(number) for number in expected]


async def test_rows_of_one_run_or_of_all_are_filtered(database: SqlDatabase) -> None:
    one, two = await add_run(database), await add_run(database)
    async with database.transaction() as transaction:
        await transaction.records.add_orders(
            [
                order_row(one.id, 1, symbol="AAPL", status="filled"),
                order_row(one.id, 2, symbol="MSFT", status="cancelled", side="sell"),
                order_row(two.id, 1, symbol="MSFT", status="filled"),
                order_row(None, 9, id="manual", symbol="MSFT"),
            ]
        )
        await transaction.records.add_fills([fill_row(one.id, 1), fill_row(one.id, 3, order_id=f"{one.id}-1")])
    assert (await rows(database, "orders", one.id, Query())).total == 2
    assert (await rows(database, "orders", None, Query())).total == 4
    msft = await rows(database, "orders", None, Query(filters={"symbol": ["MSFT"], "status": ["filled"]}))
    assert [each["id"] for each in msft.items] == [f"{two.id}-1", "manual"]
    both = await rows(database, "orders", one.id, Query(filters={"symbol": ["MSFT", "AAPL"], "side": ["sell"]}))
    assert [each["number"] for each in both.items] == [2]
    assert (await rows(database, "fills", None, Query(filters={"order_id": [f"{one.id}-1"]}))).total == 2


amounts = st.decimals(
    min_value=Decimal(-(10**20)) + 1, max_value=Decimal(10**20) - 1, allow_nan=False, allow_infinity=False, places=18
) | st.decimals(-1000, 1000, allow_nan=False, allow_infinity=False, places=2)


@given(quantities=st.lists(amounts, min_size=1, max_size=8))
@RELAXED
async def test_amounts_come_back_exactly_and_sort_as_numbers(database: SqlDatabase, quantities: list[Decimal]) -> None:
    made = await add_run(database)
    async with database.transaction() as transaction:
        await transaction.records.add_orders(
            [order_row(made.id, k, quantity=str(quantity)) for k, quantity in enumerate(quantities)]
        )
    stored = await rows(database, "orders", made.id, Query())
    assert [Decimal(each["quantity"]) for each in stored.items] == quantities
    assert all("E" not in each["quantity"] for each in stored.items)
    rising = await rows(database, "orders", made.id, Query(sort="quantity"))
    assert [Decimal(each["quantity"]) for each in rising.items] == sorted(quantities)
    falling = await rows(database, "orders", made.id, Query(sort="-quantity"))
    assert [Decimal(each["quantity"]) for each in falling.items] == sorted(quantities, reverse=True)


async def test_amounts_that_are_not_there_come_last_in_both_directions(database: SqlDatabase) -> None:
    made = await add_run(database)
    limits = ["10", None, "9", "-1", None, "0"]
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row(made.id, k, limit_price=x) for k, x in enumerate(limits)])
    rising = await rows(database, "orders", made.id, Query(sort="limit_price"))
    assert [each["limit_price"] for each in rising.items] == ["-1", "0", "9", "10", None, None]
    falling = await rows(database, "orders", made.id, Query(sort="-limit_price"))
    assert [each["limit_price"] for each in falling.items] == ["10", "9", "0", "-1", None, None]


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [("1.50", "1.5"), ("-0", "0"), ("0.0", "0"), ("1E+3", "1000"), ("007", "7"), ("-0.5", "-0.5")],
)
async def test_amounts_are_shown_in_one_form(database: SqlDatabase, given_text: str, kept: str) -> None:
    made = await add_run(database)
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row(made.id, quantity=given_text)])
    assert (await rows(database, "orders", made.id, Query())).items[0]["quantity"] == kept


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e20", "0.0000000000000000001", "ten", ""])
async def test_an_amount_that_cannot_be_kept_exactly_is_refused(database: SqlDatabase, amount: str) -> None:
    made = await add_run(database)
    with pytest.raises(InputError):
        async with database.transaction() as transaction:
            await transaction.records.add_orders([order_row(made.id, 1), order_row(made.id, 2, quantity=amount)])
    assert (await rows(database, "orders", made.id, Query())).total == 0


@pytest.mark.parametrize("time", ["2024-03-01T14:30:00", "yesterday", "2024-13-01T00:00:00Z"])
async def test_a_time_without_a_zone_or_sense_is_refused(database: SqlDatabase, time: str) -> None:
    made = await add_run(database)
    with pytest.raises(InputError):
        async with database.transaction() as transaction:
            await transaction.records.add_orders([order_row(made.id, placed_at=time)])


async def test_a_row_with_an_unknown_key_is_refused(database: SqlDatabase) -> None:
    made = await add_run(database)
    with pytest.raises(InputError, match="orders has no 'colour', but id, run_id"):
        async with database.transaction() as transaction:
            await transaction.records.add_orders([order_row(made.id, colour="red")])


async def test_a_row_with_a_missing_value_is_refused(database: SqlDatabase) -> None:
    made = await add_run(database)
    with pytest.raises(InputError, match="missing"):
        async with database.transaction() as transaction:
            await transaction.records.add_orders([order_row(made.id, symbol=None)])


async def test_a_fill_without_its_order_is_refused(database: SqlDatabase) -> None:
    made = await add_run(database)
    with pytest.raises(Conflict):
        async with database.transaction() as transaction:
            await transaction.records.add_fills([fill_row(made.id, 1)])


async def test_an_execution_counts_once(database: SqlDatabase) -> None:
    made = await add_run(database)
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row(made.id, 1)])
        await transaction.records.add_fills([fill_row(made.id, 1, exchange_fill_id="x")])
    with pytest.raises(Conflict):
        async with database.transaction() as transaction:
            await transaction.records.add_fills([fill_row(made.id, 2, order_id=f"{made.id}-1", exchange_fill_id="x")])


async def test_a_result_comes_back_with_those_of_its_blobs_that_are_named(database: SqlDatabase) -> None:
    made = await add_run(database)
    result = StoredResult(
        stats={"sharpe": 1.25, "trades": 3, "alpha": None, "tiny": 5e-324},
        record={"data_hash": "abc", "nested": {"n": 1}},
        warnings=[{"code": "gaps", "message": "…"}],
        positions={"AAPL": "10"},
        cash_flows=[{"timestamp": "2024-03-01T00:00:00Z", "amount": "1.5"}],
        blobs={"equity": bytes(range(256)) * 5000, "report": b""},
    )
    async with database.transaction() as transaction:
        await keep_result(transaction, made.id, result)
    async with database.transaction() as transaction:
        assert await transaction.records.find_result(made.id, blobs=["report", "equity", "other"]) == result
        part = await transaction.records.find_result(made.id, blobs=["report"])
        assert part == replace(result, blobs={"report": b""})
        assert await transaction.records.find_result(made.id) == replace(result, blobs={})
        assert await transaction.records.find_result("nobody", blobs=["equity"]) is None
    with pytest.raises(Conflict):
        async with database.transaction() as transaction:
            await transaction.records.add_result(made.id, result)
    await delete_run(database, made.id)
    async with database.transaction() as transaction:
        assert await transaction.records.find_result(made.id, blobs=["equity"]) is None


async def test_figures_of_runs_are_those_of_their_results(database: SqlDatabase) -> None:
    made, other, empty = [await add_run(database) for _ in range(3)]
    result = StoredResult(stats={"sharpe": 1.25, "alpha": None}, record={}, warnings=[], positions={})
    async with database.transaction() as transaction:
        await transaction.records.add_result(made.id, result)
        await transaction.records.add_blob(made.id, "small", b"\x00\xff")
        await transaction.records.add_result(other.id, replace(result, stats={"sharpe": 2}))
        await transaction.records.add_blob(other.id, "large", b"1")
    async with database.transaction() as transaction:
        found = await transaction.records.figures([made.id, other.id, empty.id, "nobody"], blob="small")
    assert found == {
        made.id: ResultFigures(stats=result.stats, blob=b"\x00\xff"),
        other.id: ResultFigures(stats={"sharpe": 2}, blob=None),
    }


async def test_deep_pages_of_many_rows_hold_every_row_once(database: SqlDatabase) -> None:
    made = await add_run(database)
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row(made.id, k) for k in range(2_500)])
    seen: list[int] = []
    for page in range(1, math.ceil(2_500 / 300) + 1):
        got = await rows(database, "orders", made.id, Query(sort="symbol", page=page, page_size=300))
        assert got.total == 2_500
        seen += [each["number"] for each in got.items]
    assert seen == list(range(2_500))


@on_kept
async def test_a_runs_whole_record_survives_a_restart(opener: Opener, storage: str) -> None:
    first = await opener.open()
    run_id = await with_record(first)
    before = {table: await rows(first, table, run_id, Query()) for table in ("orders", "fills", "trades")}
    made = await found(first, run_id)
    await first.close()
    second = await opener.open()
    assert await found(second, run_id) == made
    assert {table: await rows(second, table, run_id, Query()) for table in before} == before
    assert before["orders"].total == 2
