"""The interpreter: checked words, both languages, and a whole conversation over the socket."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import ApiToken, User
from interviews.conversation.interpretation import asks, objection
from interviews.conversation.interpreter import SORRY, Interpretation, Interpreter
from interviews.engines import interprets
from interviews.models import Interview, InterviewConfig, Utterance
from interviews.reports.export import archive
from interviews.tasks import request_assessment
from interviews.tests.cast import config, mina, signed_in
from interviews.tests.live_client import connected
from interviews.tests.snapshots import snapshot
from voice.adapters.scripted import (
    ScriptedModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    scripted_engines,
)
from voice.agent import Answer, Speech
from voice.engines import Message

NO_GUIDE = {"slug": "", "title": {"en": "", "ko": ""}, "competencies": [], "questions": []}


class Dictionary(ScriptedModel):
    """Writes what stands in ``words`` for the sentence in the prompt's last «…»."""

    def __init__(self, *answers: str, **words: str) -> None:
        super().__init__()
        self.answers = list(answers)

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        self.contexts.append(tuple(messages))
        text = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        for word in text.split():
            yield word + " "


def interpreter(*answers: str, **options: Any) -> tuple[Interpreter, Dictionary]:
    model = Dictionary(*answers)
    made = Interpreter(
        snapshot(kind="interpreter", guide=NO_GUIDE),
        model=options.pop("model", model),
        language="auto",
        clock=lambda: 0.0,
        **options,
    )
    return made, model


def said(text: str, language: str, utterance: str = "u-1") -> Answer:
    return Answer(utterance, text, language, "voice", 0.9, 0.0, 1.0)


async def spoken(reply: Any) -> str:
    return " ".join([clause async for clause in reply.clauses])


@pytest.mark.parametrize(
    ("original", "made", "language", "reason"),
    [
        ("안녕하세요, 반갑습니다.", "Hello, nice to meet you.", "en", ""),
        ("We moved 3 services last year.", "작년에 서비스 3개를 옮겼습니다.", "ko", ""),
        ("회의는 몇 시에 시작하나요?", "What time does the meeting start?", "en", ""),
        ("What time is it?", "지금은 세 시입니다.", "ko", "answers instead of asking"),
        ("회의는 몇 시에 시작하나요?", "It starts at ten.", "en", "answers instead of asking"),
        ("I like tea.", "차를 좋아하시나요?", "ko", "asks what was not asked"),
        ("네, 맞습니다.", "네, 맞습니다.", "en", "language"),
        ("네, 맞습니다.", "Sure! Translation: Yes.", "en", "more than the interpretation"),
        ("Yes.", "네. " + "그리고 덧붙여 말씀드리면 이것은 매우 중요합니다. " * 3, "ko", "length"),
        ("It took 4 weeks.", "5주가 걸렸습니다.", "ko", "numbers"),
        ("Hello there.", "", "ko", "empty"),
    ],
)  # fmt: skip
def test_what_may_be_spoken(original: str, made: str, language: str, reason: str) -> None:
    assert objection(original, made, language) == reason


def test_a_question_is_known_in_both_languages() -> None:
    assert asks("Where do you work?") and asks("어디에서 일하세요?") and asks("시작할까요.")
    assert not asks("I work in Seoul.") and not asks("저는 서울에서 일합니다.")


async def test_each_language_comes_out_as_the_other() -> None:
    agent, model = interpreter("Nice to meet you.", "반갑습니다.")
    reply = agent.reply(said("반갑습니다.", "ko"))
    assert (reply.language, await spoken(reply)) == ("en", "Nice to meet you.")
    assert "English" in reply.directive
    reply = agent.reply(said("Nice to meet you.", "en", "u-2"))
    assert (reply.language, await spoken(reply)) == ("ko", "반갑습니다.")
    assert isinstance(reply.purpose, Interpretation) and reply.purpose.of == "u-2"
    assert "Korean" in model.contexts[-1][-1].text


async def test_an_answer_in_place_of_an_interpretation_is_not_spoken() -> None:
    agent, model = interpreter("It is three o'clock.", "What time is it now?")
    reply = agent.reply(said("지금 몇 시인가요?", "ko"))
    assert await spoken(reply) == "What time is it now?"
    assert len(model.contexts) == 2


async def test_who_cannot_be_interpreted_is_told_in_their_own_language() -> None:
    agent, _ = interpreter("It is three o'clock.")
    reply = agent.reply(said("지금 몇 시인가요?", "ko"))
    assert await spoken(reply) == SORRY["ko"]
    assert reply.language == "ko"


async def test_a_model_that_writes_one_language_is_not_asked() -> None:
    agent, model = interpreter("Hello.")
    model.languages = frozenset({"en"})
    assert await spoken(agent.reply(said("안녕하세요.", "ko"))) == SORRY["ko"]
    assert model.contexts == []


async def test_a_long_interpretation_begins_before_it_is_written_to_its_end() -> None:
    original = "저희는 작년에 결제 시스템을 새로 만들었습니다. " * 8
    agent, _ = interpreter("We rebuilt our payment system last year. " * 8)
    reply = agent.reply(said(original, "ko"))
    first = await anext(reply.clauses)
    assert first.startswith("We rebuilt")
    await reply.clauses.aclose()


