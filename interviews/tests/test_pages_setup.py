"""From the set-up form to the device check."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from interviews.forms import ConsentForm
from interviews.models import Interview
from interviews.tests.cast import config, mina, signed_in
from interviews.tests.documents import pdf, word, zip_bomb

pytestmark = pytest.mark.django_db
SETUP = reverse("interviews:setup")


def answers(of, **changes) -> dict:
    return {"config": of.pk, "language": "en", "input_mode": "hands_free"} | changes


def test_set_up_wants_a_signed_in_candidate(client):
    assert client.get(SETUP).headers["Location"] == f"/accounts/login/?next={SETUP}"


def test_the_defaults_are_enough():
    candidate, offered = mina(), config()
    page = signed_in(candidate).get(SETUP).context["form"]
    defaults = {name: page[name].value() for name in ("config", "language", "input_mode")}
    response = signed_in(candidate).post(SETUP, defaults)
    made = Interview.objects.get()
    assert response.headers["Location"] == reverse("interviews:check", args=[made.pk])
    assert (made.candidate, made.config, made.status) == (candidate, offered, "ready")


def test_what_the_candidate_chose_stands_in_the_interview():
    offered = config(language="auto")
    signed_in(mina()).post(
        SETUP,
        answers(
            offered,
            language="ko",
            input_mode="push_to_talk",
            typed_answers="on",
            resume_text="Typed résumé",
            job_description_file=SimpleUploadedFile("job.docx", word("백엔드 개발자")),
        ),
    )
    made = Interview.objects.get()
    assert made.language == "ko"
    assert made.snapshot["options"]["input_mode"] == "push_to_talk"
    assert made.snapshot["options"]["typed_answers"] is True
    assert (made.resume_text, made.job_description) == ("Typed résumé", "백엔드 개발자")


def test_a_config_of_one_language_and_without_typing_overrules_the_choice():
    offered = config(language="en", typed_answers=False)
    signed_in(mina()).post(SETUP, answers(offered, language="ko", typed_answers="on"))
    made = Interview.objects.get()
    assert made.language == "en"
    assert made.snapshot["options"]["typed_answers"] is False


def test_a_config_of_another_group_is_not_offered():
    foreign = config(team="sales")
    response = signed_in(mina()).post(SETUP, answers(foreign))
    assert response.status_code == 422
    assert not Interview.objects.exists()


def test_without_a_config_the_page_says_what_to_do():
    assert "No interview is open to you yet" in signed_in(mina()).get(SETUP).content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(pdf("x", password="1234"), "protected by a password", id="encrypted"),
        pytest.param(pdf(), "no text in this file", id="scanned"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0", "neither a PDF, a DOCX nor a text", id="a picture"),
        pytest.param(zip_bomb(), "holds too much", id="zip bomb"),
        pytest.param(b"x" * (5 * 2**20 + 1), "larger than", id="too large"),
    ],
)
def test_a_bad_upload_says_why_and_loses_nothing(data, message):
    offered = config()
    response = signed_in(mina()).post(
        SETUP,
        answers(
            offered,
            job_description="What I typed",
            job_description_file=SimpleUploadedFile("job.txt", b"What I uploaded"),
            resume_file=SimpleUploadedFile("resume.pdf", data),
        ),
    )
    form = response.context["form"]
    assert response.status_code == 422
    assert message in form.errors["resume_file"][0]
    assert f'<ul class="field-errors" id="{form["resume_file"].auto_id}_error">' in (
        response.content.decode()
    )
    assert form["job_description"].value() == "What I typed\n\nWhat I uploaded"
    assert not Interview.objects.exists()


def test_text_that_is_too_long_is_refused(settings):
    too_long = "a" * (settings.MAX_DOCUMENT_CHARACTERS + 1)
    response = signed_in(mina()).post(SETUP, answers(config(), resume_text=too_long))
    assert response.context["form"].has_error("resume_text", "max_length")


def test_a_document_becomes_text_at_once():
    client = signed_in(mina())
    url = reverse("interviews:document")
    good = client.post(url, {"file": SimpleUploadedFile("cv.pdf", pdf("Ten years"))})
    bad = client.post(url, {"file": SimpleUploadedFile("cv.pdf", b"\0\1\2")})
    assert good.json() == {"text": "Ten years"}
    assert bad.status_code == 422
    assert "neither a PDF" in bad.json()["error"]


def test_documents_are_read_for_signed_in_people_only(client):
    assert client.post(reverse("interviews:document")).status_code == 302


@pytest.mark.parametrize("interprets", [True, False])
def test_consent_names_what_the_ai_does(interprets):
    label = str(ConsentForm(interprets=interprets).fields["consent"].label)
    assert ("interprets" in label) is interprets
    assert ("interviewed" in label) is not interprets
