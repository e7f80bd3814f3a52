"""What an interview uses up: priced, filed with its turns, shown to admins, held within a plan."""

import csv
import io
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.urls import reverse

from accounts.models import Plan, User
from interviews.checks import price_table
from interviews.limits import Limits
from interviews.models import Interview, Usage
from interviews.pricing import Price, cost, prices
from interviews.tests.live_client import connected
from interviews.tests.snapshots import snapshot
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


def test_what_is_told_in_units_without_a_price_is_not_free() -> None:
    by_the_minute = Price(model="m", minute=Decimal("0.6"))
    assert by_the_minute.of(Use("recognizer", "e", "m", audio_input_tokens=500)) is None
    assert by_the_minute.of(Use("synthesizer", "e", "m", seconds=30, characters=400)) == Decimal(
        "0.3"
    )
    by_the_token = Price(model="m", input=Decimal(1), output=Decimal(2))
    assert by_the_token.of(Use("recognizer", "e", "m", seconds=30)) is None
    assert by_the_token.of(Use("speech", "e", "m", 500, audio_input_tokens=500)) is None
    assert by_the_token.of(Use("model", "e", "m")) == 0


def test_what_is_cached_costs_like_the_rest_unless_it_has_a_price_of_its_own() -> None:
    use = Use("model", "e", "m", 1_000_000, 400_000)
    assert Price(model="m", input=Decimal(10)).of(use) == 10
    assert Price(model="m", input=Decimal(10), cached_input=Decimal(0)).of(use) == 6
    sound = Use("speech", "e", "m", audio_input_tokens=1_000_000, cached_audio_tokens=400_000)
    assert Price(model="m", audio_input=Decimal(10)).of(sound) == 10


@pytest.mark.parametrize(
    ("table", "mistake"),
    [
        ('[[price]]\nmodel = "m"\nimput = 3', "price 1: no such price: imput"),
        ('[[price]]\nengine = "e"\n[[price]]\nminute = 1', "price 2: .* engine or a model"),
        ('[[price]]\nmodel = "m"\ninput = "cheap"', "price 1: input is an amount"),
        ('[[price]]\nmodel = "m"\ninput = -1', "price 1: input"),
        ('[[price]]\nmodel = "m"\ninput = nan', "price 1: input"),
        ('[[price]]\nmodel = "m"\ninput = 1e300', "price 1: input"),
        ('[[price]]\nmodel = "m"\ninput = true', "price 1: input"),
        ("[[price]]\nmodel = 4", "price 1: model is a text"),
        ('[[prices]]\nmodel = "m"\ninput = 1', "prices"),
        ('[price]\nmodel = "m"\ninput = 1', "at least one"),
        ("price = [3]", "price 1: a price is a table"),
        ("", "at least one"),
        ("[[price", "Expected"),
    ],
)
def test_a_table_with_a_mistake_is_refused_at_the_start_and_stops_no_interview(
    tmp_path: Any, settings: Any, table: str, mistake: str
) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(table)
    settings.PRICES_FILE = str(path)
    with pytest.raises(ValueError, match=mistake):
        prices(path)
    (found,) = price_table()
    assert found.id == "interviews.E008" and str(path) in found.msg
    assert cost(Use("model", "llama", "llama", 500)) is None


def test_a_table_that_is_not_there_is_told_and_stops_no_interview(
    tmp_path: Any, settings: Any
) -> None:
    settings.PRICES_FILE = str(tmp_path / "nowhere.toml")
    assert [found.id for found in price_table()] == ["interviews.E008"]
    assert cost(Use("model", "llama", "llama", 500)) is None


def test_the_shipped_table_has_no_mistake() -> None:
    assert price_table() == []


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


async def test_what_a_database_does_not_take_now_is_filed_with_the_next(
    monkeypatch: Any,
) -> None:
    interview, _token = await made()
    ledger = Ledger(interview.pk)

    def away(*_args: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as broken:
        broken.setattr("django.db.models.QuerySet.bulk_create", away)
        ledger.add(Use("model", "llama", "llama", 10))
        await ledger.file(1)
    ledger.add(Use("model", "llama", "llama", 20))
    await ledger.file(2)
    rows = Usage.objects.filter(interview=interview).order_by("turn")
    assert [(row.turn, row.input_tokens) async for row in rows] == [(1, 10), (2, 20)]


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


def test_what_has_no_price_is_not_shown_as_free(client, admin, used_up) -> None:
    with counted(used_up.pk):
        used(Use("model", "openai_chat", "a-model-of-next-year", 2000, 0, 100))
    client.force_login(admin)
    page = client.get(reverse("admin:interviews_usage_days")).content.decode()
    assert page.count("0.0004 + ?") == 2
    text = client.get(reverse("admin:interviews_usage_csv")).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["cost"], row["unpriced"]) == ("0.000365", "1")


