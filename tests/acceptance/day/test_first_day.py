"""A newcomer's first day: one command trades a year on paper, without an account, and says all the rest."""

import re
from pathlib import Path

from tests.acceptance.day.trader import SLOW, Trader

AAPL = ("sma-crossover", "--symbol", "AAPL")


def test_one_command_replays_the_last_stored_year_and_sums_it_up(newcomer: Trader) -> None:
    done = newcomer.does("trade", *AAPL)
    assert done.returncode == 0, done.stderr
    assert "No server runs on this WEAVER_HOME: starting one in the background" in done.stderr
    assert (
        "No account is set up: replaying the last stored year of AAPL, 2012-03-01 to 2013-03-01 (1d bars), on paper"
        in done.stderr
    )
    assert re.search(r"^2012-\d\d-\d\d \d\d:\d\d  fill +buy \d+ AAPL at ", done.stdout, re.MULTILINE)
    assert re.search(r"^sma-crossover on AAPL: completed \(paper\)$", done.stdout, re.MULTILINE)
    assert re.search(r"251 bars of 1d, in [\d.]+ s$", done.stdout, re.MULTILINE)
    assert "Maximum drawdown" in done.stdout
    assert "Traceback" not in (newcomer.home / "server.log").read_text()

    backtest = newcomer.answered_by_backtest("2012-03-01", "2013-03-01")
    [run] = newcomer.answered("runs", "list")["items"]
    summary = newcomer.answered("runs", "summary", run["id"])
    assert float(summary["end_equity"]) == backtest["stats"]["final_equity"]
    assert summary["fills"] == len(backtest["fills"])
    assert summary["trades"] == backtest["stats"]["trades"]
    assert summary["max_drawdown"] == backtest["stats"]["max_drawdown"]

    ended = newcomer.told("down")
    assert re.fullmatch(r"The server at http://127\.0\.0\.1:\d+ has ended\n", ended)
    assert newcomer.told("down").startswith("No server runs on this WEAVER_HOME: there is none to end")


def test_every_command_that_is_printed_works_as_printed(newcomer: Trader) -> None:
    told = newcomer.told("trade", *AAPL)
    commands = re.findall(r"^  \S.*?  +\S*python\S* -m weaver (.+)$", told, re.MULTILINE)
    assert len(commands) >= 4
    for words in commands:
        assert newcomer.does(*words.split()).returncode == 0, words
    assert "<html" in (newcomer.folder / "report.html").read_text()


def test_detached_run_is_followed_and_stopped_later(desk: Trader) -> None:
    told = desk.told("trade", *AAPL, *SLOW, "--detach", "--name", "slow one")
    assert told.startswith("slow one is running: run ")
    run = desk.answered("runs", "show", "slow one")["id"]
    assert f"runs tail {run}" in told
    assert f"runs stop {run} --flatten" in told
    stopped = desk.told("runs", "stop", "slow one", "--flatten")
    assert stopped == f"slow one ({run}) is stopped\n"
    assert "slow one: stopped (paper)" in desk.told("runs", "tail", run)
    assert desk.told("runs", "stop", run, "--flatten").endswith("is stopped already: there is nothing to stop\n")


def test_runs_are_suspended_with_their_server_and_go_on_with_the_next(newcomer: Trader) -> None:
    newcomer.told("trade", *AAPL, *SLOW, "--detach", "--name", "long")
    told = newcomer.told("down")
    assert "1 run that trades is suspended, and will go on where left at the next" in told
    newcomer.told("trade", *AAPL)  # which starts a server again
    assert newcomer.answered("runs", "show", "long")["status"] == "running"
    assert newcomer.answered("down")["suspended"] == 1
    assert newcomer.answered("down")["ended"] is False


