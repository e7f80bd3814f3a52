"""Every model in the admin site: its list, its search, its page; records stay as they are."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.contrib.admin.templatetags.admin_list import result_headers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import ApiToken, Consent, Ticket
from avatars.models import Avatar
from interviews.models import (
    Accommodation,
    Alert,
    AnswerFeedback,
    Assessment,
    BankQuestion,
    CompanyDocument,
    GuardPhrases,
    Passage,
    Rubric,
    Usage,
)

MODELS = [
    model._meta.label_lower
    for name in ("accounts", "avatars", "interviews")
    for model in apps.get_app_config(name).get_models()
]


@pytest.fixture
def everything(interview, guide, candidate):
    """One row of every model."""
    said = interview.utterances.create(
        sequence=1, speaker="candidate", text_said="an index", text_heard="an index"
    )
    AnswerFeedback.objects.create(utterance=said, seconds=4, words=2)
    Alert.objects.create(interview=interview, utterance=said, level=1, confidence=0.9)
    evidence = [{"utterance": str(said.pk), "quote": "an index"}]
    interview.scores.create(competency="data", scorer="points", level=3, evidence=evidence)
    interview.ratings.create(competency="data", level=3, reason="An index is named.")
    Assessment.objects.create(interview=interview)
    Rubric.objects.create(guide=guide, name="Five levels")
    Consent.objects.create(user=candidate, kind="interview", version="1")
    Usage.objects.create(interview=interview, role="model", engine="an index")
    Accommodation.objects.create(candidate=candidate, extra_time=25)
    BankQuestion.objects.create(slug="slow-query", text_en="How did you find an index?")
    document = CompanyDocument.objects.create(title="Our index", text="We build an index.")
    Passage.objects.create(
        document=document, source="company", start=0, end=18, text="We build an index.",
        language="en", embedder="ngrams", embedding=[0.5, 0.25],
    )  # fmt: skip
    GuardPhrases.objects.create(language="en", level=1, category="secret", phrases="secret index")
    ApiToken.objects.issue(candidate, "laptop")
    Ticket.issue(candidate, interview.pk)
    return interview


@pytest.fixture
def site(client, admin):
    client.force_login(admin)
    return client


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("label", MODELS)
def test_list_search_and_page(site, label):
    base = f"admin:{label.replace('.', '_')}"
    assert site.get(reverse(f"{base}_changelist")).status_code == 200
    assert site.get(reverse(f"{base}_changelist"), {"q": "index"}).status_code == 200
    row = apps.get_model(label).objects.first()
    assert site.get(reverse(f"{base}_change", args=[row.pk])).status_code == 200


def test_the_transcript_can_be_read_but_not_changed(site, everything):
    url = reverse("admin:interviews_interview_change", args=[everything.pk])
    assert "an index" in site.get(url).content.decode()
    assert site.post(url, {"status": "ended"}).status_code == 403


@pytest.mark.parametrize("label", [*MODELS, "django_tasks_database.dbtaskresult"])
def test_a_korean_list_names_its_columns_in_korean(site, label):
    url = reverse(f"admin:{label.replace('.', '_')}_changelist")
    response = site.get(url, headers={"accept-language": "ko"})
    assert response.status_code == 200
    names = [str(header["text"]) for header in result_headers(response.context["cl"])]
    english = {name for name in names if name.isascii() and name[:1].isalpha()}
    assert english <= {"ID", "id"}
    assert "보기위한" not in response.content.decode()


def test_work_in_the_background_has_a_korean_name(site):
    shown = site.get(reverse("admin:index"), headers={"accept-language": "ko"}).content.decode()
    assert "백그라운드 작업" in shown
    assert "Task" not in shown


def test_an_alert_is_named_in_the_readers_language(site, everything):
    url = reverse("admin:interviews_alert_changelist")
    shown = site.get(url, headers={"accept-language": "ko"}).content.decode()
    assert str(Alert.objects.get().level) in shown
    assert "[&quot;" not in shown


def test_words_of_the_transcript_find_the_interview_once(site, everything):
    everything.utterances.create(sequence=2, speaker="candidate", text_heard="another index")
    url = reverse("admin:interviews_interview_changelist")
    assert "1 interview" in site.get(url, {"q": "index"}).content.decode()


def test_export(site, everything):
    form = {"action": "export", "_selected_action": [everything.pk]}
    response = site.post(reverse("admin:interviews_interview_changelist"), form)
    packed = zipfile.ZipFile(io.BytesIO(response.content))
    document = json.loads(packed.read(f"{everything.pk}.json"))
    assert document["transcript"][0]["text_heard"] == "an index"
    assert document["scores"][0]["level"] == 3


def test_a_new_token_is_shown_once(site, candidate):
    url = reverse("admin:accounts_apitoken_add")
    page = site.post(url, {"user": candidate.pk, "name": "phone"}, follow=True)
    token = ApiToken.objects.get(name="phone")
    assert token.prefix in page.content.decode()
    plain = str(next(iter(page.context["messages"]))).split()[3].rstrip(".")
    assert ApiToken.objects.authenticate(plain) == token


def test_an_upload_that_is_no_glb_is_refused(site):
    upload = SimpleUploadedFile("head.glb", b"not a model", content_type="model/gltf-binary")
    form = {"slug": "fake", "name": "Fake", "glb": upload}
    response = site.post(reverse("admin:avatars_avatar_add"), form)
    assert response.status_code == 200 and response.context["adminform"].errors["glb"]
    assert not Avatar.objects.exists()


def test_candidates_and_reviewers_stay_outside(client, candidate, reviewer):
    for user in (candidate, reviewer):
        client.force_login(user)
        assert client.get("/admin/").status_code == 302
