"""A notebook as a trader would have it, run by nbclient: what cells show, and that what was typed can be run again."""

import json
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.shared_data import SAMPLES
from weaver import backtest

CELLS = (
    "import json\nimport weaver\nfrom weaver import Strategy, crossed_above, crossed_below, sma",
    """class Typed(Strategy):
    \"\"\"Long while the fast average is above the slow one.\"\"\"

    fast: int = 10

    def on_start(self):
        fast, slow = sma(self.close, self.fast), sma(self.close, 30)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)

    def enter(self, bar):
        self.order_target_percent(bar.symbol, 0.9)

    def leave(self, bar):
        self.close_position(bar.symbol)""",
    "result = weaver.backtest(Typed, {bars!r}, asset='stock', end='2004-12-31', lookahead_check=False)\nresult",
    "result.trades",
    "result.orders",
    "result.plot()",
    "print(json.dumps([result.run['source'], result.to_json()]))",
)


def test_cells_show_tables_and_the_report_and_a_typed_class_can_be_run_again(tmp_path: Path) -> None:
    bars = str(SAMPLES / "AAPL_1d.csv")
    cells = [nbformat.v4.new_code_cell(text.replace("{bars!r}", repr(bars))) for text in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=200, kernel_name="python3").execute(cwd=str(tmp_path))
    shown = [cell["outputs"] for cell in notebook["cells"]]
    assert [one for outputs in shown for one in outputs if one.get("name") == "stderr"] == []
    result, trades, orders, page = (outputs[0]["data"]["text/html"] for outputs in shown[2:6])
    assert "Total return" in result
    assert "entry_price" in trades
    assert "filled" in orders
    assert page.startswith("<div><iframe srcdoc=")

    source, record = json.loads(shown[6][0]["text"])
    assert source.startswith("import json\nimport weaver\nfrom weaver import Strategy, ")
    file = tmp_path / "typed.py"
    file.write_text(source)
    again = backtest(str(file), bars, asset="stock", end="2004-12-31", lookahead_check=False)
    assert json.loads(again.to_json())["trades"] == json.loads(record)["trades"]
    assert again.run["source_hash"] == json.loads(record)["run"]["source_hash"]
