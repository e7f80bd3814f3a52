import pytest
from django.core.checks import run_checks

from interview_site.env import embedded_engines
from interviews.moderation import moderator

REST = {role: spec for role, spec in embedded_engines().items() if role != "recognizer"}
"""Of a profile that lacks its recognizer."""


def messages(**options) -> dict[str, str]:
    return {message.id or "": f"{message.msg} {message.hint}" for message in run_checks(**options)}


def test_as_configured_nothing_is_missing():
    assert messages() == {}


def test_a_missing_key_names_its_variable(settings):
    settings.SECRET_KEY = ""
    assert "SECRET_KEY" in messages()["interviews.E001"]


def test_an_unknown_engine_is_named(settings):
    engine = {"BACKEND": "voice.adapters.nowhere.Nothing", "OPTIONS": {}}
    settings.VOICE_ENGINES = {"broken": {"detector": engine}}
    found = messages()["interviews.E002"]
    assert "broken" in found and "voice.adapters.nowhere.Nothing" in found


@pytest.mark.parametrize(
    "recognizer", [{"OPTIONS": {}}, [{"OPTIONS": {}}], [{"NAME": "own"}], {"BACKEND": ""}]
)
def test_an_engine_without_a_backend_is_told_with_its_role(settings, recognizer):
    settings.VOICE_ENGINES = {"broken": {"recognizer": recognizer, **REST}}
    assert "recognizer: names no BACKEND" in messages()["interviews.E002"]


def test_a_scoring_model_that_cannot_be_made_is_named(settings):
    settings.SCORING_MODEL = {"BACKEND": "voice.adapters.nowhere.Nothing", "OPTIONS": {}}
    assert "voice.adapters.nowhere" in messages()["interviews.E010"]


def test_a_wrong_redis_url(settings):
    settings.REDIS_URL = "localhost:6379"
    assert "REDIS_URL" in messages()["interviews.E003"]


def test_a_media_folder_that_cannot_be_written(settings, tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("")
    settings.MEDIA_ROOT = occupied / "media"
    assert "MEDIA_ROOT" in messages()["interviews.E004"]


def test_a_config_whose_profile_lacks_a_key_names_its_variable(config, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "anything")
    monkeypatch.delenv("ELEVENLABS_API_KEY", raising=False)
    assert "interviews.W002" not in messages(databases=["default"])
    config.profile = "openai-elevenlabs"
    config.save()
    found = messages(databases=["default"])["interviews.W002"]
    assert config.title in found and "ELEVENLABS_API_KEY" in found
    assert "OPENAI_API_KEY" not in found
    config.active = False
    config.save()
    assert "interviews.W002" not in messages(databases=["default"])


@pytest.mark.parametrize(
    "config",
    [
        {"BACKEND": "voice.adapters.nowhere.Nothing"},
        {"phrases": {"BACKEND": "interviews.phrase_lists.EditedPhrases"}, "own": {}},
        {},
        ["interviews.phrase_lists.EditedPhrases"],
    ],
)
def test_a_moderator_that_is_none_names_its_variable(settings, config):
    moderator.cache_clear()
    settings.MODERATOR = config
    found = messages()["interviews.E005"]
    moderator.cache_clear()
    assert "MODERATOR" in found


def test_live_transcription_without_its_profile_names_its_variable(settings):
    settings.AUDIO_PROFILE = "absent"
    assert "AUDIO_PROFILE" in messages()["interviews.E006"]


def test_inference_workers_need_a_redis(settings):
    remote = {"BACKEND": "interviews.inference.remote.RemoteModel", "OPTIONS": {}}
    settings.VOICE_ENGINES = {"embedded": settings.VOICE_ENGINES["embedded"] | {"model": remote}}
    settings.REDIS_URL = ""
    assert "REDIS_URL" in messages()["interviews.E007"]
    settings.REDIS_URL = "redis://localhost:6379/0"
    assert "interviews.E007" not in messages()


@pytest.mark.parametrize(
    "backend", ["interviews.grounding.nowhere.Nothing", "interviews.grounding.ngrams.Nothing"]
)
def test_an_embedder_that_is_not_there_is_named(settings, backend):
    settings.EMBEDDERS = {"en": {"BACKEND": backend}}
    assert backend in messages()["interviews.W004"]


def test_a_language_without_an_embedder_is_named(settings):
    settings.EMBEDDERS = {"ko": settings.EMBEDDERS["ko"]}
    assert "'en'" in messages()["interviews.W004"]
