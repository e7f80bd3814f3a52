import asyncio

import pytest

from interviews import engines

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/health/", "/api/v1/health/"])
def test_alive(client, path):
    assert client.get(path).json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/ready/", "/api/v1/ready/"])
def test_ready_once_the_engines_are_warm(client, settings, monkeypatch, path):
    monkeypatch.setattr(engines, "_warm", set())
    settings.VOICE_ENGINES = {"embedded": settings.VOICE_ENGINES["embedded"]}
    response = client.get(path)
    assert response.status_code == 503
    assert response.json()["checks"]["engines"] == "not warm: embedded"

    engines._warm.add("embedded")
    response = client.get(path)
    assert response.status_code == 200
    assert response.json()["checks"] == dict.fromkeys(
        ("database", "channel_layer", "engines"), "ok"
    )


def test_not_ready_without_the_channel_layer(client, settings, monkeypatch):
    monkeypatch.setattr(engines, "_warm", {"embedded"})
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1"]},
        }
    }
    response = client.get("/ready/")
    assert response.status_code == 503 and response.json()["checks"]["channel_layer"] != "ok"


def test_a_session_that_cannot_be_had_is_named(client, settings, monkeypatch):
    monkeypatch.setattr(engines, "_warm", set())
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    speech = {"BACKEND": "voice.adapters.openai_realtime.OpenAIRealtime", "OPTIONS": {}}
    embedded = settings.VOICE_ENGINES["embedded"]
    settings.VOICE_ENGINES = {"speaks": embedded | {"speech": speech}}

    async def warm():
        return [role async for role, _ in engines.warm("speaks")]

    assert "speech" in asyncio.run(warm())
    assert client.get("/ready/").json()["circuits"] == {
        "speaks": {"speech": {"OpenAIRealtime": "missing_key"}}
    }


def test_an_engine_that_is_left_alone_is_named(client, settings, monkeypatch):
    monkeypatch.setattr(engines, "_warm", {"two-models"})
    models = [
        {"BACKEND": "voice.adapters.openai_chat.OpenAIChat", "OPTIONS": {"model": "any"}},
        {"BACKEND": "voice.adapters.scripted.ScriptedModel"},
    ]
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    embedded = settings.VOICE_ENGINES["embedded"]
    settings.VOICE_ENGINES = {"two-models": embedded | {"model": models}}
    asyncio.run(engines.engines("two-models").model.warm())
    assert client.get("/ready/").json()["circuits"] == {
        "two-models": {"model": {"OpenAIChat": "missing_key", "ScriptedModel": "ok"}}
    }
