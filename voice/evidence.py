"""What is known in a pause -> the probability that the candidate has finished; pure.

A logistic combination, fitted on half of ``benchmarks.pauses``, with every reading counted once
with either outcome besides, so that no word alone is ever certain; docs/turn-taking.md has how.
"""

import math
from collections.abc import Mapping

from voice.completeness import Reading

BIAS = -1.3
HEARD = 0.27
"""Of the turn model's log odds."""
READ: Mapping[Reading, float] = {
    Reading.FILLER: -1.6,
    Reading.OPEN: -1.6,
    Reading.LISTING: -0.8,
    Reading.CLAUSE: -0.8,
    Reading.UNCLEAR: 0.8,
    Reading.SENTENCE: 1.5,
}
LEAST: Mapping[Reading, float] = {Reading.UNCLEAR: 0.4, Reading.SENTENCE: 0.44}
"""However much a melody hangs in the air: after such words the silence is not awaited for long."""
SUREST = 4.0
"""Log odds of the turn model beyond which it is not more certain: it errs one time in fifty."""


def finished(heard: float | None, read: Reading | None) -> float:
    """Probability (0–1); ``heard`` is the turn model's, None: it has not answered."""
    if heard is None and read is None:
        return 0.5
    odds = BIAS + READ[read or Reading.UNCLEAR]
    if heard is None:
        # The words alone: as if the melody said nothing either way.
        odds -= BIAS / 2
    else:
        bounded = min(max(heard, 1e-6), 1 - 1e-6)
        odds += HEARD * max(-SUREST, min(SUREST, math.log(bounded / (1 - bounded))))
    return max(LEAST.get(read, 0.0) if read else 0.0, 1 / (1 + math.exp(-odds)))
