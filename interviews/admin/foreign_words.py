"""What the admin site takes from other packages, in this project's words: they leave it in English,
or Django's Korean for it is broken. The project's catalogue comes first, so naming it here is
enough for whatever they translate at all."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

apps.get_app_config("django_tasks_database").verbose_name = _("Background tasks")
apps.get_app_config("account").verbose_name = _("Email addresses")

NAMED = (
    gettext_noop("View %s"),
    gettext_noop("Select %s to view"),
    gettext_noop("You don’t have permission to view or edit anything."),
    gettext_noop("Task Result"),
    gettext_noop("Task Results"),
    pgettext_lazy("Task", "Ready"),
    pgettext_lazy("Task", "Running"),
    pgettext_lazy("Task", "Failed"),
    pgettext_lazy("Task", "Successful"),
    gettext_noop("enqueued at"),
    gettext_noop("started at"),
    gettext_noop("finished at"),
    gettext_noop("args kwargs"),
    gettext_noop("priority"),
    gettext_noop("task path"),
    gettext_noop("worker id"),
    gettext_noop("queue name"),
    gettext_noop("backend name"),
    gettext_noop("run after"),
    gettext_noop("return value"),
    gettext_noop("exception class path"),
    gettext_noop("traceback"),
)

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(DBTaskResultAdmin):
    """Work in the background; the package names this column after its attribute."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown = super().get_list_display(request)
        return ["named" if column == "task_name" else column for column in shown]

    @admin.display(description=_("Task name"))
    def named(self, task: DBTaskResult[Any, Any]) -> str:
        return task.task_name
