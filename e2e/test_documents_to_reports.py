"""A whole interview in each language, from a guide's file and a candidate's documents to the
reports of candidate and reviewer, with a model that scores behind OpenAI's wire format."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from e2e import admin, documents, pages, speech
from e2e.api import Api
from e2e.browser import DESKTOP, context
from e2e.room import Room
from e2e.scorer import RATIONALE, Scorer, longest_sentence, scorer
from e2e.server import Server, serving

pytestmark = pytest.mark.browser

GUIDE = Path(__file__).parent / "guide_reports.yaml"
PHONE = (360, 740)


@dataclass(frozen=True)
class Talk:
    """One language's interview; ``written`` are the answers to the three questions, ``spoken``
    that to the follow-up in between. ``levels`` follow from their lengths (``scorer.LEVELS``)."""

    locale: str
    title: str
    persona: str
    make_resume: Callable[[Path, list[str]], Path]
    resume_name: str
    resume: list[str]
    job: list[str]
    written: tuple[str, str, str]
    spoken: str
    report: dict[str, str]
    levels: dict[str, int] = field(
        default_factory=lambda: {"ownership": 3, "teamwork": 4, "learning": 2}
    )

    @property
    def language(self) -> str:
        return self.locale[:2]


ENGLISH = Talk(
    locale="en-GB",
    title="Payments engineer",
    persona="David",
    make_resume=documents.pdf,
    resume_name="resume.pdf",
    resume=[
        "Alex Kim, backend engineer",
        "Designed the settlement service of a payment company.",
        "Led the move of twelve services to Kubernetes.",
    ],
    job=["We look for an engineer who runs payment services.", "You know PostgreSQL well."],
    written=(
        "I designed and built the settlement service of our payment company, and I wrote its"
        " retry queue and its tests.",
        "We were a team of four people. Every Monday I planned the work together with a colleague"
        " from finance, who knew the rules of the banks. When we disagreed on the deadline, I"
        " showed them how long each step took, and we agreed to ship the reports first. That saved"
        " both teams a lot of trouble.",
        "I learned to ask early which numbers people really need.",
    ),
    spoken="young_man",
    report={"candidate": "Report for the candidate", "reviewer": "Report for the reviewer",
            "level": "Level 4 of 5"},
)  # fmt: skip
KOREAN = Talk(
    locale="ko-KR",
    title="결제 서비스 개발자",
    persona="Seoyeon",
    make_resume=documents.word,
    resume_name="이력서.docx",
    resume=["김지우, 백엔드 개발자", "결제 정산 서비스를 설계하고 운영", "사내 배포 도구를 개선"],
    job=["결제 서비스를 운영할 개발자를 찾습니다.", "데이터베이스를 잘 아는 분을 환영합니다."],
    written=(
        "저는 회사에서 결제 정산 서비스를 새로 설계했고 재시도 대기열과 테스트를 직접"
        " 작성했습니다. 정산 서비스의 배포 과정도 제가 직접 정리해서 문서로 남겼습니다.",
        "네 명이 한 팀이었습니다. 매주 월요일마다 재무팀 동료와 함께 일정을 짰는데 그 동료는 은행"
        " 규정을 잘 알고 있었습니다. 마감 일정에 대해 의견이 달랐을 때는 단계마다 걸리는 시간을"
        " 표로 보여 드렸고 보고서부터 먼저 내기로 합의했습니다. 그 덕분에 두 팀 모두 야근을 크게"
        " 줄였고 이후에도 같은 방식으로 함께 일하고 있습니다.",
        "어떤 숫자가 정말로 필요한지 일찍 물어봐야 한다는 것을 배웠습니다.",
    ),
    spoken="그 뒤로는 정산 시간이 절반으로 줄었습니다.",
    report={"candidate": "지원자용 보고서", "reviewer": "검토자용 보고서",
            "level": "5단계 중 4단계"},
)  # fmt: skip


@pytest.fixture(scope="session")
def korean_speech() -> speech.Sentence:
    """Made before Playwright runs: both want the thread's event loop."""
    [sentence] = speech.korean(KOREAN.spoken)
    return sentence


@pytest.fixture(scope="module")
def local_scorer() -> Iterator[tuple[Scorer, dict[str, str]]]:
    with scorer() as running:
        yield running


