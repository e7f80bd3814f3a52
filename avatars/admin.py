from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from avatars.models import Avatar, Persona


@admin.register(Avatar)
class AvatarAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "picture", "validated", "licence"]
    list_filter = ["validated"]
    search_fields = ["name", "slug", "licence"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["picture", "validated"]

    @admin.display(description=_("picture"))
    def picture(self, avatar: Avatar) -> str:
        if not avatar.poster_url:
            return "–"
        return format_html('<img src="{}" alt="" width="64" height="64">', avatar.poster_url)


@admin.register(Persona)
class PersonaAdmin(admin.ModelAdmin):
    list_display = ["name_en", "name_ko", "title_en", "language", "avatar", "active"]
    list_filter = ["active", "language"]
    list_editable = ["active"]
    list_select_related = ["avatar"]
    search_fields = ["slug", "name_en", "name_ko", "title_en", "title_ko"]
    prepopulated_fields = {"slug": ["name_en"]}
    autocomplete_fields = ["avatar"]
    fieldsets = [
        (None, {"fields": ["slug", "avatar", "language", "voices", "active"]}),
        (_("English"), {"fields": ["name_en", "title_en", "manner_en"]}),
        (_("Korean"), {"fields": ["name_ko", "title_ko", "manner_ko"]}),
        (
            _("What is said"),
            {
                "description": _("May hold {candidate}, {role} and {interviewer}."),
                "fields": ["greeting_en", "closing_en", "greeting_ko", "closing_ko"],
            },
        ),
        (_("What is not"), {"fields": ["forbidden_topics"]}),
    ]
