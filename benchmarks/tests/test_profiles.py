"""What of a reply's delay is our own: followed back through the work of the providers."""

from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks.answers import SpokenAnswer
from benchmarks.capacity.answers import LevelEar, answers
from benchmarks.profiles import report
from benchmarks.profiles.lag import lags
from benchmarks.profiles.ledger import Ledger, Work
from benchmarks.profiles.profiles import PROFILES, hosted
from benchmarks.profiles.seed import GUIDE
from benchmarks.profiles.shares import LIMIT, Heard, Plan, made, share
from benchmarks.providers.latencies import Latencies
from interviews.guides.document import GuideDocument, parse
from voice.adapters.elevenlabs_speech import ElevenLabsSpeech
from voice.adapters.gemini_live import GeminiLive
from voice.adapters.openai_chat import OpenAIChat
from voice.adapters.openai_realtime import OpenAIRealtime
from voice.adapters.openai_transcription import OpenAITranscription
from voice.audio import RATE, WIDTH, Audio
from voice.engines import Brief, Message
from voice.tests.speech import spoken

PLAN = Plan(pause=0.128, asks=0.128)
REPLY = "You mentioned work. What did you measure?"


def work(role: Any, asked: float, *sent: tuple[float, str], text: str = "") -> Work:
    return Work(role, asked, text, list(sent))


def chain(slow: float = 0.0) -> list[Work]:
    """A reply by upload at the published latencies; ``slow``: we wait before each request."""
    words = 100.2 + slow
    reply = words + 0.31 + slow
    sound = reply + 0.45 + slow
    return [
        work("words", words, (words + 0.3, "I did work")),
        work(
            "reply",
            reply,
            (reply + 0.35, "You mentioned"),
            (reply + 0.42, " work."),
            (reply + 0.44, " What"),
            (reply + 0.46, " did you measure?"),
        ),
        work("sound", sound, (sound + 0.075, ""), (sound + 0.2, ""), text="You mentioned work."),
    ]


def heard(works: list[Work], **changed: Any) -> Heard:
    first = (works[-1].first or 0.0) + 0.005
    told: dict[str, Any] = {
        "ended": 100.0,
        "first_sound": first,
        "lag": 0.06,
        "silence": 0.512,
        "said": REPLY,
    }
    return Heard(**(told | changed))


def test_what_no_engine_took_is_our_own() -> None:
    quick, slow = (share(heard(works), works, PLAN) for works in (chain(), chain(slow=0.04)))
    assert quick.words == pytest.approx(0.3)
    assert quick.clause == pytest.approx(0.44)
    assert quick.sound == pytest.approx(0.075)
    assert quick.path == pytest.approx(0.06 + 0.128 + 0.3 + 0.44 + 0.075)
    assert quick.own == pytest.approx(quick.delay - quick.path)
    assert slow.path == pytest.approx(quick.path)
    assert slow.own == pytest.approx(quick.own + 3 * 0.04)
    assert quick.own < LIMIT + 0.01 < slow.own


def test_a_silence_longer_than_the_engines_take_is_the_path() -> None:
    works = chain()
    turn = heard(works, silence=2.6, first_sound=102.68)
    assert share(turn, works, PLAN).path == pytest.approx(2.66)
    assert share(turn, works, PLAN).own == pytest.approx(0.02)


def test_work_that_was_thrown_away_excuses_nothing() -> None:
    """A draft for other words, and what was said before, are not of the chain."""
    works = chain()
    others = [
        work("words", 90.0, (99.0, "So I did")),
        work("reply", 91.0, (99.0, "You mentioned nothing.")),
        work("reply", 100.05, (104.0, "Never read.")),
        work("sound", 100.1, (100.6, ""), text="Something else."),
    ]
    assert share(heard(works), [*others, *works], PLAN) == share(heard(works), works, PLAN)


def test_a_sound_that_was_prepared_waits_for_words_alone() -> None:
    works = chain()[:2]
    turn = heard(works, first_sound=100.56, said="Thank you. What did you measure?")
    found = share(turn, works, PLAN)
    assert (found.clause, found.sound) == (0.0, 0.0)
    assert found.path == pytest.approx(0.06 + 0.512)


def test_what_is_replied_by_ear_is_asked_for_in_the_pause() -> None:
    """A quiet end is no speech to the detector: the pause may begin before the voice is over."""
    plan = Plan(pause=0.16, asks=None)
    works = [
        work("speech", 98.0, (98.5, "")),
        work("speech", 99.99, (100.49, "")),
        work("words", 100.2, (100.5, "work")),
    ]
    found = share(heard(works, lag=-0.19, silence=0.4, first_sound=100.51), works, plan)
    assert found.path == pytest.approx(-0.19 + 0.16 + 0.5)
    assert found.own == pytest.approx(0.51 - 0.47)
    assert found.gaps["to the reply"] == pytest.approx(0.02)


