import pytest

from interviews.api.views import Newest
from interviews.models import Interview

LIST = "/api/v1/interviews/"


def detail(interview, what=""):
    return f"{LIST}{interview.pk}/{what}"


@pytest.fixture
def spoken(interview):
    interview.utterances.create(
        sequence=1,
        speaker="interviewer",
        text_said="Welcome to <this> interview. Shall we begin?",
        text_heard="Welcome to <this> interview.",
        start_ms=0,
        end_ms=2500,
        interrupted=True,
    )
    interview.utterances.create(
        sequence=2,
        speaker="candidate",
        text_said="네, 시작하죠",
        text_heard="네, 시작하죠",
        start_ms=3_661_000,
    )
    return interview


def test_a_candidate_makes_an_interview(api, config, candidate):
    api.force_authenticate(candidate)
    body = {"config": config.pk, "resume_text": "Ten years of Django."}
    response = api.post(LIST, body)

    assert response.status_code == 201
    made = Interview.objects.get(pk=response.data["id"])
    assert response.data["status"] == "ready"
    assert response.data["websocket"] == f"/ws/interviews/{made.pk}/"
    assert response.data["remaining_seconds"] == 900
    assert (made.candidate, made.resume_text) == (candidate, body["resume_text"])
    assert made.snapshot["guide"]["questions"][0]["slug"] == "slow-query"


@pytest.mark.parametrize(
    ("field", "value"),
    [("config", 0), ("config", "x"), ("language", "fr"), ("resume_text", "x" * 20_001)],
)
def test_bad_input_names_its_field(api, config, candidate, field, value):
    api.force_authenticate(candidate)
    response = api.post(LIST, {"config": config.pk, field: value})
    assert response.status_code == 400 and list(response.data) == [field]


def test_a_plan_limits_length_and_number(api, config, interview, candidate):
    plan = candidate.current_plan
    api.force_authenticate(candidate)
    for limit in ({"longest_interview_minutes": 14}, {"minutes_per_month": 14}):
        type(plan).objects.filter(pk=plan.pk).update(**limit)
        response = api.post(LIST, {"config": config.pk})
        assert (response.status_code, response.data["code"]) == (429, "limit_reached")
        plan.save()
    type(plan).objects.filter(pk=plan.pk).update(concurrent_interviews=1)
    other = Interview.objects.create_from(config, candidate)
    assert api.post(detail(interview, "start/")).status_code == 200
    assert api.post(detail(other, "start/")).data["code"] == "limit_reached"


def test_minutes_of_this_month_count(api, interview, candidate):
    interview.start()
    interview.end("finished")
    Interview.objects.update(clock_seconds=90 * 60)
    api.force_authenticate(candidate)
    response = api.get("/api/v1/limits/current/")
    assert response.data == {
        "plan": "standard",
        "minutes_left_this_month": 510,
        "longest_interview_minutes": 60,
        "concurrent_interviews": 3,
    }


def test_start_and_end_once(api, interview, candidate):
    api.force_authenticate(candidate)
    assert api.post(detail(interview, "start/")).data["status"] == "live"
    assert api.post(detail(interview, "start/")).status_code == 409
    ended = api.post(detail(interview, "end/")).data
    assert (ended["status"], ended["end_reason"]) == ("ended", "candidate")
    assert api.post(detail(interview, "end/")).data["code"] == "wrong_status"


@pytest.mark.parametrize("what", ["", "transcript/", "scores/"])
def test_who_may_read(api, interview, candidate, other_candidate, reviewer, admin, what):
    answers = {}
    for user in (candidate, other_candidate, reviewer, admin):
        api.force_authenticate(user)
        answers[user.email.partition("@")[0]] = api.get(detail(interview, what)).status_code
    assert answers == {"candidate": 200, "other": 404, "reviewer": 200, "admin": 200}
    api.force_authenticate(None)
    assert api.get(detail(interview, what)).status_code == 401


@pytest.mark.parametrize("what", ["start/", "end/", "ticket/"])
def test_only_the_candidate_acts(api, interview, other_candidate, reviewer, what):
    for user, status in ((other_candidate, 404), (reviewer, 403)):
        api.force_authenticate(user)
        assert api.post(detail(interview, what)).status_code == status


def test_a_candidate_is_not_shown_what_is_expected(api, interview, candidate, reviewer):
    shown = {}
    for user in (candidate, reviewer):
        api.force_authenticate(user)
        shown[user] = "guide" in api.get(detail(interview)).data["snapshot"]
    assert shown == {candidate: False, reviewer: True}


