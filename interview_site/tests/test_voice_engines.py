import json

from interview_site.env import scoring_model, voice_engines
from voice.failover import FailoverLive, FailoverModel, FailoverRecognizer
from voice.loading import load

KEYS = ("OPENAI_API_KEY", "ELEVENLABS_API_KEY")


def test_the_hosted_profile_is_there_when_all_its_keys_are(monkeypatch):
    for key in (*KEYS, "GEMINI_API_KEY", "REDIS_URL"):
        monkeypatch.delenv(key, raising=False)
    assert list(voice_engines()) == ["embedded"]
    monkeypatch.setenv(KEYS[1], "anything")
    assert list(voice_engines()) == ["embedded"]
    monkeypatch.setenv(KEYS[0], "anything")
    assert list(voice_engines()) == ["embedded", "openai-elevenlabs", "openai-realtime"]
    monkeypatch.setenv("GEMINI_API_KEY", "anything")
    assert list(voice_engines())[-2:] == ["gemini-live", "interpreter"]


def test_a_speech_to_speech_engine_has_the_cascade_behind_it(monkeypatch):
    for key in (*KEYS, "GEMINI_API_KEY"):
        monkeypatch.setenv(key, "anything")
    profiles = voice_engines()
    made: dict[str, object] = {}
    embedded = load(profiles["embedded"], made)
    for name in ("openai-realtime", "gemini-live", "interpreter"):
        bundle = load(profiles[name], made)
        assert bundle.speech is not None
        assert bundle.recognizer is embedded.recognizer
    assert embedded.speech is None


def test_the_hosted_engines_have_the_embedded_ones_of_the_process_behind_them(monkeypatch):
    for key in KEYS:
        monkeypatch.setenv(key, "anything")
    profiles = voice_engines()
    made: dict[str, object] = {}
    embedded = load(profiles["embedded"], made)
    hosted = load(profiles["openai-elevenlabs"], made)
    assert hosted.detector is embedded.detector
    assert isinstance(hosted.recognizer, FailoverRecognizer)
    assert isinstance(hosted.model, FailoverModel)
    assert hosted.recognizer.state() == {"OpenAITranscription": "ok", "Whisper": "ok"}
    assert hosted.model.state() == {"OpenAIChat": "ok", "Llama": "ok"}
    assert isinstance(hosted.live_recognizer, FailoverLive)
    assert hosted.live_recognizer.state() == {"ElevenLabsLive": "ok", "OpenAILive": "ok"}
    assert len([key for key in made if key.startswith('["voice.adapters.')]) == 11
    assert "anything" not in json.dumps(profiles)


def test_the_model_is_chosen_by_the_environment(monkeypatch):
    for key in KEYS:
        monkeypatch.setenv(key, "anything")
    monkeypatch.setenv("OPENAI_MODEL", "some-model")
    monkeypatch.setenv("OPENAI_REASONING_EFFORT", "")
    options = voice_engines()["openai-elevenlabs"]["model"][0]["OPTIONS"]
    assert options == {"model": "some-model", "reasoning_effort": ""}


def test_a_key_in_a_file_is_a_key(monkeypatch):
    for key in (*KEYS, "GEMINI_API_KEY", "SCORING_MODEL", "REDIS_URL"):
        monkeypatch.delenv(key, raising=False)
    assert scoring_model() is None
    monkeypatch.setenv("OPENAI_API_KEY_FILE", "/run/secrets/openai")
    assert "openai-realtime" in voice_engines()
    scores = scoring_model()
    assert scores and scores["BACKEND"].endswith("OpenAIChat")
