"""What a project begins with: path in its folder to text."""

import json

from weaver.marvin.plugins.template import TEMPLATES

STRATEGY = "strategies/first.py"
DATA = ("AAPL_1d.csv", "AAPL_actions.csv", "MSFT_1d.csv", "MSFT_actions.csv", "IBM_1d.csv", "IBM_actions.csv")
"""Of the sample data, what is copied into `data/`."""

MAKEFILE = """\
# What is done in this folder: make TARGET. All that Weaver keeps (its store, runs and server) is in .weaver.
WEAVER   ?= weaver
STRATEGY ?= strategies/first.py
SYMBOL   ?= AAPL
BARS      = --bars data/$(SYMBOL)_1d.csv --actions $(SYMBOL)=data/$(SYMBOL)_actions.csv --asset stock
export WEAVER_HOME = $(CURDIR)/.weaver

.PHONY: help check backtest report notebook paper up down clean

help: ## list the targets
	@sed -n 's/^\\([a-z]*\\):[^#]*## /  \\1	/p' Makefile

check: ## say what is wrong with the strategy
	$(WEAVER) strategies check $(STRATEGY)

backtest: ## backtest the strategy: make backtest STRATEGY=strategies/other.py SYMBOL=MSFT
	$(WEAVER) backtest $(STRATEGY) $(BARS)

report: ## the same, and write report.html and result.json
	$(WEAVER) backtest $(STRATEGY) $(BARS) --html report.html --json result.json

notebook: ## run notebook.ipynb, and keep what it shows in it (needs: pip install ipykernel nbclient)
	jupyter-execute --inplace notebook.ipynb

paper: ## trade the strategy on paper, on the last year of the stored prices
	$(WEAVER) data import data/*.csv
	$(WEAVER) trade $(STRATEGY) --symbol $(SYMBOL)

up: ## start Weaver in the browser
	$(WEAVER) up

down: ## end the server that runs in the background
	$(WEAVER) down

clean: ## remove what was made here; strategies, data and the notebook stay
	-$(WEAVER) down
	rm -rf .weaver report.html result.json
"""

GITIGNORE = """\
.weaver/
report.html
result.json
__pycache__/
.ipynb_checkpoints/
"""

INTRODUCTION = "# First\n\nThe strategy of `strategies/first.py` on Apple's daily prices."
CELLS = (
    """\
import weaver

prices = {"bars": "data/AAPL_1d.csv", "actions": {"AAPL": "data/AAPL_actions.csv"}, "asset": "stock"}
result = weaver.backtest("strategies/first.py", **prices)
result""",
    """result.stats["sharpe"], result.stats["max_drawdown"], len(result.trades)""",
    """result.trades""",
    """result.plot()  # the report: equity, prices with the trades on them, months""",
    """\
# Move a parameter a little: how much hangs on it?
{
    slow: weaver.backtest("strategies/first.py", **prices, params={"slow": slow}, lookahead_check=False).stats["sharpe"]
    for slow in (40, 48, 60, 80)
}""",
)
"""Of the notebook; each shows something."""


def texts() -> dict[str, str]:
    """All but the data."""
    return {
        STRATEGY: TEMPLATES["signals"].text("First"),
        "notebook.ipynb": _notebook(),
        "Makefile": MAKEFILE,
        ".gitignore": GITIGNORE,
    }


def _notebook() -> str:
    cells: list[dict[str, object]] = [{"cell_type": "markdown", "id": "cell-0", "metadata": {}, "source": INTRODUCTION}]
    for number, text in enumerate(CELLS, 1):
        cells.append({"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "source": text,
                      "execution_count": None, "outputs": []})  # fmt: skip
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}, indent=1
    )
