from weaver.model.fit_text import LENGTH_MAX, fit_to_send


def test_long_words_of_a_message_are_cut_and_of_a_long_message_the_middle() -> None:
    assert fit_to_send(f"there is no strategy 'x{'y' * 10**6}': GET /strategies lists them") == (
        f"there is no strategy 'x{'y' * 168}…{'y' * 27}': GET /strategies lists them"
    )
    assert fit_to_send("y" * 200) == "y" * 200
    long = fit_to_send(f"no such name: {'a b ' * 10**5}: choose another")
    assert len(long) <= LENGTH_MAX
    assert long.startswith("no such name: a b a b")
    assert long.endswith("a b : choose another")
