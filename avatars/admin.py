from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from avatars.models import Avatar


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
