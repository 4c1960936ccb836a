"""The web app in a real browser, on real servers."""
