"""Guides by hand, from files, drafted and approved; the bank; documents: in the admin site."""

import json
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from interviews.demo.content import FOLDER
from interviews.guides.document import GuideDocument
from interviews.guides.files import load, store
from interviews.models import BankQuestion, CompanyDocument, Competency, InterviewGuide
from voice.adapters.scripted import ScriptedModel
from voice.errors import EngineError
from voice.structured import is_strict, parse

TASTER = FOLDER / "guide_taster.yaml"


@pytest.fixture
def site(client: Client, admin: Any) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def taster(db: None) -> InterviewGuide:
    return store(load(TASTER))


def form_of(page: Any) -> dict[str, Any]:
    """What a browser would send of the change page as it stands."""
    data: dict[str, Any] = {}
    adminform = page.context["adminform"].form
    forms = [adminform]
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for field in form:
            name, value = field.html_name, field.value()
            widget = field.field.widget
            if hasattr(widget, "columns"):
                context = widget.get_context(name, field.field.prepare_value(value), {})
                for row in context["widget"]["rows"]:
                    data |= {cell["name"]: cell["value"] for cell in row["cells"]}
            elif value is True:
                data[name] = "on"
            elif value is not None and value is not False:
                data[name] = value
    return data


def change_url(guide: InterviewGuide) -> str:
    return reverse("admin:interviews_interviewguide_change", args=[guide.pk])


def test_a_guide_that_is_saved_unchanged_stays_the_same(
    site: Client, taster: InterviewGuide
) -> None:
    before = taster.snapshot()
    answer = site.post(change_url(taster), form_of(site.get(change_url(taster))))
    assert answer.status_code == 302, answer.context["errors"]
    assert InterviewGuide.objects.get(pk=taster.pk).snapshot() == before


def test_levels_points_and_probes_are_edited_in_tables(
    site: Client, taster: InterviewGuide
) -> None:
    data = form_of(site.get(change_url(taster)))
    data["competencies-0-levels-4-en"] = "Outstanding in every way."
    row = next(
        number for number in range(20) if not data[f"questions-1-expected_points-{number}-key"]
    )
    new = {"key": "budget", "text_en": "Names the budget", "text_ko": "예산을 말한다"}
    new |= {"keywords_en": "Budget, cost  us", "keywords_ko": "예산, 비용"}
    data |= {f"questions-1-expected_points-{row}-{name}": text for name, text in new.items()}
    probe = next(n for n in range(20) if not data[f"questions-1-probes-{n}-en"])
    asked = {"en": "What did it cost?", "ko": "비용은 얼마였나요?", "expected_point": "budget"}
    data |= {f"questions-1-probes-{probe}-{name}": text for name, text in asked.items()}
    answer = site.post(change_url(taster), data)
    assert answer.status_code == 302
    question = taster.questions.all()[1]
    assert question.expected_points[-1]["keywords"]["en"] == ["budget", "cost us"]
    assert question.probes[-1]["expected_point"] == "budget"
    assert taster.competencies.all()[0].levels["5"]["en"] == "Outstanding in every way."


def test_a_mistake_in_a_table_is_told_with_its_row(site: Client, taster: InterviewGuide) -> None:
    data = form_of(site.get(change_url(taster)))
    data["questions-1-probes-0-expected_point"] = "nowhere"
    data["questions-1-expected_points-0-key"] = "Not a key"
    page = site.post(change_url(taster), data).content.decode()
    assert "1: key" in page
    assert "nowhere" in page or "1: key" in page