@pytest.fixture(scope="module")
def server(
    local_scorer: tuple[Scorer, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("reports")
    with serving(folder, local_scorer[1], program=("-m", "e2e.patient")) as running:
        yield running


@pytest.fixture(scope="module")
def offered(korean_speech: speech.Sentence, server: Server, bare_browser: Browser) -> None:
    page = context(bare_browser, server.url).new_page()
    pages.sign_in(page, server.accounts["admin"])
    admin.import_guide(page, GUIDE)
    for talk in (ENGLISH, KOREAN):
        admin.add_interview(
            page,
            talk.title,
            language=talk.language,
            persona=talk.persona,
            guide="Three short questions",
        )
    page.context.close()


@pytest.mark.parametrize("talk", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_from_documents_to_both_reports(
    talk: Talk,
    offered: None,
    korean_speech: speech.Sentence,
    server: Server,
    local_scorer: tuple[Scorer, dict[str, str]],
    playwright: Playwright,
    bare_browser: Browser,
    tmp_path: Path,
    screenshots: Path,
) -> None:
    page = context(bare_browser, server.url, locale=talk.locale).new_page()
    pages.sign_in(page, server.accounts["candidate"])
    room = Room(page)
    interview = set_up(page, talk, tmp_path)
    spoken = korean_speech if talk is KOREAN else speech.recorded(talk.spoken)
    take_it(room, talk, spoken)
    room.results()
    assert room.errors == []

    reviewer_api = Api(playwright, server, server.accounts["reviewer"])
    room.until(
        lambda: reviewer_api.get(f"interviews/{interview}/assessment/")["status"] == "done",
        "the answers are judged",
    )
    check_the_scores(reviewer_api, interview, talk)
    only_words_were_read(local_scorer[0], talk)
    read_the_report(page, interview, talk, "candidate", screenshots)

    reviewer = context(bare_browser, server.url, locale=talk.locale).new_page()
    pages.sign_in(reviewer, server.accounts["reviewer"])
    read_the_report(reviewer, interview, talk, "reviewer", screenshots)
    see_the_grounds(reviewer, reviewer_api, interview, talk, screenshots)
    page.goto(f"/interviews/{interview}/results/")
    expect(page.locator(".utterance q")).to_have_count(0)
    reviewer_api.close()


def set_up(page: Page, talk: Talk, folder: Path) -> str:
    """Upload both documents, read what was made of them, consent and enter."""
    pages.open_set_up(page)
    for name, made, lines in (
        ("resume", talk.make_resume(folder / talk.resume_name, talk.resume), talk.resume),
        ("job_description", documents.text(folder / "job.txt", talk.job), talk.job),
    ):
        page.locator(f"[name={name}_file]").set_input_files(made)
        read = page.locator(f"[name={'resume_text' if name == 'resume' else name}]")
        for line in lines:
            expect(read).to_have_value(re.compile(re.escape(line)))
    pages.choose_interview(page, talk.title)
    return pages.consent_and_enter(page)


def take_it(room: Room, talk: Talk, spoken: speech.Sentence) -> None:
    """Three questions, and a follow-up to the first that is answered aloud."""
    room.entered()
    room.heard_out()
    room.write(talk.written[0])
    room.answer(spoken)
    for answer in talk.written[1:]:
        room.write(answer)
    room.ended()
    [ended] = room.witness.of_type("interview_ended")
    assert ended["reason"] == "finished"


def check_the_scores(api: Api, interview: str, talk: Talk) -> None:
    """The record's own evidence: words of the transcript, at their place."""
    said = {entry["utterance"]: entry for entry in api.transcript(interview)}
    voice = [e for e in said.values() if e["speaker"] == "candidate" and e["source"] == "voice"]
    assert len(voice) == 1 and voice[0]["language"] == talk.language
    scores = api.get(f"interviews/{interview}/scores/")
    levels = {score["competency"]: score for score in scores if score["scorer"] == "rubric"}
    assert {name: score["level"] for name, score in levels.items()} == talk.levels
    for piece in (piece for score in levels.values() for piece in score["evidence"]):
        assert piece["quote"] in said[piece["utterance"]]["text"]


def only_words_were_read(model: Scorer, talk: Talk) -> None:
    """The scoring model was sent the answers, and neither résumé nor job description."""
    sent = " ".join(model.read)
    assert talk.written[2] in sent
    for line in (*talk.resume, *talk.job):
        assert line not in sent


def read_the_report(
    page: Page, interview: str, talk: Talk, audience: str, screenshots: Path
) -> None:
    page.goto(f"/interviews/{interview}/report/")
    expect(page.locator("html")).to_have_attribute("lang", talk.language)
    expect(page.locator(".page-head")).to_contain_text(talk.report[audience])
    expect(page.locator(".radar-dot")).to_have_count(3)
    expect(page.locator(".score")).to_have_count(3)
    expect(page.locator(".timeline li")).to_have_count(3)
    strong = page.locator("#c-teamwork")
    expect(strong).to_contain_text(talk.report["level"])
    expect(strong.locator(".evidence p")).to_have_text(
        longest_sentence(talk.written[1]).rstrip(".")
    )
    expect(strong).to_contain_text(RATIONALE[talk.language])
    for width, height in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        picture = screenshots / f"report-{audience}-{talk.language}-{width}.png"
        page.screenshot(path=picture, full_page=True)

    url = page.locator(".downloads a").first.get_attribute("href") or ""
    # Playwright's own requests tell no language; the browser's do.
    response = page.request.get(url, headers={"Accept-Language": talk.locale})
    assert response.ok and response.headers["content-type"] == "application/pdf"
    (screenshots / f"report-{audience}-{talk.language}.pdf").write_bytes(response.body())
    printed = pypdf.PdfReader(io.BytesIO(response.body()))
    words = re.sub(r"\s", "", "".join(leaf.extract_text() for leaf in printed.pages))
    quote = talk.written[2].rstrip(".")
    for text in (talk.title, talk.report[audience], talk.report["level"], quote):
        assert re.sub(r"\s", "", text) in words


def see_the_grounds(page: Page, api: Api, interview: str, talk: Talk, screenshots: Path) -> None:
    """What follow-ups rest on stands below them for the reviewer, word for word."""
    grounds = [ground for e in api.transcript(interview) for ground in e["grounds"]]
    page.goto(f"/interviews/{interview}/results/")
    assert page.locator(".utterance q").all_text_contents() == [one["text"] for one in grounds]
    for ground in grounds:
        source = talk.resume if ground["source"] == "resume" else talk.written
        assert any(ground["text"] in text for text in source)
    # No embedded model writes Korean: the guide's words are led in by the résumé's line.
    if talk is KOREAN:
        assert [(one["source"], one["text"]) for one in grounds] == [("resume", talk.resume[1])]
    for width, height in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        picture = screenshots / f"results-reviewer-{talk.language}-{width}.png"
        page.screenshot(path=picture, full_page=True)
