"""Every call answers as its schema says, whatever it is sent."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from accounts.models import ApiToken

# Each request closes its connection at its end, which a test in one transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)

described = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
# Its 503 is an answer, not a failure; see interview_site/tests/test_health.py.
schema = described.exclude(path_regex="/ready/$")


@pytest.fixture
def headers(interview, candidate):
    _token, plain = ApiToken.objects.issue(candidate)
    return {"Authorization": f"Bearer {plain}"}


@schema.parametrize()
@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_api_keeps_to_its_schema(case, headers):
    # A schema cannot say which config ids there are: a well-formed body may still be refused.
    excluded = [positive_data_acceptance]
    if case.method == "GET":
        excluded.append(negative_data_rejection)  # An empty filter is no filter.
    case.call_and_validate(headers=headers, excluded_checks=excluded)
