"""The three ways of protocol.md to open a socket, and who gets in by none of them."""

from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from accounts.models import ApiToken, Ticket
from accounts.websocket import authenticate

pytestmark = pytest.mark.django_db(transaction=True)


def scope(user=None, query="", **headers):
    return {
        "type": "websocket",
        "user": user or AnonymousUser(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }


@pytest.mark.parametrize("origin", ["http://localhost:8000", "https://partner.example"])
async def test_a_cookie_with_an_allowed_origin(candidate, settings, origin):
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.WEBSOCKET_ORIGINS = ["https://partner.example"]
    assert await authenticate(scope(candidate, origin=origin)) == candidate


@pytest.mark.parametrize("origin", ["https://evil.example", "http://partner.example", "null", ""])
async def test_a_cookie_from_elsewhere_is_nobody(candidate, settings, origin):
    settings.WEBSOCKET_ORIGINS = ["https://partner.example"]
    assert await authenticate(scope(candidate, origin=origin)) is None


async def test_a_cookie_without_origin_is_nobody(candidate):
    assert await authenticate(scope(candidate)) is None


async def test_a_token_needs_no_origin(candidate):
    _token, plain = await database_sync_to_async(ApiToken.objects.issue)(candidate)
    assert await authenticate(scope(authorization=f"Bearer {plain}")) == candidate


async def test_a_wrong_token_does_not_fall_back_to_the_cookie(candidate):
    opened = scope(candidate, origin="http://localhost", authorization="Bearer wrong")
    assert await authenticate(opened) is None


async def test_a_ticket_works_once_and_for_its_interview_only(candidate):
    interview = uuid4()
    plain, _expires_at = await database_sync_to_async(Ticket.issue)(candidate, interview)
    opened = scope(query=f"ticket={plain}")

    assert await authenticate(opened, uuid4()) is None
    assert await authenticate(opened) is None
    assert await authenticate(opened, interview) == candidate
    assert await authenticate(opened, interview) is None


async def test_nobody(candidate):
    assert await authenticate(scope(origin="http://localhost")) is None
