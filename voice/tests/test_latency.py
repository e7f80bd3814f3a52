"""Where the time of a reply goes at published provider latencies: virtual time, so exact.

Live words 0.2 s behind and final 0.1 s after a commit, file transcription 0.3 s, first token
0.35 s, 60 tokens a second, first sound 0.075 s.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import pytest

from voice.adapters.scripted import (
    ScriptedModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedTurnModel,
    scripted_engines,
)
from voice.adapters.scripted_live import ScriptedLive
from voice.agent import Answer
from voice.endpointing import WINDOW_SECONDS, Patience
from voice.engines import Message
from voice.events import Latency, SoundStarted
from voice.live_transcription import LASTS
from voice.sentences import clauses
from voice.tests.cast import ScriptedAgent, scene
from voice.tests.virtual_time import run

FIRST_TOKEN, TOKEN, FIRST_BYTE, FINAL, UPLOAD = 0.35, 1 / 60, 0.075, 0.1, 0.3
REPLY = "You moved the cache to Redis when the load had grown, so what did you measure?"
PHRASE = 4
"""Words before the one that tells that the first phrase is over."""
FRAME = 0.02
"""The microphone's messages: whatever waits for audio may come so much later."""


@dataclass
class Measured:
    """Seconds after the end of speech."""

    asked: float
    first_clause: float
    first_sound: float
    model_requests: int
    latency: Latency


def measure(*, live: bool, patience: Patience, text: str = REPLY) -> Measured:
    async def main() -> Measured:
        loop = asyncio.get_running_loop()
        asked: list[float] = []
        spoken: list[float] = []

        class Model(ScriptedModel):
            def reply(self, *args: object, **options: object) -> AsyncGenerator[str]:
                asked.append(loop.time())
                return super().reply(*args, **options)  # type: ignore[arg-type]

        class Voice(ScriptedSynthesizer):
            def speak(self, text: str, **options: str) -> AsyncGenerator[object]:  # type: ignore[override]
                spoken.append(loop.time())
                return super().speak(text, **options)

        model = Model(text, first_token=FIRST_TOKEN, per_token=TOKEN)
        engines = scripted_engines(
            recognizer=ScriptedRecognizer(delay=UPLOAD),
            turn_model=ScriptedTurnModel(delay=0.05),
            model=model,
            synthesizer=Voice(first_byte=FIRST_BYTE),
        )
        if live:
            engines = replace(engines, live_recognizer=ScriptedLive(lag=0.2, final=FINAL))

        def compose(answer: Answer) -> AsyncGenerator[str]:
            context = [Message("candidate", answer.text)]
            return clauses(model.reply(context, max_tokens=45), early=True)

        async with scene(engines, ScriptedAgent(compose=compose), patience=patience) as s:
            await s.silence(1.0)
            await s.speak(2.0)
            ended = loop.time()
            while not s.turns:
                await s.silence(0.1)
        began = s.time_of(SoundStarted)
        return Measured(
            asked[-1] - ended, spoken[0] - ended, began - ended, len(asked), s.turns[0].latency
        )

    return run(main())


QUICK = Patience(finished=0.4, unsure=0.4)
"""Shorter than the engines take, so that it is they who are measured."""


def test_with_live_words_the_model_is_asked_once_the_pause_lasts() -> None:
    found = measure(live=True, patience=QUICK)
    assert found.model_requests == 1
    assert found.asked <= LASTS + 2 * FRAME
    assert found.first_clause - found.asked == pytest.approx(
        FIRST_TOKEN + PHRASE * TOKEN, abs=0.002
    )
    assert found.first_sound - found.first_clause == pytest.approx(FIRST_BYTE, abs=0.012)
    assert found.first_sound <= 0.75


def test_with_an_upload_it_is_asked_once_that_is_read() -> None:
    found = measure(live=False, patience=QUICK)
    assert found.asked <= QUICK.pause + UPLOAD + 2 * FRAME
    assert found.first_sound - found.asked == pytest.approx(
        FIRST_TOKEN + PHRASE * TOKEN + FIRST_BYTE, abs=0.015
    )
    assert found.first_sound <= 1.0


@pytest.mark.parametrize("live", [True, False])
def test_judging_the_silence_and_making_the_reply_overlap(live: bool) -> None:
    """The wait is the longer of the two, not their sum."""
    engines = measure(live=live, patience=QUICK).first_sound
    for silence in (0.5, engines + 0.3):
        patience = Patience(finished=silence, unsure=silence)
        found = measure(live=live, patience=patience).first_sound
        assert found == pytest.approx(max(engines, silence), abs=WINDOW_SECONDS + FRAME + 0.012)


def test_the_first_sound_does_not_wait_for_the_rest_of_the_sentence() -> None:
    long = REPLY.removesuffix("?") + " and how did you know that this was the reason for it?"
    short, longer = (
        measure(live=True, patience=QUICK, text=text).first_sound for text in (REPLY, long)
    )
    assert short == pytest.approx(longer, abs=1e-6)


def test_in_korean_the_first_sound_comes_with_a_phrase_too() -> None:
    text = "캐시를 먼저 넣었다고 말씀하셨는데 그때 어떤 지표를 보고 그렇게 정하셨나요?"
    found = measure(live=True, patience=QUICK, text=text)
    assert found.first_clause - found.asked == pytest.approx(FIRST_TOKEN + 2 * TOKEN, abs=0.002)


def test_the_stages_are_told_as_they_were() -> None:
    found = measure(live=True, patience=QUICK)
    assert found.latency.total == pytest.approx(found.first_sound, abs=WINDOW_SECONDS + 0.012)
    assert found.latency.tts_first_audio == pytest.approx(FIRST_BYTE, abs=0.012)
    assert found.latency.stt is not None and found.latency.stt <= LASTS + FINAL
