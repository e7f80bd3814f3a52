"""What a record says about the system: each answer and each sound made over it; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.harness.record import Arrival, Made, Record

MISSED_AFTER = 4.0
"""Seconds after an answer within which the reply must be heard."""
STOPPED_WITHIN = 3.0
"""Seconds from a sound within which an interviewer that falls silent did so because of it."""
CAUSED_WITHIN = 4.0
"""Seconds after a sound of the candidate within which a transcript may be of it."""
SETTLED = 1.0
"""Seconds by which a transcript may come after the reply that it belongs to."""

_ACKNOWLEDGEMENTS = {
    "en": "thank thanks you all right okay ok i see i've got that for explaining sure mm-hm hm",
    "ko": "네 예 감사합니다 고맙습니다 잘 들었습니다 말씀 설명 그렇군요 알겠습니다 음",
}
_ACKNOWLEDGING = frozenset(" ".join(_ACKNOWLEDGEMENTS.values()).split())
_SENTENCE = re.compile(r"[^.!?…]*[.!?…]+\s*|[^.!?…]+$")


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer and what came of it. Seconds; None: it did not come, or does not apply."""

    conversation: str
    name: str
    language: str
    manner: str
    words: int
    reply: float | None
    """From the last voiced moment to the first audible moment of the reply itself."""
    acknowledgement: float | None
    """The same to the words of thanks before it, if there are any."""
    cut_off: str
    """The kind of pause in which a reply began before the answer was over ("speech": in none);
    empty: nobody was cut off."""
    early_final: bool
    """A transcript that ends the answer came before it was over, and a reply after it."""
    missed: bool
    stale: bool
    """The reply began without the answer's last words having been understood."""
    clear: float | None
    """From the onset of an answer into the interviewer to ``audio_clear``."""
    transcripts: int
    partial_gaps: tuple[float, ...] = ()
    cut_pause: float | None = None
    """Seconds of the pause in which the candidate was cut off."""


@dataclass(frozen=True, slots=True)
class Listening:
    """One sound that is no wish to speak. ``stopped``: the interviewer fell silent for it."""

    conversation: str
    sound: str
    language: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class Judged:
    turns: list[Turn] = field(default_factory=list)
    listening: list[Listening] = field(default_factory=list)
    phantoms: list[str] = field(default_factory=list)
    """Final transcripts of nothing that the candidate said."""
    unprovoked: int = 0
    """How often the interviewer fell silent although the candidate made no sound."""
    disordered: int = 0
    """Transcripts of an answer that came after those of a later one."""
    pauses: dict[str, int] = field(default_factory=dict)
    """How many pauses of each kind there were."""


@dataclass(slots=True)
class Utterance:
    """What was heard of the interviewer, on the client's clock."""

    id: str
    arrived: float
    audible: float | None = None
    reply: float | None = None
    """When the first word that is more than an acknowledgement became audible."""
    cleared: float | None = None


def judged(record: Record) -> Judged:
    """All figures of one conversation."""
    said = sorted(record.made, key=lambda made: made.onset)
    answers = [made for made in said if made.kind == "answer"]
    heard = list(utterances(record.arrivals))
    pauses: dict[str, int] = {}
    for made in answers:
        for pause in made.pauses:
            pauses[pause.kind] = pauses.get(pause.kind, 0) + 1
    ends = [*(made.onset for made in answers[1:]), float("inf")][: len(answers)]
    return Judged(
        [
            _turn(record, made, until, heard)
            for made, until in zip(answers, ends, strict=True)
        ],
        [_listening(record, made, heard) for made in said if made.kind == "backchannel"],
        [
            arrival.text
            for arrival in record.arrivals
            if arrival.kind == "transcript" and arrival.text.strip() and not _caused(arrival, said)
        ],
        sum(_unprovoked(utterance, said) for utterance in heard),
        _disordered(record.arrivals, answers),
        pauses,
    )  # fmt: skip


def utterances(arrivals: Sequence[Arrival]) -> Iterator[Utterance]:
    """The interviewer's utterances as they were played: what arrives is played at once, or
    after what is still playing."""
    found: dict[str, Utterance] = {}
    texts: dict[str, list[tuple[float, str]]] = {}
    sounds: dict[str, list[Arrival]] = {}
    starts: dict[str, list[float]] = {}
    playhead = 0.0
    for arrival in arrivals:
        name = arrival.utterance
        match arrival.kind:
            case "words":
                position = sum(sound.seconds for sound in sounds.get(name, ()))
                texts.setdefault(name, []).append((position, arrival.text))
            case "audio":
                found.setdefault(name, Utterance(name, arrival.at))
                begins = max(playhead, arrival.at)
                playhead = begins + arrival.seconds
                sounds.setdefault(name, []).append(arrival)
                starts.setdefault(name, []).append(begins)
            case "audio_clear":
                playhead = min(playhead, arrival.at)
                if name in found and found[name].cleared is None:
                    found[name].cleared = arrival.at
    for name, utterance in found.items():
        pieces = list(zip(sounds[name], starts[name], strict=True))
        utterance.audible = _audible(pieces, 0.0)
        skipped = _acknowledged(texts.get(name, []), sum(piece.seconds for piece, _ in pieces))
        utterance.reply = None if skipped is None else _audible(pieces, skipped)
        if utterance.cleared is not None:
            if utterance.audible is not None and utterance.audible > utterance.cleared:
                utterance.audible = None
            if utterance.reply is not None and utterance.reply > utterance.cleared:
                utterance.reply = None
    yield from found.values()


