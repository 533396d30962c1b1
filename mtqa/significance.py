"""Is one system better than another, or was it the draw of segments?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# As sacrebleu draws them (Koehn 2004 takes 1,000, too).
ROUNDS = 1000
SEED = 12345

# The level below which a difference is taken to be one.
LEVEL = 0.05


def paired_bootstrap(
    baseline: Sequence[Sequence[float]],
    system: Sequence[Sequence[float]],
    score: Callable[[NDArray[np.floating]], float],
) -> float:
    """Probability of a difference as large as that between two systems if there were none.

    The test of sacrebleu (``--paired-bs``): the same draws, the same arithmetic, the same p. It is
    not called there because it holds the statistics of all draws in memory at once, a gigabyte
    for 10,000 segments, and wants the texts to count them anew.

    Args:
        baseline: for each segment what the score is computed from.
        system: the same for the other system, segment by segment.
        score: from the sums over some segments to their score.

    Returns:
        p, above 0 and at most 1.
    """
    import numpy as np

    if len(baseline) != len(system):
        raise ValueError(f"{len(baseline)} segments of one system but {len(system)} of the other")
    whole = [np.array(rows, dtype=np.float64) for rows in (baseline, system)]
    real = abs(score(whole[0].sum(0)) - score(whole[1].sum(0)))
    sides = [rows.astype(np.float32) for rows in whole]  # sums of counts that float32 holds
    chance = np.random.default_rng(SEED)
    differences = np.empty(ROUNDS)
    for draw in range(ROUNDS):
        chosen = chance.choice(len(baseline), size=len(baseline), replace=True)
        differences[draw] = abs(score(sides[1][chosen].sum(0)) - score(sides[0][chosen].sum(0)))
    above = differences - differences.mean() > real
    return (int(above.sum()) + 1) / (ROUNDS + 1)
