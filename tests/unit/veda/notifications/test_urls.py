"""The list of channels: split as Apprise does, and nothing of it told."""

import pytest
from apprise.utils.parse import parse_urls

from weaver.model.errors import InputError
from weaver.veda.notifications.urls import CHANNELS_MAX, scheme_of, secrets_of, split_urls

LISTS = [
    "json://127.0.0.1:9/",
    "json://localhost:9/a,json://localhost:9/b",
    "  json://localhost:9/a ,  mailto://user:secret@mail.example?to=a@b.example,c@d.example\n tgram://123:abc/456/ ",
    "slack://tokenA/tokenB/tokenC/#general discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
]


@pytest.mark.parametrize("text", LISTS)
def test_list_is_split_as_apprise_splits_it(text: str) -> None:
    assert list(split_urls(text)) == [url.strip() for url in parse_urls(text)]


def test_nothing_is_no_channel() -> None:
    assert split_urls(" , ") == ()


@pytest.mark.parametrize(
    "text",
    ["hunter2secret", "hunter2secret, json://localhost", "json://", "json:// hunter2secret", "json://a hunter2secret"],
)
def test_what_is_no_url_is_refused_by_its_number_and_not_shown(text: str) -> None:
    with pytest.raises(InputError, match=r"^NOTIFY_URLS: number 1 is no URL") as caught:
        split_urls(text)
    assert "hunter2" not in str(caught.value)


def test_more_channels_than_ten_are_refused() -> None:
    with pytest.raises(InputError, match=r"11 URLs: 10 are taken at most"):
        split_urls(" ".join(f"json://localhost/{number}" for number in range(CHANNELS_MAX + 1)))


def test_only_the_scheme_is_no_secret() -> None:
    assert scheme_of("TGram://123456789:ABCDEFGHIJ/77") == "tgram"
    url = "json://user:pass.word@desk.example:8080/path-token/?key=value-secret"
    assert set(secrets_of([url])) == {url, "pass.word", "path-token", "value-secret"}
    assert "tokenAAAA" in set(secrets_of(["slack://tokenAAAA/b"])), "it stands where others have a host"
    assert set(secrets_of(["json://localhost:8421/"])) == {"json://localhost:8421/"}
