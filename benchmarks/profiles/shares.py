"""Of the delay that a candidate hears, what the engines took and what is our own. Pure.

A reply rests on a chain of work: the detector notes the end of speech, the words are asked for in
the pause after it, a reply is written to them, its first clause is spoken. No server can begin
before the last of that, nor before the silence is over that it asks for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from benchmarks.profiles.ledger import Work
from voice.engines import Writing

LIMIT = 0.03
"""Seconds that the own share may be in the median."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a profile asks its engines for, in seconds of silence.

    A draft of the reply may begin after ``pause``; its words are asked for after ``asks``. None: it
    is asked for without them, by an engine that hears the answer itself.
    """

    pause: float
    asks: float | None


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn as the candidate has it; times of the loop's clock, the rest in seconds.

    ``lag`` is by how much the detector finds speech to go on beyond its last voiced sample,
    ``silence`` what the server waited for, by its own account.
    """

    ended: float
    first_sound: float
    lag: float
    silence: float
    said: str
    """The reply."""


@dataclass(frozen=True, slots=True)
class Share:
    """Seconds. ``words``, ``clause`` and ``sound`` are the engines' own: from the arrival of a
    request to the sending of what was needed of it. ``path`` is the longer of the silence and
    all of the chain, ``own`` what is left of the delay. ``gaps`` are the time before the words,
    the reply and its sound are asked for, and until that sound is heard, as far as they happened.
    """

    delay: float
    lag: float
    silence: float
    words: float
    clause: float
    sound: float
    path: float
    own: float
    gaps: dict[str, float] = field(default_factory=dict)


def share(turn: Heard, works: Sequence[Work], plan: Plan) -> Share:
    """The chain is followed backwards from the sound that was heard first."""
    over = turn.ended + min(0.0, turn.lag)
    sound = _last(
        work
        for work in works
        if work.role in ("sound", "speech")
        and work.asked > over
        and (work.first or turn.first_sound) < turn.first_sound
        and _begins(turn.said, work.text)
    )
    before = sound.asked if sound else turn.first_sound
    reply = _last(w for w in works if w.role == "reply" and over < w.asked < before)
    clause, gaps = 0.0, {}
    if sound and sound.first:
        gaps["to the candidate"] = turn.first_sound - sound.first
    if reply and sound:
        written = _until(reply, sound.text)
        clause, gaps["to the voice"] = written - reply.asked, sound.asked - written
    elif reply and turn.first_sound - reply.asked >= Writing().late_after:
        # Words of thanks, kept as sound, are said for a model that is late.
        clause = Writing().late_after
    else:
        reply = None
    before = reply.asked if reply else before
    if plan.asks is None:
        if sound:
            gaps["to the reply"] = sound.asked - turn.ended - turn.lag - plan.pause
        return replace(made(turn, plan, 0.0, 0.0, clause, _first(sound)), gaps=gaps)
    heard = _last(w for w in works if w.role == "words" and w.last and w.last < before)
    words, known = 0.0, plan.asks
    if heard and heard.last:
        words = heard.last - heard.asked
        if before < turn.first_sound:
            gaps["to the reply"] = before - heard.last
        gaps["to the words"] = heard.asked - turn.ended - turn.lag - plan.asks
        known = plan.asks + words
    return replace(made(turn, plan, known, words, clause, _first(sound)), gaps=gaps)


def made(turn: Heard, plan: Plan, known: float, words: float, clause: float, sound: float) -> Share:
    """With the engines' work as given; ``known``: seconds into the silence the words were."""
    path = turn.lag + max(turn.silence, max(plan.pause, known) + clause + sound)
    delay = turn.first_sound - turn.ended
    return Share(delay, turn.lag, turn.silence, words, clause, sound, path, delay - path)


def _first(sound: Work | None) -> float:
    return sound.first - sound.asked if sound and sound.first else 0.0


def _last(works: Iterable[Work]) -> Work | None:
    return max(works, key=lambda work: work.asked, default=None)


def _until(reply: Work, text: str) -> float:
    """When so much of ``reply`` had been sent that ``text`` was known to be whole: that a clause
    is over is told by the token after it."""
    written = ""
    for (_, piece), (following, _) in pairwise(reply.sent):
        written += piece
        if _plain(text) in _plain(written) and text.strip()[-1:] in written[-2:]:
            return following
    return reply.last or reply.asked


def _begins(said: str, text: str) -> bool:
    return _plain(said).startswith(_plain(text))


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