async def test_a_cut_interpretation_goes_on_where_it_was_cut() -> None:
    agent, _ = interpreter("Nice to meet you. I am Jimin.")
    reply = agent.reply(said("반갑습니다. 저는 지민입니다.", "ko"))
    await spoken(reply)
    cut = Speech("s", "en", 0.0, heard="Nice to meet you.", purpose=reply.purpose)
    rest = agent.again(cut)
    assert rest is not None and await spoken(rest) == "I am Jimin."


def test_it_says_nothing_of_its_own() -> None:
    agent, _ = interpreter("x")
    assert agent.opening() is None
    assert agent.word_into_silence(0) is None
    assert agent.resumption(None, repeats=True) is None


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = scripted_engines(
        recognizer=ScriptedRecognizer(last="만나서 반갑습니다.", language="ko"),
        synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002),
        model=Dictionary("Nice to meet you."),
    )
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: made)
    return made


@pytest.mark.django_db(transaction=True)
async def test_both_transcripts_are_kept(engines: Any) -> None:
    def prepare() -> tuple[Interview, str]:
        user = User.objects.create_user("mina@example.com", name="Mina")
        interview = Interview.objects.create(
            candidate=user,
            snapshot=snapshot(kind="interpreter", guide=NO_GUIDE),
            language="auto",
        )
        return interview, ApiToken.objects.issue(user)[1]

    interview, token = await sync_to_async(prepare)()
    async with connected(interview.id, token) as client:
        assert client.of("connected")[0]["interview"]["kind"] == "interpreter"
        await asyncio.sleep(0.3)
        assert not client.of("ai_transcript_chunk")
        await client.speak(seconds=2)
        turn = await client.expect("turn_complete", turn=1)
        assert turn["user_text"] == "만나서 반갑습니다."
        assert turn["ai_text"] == "Nice to meet you."
        await client.send("end_interview")
        await client.expect("interview_ended", reason="candidate")
    rows = [row async for row in Utterance.objects.filter(interview=interview)]
    original, translation = rows[:2]
    assert (original.language, translation.language) == ("ko", "en")
    assert translation.translates_id == original.id
    assert translation.text_heard == "Nice to meet you."
    await sync_to_async(check_what_is_kept)(interview, original, translation)


@pytest.mark.django_db
def test_a_conversation_is_not_summed_up_as_an_interview() -> None:
    interview = Interview.objects.create(
        candidate=mina(), snapshot=snapshot(kind="interpreter", guide=NO_GUIDE)
    )
    interview.utterances.create(sequence=1, speaker="candidate", text_said="Hello.", start_ms=0)
    request_assessment(interview.pk)
    interview.refresh_from_db()
    assert interview.summary == ""


def check_what_is_kept(interview: Interview, original: Utterance, translation: Utterance) -> None:
    user = interview.candidate
    path = f"/api/v1/interviews/{interview.id}/transcript/"
    first, second, *_ = signed_in(user).get(path, {"format": "json"}).json()
    assert (first["text"], first["language"]) == ("만나서 반갑습니다.", "ko")
    assert "translates" not in first
    assert (second["text"], second["translates"]) == ("Nice to meet you.", str(original.id))
    subtitles = signed_in(user).get(path, {"format": "srt"}).content.decode()
    assert "만나서 반갑습니다." in subtitles and "Nice to meet you." in subtitles
    with zipfile.ZipFile(io.BytesIO(archive(Interview.objects.all(), user))) as packed:
        kept = json.loads(packed.read(f"{interview.id}.json"))["transcript"]
    assert kept[1]["translates_id"] == str(original.id)
    page = signed_in(user).get(f"/interviews/{interview.id}/results/")
    assert page.status_code == 200
    assert "만나서 반갑습니다." in page.content.decode()


@pytest.mark.django_db
def test_without_a_model_it_is_refused_at_set_up(client: Any, settings: Any) -> None:
    assert not interprets("embedded")
    made = config(title="통역", kind="interpreter", guide=None)
    with pytest.raises(ValidationError, match="GEMINI_API_KEY"):
        made.full_clean()
    assert made not in InterviewConfig.objects.open_to(mina())


@pytest.mark.django_db
def test_with_one_it_is_offered(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"model": "any", "languages": ["en", "ko"]}
    model = {"BACKEND": "voice.adapters.openai_chat.OpenAIChat", "OPTIONS": options}
    embedded = settings.VOICE_ENGINES["embedded"]
    settings.VOICE_ENGINES = {"both": embedded | {"model": model}}
    made = config(title="통역", kind="interpreter", guide=None, profile="both")
    made.full_clean()
    user = mina()
    assert made in InterviewConfig.objects.open_to(user)
    page = signed_in(user).get("/interviews/new/")
    assert "통역" in page.content.decode()


@pytest.mark.django_db
def test_its_room_has_two_columns() -> None:
    user = mina()
    made = config(title="통역", kind="interpreter", guide=None)
    interview = Interview.objects.create_from(made, user, consented_at=timezone.now())
    page = signed_in(user).get(f"/interviews/{interview.id}/").content.decode()
    assert 'data-kind="interpreter"' in page and 'id="columns"' in page
