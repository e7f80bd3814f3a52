from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from interviews import engines
from interviews.models import Interview


def test_end_lapsed_abandons_who_stayed_away(interview):
    interview.start()
    Interview.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    out = StringIO()
    call_command("end_lapsed", stdout=out)
    interview.refresh_from_db()
    assert (interview.status, out.getvalue()) == ("abandoned", "Ended 1 interviews.\n")


def test_an_engine_that_cannot_be_loaded_stops_the_start(settings):
    broken = {"BACKEND": "voice.adapters.nowhere.Nothing", "OPTIONS": {}}
    settings.VOICE_ENGINES = {"broken": {"detector": broken}}
    with pytest.raises(CommandError, match=r"voice\.adapters\.nowhere\.Nothing"):
        call_command("warm_engines")
    assert engines.state() == {"broken": "cold"}