def is_acknowledgement(sentence: str) -> bool:
    words = re.findall(r"[a-z가-힣'-]+", sentence.lower().replace("’", "'"))
    return bool(words) and len(words) <= 6 and all(word in _ACKNOWLEDGING for word in words)


def _acknowledged(texts: Sequence[tuple[float, str]], seconds: float) -> float | None:
    """Seconds of the utterance's sound that only acknowledge; None if all of it does.

    Where the acknowledgement and the rest share a piece of text, its letters tell the share.
    """
    whole = "".join(text for _, text in texts)
    spoken = 0
    for sentence in _SENTENCE.findall(whole):
        if sentence.strip() and not is_acknowledgement(sentence):
            return _position(texts, seconds, spoken + len(sentence) - len(sentence.lstrip()))
        spoken += len(sentence)
    return None if texts else 0.0


def _position(texts: Sequence[tuple[float, str]], seconds: float, letter: int) -> float:
    """Seconds of the sound at which the ``letter``-th letter of all texts is said."""
    for number, (position, text) in enumerate(texts):
        until = texts[number + 1][0] if number + 1 < len(texts) else seconds
        if letter < len(text):
            silent = len(text) - len(text.lstrip())
            share = max(0, letter - silent) / (len(text) - silent)
            return position + (until - position) * share
        letter -= len(text)
    return seconds


def _audible(pieces: Sequence[tuple[Arrival, float]], skipped: float) -> float | None:
    """When the first audible moment after ``skipped`` seconds was played."""
    position = 0.0
    for sound, start in pieces:
        end = position + sound.seconds
        inside = max(0.0, skipped - position)
        loud = max(sound.quiet, inside)
        if end > skipped and loud < sound.seconds:
            return start + loud
        position = end
    return None


def _turn(record: Record, made: Made, until: float, heard: Sequence[Utterance]) -> Turn:
    new = [u for u in heard if u.id != made.over and made.onset < u.arrived < until]
    early = [u for u in new if u.arrived < made.end]
    later = [u for u in new if u.arrived >= made.end]
    reply = next((u for u in later if u.audible is not None and u.reply is not None), None)
    first = next((u for u in later if u.audible is not None), None)
    started = reply.reply if reply and reply.reply else None
    finals = [
        a
        for a in record.arrivals
        if a.kind == "transcript" and made.onset < a.at < min(until, (started or until) + SETTLED)
    ]
    early_finals = [a for a in finals if a.at < made.end]
    partials = [
        a.at
        for a in record.arrivals
        if a.kind in ("partial", "transcript") and made.onset < a.at < made.end
    ]
    kind, pause = _where(made, early[0].arrived) if early else ("", None)
    clear = next((u.cleared for u in heard if u.id == made.over), None) if made.manner else None
    wait = None if started is None or early else started - made.end
    thanked = first.audible if first and first.audible and not early else None
    return Turn(
        record.conversation,
        made.name,
        record.language,
        made.manner,
        len(made.text.split()),
        wait,
        thanked - made.end if thanked and started and started - thanked > 0.05 else None,
        kind,
        bool(early_finals),
        not early and (wait is None or wait > MISSED_AFTER),
        bool(finals) and started is not None and not early and not _covers(finals, made.text),
        clear - made.onset if clear is not None and clear >= made.onset else None,
        len(finals),
        tuple(b - a for a, b in zip(partials, partials[1:], strict=False)),
        pause,
    )


def _where(made: Made, at: float) -> tuple[str, float | None]:
    """The pause in which a reply at ``at`` was decided: it began before it."""
    before = [pause for pause in made.pauses if pause.start < at]
    if before and at < before[-1].end + 0.5:
        return before[-1].kind, before[-1].end - before[-1].start
    return "speech", None


def _covers(finals: Sequence[Arrival], text: str) -> bool:
    """Whether one of the answer's last two words was understood."""
    understood = set(_plain(" ".join(a.text for a in finals)))
    return any(word in understood for word in _plain(text)[-2:])


def _listening(record: Record, made: Made, heard: Sequence[Utterance]) -> Listening:
    stops = [u.cleared for u in heard if u.id == made.over and u.cleared is not None]
    stopped = any(made.onset <= at <= made.end + STOPPED_WITHIN for at in stops)
    return Listening(record.conversation, made.name, record.language, stopped)


def _caused(arrival: Arrival, said: Sequence[Made]) -> bool:
    return any(made.onset < arrival.at < made.end + CAUSED_WITHIN for made in said)


def _unprovoked(utterance: Utterance, said: Sequence[Made]) -> bool:
    at = utterance.cleared
    return at is not None and not any(
        made.onset - 0.1 <= at <= made.end + STOPPED_WITHIN for made in said
    )


def _disordered(arrivals: Sequence[Arrival], answers: Sequence[Made]) -> int:
    """Answers may share words (the reader's sentences recur): the one next in turn is meant."""
    latest = disordered = 0
    for arrival in arrivals:
        words = set(_plain(arrival.text))
        if arrival.kind != "transcript" or not words:
            continue
        shares = (len(words & set(_plain(made.text))) / len(words) for made in answers)
        meant = [number for number, share in enumerate(shares) if share > 0.6]
        if meant:
            disordered += meant[-1] < latest
            latest = next((number for number in meant if number >= latest), latest)
    return disordered


def _plain(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())
