"""When markets trade: sessions and their closes, days off, New York time, and bars put together by them."""
