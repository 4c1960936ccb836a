"""The routes of the app, read off `haro/src/app/routes.tsx`."""

import re

from tests.shared_data import REPOSITORY

_TOKENS = re.compile(
    r'path: "(?P<path>[^"]+)"|(?P<index>index: true)|(?P<open>children: \[)|(?P<close>^\s*\],)', re.MULTILINE
)


def routes() -> set[str]:
    """Each path that shows a page of its own."""
    text = (REPOSITORY / "haro" / "src" / "app" / "routes.tsx").read_text()
    found: set[str] = set()
    above = [""]
    newest = ""
    for token in _TOKENS.finditer(text):
        if token["open"]:
            above.append(newest.rstrip("/"))
            found.discard(newest)  # its index is the page
        elif token["close"]:
            above.pop()
        else:
            newest = f"{above[-1]}/{(token['path'] or '').strip('/')}".rstrip("/") or "/"
            found.add(newest)
    return found
