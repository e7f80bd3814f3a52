"""A persona's voices: those that ship, the form that changes them, the button to listen."""

import io
import wave
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from interview_site.env import HOSTED_PROFILES, engine
from interviews import voices
from interviews.admin.persona_forms import PersonaForm, mistakes_of
from interviews.demo import content
from interviews.engines import engines
from voice.adapters.scripted import ScriptedSynthesizer
from voice.audio import silence
from voice.engines import Clip
from voice.loading import load
from voice.tests.wire.conversation import Model
from voice.tests.wire.elevenlabs import ElevenLabs
from voice.tests.wire.fault import SECRET, Fault
from voice.tests.wire.openai_realtime import Realtime
from voice.tests.wire.server import serve

PERSONAS = content.personas()
READY = {"embedded", "worker", *HOSTED_PROFILES}
KEY = "sk-a-key-that-nobody-may-see"
LISTEN = "admin:avatars_persona_listen"
STANDBY = {
    "detector": engine("scripted.LoudnessDetector"),
    "turn_model": engine("scripted.ScriptedTurnModel"),
    "recognizer": engine("scripted.ScriptedRecognizer"),
    "model": engine("scripted.ScriptedModel"),
    "synthesizers": {
        language: engine("scripted.ScriptedSynthesizer", seconds_per_letter=0.001)
        for language in ("en", "ko")
    },
}


class Noting(ScriptedSynthesizer):
    """Notes whose voice it was asked for."""

    async def speak(self, text: str, *, language: str, voice: str) -> Any:
        self.spoken.append(voice)
        yield Clip(text, silence(0.1))


class Silent(ScriptedSynthesizer):
    async def speak(self, text: str, *, language: str, voice: str) -> Any:
        return
        yield Clip("", None)


@pytest.fixture(autouse=True)
def _own_engines(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("interviews.engines._made", {})
    engines.cache_clear()
    yield
    engines.cache_clear()


def sound_of(body: bytes) -> wave.Wave_read:
    read = wave.open(io.BytesIO(body))  # noqa: SIM115 (the caller looks into it)
    assert read.getnchannels() == 1 and read.getsampwidth() == 2
    return read


# -- those that ship ------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.slug)
def test_everybody_has_a_voice_for_every_profile_and_language(persona: Any) -> None:
    named = persona.voices.model_dump()
    assert set(named["en"]) == set(named["ko"]) == READY
    assert mistakes_of(named) == []


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("profile", sorted(READY))
def test_nobody_sounds_like_another(profile: str, language: str) -> None:
    named = [persona.voices.model_dump()[language][profile] for persona in PERSONAS]
    assert len({voice.partition("|")[0] for voice in named}) == len(PERSONAS) == 6
    first = voices.parts(profile, language)[0]
    if first.suggestions:
        assert {voice.partition("|")[0] for voice in named} <= set(first.suggestions)


def test_who_stands_by_is_the_persona_s_embedded_voice() -> None:
    for persona in PERSONAS:
        for named in persona.voices.model_dump().values():
            for profile in HOSTED_PROFILES:
                assert named[profile].partition("|")[2] == named["embedded"]


# -- what may be named ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "voice", "mistake"),
    [
        ("embeded", "joe", "no engine profile “embeded”"),
        ("embedded", "joan", "Piper has no voice “joan”"),
        ("embedded", "joe:shrill", "Piper has no voice “joe:shrill”"),
        ("embedded", "joe|joe", "more names than engines"),
        ("openai-realtime", "cedar|joan", "Piper has no voice “joan”"),
        ("openai-elevenlabs", "an id\n|joe", "this is no name"),
    ],
)
def test_mistakes_are_named(profile: str, voice: str, mistake: str) -> None:
    [told] = mistakes_of({"en": {profile: voice}})
    assert mistake in told


def test_a_hosted_engine_may_know_voices_that_we_do_not() -> None:
    named = {"openai-realtime": "voice_1234|joe", "gemini-live": "Kore", "embedded": "joe:deep"}
    assert mistakes_of({"en": named, "ko": {"embedded": "jm_kumo:slow"}}) == []


async def test_an_engine_that_is_alone_takes_the_first_name() -> None:
    one = {"BACKEND": f"{__name__}.Noting", "OPTIONS": {}}
    for spec, expected in ((one, "an-id"), ([one], "an-id")):
        bundle = load(STANDBY | {"synthesizers": {"en": spec}})
        prepared: Any = bundle.synthesizers["en"]
        await prepared.prepare("Hello.", language="en", voice="an-id|joe")
        async for _ in prepared.speak("Bye.", language="en", voice="an-id|joe"):
            pass
        [noting] = voices._synthesizers(prepared).values()
        assert noting.spoken == [expected, expected]  # type: ignore[attr-defined]


# -- the form -------------------------------------------------------------------------------------


@pytest.fixture
def site(client: Any, admin: Any) -> Any:
    client.force_login(admin)
    return client


