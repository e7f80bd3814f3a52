from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import ApiToken, Ticket


def test_a_token_signs_in_and_only_its_hash_is_kept(candidate):
    token, plain = ApiToken.objects.issue(candidate, "laptop")

    assert ApiToken.objects.authenticate(plain) == token
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert plain not in vars(token).values() and plain.startswith(token.prefix)


def test_revoked_expired_and_wrong_tokens_sign_nobody_in(candidate):
    token, plain = ApiToken.objects.issue(candidate)
    past = timezone.now() - timedelta(seconds=1)
    _expired, expired = ApiToken.objects.issue(candidate, expires_at=past)

    assert ApiToken.objects.authenticate(expired) is None
    assert ApiToken.objects.authenticate(plain + "x") is None
    token.revoke()
    assert ApiToken.objects.authenticate(plain) is None


def test_the_token_of_an_inactive_user_signs_nobody_in(candidate):
    _token, plain = ApiToken.objects.issue(candidate)
    candidate.is_active = False
    candidate.save()

    assert ApiToken.objects.authenticate(plain) is None


def test_a_ticket_opens_its_interview_once(candidate):
    interview = uuid4()
    plain, _expires_at = Ticket.issue(candidate, interview)

    assert Ticket.redeem(plain, uuid4()) is None
    assert Ticket.redeem(plain, interview) == candidate
    assert Ticket.redeem(plain, interview) is None


def test_an_expired_ticket_opens_nothing(candidate):
    interview = uuid4()
    plain, _expires_at = Ticket.issue(candidate, interview)
    Ticket.objects.update(expires_at=timezone.now())

    assert Ticket.redeem(plain, interview) is None
