from pathlib import Path

import pytest

from voice.adapters.secret import secret
from voice.errors import EngineError


def test_a_key_in_a_file_may_change_while_the_process_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    monkeypatch.delenv("SOME_KEY", raising=False)
    monkeypatch.setenv("SOME_KEY_FILE", str(file))
    with pytest.raises(EngineError, match="engine: missing_key"):
        secret("SOME_KEY", "engine")
    file.write_text("the first\n")
    assert secret("SOME_KEY", "engine") == "the first"
    file.write_text("the second")
    assert secret("SOME_KEY", "engine") == "the second"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(EngineError, match="missing_key"):
        secret("SOME_KEY", "engine")
    monkeypatch.setenv("SOME_KEY", "of the environment")
    assert secret("SOME_KEY", "engine") == "of the environment"


def test_what_editors_and_shells_add_is_no_part_of_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    monkeypatch.setenv("SOME_KEY_FILE", str(file))
    monkeypatch.setenv("SOME_KEY", " \n")
    file.write_bytes(b"\xef\xbb\xbfthe key\r\n")
    assert secret("SOME_KEY", "engine") == "the key"
    monkeypatch.setenv("SOME_KEY", "the key\n")
    assert secret("SOME_KEY", "engine") == "the key"


@pytest.mark.parametrize("bad", ["sk-ключ", "sk-1\r\nx-other: 2", "sk-\u200b1"])
def test_what_no_header_can_hold_is_a_bad_key(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", bad)
    with pytest.raises(EngineError, match="engine: unauthorised") as raised:
        secret("SOME_KEY", "engine")
    assert not raised.value.retryable