class TestCompetencyOfAQuestion:
    """A question is offered the competencies of its own guide, and takes no other's."""

    @pytest.fixture
    def foreign(self, db: None) -> Competency:
        other = InterviewGuide.objects.create(slug="other", title_en="Other", title_ko="다른 것")
        return Competency.objects.create(guide=other, slug="sales", name_en="Sales", name_ko="판매")

    @pytest.fixture
    def own(self, taster: InterviewGuide) -> Competency:
        return taster.competencies.all()[0]

    def test_on_the_page_of_the_guide(
        self, site: Client, taster: InterviewGuide, own: Competency, foreign: Competency
    ) -> None:
        page = site.get(change_url(taster))
        shown = page.content.decode()
        assert f'<option value="{own.pk}"' in shown
        assert f'<option value="{foreign.pk}"' not in shown
        data = form_of(page) | {"questions-1-competency": foreign.pk}
        answer = site.post(change_url(taster), data)
        assert answer.status_code == 200 and "Select a valid choice" in answer.content.decode()
        assert not foreign.questions.exists()

    def test_on_its_own_page(
        self, site: Client, taster: InterviewGuide, own: Competency, foreign: Competency
    ) -> None:
        url = reverse("admin:interviews_question_change", args=[taster.questions.all()[1].pk])
        page = site.get(url)
        assert set(page.context["adminform"].form.fields["competency"].queryset) == set(
            taster.competencies.all()
        )
        data = form_of(page)
        assert site.post(url, data | {"competency": foreign.pk}).status_code == 200
        assert not foreign.questions.exists()
        assert site.post(url, data | {"competency": own.pk}).status_code == 302

    def test_a_new_guide_has_none_to_offer(self, site: Client, foreign: Competency) -> None:
        page = site.get(reverse("admin:interviews_interviewguide_add")).content.decode()
        assert "questions-__prefix__-competency" in page
        assert f'<option value="{foreign.pk}"' not in page


@pytest.mark.parametrize("name", ["competency", "question"])
def test_parts_of_a_guide_are_made_on_its_page(
    site: Client, taster: InterviewGuide, name: str
) -> None:
    assert site.get(reverse(f"admin:interviews_{name}_add")).status_code == 403
    shown = site.get(change_url(taster)).content.decode()
    assert reverse(f"admin:interviews_{name}_add") not in shown


def test_import_stores_a_draft_and_export_gives_the_same_file(site: Client, db: None) -> None:
    url = reverse("admin:interviews_guide_import")
    upload = SimpleUploadedFile("mine.yaml", TASTER.read_bytes())
    assert site.post(url, {"file": upload}).status_code == 302
    guide = InterviewGuide.objects.get(slug="taster")
    assert (guide.status, guide.origin) == ("draft", "file")
    exported = site.get(reverse("admin:interviews_guide_export", args=[guide.pk]))
    assert GuideDocument.model_validate(yaml.safe_load(exported.content)) == load(TASTER)


