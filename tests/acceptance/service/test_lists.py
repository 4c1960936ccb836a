"""Pages of a list: filtered, sorted and counted over all of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.service.api import Api

MANY = 2**31 - 1


@pytest.fixture(scope="module")
def runs(api: Api) -> Iterator[list[str]]:
    """Seven runs in order of their creation: the first two completed, the third stopped, the others pending."""
    ids = [api.create("sma-crossover", name=f"listed {number}") for number in range(7)]
    for run_id in ids[:2]:
        api.post(f"/runs/{run_id}/start")
        assert api.ended(run_id)["status"] == "completed"
    stopped = api.started("trader", name="listed 2", config={"pause": 0.05})
    api.post(f"/runs/{stopped}/stop")
    api.call("DELETE", f"/runs/{ids[2]}", status=204)
    ids[2] = stopped
    yield ids
    for run_id in ids:
        api.call("DELETE", f"/runs/{run_id}", status=204)


def names(count: int) -> list[str]:
    return [f"listed {number}" for number in range(count)]


def listed(api: Api, **parameters: Any) -> tuple[list[str], int]:
    """Ids of a page, and the total."""
    body = api.get("/runs", name=names(7), **parameters)
    assert body["page"] == parameters.get("page", 1)
    assert body["page_size"] == parameters.get("page_size", 50)
    return [run["id"] for run in body["items"]], body["total"]


def test_pages_put_together_are_the_whole_list_newest_first(api: Api, runs: list[str]) -> None:
    pages = [listed(api, page=page, page_size=3, sort="-name") for page in (1, 2, 3)]
    assert [total for _, total in pages] == [7, 7, 7]
    assert [run_id for ids, _ in pages for run_id in ids] == runs[::-1]
    newest_first = [run["created_at"] for run in api.get("/runs", page_size=500)["items"]]
    assert newest_first == sorted(newest_first, reverse=True)


@pytest.mark.parametrize("page", [4, 1_000_000, MANY])
def test_page_past_the_end_is_empty_with_the_full_total(api: Api, runs: list[str], page: int) -> None:
    assert listed(api, page=page, page_size=3) == ([], 7)
    for path in ("/runs", "/events", "/orders", "/fills", "/strategies", "/data", f"/runs/{runs[0]}/fills"):
        total = api.get(path)["total"]
        assert total > 0
        body = api.get(path, page=MANY)
        assert (body["items"], body["total"]) == ([], total), path


def test_status_filter_narrows_items_and_total_alike(api: Api, runs: list[str]) -> None:
    assert listed(api, status="completed", sort="name") == (runs[:2], 2)
    assert listed(api, status="stopped") == ([runs[2]], 1)
    assert listed(api, status=["stopped", "completed"], sort="name", page_size=2) == (runs[:2], 3)
    assert listed(api, status="pending", sort="name", page=2, page_size=3) == ([runs[6]], 4)
    assert listed(api, status="error") == ([], 0)
    assert listed(api, strategy_id="trader") == ([runs[2]], 1)


def test_sort_goes_either_way_by_a_column_that_exists(api: Api, runs: list[str]) -> None:
    assert listed(api, sort="name")[0] == runs
    assert listed(api, sort="-name", page_size=2)[0] == runs[:-3:-1]
    assert "sort" in api.refused("GET", "/runs", status=400, params={"sort": "name; drop table runs"})


def test_filters_of_fills_and_orders_split_them_without_remainder(api: Api, runs: list[str]) -> None:
    for path in ("fills", "orders"):
        everything = api.pages(f"/runs/{runs[0]}/{path}")
        halves = [api.pages(f"/runs/{runs[0]}/{path}", side=side) for side in ("buy", "sell")]
        assert all(halves)
        assert sorted(item["id"] for half in halves for item in half) == sorted(item["id"] for item in everything)
        assert all(item["side"] == side for side, half in zip(("buy", "sell"), halves, strict=True) for item in half)


@pytest.mark.parametrize("path", ["/runs", "/events", "/orders", "/fills", "/strategies", "/data", "/instruments"])
@pytest.mark.parametrize(
    "wrong", [{"page": 0}, {"page": -1}, {"page": "x"}, {"page": 2**31}, {"page_size": 0}, {"page_size": 501}]
)
def test_page_that_cannot_be_is_422(api: Api, path: str, wrong: dict[str, Any]) -> None:
    api.refused("GET", path, status=422, params=wrong)


def test_filter_value_that_does_not_exist_is_422_or_400_and_never_ignored(api: Api) -> None:
    api.refused("GET", "/runs", status=422, params={"status": "asleep"})
    api.refused("GET", "/events", status=400, params={"type": "run.Finished"})


@pytest.fixture(scope="module")
def long_run(api: Api) -> str:
    """A run with hundreds of orders, fills and trades, and thousands of events."""
    run_id = api.started("trader", config={"every": 5})
    assert api.ended(run_id)["status"] == "completed"
    return run_id


@pytest.mark.parametrize("path", ["orders", "fills", "trades", "events"])
def test_page_deep_in_a_list_is_that_slice_of_the_whole(api: Api, long_run: str, path: str) -> None:
    whole = api.pages(f"/runs/{long_run}/{path}")
    last = -(-len(whole) // 7)
    assert last > 40
    for page in (40, last - 1, last):
        body = api.get(f"/runs/{long_run}/{path}", page=page, page_size=7)
        assert body["items"] == whole[(page - 1) * 7 : page * 7], page
        assert (body["page"], body["total"]) == (page, len(whole))


@pytest.mark.parametrize("path", ["/orders", "/fills"])
def test_page_deep_in_a_list_of_all_runs_is_that_slice_of_the_runs_own(api: Api, long_run: str, path: str) -> None:
    for side, sort in (("buy", "id"), ("sell", "-id")):
        whole = sorted(
            (item for item in api.pages(f"/runs/{long_run}{path}") if item["side"] == side),
            key=lambda item: (len(item["id"]) if path == "/fills" else 0, item["id"]), reverse=sort == "-id",
        )  # fmt: skip
        assert len(whole) > 40 * 7
        body = api.get(path, run_id=long_run, side=side, sort=sort, page=40, page_size=7)
        assert (body["items"], body["total"]) == (whole[39 * 7 : 40 * 7], len(whole))
