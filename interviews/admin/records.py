"""What the admin pages of records share: they are read, and show what their reader may see."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest


class ReadOnly:
    """What was said and judged is a record: the admin site shows it and changes nothing."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OnlyVisible:
    """Levels that the reader has to rate blind first are not listed."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: Any = super().get_queryset(request)  # type: ignore[misc]
        return found.visible_to(request.user)
