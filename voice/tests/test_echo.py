import asyncio
from collections.abc import AsyncGenerator
from itertools import groupby

import numpy as np
import pytest
from numpy.typing import NDArray

from voice.adapters.scripted import ScriptedRecognizer, ScriptedSynthesizer, scripted_engines
from voice.adapters.silero import Silero
from voice.audio import RATE, Audio, resample
from voice.barge_in import VOICED, Hold
from voice.echo import KEPT, EchoJudge, FarEnd, Source
from voice.engines import Clip
from voice.events import Noticed, Sound, SoundEnded, SoundStarted
from voice.spectrum import WINDOW, spectra
from voice.tests.cast import ScriptedAgent, scene
from voice.tests.speech import spoken
from voice.tests.virtual_time import run

SIZE = round(WINDOW * RATE)
Samples = NDArray[np.float64]


def human(name: str) -> Samples:
    return np.frombuffer(resample(spoken(name), RATE).pcm, np.int16) / 32_768


def pcm(samples: Samples) -> bytes:
    return (np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()


def room(far: Samples, *, delay: float, loss: float, crooked: bool = False) -> Samples:
    """What comes back to the microphone: later, duller, weaker, with a few reflections; and
    ``crooked`` as the rest is that a browser's own cancellation leaves."""
    response = np.zeros(round((delay + 0.15) * RATE))
    for later, strength in ((0.0, 1.0), (0.023, 0.45), (0.049, 0.3), (0.13, 0.1)):
        response[round((delay + later) * RATE)] = strength
    dull = np.convolve(response, np.hanning(9) / np.hanning(9).sum())
    echo = np.convolve(far, dull)[: len(far)] * 10 ** (-loss / 20)
    if not crooked:
        return echo
    swell = 10 ** (6 * np.sin(2 * np.pi * 1.3 * np.arange(len(far)) / RATE) / 20)
    return np.tanh(20 * echo) / 20 * swell


def noise(size: int) -> Samples:
    return np.random.default_rng(0).normal(0, 10 ** (-65 / 20), size)


def judged(far: Samples, microphone: Samples, *, jitter: float = 0.02) -> list[Source]:
    """Playback is believed to be where it is, give or take ``jitter`` seconds."""
    random = np.random.default_rng(1)
    sent, judge, end = pcm(far), EchoJudge(), FarEnd(RATE)
    done, off, sources = 0, 0.0, []
    for index in range(len(far) // SIZE):
        at = (index + 1) * WINDOW
        ahead = 2 * round((at + 1.2) * RATE)
        end.add(sent[done:ahead])
        done = max(done, min(len(sent), ahead))
        if index % 8 == 0:
            off = random.uniform(-jitter, jitter)
        window = pcm(microphone[index * SIZE : (index + 1) * SIZE])
        sources.append(judge.judge(window, end, at + off))
    return sources


FAR = np.concatenate([human("leisure"), human("young_man")])


@pytest.mark.parametrize("crooked", [False, True])
@pytest.mark.parametrize(("delay", "loss"), [(0.03, 6), (0.11, 12), (0.2, 20)])
def test_our_own_voice_is_not_the_candidate(delay: float, loss: float, crooked: bool) -> None:
    echo = room(FAR, delay=delay, loss=loss, crooked=crooked)
    microphone = echo + noise(len(FAR))
    detection, sound = Silero().open(), pcm(microphone)
    voiced = [
        detection.probability(sound[at : at + 2 * SIZE]) >= VOICED
        for at in range(0, len(sound) - 2 * SIZE + 1, 2 * SIZE)
    ]
    sources = judged(FAR, microphone)
    learnt = [s for s, is_voiced in zip(sources, voiced, strict=True) if is_voiced]
    assert learnt.count(Source.ECHO) > 0.9 * len(learnt)
    # Short of the voice that would be read, but for the rest that swells by 12 dB.
    mistaken = [len(list(group)) for source, group in groupby(learnt) if source is Source.CANDIDATE]
    assert crooked or max(mistaken, default=0) * WINDOW < Hold().noticed


@pytest.mark.parametrize("echoes", [False, True])
def test_the_candidate_is_heard_through_it(echoes: bool) -> None:
    voice = human("selfish")[: 2 * RATE]
    microphone = noise(len(FAR))
    begin = 4 * RATE
    microphone[begin : begin + len(voice)] += voice
    if echoes:
        microphone += room(FAR, delay=0.11, loss=14)
    sources = judged(FAR, microphone)[begin // SIZE :]
    loud = [
        np.square(voice[at : at + SIZE]).mean() > 1e-3 for at in range(0, len(voice) - SIZE, SIZE)
    ]
    heard = [
        source is Source.CANDIDATE
        for source, is_loud in zip(sources, loud, strict=False)
        if is_loud
    ]
    assert sum(heard) > 0.8 * len(heard)


def test_a_silent_microphone_costs_no_spectrum(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise AssertionError("a spectrum was made")

    monkeypatch.setattr("voice.echo.spectra", refuse)
    assert set(judged(FAR, noise(len(FAR)))) == {Source.NOBODY}


def test_only_a_few_seconds_are_remembered() -> None:
    far = FarEnd(24_000)
    for _ in range(600):
        far.add(bytes(4_800))
    assert len(far._pcm) <= KEPT * 48_000 + 48_000


def test_spectra_do_not_depend_on_the_rate() -> None:
    for rate in (16_000, 24_000, 48_000):
        times = np.arange(round(WINDOW * rate)) / rate
        tone = (0.5 * np.sin(2 * np.pi * 1_000 * times)).astype(np.float32)
        [levels] = spectra(tone[None])
        assert levels.argmax() == 6
        assert levels.max() == pytest.approx(-6, abs=2)
    assert spectra(np.ones((1, 256), np.float32)).shape == (1, len(levels))


class SpokenSynthesizer(ScriptedSynthesizer):
    """Says everything with the same human recording."""

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        yield Clip(text, resample(spoken("leisure"), 24_000))


def test_open_speakers_make_no_utterance() -> None:
    """A whole call: the microphone hears what the client plays, 0.11 s later and 10 dB weaker."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        recognizer = ScriptedRecognizer(last="and this goes on and on")
        engines = scripted_engines(recognizer=recognizer, synthesizer=SpokenSynthesizer())
        async with scene(engines, ScriptedAgent(["A question.", "And another one."])) as s:
            await s.speak(1)
            recognizer.last = "these are words of ours"
            heard: Samples | None = None
            while not s.events(SoundEnded) or loop.time() < s.time_of(SoundEnded) + 4:
                played = b"".join(sound.pcm for sound in s.events(Sound))
                frame = np.zeros(320)
                if s.events(SoundStarted):
                    heard = np.frombuffer(resample(Audio(played, 24_000), RATE).pcm, np.int16)
                    at = round((loop.time() - s.time_of(SoundStarted) - 0.11) * RATE)
                    piece = heard[max(0, at) : max(0, at + 320)] * 10 ** (-10 / 20)
                    frame[: len(piece)] = piece
                s.call.hear(frame.astype("<i2").tobytes())
                await asyncio.sleep(0.02)
        assert heard is not None and len(heard) > 8 * RATE
        assert len(s.finals) == 1
        assert not s.cleared
        assert not s.events(Noticed)

    run(main())
