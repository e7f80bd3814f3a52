"""What an interview uses up: priced, filed with its turns, shown to admins, held within a plan."""

import csv
import io
import uuid
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from interviews.limits import Limits
from interviews.models import Interview, Usage
from interviews.pricing import Price, cost, prices
from interviews.tests.live_client import connected
from interviews.tests.test_live_interview import made
from interviews.usage import Ledger, counted
from voice.adapters.scripted import ScriptedRecognizer, ScriptedSynthesizer, scripted_engines
from voice.metering import Use, used

pytestmark = pytest.mark.django_db(transaction=True)


class Metered(ScriptedRecognizer):
    """Says what it heard, as a hosted recognizer does."""

    async def transcribe(self, audio: Any, **options: Any) -> Any:
        used(Use("recognizer", "openai_transcription", "gpt-transcribe", seconds=audio.seconds))
        return await super().transcribe(audio, **options)


@pytest.fixture
def _engines(monkeypatch: Any) -> None:
    engines = scripted_engines(
        recognizer=Metered(last="I built it."),
        synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002),
    )
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)


def test_tokens_cost_by_the_million_and_cached_ones_less() -> None:
    use = Use("model", "openai_chat", "gpt-6-luna", 1_000_000, 400_000, 100_000)
    assert cost(use) == Decimal("0.6") * Decimal("0.10") + Decimal("0.4") * Decimal(
        "0.01"
    ) + Decimal("0.1") * Decimal("0.50")


def test_sound_costs_by_the_minute_and_speech_by_the_letter() -> None:
    heard = Use("recognizer", "openai_live", "gpt-live-transcribe", seconds=90)
    assert cost(heard) == Decimal("0.0255")
    spoken = Use("synthesizer", "elevenlabs_speech", "eleven_flash_v2_5", characters=2000)
    assert cost(spoken) == Decimal("0.10")


def test_audio_tokens_have_prices_of_their_own() -> None:
    use = Use(
        "speech", "openai_realtime", "gpt-realtime-2.1",
        audio_input_tokens=1_000_000, cached_audio_tokens=500_000, audio_output_tokens=1_000_000,
    )  # fmt: skip
    assert cost(use) == Decimal("16.2") + Decimal("64")


def test_this_machine_is_free_and_an_unknown_model_has_no_price() -> None:
    assert cost(Use("model", "llama", "llama", 500)) == 0
    assert cost(Use("model", "openai_chat", "a-model-of-next-year", 500)) is None


def test_a_table_with_a_wrong_word_is_refused(tmp_path: Any) -> None:
    table = tmp_path / "prices.toml"
    table.write_text('[[price]]\nmodel = "m"\nimput = 3\n')
    with pytest.raises(ValueError, match="imput"):
        prices(table)
    with pytest.raises(ValueError, match="engine or a model"):
        Price.from_toml({"minute": 1})


@pytest.mark.usefixtures("_engines")
async def test_what_a_turn_uses_is_filed_with_it() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.speak()
        turn = await client.expect("turn_complete", turn=1)
        final = await client.expect("user_transcript", is_final=True)
        await client.send("end_interview")
        await client.expect("interview_ended")
    rows = [row async for row in Usage.objects.filter(interview=interview, turn=1)]
    assert turn["turn"] == 1 and len(rows) == 1
    row = rows[0]
    assert row.role == "recognizer" and row.model == "gpt-transcribe"
    assert str(row.utterance_id) == final["utterance"]
    assert row.requests >= 1 and row.seconds > 0
    assert row.cost is not None
    assert float(row.cost) == pytest.approx(row.seconds / 60 * 0.0045, abs=1e-5)


async def test_an_account_that_cannot_be_stored_stops_nothing() -> None:
    ledger = Ledger(uuid.uuid4())
    ledger.add(Use("model", "llama", "llama", 10))
    await ledger.file(1)


@pytest.fixture
def used_up(candidate, config) -> Interview:
    interview = Interview.objects.create_from(config, candidate)
    with counted(interview.pk):
        used(Use("model", "openai_chat", "gpt-6-luna", 2000, 0, 100))
        used(Use("model", "openai_chat", "gpt-6-luna", 2000, 1500, 100))
    return interview


def test_what_is_used_outside_of_a_call_is_counted(used_up: Interview) -> None:
    (row,) = used_up.usage.all()
    assert (row.requests, row.input_tokens, row.cached_tokens) == (2, 4000, 1500)
    assert row.cost == Decimal("0.000365")


def test_admins_see_people_and_days_and_take_them_as_csv(client, admin, used_up) -> None:
    client.force_login(admin)
    page = client.get(reverse("admin:interviews_usage_days"))
    assert page.status_code == 200
    assert used_up.candidate.email in page.content.decode() and b"<svg" in page.content
    assert client.get(reverse("admin:interviews_usage_changelist")).status_code == 200
    response = client.get(reverse("admin:interviews_usage_csv"))
    text = response.content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["user"] == used_up.candidate.email
    assert row["input_tokens"] == "4000" and Decimal(row["cost"]) == Decimal("0.000365")


def test_an_address_is_no_formula_in_the_csv(client, admin, used_up) -> None:
    type(used_up.candidate).objects.filter(pk=used_up.candidate_id).update(email="=1+1@example.com")
    client.force_login(admin)
    response = client.get(reverse("admin:interviews_usage_csv"))
    (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert row["user"] == "'=1+1@example.com"


def test_reviewers_read_an_interviews_usage_over_the_api(api, admin, candidate, used_up) -> None:
    url = reverse("api:interview-usage", args=[used_up.pk])
    api.force_authenticate(candidate)
    assert api.get(url).status_code == 403
    api.force_authenticate(admin)
    told = api.get(url).json()
    assert told["cost_usd"] == "0.000365" and told["unpriced"] == 0
    assert told["input_tokens"] == 4000 and told["rows"][0]["model"] == "gpt-6-luna"


@pytest.mark.parametrize("name", ["interviews_usage_days", "interviews_usage_csv"])
def test_nobody_else_sees_it(client, reviewer, name: str) -> None:
    client.force_login(reviewer)
    assert client.get(reverse(f"admin:{name}")).status_code in (302, 403)


def test_the_cost_of_ten_minutes_comes_from_what_was_recorded(used_up, capsys) -> None:
    with pytest.raises(CommandError):
        call_command("interview_costs")
    Interview.objects.filter(pk=used_up.pk).update(clock_seconds=300)
    call_command("interview_costs")
    assert "| embedded | 1 | 5.0 | – | $0.0007 | – | – | $0.0007 |" in capsys.readouterr().out


@pytest.mark.usefixtures("_engines")
async def test_minutes_that_run_out_end_the_interview(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.timekeeper.TIME_EVERY", 0.1)
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        monkeypatch.setattr(Limits, "seconds_left", lambda user, now=None: 20.0)
        await client.expect("notice", code="time_nearly_up")
        monkeypatch.setattr(Limits, "seconds_left", lambda user, now=None: 0.0)
        await client.expect("interview_ended", reason="time_up")


async def test_what_live_interviews_use_counts_against_the_plan() -> None:
    interview, _ = await made()
    before = await sync_to_async(Limits.seconds_left)(interview.candidate)
    await sync_to_async(interview.start)()
    await Interview.objects.filter(pk=interview.pk).aupdate(clock_seconds=120)
    assert await sync_to_async(Limits.seconds_left)(interview.candidate) == before - 120
