"""Report, ratings and calibration: who sees what, in words and as a PDF."""

import io

import pytest
from django.core.cache import cache
from django.urls import reverse
from pypdf import PdfReader

from interviews.assessments.assessment import assess
from interviews.assessments.review import rate
from interviews.models import Assessment, Interview, InterviewGuide, Rating
from interviews.reports import pdf as report_pdf
from interviews.tests.cast import config, mina, omar, rhea, signed_in
from interviews.tests.rated import ANSWER, QUOTE, interviewed, scripted, verdict

pytestmark = pytest.mark.django_db
KOREAN = (
    "제가 작년에 상품 페이지의 캐시를 만들었습니다. 먼저 측정했고 작은 시제품을 작성해서 "
    "비교했습니다. "
    "결과적으로 페이지가 사십 퍼센트 빨라졌고, 바꾸기 전에 먼저 측정해야 한다는 것을 배웠습니다. "
    "한 달 동안 이전 경로도 남겨 두어서 언제든지 되돌릴 수 있었습니다."
)
needs_fonts = pytest.mark.skipif(not report_pdf.FOLDER.is_dir(), reason="make copies the fonts")


@pytest.fixture
def scored(settings):
    def make(level: int = 4, *said: str, **options) -> Interview:
        quote = KOREAN[:24] if said == (KOREAN,) else QUOTE
        settings.SCORING_MODEL = scripted(verdict(level, quote, "The method <b>is</b> told."))
        made = interviewed(options.pop("candidate", None) or mina(), *said, **options)
        assess(made.pk)
        return made

    return make


def get(name: str, of: Interview, reader, query: str = ""):
    return signed_in(reader).get(reverse(f"interviews:{name}", args=[of.pk]) + query)


def text_of(response) -> str:
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_report_shows_level_rationale_and_evidence(scored) -> None:
    made = scored(4)
    shown = get("report", made, rhea()).content.decode()
    assert "Level 4 of 5" in shown
    assert "confidence 90 %" in shown
    assert QUOTE in shown
    assert "Shows 4 of it." in shown
    assert "The method &lt;b&gt;is&lt;/b&gt; told." in shown
    assert "What about first?" in shown


@needs_fonts
def test_the_pdf_holds_what_the_page_does(scored) -> None:
    response = get("report_pdf", scored(4), rhea())
    assert response["Content-Type"] == "application/pdf"
    told = text_of(response)
    for words in ("Report for the reviewer", "Level 4 of 5", QUOTE, "The method <b>is</b> told."):
        assert words in told


@needs_fonts
def test_korean_is_written_in_the_pdf(scored) -> None:
    made = scored(4, KOREAN, language="ko")
    client = signed_in(made.candidate)
    client.cookies["django_language"] = "ko"
    response = client.get(reverse("interviews:report_pdf", args=[made.pk]))
    told = text_of(response)
    assert "실행" in told
    assert KOREAN[:24] in told
    assert b"+Pretendard" in response.content, "the font is not embedded"


@needs_fonts
@pytest.mark.parametrize("name", ["report", "report_pdf"])
def test_a_stranger_finds_no_report(scored, name: str) -> None:
    assert get(name, scored(), omar()).status_code == 404


def test_without_fonts_the_page_is_shown_instead_and_says_so(scored, monkeypatch) -> None:
    def missing() -> None:
        raise report_pdf.FontsMissing

    monkeypatch.setattr(report_pdf, "_fonts", missing)
    response = get("report_pdf", scored(), rhea())
    assert response.status_code == 503
    assert "print this page instead" in response.content.decode()


@pytest.mark.parametrize(
    ("sees", "level", "quote"),
    [("everything", True, True), ("feedback", False, True), ("transcript", False, False)],
)
def test_the_candidates_report_shows_what_the_config_allows(
    scored, sees: str, level: bool, quote: bool
) -> None:
    made = scored(4, candidate_sees=sees)
    own = get("report", made, made.candidate).content.decode()
    reviewer = rhea()
    previewed = get("report", made, reviewer, "?for=candidate").content.decode()
    for shown in (own, previewed):
        assert ("Level 4 of 5" in shown) == level
        assert ("I built a cache" in shown.partition("Competencies and evidence")[2]) == quote
    assert "Level 4 of 5" in get("report", made, reviewer).content.decode()
    results = get("results", made, made.candidate).content.decode()
    assert ("Level 4 of 5" in results) == level


def test_a_candidate_cannot_ask_for_the_reviewers_report(scored) -> None:
    made = scored(4, candidate_sees="feedback")
    shown = get("report", made, made.candidate, "?for=reviewer").content.decode()
    assert "Report for the candidate" in shown
    assert "Level 4 of 5" not in shown