def entered(site: Any, persona: Any) -> dict[str, Any]:
    """What a browser would send of the page as it is."""
    page = site.get(reverse("admin:avatars_persona_change", args=[persona.pk]))
    form = page.context["adminform"].form
    fields = {bound.name: bound.value() or "" for bound in form if bound.name != "voices"}
    rows = form["voices"].field.widget.get_context("voices", form["voices"].value(), {})
    inputs = [i for r in rows["widget"]["rows"] for c in r["cells"] for i in c["inputs"]]
    html = page.content.decode()
    assert all(f'name="{each["name"]}"' in html for each in inputs)
    assert "js/listen.js" in html and "<script>" not in html.partition("data-voices")[2]
    fields["forbidden_topics"] = "\n".join(persona.forbidden_topics)
    return fields | {each["name"]: each["value"] for each in inputs}


def test_voices_are_changed_name_by_name(site: Any, persona: Any) -> None:
    persona.voices = {"en": {"embedded": "joe:low", "openai-realtime": "cedar|joe"}}
    persona.forbidden_topics = ["age"]
    persona.save()
    sent = entered(site, persona)
    assert sent["voices.en.openai-realtime.1"] == "joe"
    sent |= {"voices.en.openai-realtime.0": " ash ", "voices.ko.gemini-live.0": "Kore"}
    sent |= {"forbidden_topics": "age\n\n your church \n"}
    url = reverse("admin:avatars_persona_change", args=[persona.pk])
    assert site.post(url, sent).status_code == 302
    persona.refresh_from_db()
    assert persona.voices == {
        "en": {"embedded": "joe:low", "openai-realtime": "ash|joe"},
        "ko": {"gemini-live": "Kore"},
    }
    assert persona.forbidden_topics == ["age", "your church"]


def test_a_voice_that_there_is_none_of_is_refused_and_nothing_stored(
    site: Any, persona: Any
) -> None:
    sent = entered(site, persona) | {"voices.en.embedded.0": "joan"}
    page = site.post(reverse("admin:avatars_persona_change", args=[persona.pk]), sent)
    assert page.status_code == 200
    assert "Piper has no voice “joan”" in str(page.context["adminform"].form.errors["voices"])
    assert "joan" in page.content.decode()
    persona.refresh_from_db()
    assert persona.voices == {}


@pytest.mark.django_db
def test_a_profile_that_is_gone_is_shown_until_it_is_emptied(persona: Any) -> None:
    persona.voices = {"en": {"old-profile": "x"}}
    form = PersonaForm(instance=persona)
    html = str(form["voices"])
    assert 'name="voices.en.old-profile.0"' in html and "There is no such profile." in html


# -- to listen ------------------------------------------------------------------------------------


def test_only_who_may_change_personas_may_listen(
    client: Any, candidate: Any, reviewer: Any
) -> None:
    url, asked = reverse(LISTEN), {"profile": "embedded", "language": "en", "voice": "joe"}
    for user in (candidate, reviewer):
        client.force_login(user)
        assert client.post(url, asked).status_code == 302
    reader = User.objects.create_user("reader@example.org", "x", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_persona"))
    client.force_login(reader)
    assert client.post(url, asked).status_code == 403


def test_a_click_from_another_site_is_refused(admin: Any) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    assert strict.post(reverse(LISTEN), {"profile": "embedded"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"profile": "nobody", "language": "en"}, 422, "no such engine profile"),
        ({"profile": "embedded", "language": "fr"}, 422, "language"),
        ({"profile": "embedded", "language": "en", "voice": "x" * 500}, 422, "voice"),
        ({"profile": "embedded", "language": "en", "voice": "joan"}, 502, "no voice of this name"),
        ({"profile": "openai-elevenlabs", "language": "en"}, 409, "ELEVENLABS_API_KEY"),
        ({"profile": "gemini-live", "language": "ko", "voice": "Kore"}, 409, "GEMINI_API_KEY"),
    ],
)
def test_what_cannot_be_heard_says_why(
    site: Any, monkeypatch: Any, settings: Any, asked: dict[str, str], status: int, told: str
) -> None:
    embedded = voices._ready()["embedded"]
    settings.VOICE_ENGINES = {"embedded": STANDBY | {"synthesizers": embedded["synthesizers"]}}
    for name in ("OPENAI_API_KEY", "ELEVENLABS_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    answer = site.post(reverse(LISTEN), asked)
    assert answer.status_code == status
    assert told in answer.json()["detail"]


def test_an_embedded_voice_is_heard(site: Any, settings: Any) -> None:
    settings.VOICE_ENGINES = {
        "embedded": STANDBY | {"synthesizers": voices._ready()["embedded"]["synthesizers"]}
    }
    asked = {"profile": "embedded", "language": "en"}
    lengths = dict.fromkeys(("joe:brisk", "joe:slow"), 0.0)
    # The voice's own pace differs from one reading to the next by nearly as much.
    for voice in [*lengths] * 3:
        answer = site.post(reverse(LISTEN), asked | {"voice": voice})
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "audio/wav"
        sound = sound_of(answer.content)
        lengths[voice] += sound.getnframes() / sound.getframerate()
        assert any(sound.readframes(sound.getnframes()))
    assert 6 < lengths["joe:brisk"] < lengths["joe:slow"]


@asynccontextmanager
async def elevenlabs(settings: Any, fault: Fault | None = None) -> Any:
    provider = ElevenLabs(fault)
    async with serve(provider) as wire:
        patience = 0.5 if fault is Fault.SLOW_TO_START else 60.0
        voice = engine(
            "elevenlabs_speech.ElevenLabsSpeech",
            base_url=wire.url,
            connect_timeout=60.0,
            first_timeout=patience,
            chunk_timeout=60.0,
        )
        names = {lang: [voice, STANDBY["synthesizers"][lang]] for lang in ("en", "ko")}
        settings.VOICE_ENGINES = {"openai-elevenlabs": STANDBY | {"synthesizers": names}}
        try:
            yield wire
        finally:
            for synthesizer in engines("openai-elevenlabs").synthesizers.values():
                await synthesizer.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "ko"])
