import json

from interview_site.env import voice_engines
from voice.failover import FailoverModel, FailoverRecognizer
from voice.loading import load

KEYS = ("OPENAI_API_KEY", "ELEVENLABS_API_KEY")


def test_the_hosted_profile_is_there_when_all_its_keys_are(monkeypatch):
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)
    assert list(voice_engines()) == ["embedded"]
    monkeypatch.setenv(KEYS[0], "anything")
    assert list(voice_engines()) == ["embedded"]
    monkeypatch.setenv(KEYS[1], "anything")
    assert list(voice_engines()) == ["embedded", "openai-elevenlabs"]


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
    assert len(made) == 9
    assert "anything" not in json.dumps(profiles)


def test_the_model_is_chosen_by_the_environment(monkeypatch):
    for key in KEYS:
        monkeypatch.setenv(key, "anything")
    monkeypatch.setenv("OPENAI_MODEL", "some-model")
    monkeypatch.setenv("OPENAI_REASONING_EFFORT", "")
    options = voice_engines()["openai-elevenlabs"]["model"][0]["OPTIONS"]
    assert options == {"model": "some-model", "reasoning_effort": ""}
