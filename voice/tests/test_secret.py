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
