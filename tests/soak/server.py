"""`weaver` as it is, but that it asks a venue as often as it likes: while the exchange's time stands, its turns of 200
a minute would come by the wall's, and the soak would wait for little else. Storms of 429 come all the same."""

from weaver.cli import main
from weaver.veda.adapters.alpaca import link

MODULE = "tests.soak.server"
REQUESTS_PER_MINUTE = 100_000

if __name__ == "__main__":
    link.REQUESTS_PER_MINUTE = REQUESTS_PER_MINUTE
    main()