def test_the_table_says_whether_the_share_was_held() -> None:
    turn = Heard(0.0, 0.9, 0.05, 0.5, "")
    shares = [made(turn, PLAN, 0.43, words, 0.35, 0.075) for words in (0.3, 0.3, 0.3)]
    good = report.summary(PROFILES[2], shares, 1, True, {"server": 1.5})
    slow = made(Heard(0.0, 1.2, 0.05, 0.5, ""), PLAN, 0.43, 0.3, 0.35, 0.075)
    late = report.summary(PROFILES[1], [slow], 0, True, {"server": 1.0, "worker": 2.0})
    assert good["held"] and not late["held"]
    facts = {"at": "now", "cores": 2, "load_before": 0, "load_after": 0}
    results = {
        "machine": facts,
        "latencies": asdict(Latencies()),
        "speaking": {"words": 0.3, "first_sound": 0.5},
        "profiles": [good, late],
    }
    text = "\n".join(report.lines(results))
    assert "| upload | 3 | 900 / 900 |" in text
    assert text.count("| **held** |") == text.count("| **not held** |") == 1
    assert "said goodbye; 1 answers were cut off" in text
    assert "profiles" in report.charts(results)
    assert "| upload | 1.5 | – | 15 |" in report.machines(results)
    assert "| worker | 1.0 | 2.0 | 30 |" in report.machines(results)


def test_the_interview_is_a_guide() -> None:
    guide = parse(GUIDE.read_text(encoding="utf-8"), GuideDocument, source=GUIDE.name)
    (question,) = guide.questions
    assert len(question.probes) == question.max_probes == len(question.expected_points)


async def test_the_detector_hears_an_end_late_but_not_much() -> None:
    pcm = spoken("young_man").pcm[: 2 * RATE * WIDTH]
    (cut,) = await lags([SpokenAnswer("half", "en", Audio(pcm), "")])
    assert -0.05 < cut < 0.25


async def test_the_detector_hears_an_end_as_it_does_after_the_answers_before() -> None:
    """Alone, the first voice of a call, a quiet end counts as a part of the answer or does not."""
    said = answers()[:3]
    alone = [(await lags([answer]))[0] for answer in said]
    in_turn = await lags(said)
    assert in_turn[0] == alone[0]
    assert in_turn[2] > alone[2] + 0.05


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ELEVENLABS_API_KEY", "GEMINI_API_KEY", "LOCAL_PROVIDERS_KEY"):
        monkeypatch.setenv(name, "any")


def url(engines: dict[str, Any], role: str) -> str:
    found: str = engines[role]["OPTIONS"]["base_url"]
    return found


QUICK = Latencies(upload=0.1, first_token=0.1, first_sound=0.05, tokens_per_second=200)


@pytest.mark.virtual_time
async def test_the_cascades_providers_note_their_work(tmp_path: Path) -> None:
    ledger, ear = Ledger(), LevelEar(answers())
    async with hosted("upload", ear, QUICK, ledger, tmp_path) as (engines, _):
        recognizer = OpenAITranscription(base_url=url(engines, "recognizer"))
        model = OpenAIChat(model="any", base_url=url(engines, "model"))
        voice = ElevenLabsSpeech(base_url=url(engines["synthesizers"], "en"))
        said = await recognizer.transcribe(answers()[1].audio)
        asked = [Message("candidate", f"Candidate: {said.text}\nQuestion: What did you do?")]
        text = "".join([delta async for delta in model.reply(asked, max_tokens=50)])
        async with aclosing(voice.speak("You mentioned work.", language="en", voice="")) as clips:
            async for _clip in clips:
                pass
        for each in (recognizer, model, voice):
            await each.close()
    words, reply, sound = ledger.works
    assert [w.role for w in ledger.works] == ["words", "reply", "sound"]
    assert words.sent[-1][1] == said.text != ""
    assert "".join(piece for _, piece in reply.sent) == text != ""
    assert sound.text.strip() == "You mentioned work."
    for one, least in ((words, 0.1), (reply, 0.1), (sound, 0.05)):
        assert one.first is not None and one.first - one.asked >= 0.9 * least


@pytest.mark.virtual_time
@pytest.mark.parametrize("name", ["openai-realtime", "gemini-live"])
async def test_those_that_speak_note_theirs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, ear = Ledger(), LevelEar(answers())
    answer = answers()[1]
    async with hosted(name, ear, QUICK, ledger, tmp_path) as (engines, variables):
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
        make = OpenAIRealtime if name == "openai-realtime" else GeminiLive
        engine: Any = make(base_url=url(engines, "speech"), words_timeout=5.0)
        session = await engine.open(Brief("You interview."))
        session.listen()
        pcm = answer.audio.pcm
        for start in range(0, len(pcm), 3200):
            session.hear(pcm[start : start + 3200])
        understood = await session.understood()
        pieces = [piece async for piece in session.respond("Ask: «What did you do?»")]
        await session.close()
        await engine.close()
    assert understood.text.split()[:3] == answer.text.split()[:3]
    assert any(piece.pcm for piece in pieces)
    spoke = [w for w in ledger.works if w.role == "speech"]
    assert len(spoke) == 1
    assert spoke[0].first is not None and spoke[0].first - spoke[0].asked >= 0.45
    if name == "openai-realtime":
        heard = next(w for w in ledger.works if w.role == "words" and w.sent)
        assert heard.first is not None and heard.first <= spoke[0].asked
