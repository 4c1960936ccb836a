"""How much goes wrong in a seed, and how."""

from dataclasses import dataclass, field
from random import Random

from tests.simulation.venue.market import Manners


@dataclass(kw_only=True)
class Chaos:
    """Chances, each of one call, message or commit. `quiet` ends it all."""

    unreachable: float = 0.0
    limited: float = 0.0
    answer_lost: float = 0.0
    very_late: float = 0.0
    """A request that the venue acts on long after its caller has given up."""
    question_lost: float = 0.0
    empty_list: float = 0.0
    short_list: float = 0.0
    lagging: float = 0.0
    """Seconds for which an order is not found yet after it was taken."""
    lose_update: float = 0.0
    duplicate_update: float = 0.0
    late_update: float = 0.0
    update_before_answer: float = 0.0
    disconnect: float = 0.0
    mute: float = 0.0
    not_cancelled: float = 0.0
    their_orders: float = 0.0
    """A second: somebody else orders in the account."""
    their_cancels: float = 0.0
    """A second: somebody else cancels an order of Weaver's."""
    their_expiries: float = 0.0
    """A second: the venue ends an order whose time is over for it, as one that is good till cancelled after 90 days."""
    odd_status: float = 0.0
    """Of each order that is shown: its status is a word that nobody knows."""
    bars_cut: float = 0.0
    """Of each minute's bar: the stream of bars breaks off."""
    bars_mute: float = 0.0
    bars_again: float = 0.0
    bars_late: float = 0.0
    bars_corrected: float = 0.0
    decider_lost: float = 0.0
    """Of each tick: the strategy's process dies, or hangs until it is ended."""
    latency: float = 0.05
    store_away: float = 0.0
    store_unknown: float = 0.0
    store_slow: float = 0.0
    crash: float = 0.0
    """A second, of each process."""
    takeover: float = 0.0
    graceful: float = 0.0
    shows_cumulative: bool = True
    skew: float = 0.0
    manners: Manners = field(default_factory=Manners)

    def quiet(self) -> None:
        """From now on all goes well."""
        for name in (
            "unreachable", "limited", "answer_lost", "very_late", "question_lost", "empty_list", "short_list",
            "lagging", "lose_update", "duplicate_update", "late_update", "update_before_answer", "disconnect", "mute",
            "not_cancelled", "their_orders", "their_cancels", "their_expiries", "odd_status", "bars_cut",
            "bars_mute", "bars_again", "bars_late", "bars_corrected", "decider_lost", "store_away", "store_unknown",
            "store_slow", "crash", "takeover", "graceful",
        ):  # fmt: skip
            setattr(self, name, 0.0)
        self.manners.drops_legs = self.manners.late_rejects = self.manners.stuck_cancels = 0.0
        self.manners.own_replacements = 0.0


def chaos_of(chance: Random) -> Chaos:
    """A seed's: each kind of fault is there or not, so that some seeds show one alone, and others all at once."""

    def sometimes(most: float, share: float = 0.4) -> float:
        return chance.random() * most if chance.random() < share else 0.0

    is_alpaca = chance.random() < 0.7
    manners = Manners(
        splits_at_zero=is_alpaca,
        holds_shares=is_alpaca,
        refuses_wash=is_alpaca,
        legs_wait=is_alpaca,
        cancels_groups=is_alpaca,
        one_tif=is_alpaca,
        part_fills=sometimes(0.8, 0.6),
        unrelated_ids=chance.random() < 0.3,
        drops_legs=sometimes(0.3, 0.2),
        late_rejects=sometimes(0.2, 0.3),
        stuck_cancels=sometimes(0.4, 0.3),
        own_replacements=sometimes(0.02, 0.3),
    )
    found = Chaos(
        unreachable=sometimes(0.15),
        limited=sometimes(0.1, 0.3),
        answer_lost=sometimes(0.3, 0.5),
        very_late=sometimes(0.03, 0.2),
        question_lost=sometimes(0.3),
        empty_list=sometimes(0.2, 0.3),
        short_list=sometimes(0.3, 0.3),
        lagging=sometimes(10.0, 0.3),
        lose_update=sometimes(0.3),
        duplicate_update=sometimes(0.3),
        late_update=sometimes(0.4),
        update_before_answer=sometimes(0.7, 0.4),
        disconnect=sometimes(0.03, 0.4),
        mute=sometimes(0.02, 0.3),
        not_cancelled=sometimes(0.3, 0.3),
        their_orders=sometimes(0.05, 0.25),
        their_cancels=sometimes(0.02, 0.2),
        their_expiries=sometimes(0.02, 0.2),
        odd_status=sometimes(0.3, 0.2),
        bars_cut=sometimes(0.2, 0.3),
        bars_mute=sometimes(0.15, 0.2),
        bars_again=sometimes(0.3, 0.3),
        bars_late=sometimes(0.5, 0.3),
        bars_corrected=sometimes(0.3, 0.2),
        decider_lost=sometimes(0.3, 0.3),
        latency=chance.choice((0.005, 0.05, 0.3, 2.0)),
        store_away=sometimes(0.05, 0.3),
        store_unknown=sometimes(0.05, 0.3),
        store_slow=sometimes(0.1, 0.3),
        crash=sometimes(0.1, 0.6),
        takeover=sometimes(0.03, 0.2),
        graceful=sometimes(0.03, 0.3),
        shows_cumulative=chance.random() < 0.7,
        skew=chance.choice((0.0, 0.0, 0.8, -1.3)),
        manners=manners,
    )
    manners.unrelated_ids &= found.shows_cumulative  # a venue has one of both, as its port asks
    return found
