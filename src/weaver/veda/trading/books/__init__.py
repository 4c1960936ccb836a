"""An account's books: changed one change at a time, each committed before anybody sees it."""
