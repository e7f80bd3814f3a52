import hashlib
from pathlib import Path

import pytest

from voice.adapters.weights import joined, package_file, verified
from voice.errors import EngineError

WHOLE = b"first half, second half"
SHA256 = hashlib.sha256(WHOLE).hexdigest()


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setenv("VOICE_CACHE_DIR", str(tmp_path / "cache"))
    halves = [tmp_path / "1", tmp_path / "2"]
    halves[0].write_bytes(WHOLE[:11])
    halves[1].write_bytes(WHOLE[11:])
    return halves


def test_a_file_is_found_inside_an_installed_package() -> None:
    assert package_file("faster-whisper", "faster_whisper/assets/silero_vad_v6.onnx").is_file()


@pytest.mark.parametrize("distribution", ["no-such-package", "faster-whisper"])
def test_what_is_missing_is_named(distribution: str) -> None:
    with pytest.raises(EngineError, match=distribution) as caught:
        package_file(distribution, "no/such/file.onnx")
    assert caught.value.code == "missing_weights"


def test_parts_are_joined_once(parts: list[Path]) -> None:
    path = joined(parts, "model/weights.bin", SHA256)
    assert path.read_bytes() == WHOLE
    before = path.stat().st_mtime_ns
    assert joined(parts, "model/weights.bin", SHA256).stat().st_mtime_ns == before
    assert [file.name for file in path.parent.iterdir()] == ["weights.bin"]


def test_a_damaged_cache_is_assembled_again(parts: list[Path]) -> None:
    path = joined(parts, "weights.bin", SHA256)
    path.write_bytes(WHOLE[::-1])
    assert joined(parts, "weights.bin", SHA256).read_bytes() == WHOLE


def test_damaged_parts_are_refused(parts: list[Path]) -> None:
    parts[1].write_bytes(b"something else")
    with pytest.raises(EngineError) as caught:
        joined(parts, "weights.bin", SHA256)
    assert caught.value.code == "damaged_weights"


def test_a_file_that_changed_is_checked_again(parts: list[Path]) -> None:
    path = joined(parts, "weights.bin", SHA256)
    path.write_bytes(b"longer than it ever was before")
    with pytest.raises(EngineError):
        verified(path, SHA256)
