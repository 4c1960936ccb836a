"""One sentence for each case, and the order in which they are asked."""

import pytest

from weaver.greta.overfitting.verdict import verdict


def test_the_sentence_of_a_lucky_one() -> None:
    found = verdict(trials=400, counted=1130, sharpe=1.4, deflated=0.38)
    assert found.code == "luck"
    assert found.sentence == (
        "The best of 400 trials has a Sharpe ratio of 1.4; after counting 1,130 trials its deflated probability is "
        "38 %: treat it as luck."
    )


@pytest.mark.parametrize(
    ("figures", "code", "end"),
    [
        ({"sharpe": None, "deflated": 0.9}, "unknown", "is worth cannot be said: its returns say too little."),
        ({"sharpe": 1.0, "deflated": None}, "unknown", "its returns say too little."),
        ({"sharpe": 0.0, "deflated": 0.99}, "loss", "has a Sharpe ratio of 0.0: none of them earns anything."),
        ({"sharpe": 1.0, "deflated": 0.8999}, "luck", "is 89 %: treat it as luck."),
        (
            {"sharpe": 1.0, "deflated": 0.99, "overfitting": 0.51},
            "luck",
            "but the best of one half of the time ends below the middle in 51 % of the others: treat it as luck.",
        ),
        ({"sharpe": 1.0, "deflated": 0.90}, "doubt", "is 90 %: doubt it, as that is less than 95 %."),
        (
            {"sharpe": 1.0, "deflated": 0.96, "overfitting": 0.2, "p_value": 0.06},
            "doubt",
            "doubt it, as the probability of overfitting is 20 % and luck does as well in 6 % of all draws.",
        ),
        ({"sharpe": 1.0, "deflated": 0.95}, "holds", "is 95 %: luck alone hardly explains it."),
        ({"sharpe": 1.0, "deflated": 0.9996, "p_value": 0.05}, "holds", "is 99 %: luck alone hardly explains it."),
        ({"sharpe": 1.0, "deflated": 0.9499}, "doubt", "is 94 %: doubt it, as that is less than 95 %."),
        ({"sharpe": 1.0, "deflated": 1.0, "p_value": 0.0504}, "doubt", "as luck does as well in 6 % of all draws."),
        ({"sharpe": 1, "deflated": 1, "overfitting": 0.999}, "luck", "in over 99 % of the others: treat it as luck."),
        ({"sharpe": 1.0, "deflated": 1e-9}, "luck", "is under 1 %: treat it as luck."),
        ({"sharpe": 1.0, "deflated": 0.0}, "luck", "is 0 %: treat it as luck."),
    ],
)  # fmt: skip
def test_each_case_has_its_sentence(figures: dict[str, float | None], code: str, end: str) -> None:
    found = verdict(trials=400, counted=1130, **figures)  # type: ignore[arg-type]
    assert found.code == code
    assert found.sentence.endswith(end)


def test_one_trial_is_spoken_of_as_one() -> None:
    found = verdict(trials=1, counted=1, sharpe=2.0, deflated=0.97)
    assert found.sentence == (
        "The only trial has a Sharpe ratio of 2.0; after counting one trial its deflated probability is 97 %: "
        "luck alone hardly explains it."
    )
