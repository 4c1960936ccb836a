"""`SYMBOL=FILE`, where both may have equals signs in them."""

from pathlib import Path

import pytest

from weaver.cli.arguments.named_file import NamedFile
from weaver.model.errors import InputError

THERE = ("b.csv", "a=b.csv", "dir/k=l.csv", "F=g.csv", "=odd.csv", "c=d=e.csv")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dir").mkdir()
    for name in THERE:
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "symbol", "file"),
    [
        ("b.csv", None, "b.csv"), ("ES=F=b.csv", "ES=F", "b.csv"), ("EURUSD=X=b.csv", "EURUSD=X", "b.csv"),
        ("X=dir/k=l.csv", "X", "dir/k=l.csv"), ("ES=F=dir/k=l.csv", "ES=F", "dir/k=l.csv"),
        ("BTC/USD=b.csv", "BTC/USD", "b.csv"), ("./a=b.csv", None, "./a=b.csv"),
        ("dir/k=l.csv", None, "dir/k=l.csv"), ("X=./a=b.csv", "X", "./a=b.csv"),
        ("ES=F=./a=b.csv", "ES=F", "./a=b.csv"), ("c=d=e.csv", None, "c=d=e.csv"), ("X=c=d=e.csv", "X", "c=d=e.csv"),
        ("=odd.csv", None, "=odd.csv"), (" X = b.csv ", "X", "b.csv"), ("X=none.csv", "X", "none.csv"),
        ("X=/dev/fd/63", "X", "/dev/fd/63"), ("ES=F=/dev/fd/63", "ES=F", "/dev/fd/63"),
        ("X=../b=c.csv", "X", "../b=c.csv"),
        ("ES=F=g.csv", "ES", "F=g.csv"),
    ],
)  # fmt: skip
def test_split_where_a_file_is(text: str, symbol: str | None, file: str) -> None:
    assert NamedFile.parse("--bars", text) == NamedFile(symbol=symbol, file=file)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a=b.csv", "there are a=b.csv and b.csv"), ("X=a=b.csv", "there are a=b.csv and b.csv"),
        ("ES=F=none.csv", "there is no file of these: ES=F=none.csv, F=none.csv, none.csv"),
    ],
)  # fmt: skip
def test_what_is_unclear_is_said(text: str, says: str) -> None:
    with pytest.raises(InputError, match=r"^--bars ") as caught:
        NamedFile.parse("--bars", text)
    assert str(caught.value) == f"--bars {text}: {says}; write --bars SYMBOL=./FILE, so that it is clear which is meant"