def test_a_period_is_chosen_on_the_page_and_in_the_csv(client, admin, used_up, settings) -> None:
    settings.TIME_ZONE = "Asia/Seoul"
    # The first minute of the day in Seoul is still the day before in UTC.
    moment = datetime(2026, 3, 31, 15, 1, tzinfo=UTC)
    used_up.usage.update(created_at=moment)
    client.force_login(admin)
    for first, last, found in (
        ("2026-04-01", "2026-04-01", True),
        ("2026-03-01", "2026-03-31", False),
        ("2025-06-01", "2026-05-31", True),
    ):
        asked = {"first": first, "last": last}
        page = client.get(reverse("admin:interviews_usage_days"), asked).content.decode()
        assert (used_up.candidate.email in page) is found and first in page
        text = client.get(reverse("admin:interviews_usage_csv"), asked).content.decode()
        assert ("2026-04-01" in text) is found


@pytest.mark.parametrize(
    "asked",
    [
        {"first": "2026-04-02", "last": "2026-04-01"},
        {"first": "0001-01-01", "last": "9999-12-31"},
        {"first": "yesterday", "last": ""},
    ],
)
def test_what_is_no_period_is_said_and_the_last_days_are_shown(
    client, admin, used_up, asked: dict[str, str]
) -> None:
    client.force_login(admin)
    page = client.get(reverse("admin:interviews_usage_days"), asked)
    assert page.status_code == 200 and b"errorlist" in page.content
    assert used_up.candidate.email in page.content.decode()
    assert client.get(reverse("admin:interviews_usage_csv"), asked).status_code == 200


def test_the_page_stays_short_and_its_sums_are_of_everything(
    client, admin, used_up, monkeypatch
) -> None:
    other = Interview.objects.create_from(used_up.config, admin)
    with counted(other.pk):
        used(Use("model", "openai_chat", "gpt-6-luna", 2000, 0, 100))
    monkeypatch.setattr("interviews.admin.usage.ROWS", 1)
    client.force_login(admin)
    page = client.get(reverse("admin:interviews_usage_days")).content.decode()
    assert page.count('<th scope="row" class="person">') == 1 and "The table is cut here" in page
    assert "<td>6000</td>" in page


def test_a_korean_name_stands_in_the_csv_and_is_no_formula(client, admin, used_up) -> None:
    people = type(used_up.candidate).objects.filter(pk=used_up.candidate_id)
    client.force_login(admin)
    for name, cell in (("김민아", "김민아"), ("=1+1", "'=1+1"), ("\t=1+1", "'\t=1+1")):
        people.update(name=name)
        text = client.get(reverse("admin:interviews_usage_csv")).content
        assert text.startswith(b"\xef\xbb\xbf")
        (row,) = csv.DictReader(io.StringIO(text.decode("utf-8-sig")))
        assert row["name"] == cell


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


@pytest.mark.usefixtures("_engines")
async def test_a_plan_that_changes_is_kept_to_in_the_interview_that_goes_on(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr("interviews.live.timekeeper.TIME_EVERY", 0.1)
    interview, token = await made(duration_seconds=900)
    plan = await Plan.objects.acreate(name="small", minutes_per_month=600)
    await User.objects.filter(pk=interview.candidate_id).aupdate(plan=plan)
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")

        async def remaining(minutes: int) -> int:
            await Plan.objects.filter(pk=plan.pk).aupdate(minutes_per_month=minutes)
            await client.expect_count("time", len(client.of("time")) + 4)
            return int(client.of("time")[-1]["remaining_seconds"])

        assert 200 < await remaining(5) <= 300
        assert 800 < await remaining(600) <= 900
        await Plan.objects.filter(pk=plan.pk).aupdate(minutes_per_month=0)
        await client.expect("interview_ended", reason="time_up")


@pytest.mark.usefixtures("_engines")
async def test_extra_time_is_not_taken_by_the_plan(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.timekeeper.TIME_EVERY", 0.1)
    options = snapshot()["options"] | {"extra_seconds": 300}
    interview, token = await made(duration_seconds=900, options=options)
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        monkeypatch.setattr(Limits, "seconds_left", lambda user, now=None: 0.0)
        await client.expect_count("time", len(client.of("time")) + 3)
        assert 280 <= client.of("time")[-1]["remaining_seconds"] <= 300


async def test_what_live_interviews_use_counts_against_the_plan() -> None:
    interview, _ = await made()
    before = await sync_to_async(Limits.seconds_left)(interview.candidate)
    await sync_to_async(interview.start)()
    await Interview.objects.filter(pk=interview.pk).aupdate(clock_seconds=120)
    assert await sync_to_async(Limits.seconds_left)(interview.candidate) == before - 120
