"""Real speech into the interviewer's: Silero, a microphone, and a recognizer that is only asked."""

import asyncio
from itertools import pairwise

import numpy as np
import pytest

from voice.adapters.kokoro import Kokoro
from voice.adapters.scripted import ScriptedRecognizer
from voice.adapters.silero import Silero
from voice.audio import RATE, WIDTH, Audio, resample, silence
from voice.echo import FarEnd, Playback
from voice.endpointing import Ended, Patience, Started
from voice.listener import Listener
from voice.tests.speech import spoken
from voice.transcription import Transcription

SILERO = Silero()
BEFORE = 1.5
"""Seconds for which the interviewer is heard before the candidate makes a sound."""
FRAME = RATE // 50 * WIDTH


def into_the_interviewer(sound: Audio) -> tuple[bool, list[float]]:
    """Whether ``sound`` alone stops the interviewer, and the lengths that are to be read."""
    pcm = (silence(BEFORE).pcm + sound.pcm + silence(1.5).pcm)[: 12 * RATE * WIDTH]
    far = FarEnd(RATE)
    far.add(spoken("leisure").pcm)
    listener = Listener(
        SILERO, Patience(), lambda: 0.0, lambda: Transcription(ScriptedRecognizer())
    )
    met = list(listener.feed(voiced(spoken("leisure"), 2).pcm + silence(4).pcm))
    assert isinstance(met[-1], Ended)
    read: list[float] = []
    for start, end in pairwise(range(0, len(pcm), FRAME)):
        listener.playback = Playback(far, end / WIDTH / RATE, audible=True)
        if any(isinstance(a, Started) for a in listener.feed(pcm[start:end])):
            return True, read
        if audio := listener.held_back():
            read.append(audio.seconds)
    return False, read


def voiced(audio: Audio, seconds: float) -> Audio:
    """The first ``seconds`` of its voice."""
    loud = np.flatnonzero(np.abs(np.frombuffer(audio.pcm, np.int16)) > 1_000)
    begin = int(loud[0]) * WIDTH
    return Audio(audio.pcm[begin : begin + round(seconds * audio.rate) * WIDTH], audio.rate)


@pytest.mark.parametrize("name", ["amiable", "selfish", "young_man"])
def test_a_human_who_goes_on_stops_the_interviewer(name: str) -> None:
    stopped, _ = into_the_interviewer(spoken(name))
    assert stopped


@pytest.mark.parametrize("name", ["amiable", "selfish", "young_man"])
def test_a_human_syllable_does_not_and_is_read_whole_when_it_is_over(name: str) -> None:
    stopped, read = into_the_interviewer(voiced(spoken(name), 0.35))
    assert not stopped
    assert len(read) <= 1
    assert all(seconds > 0.35 for seconds in read)


def test_korean_listening_does_not_stop_the_interviewer_and_korean_speech_does() -> None:
    async def say(*texts: str) -> list[Audio]:
        kokoro = Kokoro()
        try:
            return [
                resample(clip.audio, RATE)
                for text in texts
                async for clip in kokoro.speak(text, language="ko", voice="jf_nezumi")
            ]
        finally:
            await kokoro.close()

    yes, hm, speech = asyncio.run(say("네.", "음.", "제가 그 부분은 직접 맡아서 진행했습니다."))
    assert not into_the_interviewer(yes)[0]
    assert not into_the_interviewer(hm)[0]
    assert into_the_interviewer(speech)[0]
