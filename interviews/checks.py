"""What is missing to run, each with the variable that mends it."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils.module_loading import import_string

from interview_site.env import HOSTED_PROFILES, missing_keys
from interviews.engines import interprets, roles
from interviews.grounding.embedders import embedder
from interviews.grounding.library import LANGUAGES
from interviews.inference.remote import RemoteModel
from interviews.models import InterviewConfig
from interviews.moderation import moderator
from interviews.pricing import prices
from interviews.reports.pdf import FOLDER
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
        except (VoiceError, TypeError, ValueError, ImportError, OSError) as error:
            hint = "Mend the profile in VOICE_ENGINES_FILE, or install requirements-models.txt."
            message = f"Engine profile {profile!r}: {error}"
            found.append(Error(message, hint=hint, id="interviews.E002"))
    return found


@register(Tags.database)
def profiles_of_configs(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Every active interview config's engine profile is there, or its missing key is named."""
    table = InterviewConfig._meta.db_table
    if not databases or table not in connection.introspection.table_names():
        return []
    active = InterviewConfig.objects.filter(active=True)
    found: list[CheckMessage] = []
    for title, profile, kind in active.values_list("title", "profile", "kind"):
        if kind == InterviewConfig.Kind.INTERPRETER and not interprets(profile):
            found.append(_cannot_interpret(title, profile))
        if profile not in settings.VOICE_ENGINES:
            found.append(_lacks_profile(title, profile))
    return found


def _cannot_interpret(title: str, profile: str) -> Warning:
    hint = "Set GEMINI_API_KEY, or choose a profile whose model writes both languages."
    message = f"Interview config {title!r} interprets, which {profile!r} cannot: not offered."
    return Warning(message, hint=hint, id="interviews.W003")


def _lacks_profile(title: str, profile: str) -> Warning:
    hint = "Add the profile to VOICE_ENGINES_FILE, or choose another one."
    if profile in HOSTED_PROFILES and (missing := missing_keys(profile)):
        keys = " and ".join(missing)
        hint = f"Set {keys} in the environment or .env, or choose another profile."
    message = f"Interview config {title!r} uses engine profile {profile!r}, which is not there."
    return Warning(message, hint=hint, id="interviews.W002")


@register()
def guard_importable(**kwargs: Any) -> list[CheckMessage]:
    """What judges the words of interviews and live transcriptions can be made."""
    try:
        moderator()
    except (AttributeError, KeyError, TypeError, ImportError, ValueError) as error:
        hint = (
            'MODERATOR looks like {"BACKEND": "package.module.Class", "OPTIONS": {}}, or like '
            '{"name": {"BACKEND": …}, "another": {"BACKEND": …}}.'
        )
        return [Error(f"No moderator: {error!r}", hint=hint, id="interviews.E005")]
    return []


@register()
def audio_profile(**kwargs: Any) -> list[CheckMessage]:
    """Live transcription has its engines."""
    if settings.AUDIO_PROFILE in settings.VOICE_ENGINES:
        return []
    hint = "Set AUDIO_PROFILE to one of the profiles of VOICE_ENGINES_FILE."
    message = f"There is no engine profile {settings.AUDIO_PROFILE!r}."
    return [Error(message, hint=hint, id="interviews.E006")]


@register()
def worker_reachable(**kwargs: Any) -> list[CheckMessage]:
    """An engine in other processes needs a channel layer that leads there."""
    backend = f"{RemoteModel.__module__}.{RemoteModel.__qualname__}"
    if settings.REDIS_URL or backend not in json.dumps(settings.VOICE_ENGINES):
        return []
    hint = "Set REDIS_URL, or take the RemoteModel out of VOICE_ENGINES_FILE."
    message = "A profile asks inference workers, which cannot be reached without Redis."
    return [Error(message, hint=hint, id="interviews.E007")]


@register()
def scoring_model(**kwargs: Any) -> list[CheckMessage]:
    """What gives levels can be made."""
    if not (config := settings.SCORING_MODEL):
        return []
    try:
        import_string(config["BACKEND"])(**config.get("OPTIONS", {}))
    except (KeyError, TypeError, ImportError, ValueError, VoiceError) as error:
        hint = 'SCORING_MODEL looks like {"BACKEND": "package.module.Class", "OPTIONS": {}}.'
        return [Error(f"No scoring model: {error!r}", hint=hint, id="interviews.E010")]
    return []


@register()
def fonts_of_reports(**kwargs: Any) -> list[CheckMessage]:
    if FOLDER.is_dir():
        return []
    hint = f"Run `make {FOLDER.relative_to(settings.BASE_DIR)}`."
    message = "The fonts of a report's PDF are missing; pages can still be printed."
    return [Warning(message, hint=hint, id="interviews.W010")]


@register()
def price_table(**kwargs: Any) -> list[CheckMessage]:
    """What engines cost can be read; without it an interview's cost would be unknown."""
    path = Path(settings.PRICES_FILE)
    try:
        prices(path)
    except (OSError, ValueError) as error:
        hint = "Mend the file that PRICES_FILE names, or leave the variable out (docs/costs.md)."
        message = f"The price table {str(path)!r} cannot be used: {error}"
        return [Error(message, hint=hint, id="interviews.E008")]
    return []


@register()
def embedders_importable(**kwargs: Any) -> list[CheckMessage]:
    """What searches documents can be made; without it follow-ups rest on answers alone."""
    found: list[CheckMessage] = []
    for language in LANGUAGES:
        try:
            embedder(language)
        except VoiceError as error:
            hint = 'EMBEDDERS looks like {"en": {"BACKEND": "package.module.Class"}}.'
            message = f"No embedder for {language!r}: {error}"
            found.append(Warning(message, hint=hint, id="interviews.W004"))
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
