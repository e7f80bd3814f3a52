import pytest
from django.contrib.auth.models import Group

from interviews.models import Interview, InterviewConfig


def visible(user) -> bool:
    return Interview.objects.visible_to(user).exists()


def test_a_config_without_groups_is_for_all(interview, candidate, other_candidate, reviewer, admin):
    assert [visible(user) for user in (candidate, other_candidate, reviewer, admin)] == [
        True,
        False,
        True,
        True,
    ]
    assert InterviewConfig.objects.open_to(other_candidate).exists()


@pytest.mark.usefixtures("interview")
def test_a_team_keeps_to_itself(config, candidate, other_candidate, reviewer, admin):
    team = Group.objects.create(name="payments team")
    config.groups.add(team)

    assert visible(candidate) and visible(admin) and not visible(reviewer)
    assert not InterviewConfig.objects.open_to(candidate).exists()
    for member in (reviewer, other_candidate):
        member.groups.add(team)
    assert visible(reviewer) and not visible(other_candidate)
    assert InterviewConfig.objects.open_to(other_candidate).exists()


def test_a_deleted_config_opens_no_interview_to_reviewers(config, interview, candidate, reviewer):
    config.delete()
    assert visible(candidate) and not visible(reviewer)


def test_an_inactive_config_is_not_offered(config, candidate):
    InterviewConfig.objects.update(active=False)
    assert not InterviewConfig.objects.open_to(candidate).exists()


def test_words_are_found_in_both_languages_and_in_any_order(interview, candidate):
    interview.utterances.create(
        sequence=1, speaker="candidate", text_heard="부하 테스트를 했습니다"
    )
    interview.utterances.create(
        sequence=2, speaker="interviewer", text_said="Which Index then", text_heard="Which Index"
    )
    everything = Interview.objects.all()
    assert everything.saying("테스트").exists()
    assert everything.saying("index 부하").exists()
    assert not everything.saying("index missing").exists()
    assert not everything.saying("then").exists()


def test_history_is_what_was_heard(interview):
    for sequence, heard in ((2, "Hello"), (1, "Welcome"), (3, "")):
        interview.utterances.create(
            sequence=sequence, speaker="interviewer", text_said="…", text_heard=heard
        )
    assert [entry["text"] for entry in interview.history()] == ["Welcome", "Hello"]
