"""How many of all may be wrong, when some of a sample are.

Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in
the case of the binomial", Biometrika 26 (1934).
"""

from math import exp, lgamma, log, log1p

CHANCE = 0.05  # that more are wrong than is said
STEPS = 60  # of halving: far beyond what is shown


def upper_bound(wrong: int, asked: int) -> float:
    """The share of all, of one, that with 95 % confidence is not exceeded (one-sided)."""
    if wrong >= asked:
        return 1.0
    low, high = wrong / asked, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if at_most(wrong, asked, middle) > CHANCE:
            low = middle
        else:
            high = middle
    return high


def at_most(wrong: int, asked: int, share: float) -> float:
    """The chance of so many or fewer wrong ones in a sample, when `share` of all are."""
    return sum(exactly(each, asked, share) for each in range(wrong + 1))


def exactly(wrong: int, asked: int, share: float) -> float:
    if share in (0.0, 1.0):
        return float(wrong == asked * share)
    ways = lgamma(asked + 1) - lgamma(wrong + 1) - lgamma(asked - wrong + 1)
    return exp(ways + wrong * log(share) + (asked - wrong) * log1p(-share))