@needs_fonts
def test_blind_rating_hides_the_level_everywhere_until_the_own_one_is_in(scored) -> None:
    made = scored(4, blind_rating=True)
    reviewer = rhea()
    views = [("results", ""), ("report", ""), ("report", "?for=candidate")]
    for name, query in views:
        assert "Level 4 of 5" not in get(name, made, reviewer, query).content.decode()
    assert "Level 4 of 5" not in text_of(get("report_pdf", made, reviewer))
    rate(made, reviewer, "delivery", 4, "As the anchor says.")
    for name, query in views:
        assert "Level 4 of 5" in get(name, made, reviewer, query).content.decode()


def post(of: Interview, reader, **data):
    return signed_in(reader).post(
        reverse("interviews:rate", args=[of.pk, "delivery"]), data, follow=True
    )


def test_a_reviewer_rates_on_the_page(scored) -> None:
    made = scored(4)
    shown = post(made, rhea(), level="2", reason="Only the result.").content.decode()
    assert "Your rating is kept." in shown
    assert "Level 2 of 5" in shown
    assert "the model gave 4" in shown
    assert "Only the result." in shown


@pytest.mark.parametrize("data", [{"level": "2"}, {"level": "9", "reason": "x"}, {"reason": "x"}])
def test_a_rating_without_level_or_reason_is_refused_with_a_word(scored, data: dict) -> None:
    assert "messages" in post(scored(), rhea(), **data).content.decode()
    assert not Rating.objects.exists()


def test_neither_candidates_nor_strangers_rate(scored) -> None:
    made = scored(4, config=config(team="north"))
    for reader in (made.candidate, omar(), rhea("south")):
        assert post(made, reader, level="5", reason="Because").status_code == 404
        url = reverse("interviews:assess", args=[made.pk])
        assert signed_in(reader).post(url).status_code == 404
    assert not Rating.objects.exists()


def test_ratings_of_people_are_not_shown_to_the_candidate(scored) -> None:
    made = scored(4)
    rate(made, rhea(), "delivery", 2, "Only the result.")
    shown = get("results", made, made.candidate).content.decode()
    assert "Level 2 of 5" in shown
    assert "ratings" not in shown.partition("</main>")[0].partition("scores-title")[2]
    assert "Rhea" not in shown


def test_a_reviewer_may_have_it_assessed_again(scored) -> None:
    made = scored(4)
    Assessment.objects.filter(interview=made).update(status="failed", problem="timeout")
    assert "Assess again" in get("results", made, rhea()).content.decode()
    signed_in(rhea_too()).post(reverse("interviews:assess", args=[made.pk]))
    assert Assessment.objects.get(interview=made).status == "done"


def rhea_too():
    from interviews.tests.cast import person

    return person("Ria", "reviewer")


def test_without_a_scoring_model_the_page_says_that_nothing_is_rated() -> None:
    made = interviewed(mina())
    assess(made.pk)
    shown = get("results", made, made.candidate).content.decode()
    assert "Levels need a capable scoring model or a person" in shown


def test_an_answer_that_cannot_be_judged_says_why(scored) -> None:
    made = interviewed(mina(), "Yes, I did.")
    assess(made.pk)
    shown = get("report", made, rhea()).content.decode()
    assert "What could not be assessed" in shown
    assert "The answer is too short to be judged." in shown


def test_progress_is_shown_while_it_is_assessed() -> None:
    made = interviewed(mina())
    Assessment.objects.create(interview=made, status="running", done=1, steps=3)
    for reader in (made.candidate, rhea()):
        shown = get("results", made, reader).content.decode()
        assert "data-results-pending" in shown
        assert "1 of 3 competencies are judged" in shown


def test_calibration_is_for_reviewers(scored) -> None:
    made = scored(4)
    reviewer = rhea()
    rate(made, reviewer, "delivery", 3, "x")
    url = reverse("interviews:calibration")
    assert signed_in(made.candidate).get(url).status_code == 404
    shown = signed_in(reviewer).get(url).content.decode()
    assert "Weighted kappa" in shown
    assert "+1.00" in shown
    assert "few" in shown
    assert ">delivery<" in shown
    guide = InterviewGuide.objects.create(slug="g", title_en="A guide", title_ko="가이드")
    guide.competencies.create(slug="delivery", name_en="Seeing it through", name_ko="완수")
    assert ">Seeing it through<" in signed_in(reviewer).get(url).content.decode()


def test_the_conversation_so_far_is_summed_up_for_who_may_see_it() -> None:
    made = interviewed(mina(), ended=False)
    url = reverse("interviews:summary", args=[made.pk])
    assert "Sum it up" in get("results", made, made.candidate).content.decode()
    told = signed_in(made.candidate).post(url).json()
    assert told["language"] == "en"
    assert ANSWER.split(".")[0] in told["summary"]
    assert signed_in(made.candidate).post(url).status_code == 429
    cache.clear()
    shown = signed_in(made.candidate).post(url, headers={"accept": "text/html"}, follow=True)
    assert ANSWER.split(".")[0] in shown.content.decode()
    cache.clear()
    assert signed_in(omar()).post(url).status_code == 404
