from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.models import CANDIDATE, User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up makes candidates; every other role is given by an admin."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            saved.join(CANDIDATE)
        return saved
