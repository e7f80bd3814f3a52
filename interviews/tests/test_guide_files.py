"""Guide files: what is accepted, what is refused and how, and the way there and back."""

import pytest
import yaml
from django.utils import translation

from interviews.demo.content import FOLDER, guides
from interviews.guides.document import GuideDocument, GuideFileError, normalised, parse
from interviews.guides.files import dump, load, render, store
from interviews.models import Competency, InterviewGuide, Question


@pytest.fixture
def taster() -> dict:
    return yaml.safe_load((FOLDER / "guide_taster.yaml").read_text(encoding="utf-8"))


def refusal(document: object) -> str:
    with pytest.raises(GuideFileError) as raised:
        parse(yaml.safe_dump(document), GuideDocument, source="mine.yaml")
    return str(raised.value)


@pytest.mark.parametrize("guide", guides(), ids=lambda guide: guide.slug)
def test_a_rendered_guide_is_the_same_guide(guide: GuideDocument):
    assert parse(render(guide), GuideDocument, source="again.yaml") == guide


def test_a_missing_language_is_named_with_its_place(taster):
    del taster["questions"][1]["text"]["ko"]
    assert "mine.yaml" in refusal(taster)
    assert "questions.1.text.ko" in refusal(taster)


def test_a_missing_level_is_refused(taster):
    del taster["competencies"][0]["levels"][3]
    assert "competencies.0.levels" in refusal(taster)


def test_a_misspelt_key_is_refused(taster):
    taster["questions"][1]["max_probe"] = 2
    assert "questions.1.max_probe" in refusal(taster)


def test_a_probe_must_aim_at_a_point_of_its_question(taster):
    taster["questions"][1]["probes"][0]["expected_point"] = "nowhere"
    assert "nowhere" in refusal(taster)


def test_a_question_must_name_a_competency_of_its_guide(taster):
    taster["questions"][1]["competency"] = "juggling"
    assert "juggling" in refusal(taster)


def test_two_questions_of_one_name_are_refused(taster):
    taster["questions"][1]["slug"] = taster["questions"][0]["slug"]
    assert "question more than once: opening" in refusal(taster)


def test_keywords_must_be_normalised(taster):
    taster["questions"][1]["expected_points"][0]["keywords"]["en"] = ["Roll  Back"]
    assert "'roll back'" in refusal(taster)


@pytest.mark.parametrize("text", ["", "- just\n- a list", "a: [1", "slug: !!python/object:os.x {}"])
def test_what_is_no_guide_is_refused(text: str):
    with pytest.raises(GuideFileError, match="mine.yaml"):
        parse(text, GuideDocument, source="mine.yaml")


def test_every_mistake_is_told_at_once(taster):
    taster["questions"][0]["seconds"] = "soon"
    del taster["title"]["en"]
    assert "questions.0.seconds" in refusal(taster) and "title.en" in refusal(taster)


def test_full_width_and_spaces_are_normalised():
    assert normalised(" ＡＰＩ \n 서버 ") == "api 서버"


def test_the_name_of_the_file_is_told(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("slug: Not A Slug\n")
    with pytest.raises(GuideFileError, match="broken.yaml"):
        load(path)


@pytest.mark.django_db
class TestDatabase:
    @pytest.mark.parametrize("guide", guides(), ids=lambda guide: guide.slug)
    def test_a_stored_guide_dumps_as_the_same_file(self, guide: GuideDocument):
        assert dump(store(guide)) == render(guide)

    def test_storing_again_changes_in_place(self, taster):
        before = store(GuideDocument.model_validate(taster))
        rows = set(before.questions.values_list("pk", flat=True))
        taster["questions"][1]["text"]["en"] = "What are you proud of?"
        taster["questions"].pop(0)
        after = store(GuideDocument.model_validate(taster))
        assert InterviewGuide.objects.count() == 1
        assert set(after.questions.values_list("pk", flat=True)) < rows
        assert after.questions.get(slug="proud-of").text_en == "What are you proud of?"

    def test_a_guide_is_stored_whole_or_not_at_all(self, taster, monkeypatch):
        def fail(**fields):
            raise RuntimeError

        monkeypatch.setattr(Question.objects, "update_or_create", fail)
        with pytest.raises(RuntimeError):
            store(GuideDocument.model_validate(taster))
        assert not InterviewGuide.objects.exists() and not Competency.objects.exists()

    def test_a_stored_guide_that_breaks_the_rules_is_not_dumped(self, taster):
        guide = store(GuideDocument.model_validate(taster))
        guide.questions.update(text_ko="")
        with pytest.raises(GuideFileError, match="taster"):
            dump(guide)


def test_a_probe_aims_at_one_thing(taster):
    taster["questions"][1]["probes"][0]["star"] = "result"
    assert "not at both" in refusal(taster)
    del taster["questions"][1]["probes"][0]["expected_point"]
    GuideDocument.model_validate(taster)


def test_mistakes_are_told_in_the_readers_language() -> None:
    with translation.override("ko"):
        with pytest.raises(GuideFileError, match="questions: 목록이어야 합니다"):
            parse("slug: mine\nquestions: 3\n", GuideDocument, source="mine.yaml")
        with pytest.raises(GuideFileError, match="YAML 형식이 아닙니다"):
            parse("a: b: c", GuideDocument, source="mine.yaml")
