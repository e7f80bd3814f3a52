"""What a guide keeps as lists, each a table in a form: probes, expected points, levels."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from interviews.admin.rows import RowsField
from interviews.guides.document import Document, ExpectedPoint, Probe, normalised

LANGUAGES = ("en", "ko")


class ProbesField(RowsField):
    """Follow-ups, a row each, as ``guides.document.Probe``."""

    columns: ClassVar = {
        "en": _("English"),
        "ko": _("Korean"),
        "expected_point": _("aims at the point"),
        "star": _("or at: situation, task, action, result"),
    }

    def document(self, row: dict[str, str]) -> dict[str, Any]:
        return Probe.model_validate({key: text or None for key, text in row.items()}).model_dump()

    def shown(self, stored: dict[str, Any]) -> dict[str, str]:
        return {column: stored.get(column) or "" for column in self.columns}


class PointsField(RowsField):
    """Points that a good answer covers, a row each, as ``guides.document.ExpectedPoint``."""

    columns: ClassVar = {
        "key": _("key"),
        "text_en": _("English"),
        "text_ko": _("Korean"),
        "keywords_en": _("English keywords, between commas"),
        "keywords_ko": _("Korean keywords, between commas"),
    }

    def document(self, row: dict[str, str]) -> dict[str, Any]:
        return ExpectedPoint.model_validate(
            {
                "key": row["key"],
                "text": {language: row[f"text_{language}"] for language in LANGUAGES},
                "keywords": {
                    language: [
                        normalised(word)
                        for word in row[f"keywords_{language}"].split(",")
                        if word.strip()
                    ]
                    for language in LANGUAGES
                },
            }
        ).model_dump()

    def shown(self, stored: dict[str, Any]) -> dict[str, str]:
        if "text" not in stored:
            return stored
        words = stored.get("keywords", {})
        return {
            "key": stored.get("key", ""),
            "text_en": stored["text"].get("en", ""),
            "text_ko": stored["text"].get("ko", ""),
            "keywords_en": ", ".join(words.get("en", ())),
            "keywords_ko": ", ".join(words.get("ko", ())),
        }


class _Level(Document):
    """One level in both languages; either may still be missing."""

    en: str = ""
    ko: str = ""


class LevelsField(RowsField):
    """What levels 1 to 5 look like, each always a row; ``{"1": {"en", "ko"}, …}``."""

    columns: ClassVar = {"en": _("English"), "ko": _("Korean")}
    labels = ("1", "2", "3", "4", "5")

    def prepare_value(self, value: Any) -> Any:
        levels = value or {}
        if isinstance(levels, list):
            return levels
        return [levels.get(label) or {} for label in self.labels]

    def clean(self, value: Any) -> Any:
        rows = zip(self.labels, value or (), strict=False)
        return {label: _Level.model_validate(row).model_dump() for label, row in rows}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != list(data or ()))
