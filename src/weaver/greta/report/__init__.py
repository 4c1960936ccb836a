"""The HTML report of a finished backtest."""

from weaver.greta.report.page import render

__all__ = ["render"]
