import pytest

from interviews.tests.live_client import SOON


@pytest.fixture(autouse=True)
def a_patient_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that a busy machine holds up for a second is not taken for one without ``init``."""
    monkeypatch.setattr("interviews.live.consumer.INIT_SECONDS", SOON)
