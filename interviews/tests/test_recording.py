"""What is kept of an interview's sound, and where in it everything is."""

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async

from interviews.recordings.files import RecordingFiles, recorded_interviews
from interviews.recordings.recording import WRITES_WAITING, Recording, _writer, state
from interviews.tests.recordings import Clock, agreed, folder, places, raw, spans, tone
from voice.audio import RATE
from voice.events import Sound, SoundCleared, SoundEnded, SoundStarted

pytestmark = pytest.mark.django_db(transaction=True)

TONE = tone(0.02)
HUSH = bytes(2 * RATE // 50)
"""20 ms of microphone each."""
VOICE = tone(0.1, 24_000)
"""100 ms of an interviewer at 24 kHz."""


def microphone(recording: Recording, clock: Clock, frame: bytes, seconds: float) -> None:
    """Sends frames as they are spoken: each arrives at its end."""
    for _ in range(round(seconds * 50)):
        clock.seconds += 0.02
        recording.hear(frame)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_the_microphone_is_where_the_clock_was(clock: Clock) -> None:
    interview = await database_sync_to_async(agreed)()
    recording = Recording(interview, clock, begins=True)
    clock.seconds = 2.0
    microphone(recording, clock, HUSH, 1.0)
    microphone(recording, clock, TONE, 0.5)
    clock.seconds += 4.0  # muted: nothing is sent
    microphone(recording, clock, TONE, 1.2)
    await recording.close()
    assert spans(raw(interview, "candidate")) == places((3.0, 3.5), (7.5, 8.7))


async def test_an_unsteady_network_tears_no_word_and_shifts_none(clock: Clock) -> None:
    interview = await database_sync_to_async(agreed)()
    recording = Recording(interview, clock, begins=True)
    microphone(recording, clock, TONE, 0.4)
    clock.seconds += 0.3  # held up on the way …
    for _ in range(15):
        recording.hear(TONE)  # … and then there at once
    microphone(recording, clock, HUSH, 0.5)
    clock.seconds += 0.3
    for _ in range(15):
        recording.hear(HUSH)
    microphone(recording, clock, HUSH, 0.4)
    microphone(recording, clock, TONE, 0.4)
    await recording.close()
    assert spans(raw(interview, "candidate")) == places((0.0, 0.7), (1.9, 2.3))


async def test_audio_kept_while_offline_is_whole_and_a_pause_makes_up_for_it(clock: Clock) -> None:
    interview = await database_sync_to_async(agreed)()
    recording = Recording(interview, clock, begins=True)
    clock.seconds = 1.0
    for _ in range(100):
        recording.hear(TONE)
    microphone(recording, clock, HUSH, 3.0)
    microphone(recording, clock, TONE, 0.5)
    await recording.close()
    assert spans(raw(interview, "candidate")) == places((1.0, 3.0), (4.0, 4.5))


def say(recording: Recording, clock: Clock, frames: int, *, utterance: str = "u") -> None:
    recording.take(SoundStarted(utterance, 24_000))
    for _ in range(frames):
        recording.take(Sound(utterance, VOICE))


async def test_the_interviewer_is_cut_at_what_was_heard(clock: Clock) -> None:
    interview = await database_sync_to_async(agreed)()
    recording = Recording(interview, clock, begins=True)
    clock.seconds = 1.0
    say(recording, clock, 30)
    clock.seconds = 2.5
    recording.take(SoundCleared("u", "so much", 1.3))
    clock.seconds = 4.0
    say(recording, clock, 5, utterance="next")
    recording.take(SoundEnded("next", 0.5))
    clock.seconds = 6.0
    await recording.close()
    assert spans(raw(interview, "interviewer")) == places((1.0, 2.3), (4.0, 4.5))


async def test_a_voice_that_came_too_late_is_where_it_was_played(clock: Clock) -> None:
    interview = await database_sync_to_async(agreed)()
    recording = Recording(interview, clock, begins=True)
    say(recording, clock, 10)
    clock.seconds = 3.0
    for _ in range(10):
        recording.take(Sound("u", VOICE))
    recording.take(SoundEnded("u", 2.0))
    clock.seconds = 3.6
    recording.take(SoundCleared("u", "…", 1.5))
    await recording.close()
    assert spans(raw(interview, "interviewer")) == places((0.0, 1.0), (3.0, 3.5))


async def test_a_lost_connection_is_gone_on_with_at_its_place(clock: Clock) -> None:
    interview = await database_sync_to_async(agreed)()
    first = Recording(interview, clock, begins=True)
    microphone(first, clock, TONE, 1.5)
    say(first, clock, 12)
    clock.seconds = 2.0
    await first.close()
    clock.seconds = 7.0
    second = Recording(interview, clock, begins=False)
    microphone(second, clock, HUSH, 0.5)
    microphone(second, clock, TONE, 0.5)
    await second.close()
    assert spans(raw(interview, "candidate")) == places((0.0, 1.5), (7.5, 8.0))
    assert spans(raw(interview, "interviewer")) == places((1.5, 2.0))


async def test_what_a_process_sent_before_it_died_is_not_mixed_with_what_follows(
    clock: Clock,
) -> None:
    interview = await database_sync_to_async(agreed)()
    dies = Recording(interview, clock, begins=True)
    say(dies, clock, 30)
    dies.take(SoundEnded("u", 3.0))
    clock.seconds = 1.0  # as it was stored last
    again = Recording(interview, clock, begins=False)
    say(again, clock, 5, utterance="again")
    again.take(SoundEnded("again", 0.5))
    clock.seconds = 5.0
    await again.close()
    assert spans(raw(interview, "interviewer")) == places((0.0, 1.5))


@pytest.mark.parametrize("option", [True, False])
async def test_nothing_is_kept_without_the_option_or_without_consent(
    clock: Clock, option: bool
) -> None:
    options = {"typed_answers": True, "recording": option}
    interview = await database_sync_to_async(agreed)(options=options)
    if option:
        interview.consented_at = None
    recording = Recording(interview, clock, begins=True)
    microphone(recording, clock, TONE, 2.0)
    await recording.close()
    assert not recorded_interviews()


async def test_a_disk_that_fails_ends_the_recording_and_nothing_else(
    clock: Clock, caplog: Any
) -> None:
    interview = await database_sync_to_async(agreed)()
    files = RecordingFiles(interview.pk)
    told = []
    recording = Recording(interview, clock, begins=True, tell=lambda: told.append("first"))
    microphone(recording, clock, TONE, 1.2)
    await asyncio.to_thread(replace_by_a_folder, folder(interview) / "candidate.pcm")
    microphone(recording, clock, TONE, 5.0)
    await recording.close()
    later = Recording(interview, clock, begins=False, tell=lambda: told.append("later"))
    microphone(later, clock, TONE, 2.0)
    await later.close()
    assert (recording.lost, later.lost, told) == ("disk", "", ["first"])
    lines = [line for line in caplog.messages if str(interview.pk) in line]
    assert len(lines) == 1
    assert "without its recording" in lines[0]
    assert not files.exist
    await database_sync_to_async(interview.end)("finished")
    assert await database_sync_to_async(state)(interview) == "missing"


def replace_by_a_folder(path: Path) -> None:
    while not path.exists() or not path.stat().st_size:  # the writer is at it
        time.sleep(0.01)
    path.unlink()
    path.mkdir()


async def test_a_disk_that_is_too_slow_ends_the_recording(clock: Clock, caplog: Any) -> None:
    interview = await database_sync_to_async(agreed)()
    recording = Recording(interview, clock, begins=True)
    disk = threading.Event()
    _writer.submit(disk.wait)
    microphone(recording, clock, TONE, 2.0 * WRITES_WAITING)
    disk.set()
    await recording.close()
    await asyncio.to_thread(_writer.submit(int).result)
    assert recording.lost == "slow"
    assert len([line for line in caplog.messages if "too slow" in line]) == 1
    assert not await asyncio.to_thread(recorded_interviews)