def test_an_import_with_mistakes_lists_them_and_stores_nothing(site: Client, db: None) -> None:
    document = yaml.safe_load(TASTER.read_text(encoding="utf-8"))
    del document["questions"][1]["text"]["ko"]
    document["questions"][0]["seconds"] = "soon"
    answer = site.post(reverse("admin:interviews_guide_import"), {"text": yaml.safe_dump(document)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "questions.1.text.ko" in page and "questions.0.seconds" in page
    assert not InterviewGuide.objects.exists()


def test_an_import_writes_over_a_guide_only_if_told_to(
    site: Client, taster: InterviewGuide
) -> None:
    taster.approve()
    url, text = reverse("admin:interviews_guide_import"), TASTER.read_text(encoding="utf-8")
    assert site.post(url, {"text": text}).status_code == 422
    taster.refresh_from_db()
    assert taster.is_approved
    assert site.post(url, {"text": text, "overwrite": "on"}).status_code == 302
    taster.refresh_from_db()
    assert not taster.is_approved


def test_a_guide_is_approved_on_a_page_that_shows_it(
    site: Client, taster: InterviewGuide, admin: Any
) -> None:
    url = reverse("admin:interviews_guide_approval", args=[taster.pk])
    page = site.get(url).content.decode()
    assert taster.questions.all()[0].text_ko in page
    site.post(url, {"approve": "yes"})
    taster.refresh_from_db()
    assert taster.is_approved and taster.approved_by == admin and taster.approved_at
    site.post(url, {"withdraw": "yes"})
    taster.refresh_from_db()
    assert not taster.is_approved and taster.approved_at is None


def test_what_breaks_the_rules_cannot_be_approved(site: Client, taster: InterviewGuide) -> None:
    taster.questions.filter(slug="opening").update(text_ko="")
    url = reverse("admin:interviews_guide_approval", args=[taster.pk])
    assert "questions.0.text.ko" in site.get(url).content.decode()
    site.post(url, {"approve": "yes"})
    taster.refresh_from_db()
    assert not taster.is_approved


class TestApprovedGuide:
    """It is a draft again once an edit has made it unusable, wherever that was done."""

    @pytest.fixture
    def approved(self, taster: InterviewGuide) -> InterviewGuide:
        taster.approve()
        return taster

    def edit(self, site: Client, guide: InterviewGuide, **changed: str) -> str:
        url = reverse("admin:interviews_question_change", args=[guide.questions.all()[0].pk])
        answer = site.post(url, form_of(site.get(url)) | changed, follow=True)
        guide.refresh_from_db()
        return answer.content.decode()

    def test_by_the_page_of_a_question(self, site: Client, approved: InterviewGuide) -> None:
        assert "draft again" not in self.edit(site, approved, text_en="What do you do?")
        assert approved.is_approved
        told = "The guide is a draft again: questions.0.text.ko"
        assert told in self.edit(site, approved, text_ko="")
        assert not approved.is_approved

    def test_by_the_page_of_the_guide(self, site: Client, approved: InterviewGuide) -> None:
        data = form_of(site.get(change_url(approved))) | {"questions-0-text_ko": ""}
        site.post(change_url(approved), data)
        approved.refresh_from_db()
        assert not approved.is_approved

    def test_by_deleting_its_competency(self, site: Client, approved: InterviewGuide) -> None:
        used = approved.competencies.all()[0]
        url = reverse("admin:interviews_competency_delete", args=[used.pk])
        assert site.post(url, {"post": "yes"}).status_code == 302
        approved.refresh_from_db()
        assert not approved.is_approved

    def test_by_deleting_from_the_list(self, site: Client, approved: InterviewGuide) -> None:
        chosen = [competency.pk for competency in approved.competencies.all()]
        url = reverse("admin:interviews_competency_changelist")
        form = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
        assert site.post(url, form).status_code == 302
        approved.refresh_from_db()
        assert not approved.is_approved


OUTLINE: dict[str, Any] = {
    "title": {"en": "Data analyst", "ko": "데이터 분석가"},
    "description": "Drafted.",
    "competencies": [
        {
            "name": {"en": "Analysis", "ko": "분석"},
            "description": {"en": "Finds what is there.", "ko": "있는 것을 찾아냅니다."},
        }
    ],
    "questions": [
        {
            "kind": "main",
            "competency": 0,
            "text": {"en": "Tell me about an analysis.", "ko": "분석 경험을 말씀해 주세요."},
            "seconds": 120,
        },
        {
            "kind": "main",
            "competency": 0,
            "text": {"en": "How old are you?", "ko": "나이가 어떻게 되세요?"},
            "seconds": 60,
        },
    ],
}
LEVELS = {f"level_{n}": {"en": f"Level {n}.", "ko": f"수준 {n}."} for n in range(1, 6)}
DETAILS: dict[str, Any] = {
    "expected_points": [
        {
            "text": {"en": "Names the result", "ko": "결과를 말한다"},
            "keywords_en": ["Result", "found"],
            "keywords_ko": ["결과"],
        }
    ],
    "probes": [
        {"en": "What did you find?", "ko": "무엇을 찾으셨나요?", "point": 0, "star": None},
        {"en": "Are you married?", "ko": "결혼하셨나요?", "point": None, "star": None},
    ],
}


class TestDraft:
    def ask(self, site: Client, monkeypatch: Any, found: Any) -> Any:
        class Model(ScriptedModel):
            async def structured(self, messages: Any, schema: Any, *, max_tokens: int) -> Any:
                self.contexts.append(messages)
                if isinstance(found, Exception):
                    raise found
                assert is_strict(schema)
                asked = schema["properties"]
                given = found if "competencies" in asked else DETAILS
                return parse(json.dumps(LEVELS if "level_1" in asked else given), schema)

        self.model = Model()
        bundle = type("Bundle", (), {"model": self.model})
        monkeypatch.setattr("interviews.admin.guides.engines", lambda profile: bundle)
        form = {"role": "data analyst", "job_description": "You analyse.", "profile": "embedded"}
        return site.post(reverse("admin:interviews_guide_draft"), {**form, "questions": 6})

    def test_it_is_a_draft_without_what_may_not_be_asked(
        self, site: Client, monkeypatch: Any
    ) -> None:
        assert self.ask(site, monkeypatch, OUTLINE).status_code == 302
        guide = InterviewGuide.objects.get(slug="data-analyst")
        assert (guide.status, guide.origin) == ("draft", "model")
        question = guide.questions.get()
        assert [probe["en"] for probe in question.probes] == ["What did you find?"]
        assert question.probes[0]["expected_point"] == question.expected_points[0]["key"]
        assert question.competency and question.competency.levels["5"]["ko"] == "수준 5."

    def test_a_second_draft_is_a_second_guide(self, site: Client, monkeypatch: Any) -> None:
        for _ in range(2):
            self.ask(site, monkeypatch, OUTLINE)
        assert InterviewGuide.objects.filter(slug__startswith="data-analyst").count() == 2

    def test_no_draft_is_told(self, site: Client, monkeypatch: Any) -> None:
        answer = self.ask(site, monkeypatch, EngineError("scripted", "malformed"))
        assert answer.status_code == 422 and "malformed" in answer.content.decode()
        assert not InterviewGuide.objects.exists()


class TestBank:
    @pytest.fixture
    def bank(self, taster: InterviewGuide) -> list[BankQuestion]:
        kept = [BankQuestion.keep(q, "taster", "short") for q in taster.questions.all()]
        return [one for one in kept if one]

    def test_a_question_is_kept_once(
        self, taster: InterviewGuide, bank: list[BankQuestion]
    ) -> None:
        assert len(bank) == taster.questions.count()
        assert BankQuestion.keep(taster.questions.all()[0]) is None

    def test_search_by_text_competency_language_and_tag(
        self, site: Client, bank: list[BankQuestion]
    ) -> None:
        only_english = BankQuestion.objects.create(
            slug="budget", text_en="How do you plan a budget?", competency="finance", tags="money"
        )
        everything = BankQuestion.objects.all()
        assert list(everything.search("plan BUDGET")) == [only_english]
        assert list(everything.search("finance")) == [only_english]
        assert only_english not in everything.in_language("ko")
        assert list(everything.tagged("money")) == [only_english]
        assert not everything.tagged("mon")
        url = reverse("admin:interviews_bankquestion_changelist")
        page = site.get(url, {"q": "budget", "tag": "money", "language": "en"}).content.decode()
        assert "How do you plan a budget?" in page
        assert "1 question of the bank" in page

    def test_questions_are_taken_into_a_guide_before_its_closing(
        self, site: Client, guide: InterviewGuide, bank: list[BankQuestion]
    ) -> None:
        guide.questions.create(slug="closing", kind="closing", text_en="Else?", text_ko="?")
        chosen = [one for one in bank if one.kind != "closing"]
        form = {"action": "take_into_guide", "_selected_action": [one.pk for one in chosen]}
        url = reverse("admin:interviews_bankquestion_changelist")
        assert "Take into a guide" in site.post(url, form).content.decode()
        site.post(url, {**form, "guide": guide.pk})
        guide.refresh_from_db()
        questions = list(guide.questions.all())
        assert {q.text_en for q in questions[-3:-1]} == {one.text_en for one in chosen}
        assert questions[-1].kind == "closing"
        assert not guide.is_approved


def test_a_company_document_is_read_from_a_file_and_split(site: Client, db: None) -> None:
    text = b"# Our team\nWe deploy every Tuesday afternoon.\nMost of us are married.\n"
    form = {"title": "Team", "kind": "company", "file": SimpleUploadedFile("team.md", text)}
    config_id = _any_config()
    url = reverse("admin:interviews_companydocument_add")
    assert site.post(url, {**form, "configs": [config_id]}).status_code == 302
    passages = [passage.text for passage in CompanyDocument.objects.get().passages.all()]
    assert "We deploy every Tuesday afternoon." in passages
    assert not [text for text in passages if "married" in text]


def _any_config() -> int:
    from interviews.tests.cast import config

    return config().pk


class TestApprovalIsNeeded:
    def test_a_config_with_a_draft_cannot_be_active(self, site: Client, config: Any) -> None:
        config.guide.reopen()
        url = reverse("admin:interviews_interviewconfig_change", args=[config.pk])
        page = site.post(url, {**form_of(site.get(url)), "active": "on"})
        assert page.status_code == 200
        assert "This guide is a draft" in page.content.decode()

    def test_nobody_is_offered_one(self, config: Any, candidate: Any, api: Any) -> None:
        config.guide.reopen()
        api.force_authenticate(candidate)
        assert api.get("/api/v1/configs/").json() == []
        assert api.post("/api/v1/interviews/", {"config": config.pk}).status_code == 400

    def test_none_is_made_and_none_begins(self, config: Any, candidate: Any) -> None:
        from interviews.models import Interview, TransitionError

        config.guide.reopen()
        with pytest.raises(TransitionError):
            Interview.objects.create_from(config, candidate)
        smuggled = Interview.objects.create(
            config=config, candidate=candidate, snapshot=config.snapshot(), language="en"
        )
        with pytest.raises(TransitionError):
            smuggled.start()
        assert smuggled.status == "ready"