def test_the_transcript_as_json(api, spoken, candidate):
    api.force_authenticate(candidate)
    first, second = api.get(detail(spoken, "transcript/")).data
    assert first["text"] != first["heard_text"] == "Welcome to <this> interview."
    assert (second["speaker"], second["start_ms"], second["end_ms"]) == (
        "candidate",
        3_661_000,
        None,
    )


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("txt", "text/plain", "[00:00:00] James: Welcome to <this> interview.\n"),
        (
            "srt",
            "application/x-subrip",
            "2\n01:01:01,000 --> 01:01:01,500\nJimin Park: 네, 시작하죠\n",
        ),
        (
            "vtt",
            "text/vtt",
            "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\n<v James>Welcome to &lt;this&gt;",
        ),
    ],
)
def test_the_transcript_as_a_file(api, spoken, candidate, name, kind, text):
    api.force_authenticate(candidate)
    response = api.get(detail(spoken, f"transcript/?format={name}"))
    assert response["Content-Type"].startswith(kind)
    assert text in response.content.decode()


def test_an_unknown_format_is_refused(api, interview, candidate):
    api.force_authenticate(candidate)
    assert api.get(detail(interview, "transcript/?format=pdf")).status_code == 400


def found(api, **query):
    response = api.get(LIST, query)
    assert response.status_code == 200, response.data
    return [row["id"] for row in response.data["results"]]


def test_a_reviewer_narrows_the_list(api, spoken, config, other_candidate, reviewer):
    other = Interview.objects.create_from(config, other_candidate)
    other.start()
    for number, level in enumerate((5, 4)):
        evidence = [{"utterance": "u", "quote": "q"}]
        other.scores.create(competency="data", scorer=str(number), level=level, evidence=evidence)
    api.force_authenticate(reviewer)
    one, two = str(spoken.pk), str(other.pk)

    assert found(api) == [two, one]
    assert found(api, status="live") == [two]
    assert found(api, candidate="Other@example.org") == [two]
    assert found(api, search="시작 welcome") == [one]
    assert found(api, min_score=4.5) == [two] and found(api, min_score=4.6) == []
    assert found(api, max_score=4) == []
    assert found(api, persona="james", language="en") == [two, one]
    assert found(api, persona="nobody") == []
    assert found(api, after=other.created_at.isoformat()) == [two]
    assert found(api, before=other.created_at.isoformat()) == [one]


def test_strange_times_are_understood_or_refused(api, interview, candidate):
    api.force_authenticate(candidate)
    assert found(api, after="2000-01-01T00:00:00+17:08") == [str(interview.pk)]
    assert api.get(LIST, {"after": "0001-01-01T00:00:00+17:08"}).status_code == 400


def test_the_list_is_paged_by_cursor(api, config, candidate, monkeypatch):
    monkeypatch.setattr(Newest, "page_size", 2)
    made = [str(Interview.objects.create_from(config, candidate).pk) for _time in range(3)]
    api.force_authenticate(candidate)
    page = api.get(LIST).data
    rest = api.get(page["next"]).data
    assert [row["id"] for row in page["results"] + rest["results"]] == made[::-1]


def test_the_caller_chooses_the_size_of_a_page(api, config, candidate):
    for _time in range(3):
        Interview.objects.create_from(config, candidate)
    api.force_authenticate(candidate)
    for asked, given in (("2", 2), ("1", 1), ("100000", 3), ("0", 3), ("x", 3)):
        assert len(api.get(LIST, {"page_size": asked}).data["results"]) == given


def test_refusals_are_in_the_callers_language_and_always_json(api, interview, candidate):
    api.force_authenticate(candidate)
    assert api.post(detail(interview, "end/")).status_code == 200
    refused = api.post(detail(interview, "end/"), headers={"Accept-Language": "ko"})
    assert refused.data["code"] == "wrong_status"
    assert "면접" in refused.data["detail"]
    for address in ("/api/v1/nothing/", "/api/v1/nothing/at/all/"):
        nothing = api.get(address)
        assert (nothing.status_code, nothing.data["code"]) == (404, "not_found")


def test_the_list_costs_the_same_for_many(api, config, candidate, django_assert_max_num_queries):
    for _time in range(5):
        Interview.objects.create_from(config, candidate)
    api.force_authenticate(candidate)
    with django_assert_max_num_queries(3):
        assert len(found(api)) == 5
