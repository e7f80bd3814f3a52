"""What is said when nothing can be spoken or understood any more."""

import difflib

import pytest

from voice.adapters.scripted import ScriptedRecognizer, ScriptedSynthesizer, scripted_engines
from voice.adapters.whisper import Whisper
from voice.events import Failed, InterviewerWords, Sound
from voice.recorded import SENTENCES, recorded
from voice.tests.cast import scene
from voice.tests.virtual_time import run

BOTH = [(name, language) for name, spoken in SENTENCES.items() for language in spoken]


@pytest.mark.parametrize(("name", "language"), BOTH)
async def test_the_recording_says_its_sentence(name: str, language: str) -> None:
    clip = recorded(name, language)
    assert clip.visemes and clip.visemes[-1].end <= clip.audio.seconds + 1e-6
    ear = Whisper()
    heard = (await ear.transcribe(clip.audio, language=language)).text
    await ear.close()
    same = difflib.SequenceMatcher(None, _letters(heard), _letters(clip.text)).ratio()
    assert same > 0.85, heard


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def test_another_language_hears_english() -> None:
    assert recorded("unheard", "fr") is recorded("unheard", "en") or (
        recorded("unheard", "fr").text == SENTENCES["unheard"]["en"]
    )


def test_without_any_voice_the_interviewer_says_so_once_and_is_read() -> None:
    async def main() -> None:
        voice = ScriptedSynthesizer(fails=True)
        async with scene(scripted_engines(synthesizer=voice)) as s:
            for turn in range(2):
                await s.silence(1)
                await s.speak(0.6)
                while len(s.turns) <= turn:
                    await s.silence(0.1)
        said = "".join(words.text for words in s.events(InterviewerWords))
        assert said.count(SENTENCES["voiceless"]["en"]) == 1
        assert said.count("And then what happened?") == 2
        assert len(s.events(Failed)) >= 2
        assert sum(len(sound.pcm) for sound in s.events(Sound)) > 3 * 48_000
        assert s.finals == ["That is my answer."] * 2

    run(main())


def test_an_answer_that_nobody_can_read_ends_nothing() -> None:
    async def main() -> None:
        ear = ScriptedRecognizer(fails=99)
        async with scene(scripted_engines(recognizer=ear)) as s:
            await s.silence(1)
            await s.speak(0.6)
            await s.silence(8)
            assert [failed.code for failed in s.events(Failed)] == ["stt_failed"]
            ear.fails = 0
            await s.speak(0.6)
            while not s.turns:
                await s.silence(0.1)
        assert s.finals == ["That is my answer."]

    run(main())