async def test_a_hosted_voice_is_heard_by_its_id(
    async_client: Any, admin: Any, settings: Any, monkeypatch: Any, language: str
) -> None:
    monkeypatch.setenv("ELEVENLABS_API_KEY", KEY)
    await async_client.aforce_login(admin)
    async with elevenlabs(settings) as wire:
        asked = {"profile": "openai-elevenlabs", "language": language, "voice": "thevoice|joe"}
        answer = await async_client.post(reverse(LISTEN), asked)
        assert answer.status_code == 200, answer.content
        assert sound_of(answer.content).getframerate() == 24_000
        assert all("/thevoice/" in request.target for request in wire.requests)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.UNAUTHORISED, "does not accept the key"),
        (Fault.OUT_OF_CREDIT, "account at the provider is empty"),
        (Fault.SLOW_TO_START, "in time"),
        (Fault.MALFORMED, "engine failed"),
    ],
)
async def test_a_failing_provider_is_told_in_our_words_and_nobody_stands_in(
    async_client: Any, admin: Any, settings: Any, monkeypatch: Any, caplog: Any, fault: Fault,
    told: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("ELEVENLABS_API_KEY", KEY)
    await async_client.aforce_login(admin)
    async with elevenlabs(settings, fault):
        asked = {"profile": "openai-elevenlabs", "language": "en", "voice": "thevoice"}
        answer = await async_client.post(reverse(LISTEN), asked)
    assert answer.status_code == 502
    assert told in answer.json()["detail"]
    for leak in (SECRET, KEY):
        assert leak not in answer.content.decode() and leak not in caplog.text


@pytest.mark.django_db(transaction=True)
async def test_a_speech_to_speech_voice_speaks_in_a_session_of_its_own(
    async_client: Any, admin: Any, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    await async_client.aforce_login(admin)
    provider = Realtime(model=Model(letter=0.001))
    async with serve(provider) as wire:
        speech = engine(
            "openai_realtime.OpenAIRealtime",
            base_url=wire.url,
            connect_timeout=60.0,
            first_timeout=60.0,
            piece_timeout=60.0,
        )
        settings.VOICE_ENGINES = {"openai-realtime": STANDBY | {"speech": speech}}
        asked = {"profile": "openai-realtime", "language": "ko", "voice": "cedar|jm_kumo"}
        answer = await async_client.post(reverse(LISTEN), asked)
        assert answer.status_code == 200, answer.content
        assert sound_of(answer.content).getnframes() > 0
        [session] = provider.sessions
        assert session.settings["audio"]["output"]["voice"] == "cedar"
        assert voices.SAMPLES["ko"] in provider.model.directives[0]
        await session.closed.wait()


@pytest.mark.django_db(transaction=True)
async def test_listening_ends_in_time(
    async_client: Any, admin: Any, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(voices, "SAMPLE_SECONDS", 0.05)
    await async_client.aforce_login(admin)
    slow = engine("scripted.ScriptedSynthesizer", first_byte=30.0)
    settings.VOICE_ENGINES = {"embedded": STANDBY | {"synthesizers": {"en": slow, "ko": slow}}}
    answer = await async_client.post(reverse(LISTEN), {"profile": "embedded", "language": "en"})
    assert answer.status_code == 502 and "in time" in answer.json()["detail"]


@pytest.mark.django_db(transaction=True)
async def test_silence_is_no_voice(async_client: Any, admin: Any, settings: Any) -> None:
    await async_client.aforce_login(admin)
    silent = {"BACKEND": f"{__name__}.Silent", "OPTIONS": {}}
    settings.VOICE_ENGINES = {"embedded": STANDBY | {"synthesizers": {"en": silent}}}
    answer = await async_client.post(reverse(LISTEN), {"profile": "embedded", "language": "en"})
    assert answer.status_code == 502 and "(empty)" in answer.json()["detail"]
