"""A form field that edits a list as a table of text inputs, not as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as Mistakes

SPARE = 2
"""Empty rows under those that are there."""


class RowsWidget(forms.Widget):
    """A table of text inputs; its value is a list of ``{column: text}``, empty rows left out."""

    template_name = "interviews/widgets/rows.html"

    class Media:
        css: ClassVar = {"all": ["css/admin-rows.css"]}

    def __init__(self, columns: Mapping[str, Any], *, labels: Sequence[str] = ()) -> None:
        """``labels`` name the rows of a table that always has the same."""
        super().__init__()
        self.columns = columns
        self.labels = labels

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = list(value or ())
        count = len(self.labels) or len(rows) + SPARE
        rows += [{}] * (count - len(rows))
        context["widget"]["columns"] = list(self.columns.values())
        context["widget"]["labels"] = bool(self.labels)
        context["widget"]["rows"] = [
            {
                "label": self.labels[number] if self.labels else "",
                "cells": [
                    {
                        "name": f"{name}-{number}-{column}",
                        "value": rows[number].get(column) or "",
                        "label": f"{title} {number + 1}",
                    }
                    for column, title in self.columns.items()
                ],
            }
            for number in range(count)
        ]
        return context

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        # Forms look for templates in apps only.
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        rows = []
        number = 0
        while any(f"{name}-{number}-{column}" in data for column in self.columns):
            row = {c: str(data.get(f"{name}-{number}-{c}", "")).strip() for c in self.columns}
            if self.labels or any(row.values()):
                rows.append(row)
            number += 1
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}-0-{column}" in data for column in self.columns)


class RowsField(forms.Field):
    """Rows of a table, each made a part of a guide document by ``document``; ``shown`` turns one
    back into a row."""

    columns: ClassVar[Mapping[str, Any]] = {}
    labels: ClassVar[Sequence[str]] = ()

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(widget=RowsWidget(self.columns, labels=self.labels), **options)

    def prepare_value(self, value: Any) -> Any:
        """A row may be the stored form (at first) or the entered one (after a mistake)."""
        return [self.shown(row) if isinstance(row, dict) else row for row in value or ()]

    def shown(self, stored: dict[str, Any]) -> dict[str, str]:
        """The row of what is stored."""
        return stored

    def document(self, row: dict[str, str]) -> dict[str, Any]:
        """What is stored of a row; pydantic's ``ValidationError`` where it is unfit."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        made, mistakes = [], []
        for number, row in enumerate(value or (), 1):
            try:
                made.append(self.document(row))
            except Mistakes as error:
                for mistake in error.errors():
                    place = ".".join(map(str, mistake["loc"])) or _("row")
                    mistakes.append(f"{number}: {place}: {mistake['msg']}")
        if mistakes:
            raise ValidationError(mistakes)
        return made

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [self.shown(row) for row in initial or ()] != list(data or ())