def test_strategy_of_a_file_is_brought_to_the_server_and_journals(newcomer: Trader) -> None:
    path = newcomer.folder / "loud.py"
    path.write_text(
        "from weaver import Strategy\n\n\nclass Loud(Strategy):\n    def on_bar(self, bar):\n"
        "        self.log(f'closed at {bar.close}')\n"
    )
    done = newcomer.does("trade", "loud.py", "--symbol", "AAPL", "--replay", "2013-02-25..2013-03-01")
    assert done.returncode == 0, done.stderr
    assert f"loud.py is copied to {newcomer.home / 'strategies' / 'loud.py'}" in done.stderr
    assert done.stdout.count("journal") == 5
    path.write_text(path.read_text().replace("closed at", "now at"))
    code, line = newcomer.refused("trade", "loud.py", "--symbol", "AAPL")
    assert (code, "is there already, and is another strategy" in line) == (2, True)


def test_strategy_that_fails_ends_with_its_line_and_exit_code_1(desk: Trader) -> None:
    (desk.folder / "broken.py").write_text(
        "from weaver import Strategy\n\n\nclass Broken(Strategy):\n    def on_bar(self, bar):\n        1 / 0\n"
    )
    done = desk.does("trade", "broken.py", "--symbol", "AAPL")
    assert done.returncode == 1
    assert "division by zero" in done.stderr
    assert "line 6" in done.stderr


def test_thousands_of_lines_are_thinned_and_the_figures_right(desk: Trader) -> None:
    (desk.folder / "chatty.py").write_text(
        "from weaver import Strategy\n\n\nclass Chatty(Strategy):\n    def on_bar(self, bar):\n"
        "        self.log('a bar')\n        self.buy('AAPL', 1) if len(self.close) % 2 else self.sell('AAPL', 1)\n"
    )
    done = desk.does("trade", "chatty.py", "--symbol", "AAPL", "--replay", "2011-06-01")
    assert done.returncode == 0, done.stderr
    shown = re.findall(r"^\S+ \S+  (?:journal|order|fill) ", done.stdout, re.MULTILINE)
    left_out = re.findall(r"^… and ([\d,]+) more lines, which came faster than can be read$", done.stdout, re.MULTILINE)
    summary = desk.answered("runs", "summary", desk.answered("runs", "list")["items"][0]["id"])
    counted = sum(int(count.replace(",", "")) for count in left_out)
    assert len(shown) + counted == summary["sampled"]["rows"] + summary["orders"]["total"] + summary["fills"]
    assert f"{summary['fills']}" in done.stdout
    assert summary["fills"] > 400


def test_day_of_a_run_and_its_report(desk: Trader, tmp_path: Path) -> None:
    run = desk.answered("runs", "list")["items"][-1]["id"]
    summary = desk.answered("runs", "summary", run)
    days = [desk.answered("runs", "summary", run, "--day", day) for day in ("2012-03-01", "2013-03-01")]
    assert days[0]["start_equity"] == summary["start_equity"]
    assert days[-1]["end_equity"] == summary["end_equity"]
    page = tmp_path / "day.html"
    told = desk.told("runs", "summary", run, "--day", "2013-03-01", "--html", page)
    assert f"report: {page}" in told
    assert "sma-crossover on AAPL 1d, 2013-03-01" in page.read_text()
    code, line = desk.refused("runs", "summary", run, "--day", "2019-01-01")
    assert (code, "the run has nothing on 2019-01-01: its bars are of 2012-03-01 to 2013-03-01" in line) == (2, True)


def test_dry_run_says_what_would_be_and_keeps_nothing(desk: Trader) -> None:
    before = desk.answered("runs", "list")["total"]
    path = desk.folder / "fresh.py"
    path.write_text("from weaver import Strategy\n\n\nclass Fresh(Strategy):\n    def on_bar(self, bar):\n"
                    "        self.buy('AAPL', 1) if not self.position('AAPL').quantity else None\n")  # fmt: skip
    told = desk.told("trade", path, "--symbol", "AAPL", "--dry-run")
    assert "A dry run: nothing was sent, and nothing is kept" in told
    assert "passes" in told
    assert desk.answered("runs", "list")["total"] == before
    assert not (desk.home / "strategies" / "fresh.py").exists()
    preview = desk.answered("trade", *AAPL, "--dry-run", "--cash", "5000")
    assert preview["run"]["options"]["cash"] == "5000"
    assert preview["history"][0]["warmup"] > 3_000
    assert preview["orders"][0]["gate"] == "passes"
