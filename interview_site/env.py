"""The environment, read once: ``.env`` beside manage.py first, real variables win."""

import json
import os
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
"""Everything that the running product writes by default: database, uploads, secret key."""

env = environ.Env()
env.read_env(BASE_DIR / ".env")

SQLITE_OPTIONS = {
    # A writer waits for the lock at BEGIN instead of failing at its first write.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = NORMAL;"
        "PRAGMA foreign_keys = ON;"
        "PRAGMA cache_size = -20000;"
    ),
}

POSTGRESQL_OPTIONS = {
    # A machine that is gone is noticed within a minute; how long a query takes does not matter.
    "connect_timeout": 5,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def secret_key(debug: bool) -> str:
    """SECRET_KEY, else the key that ``manage.py serve`` keeps in var/, else "" (a check error)."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    kept = VAR_DIR / "secret_key"
    if kept.is_file():
        return kept.read_text().strip()
    return "insecure-key-for-debugging-only" if debug else ""


def database() -> dict[str, Any]:
    """DATABASE_URL as Django's settings: SQLite in WAL mode, or PostgreSQL with a pool."""
    url = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR}/db.sqlite3"
    config: dict[str, Any] = env.db_url_config(url)
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = SQLITE_OPTIONS | options
        # On disk, not in memory: consumers under test write from several threads.
        # One a process: two runs of the suite must not share it.
        config["TEST"] = {"NAME": Path(gettempdir()) / f"interviews-{os.getpid()}.sqlite3"}
    elif config["ENGINE"].endswith("postgresql"):
        from interview_site.postgresql import Connection

        for name, value in POSTGRESQL_OPTIONS.items():
            options.setdefault(name, value)
        # Threads of an ASGI server come and go; connections outlive them in the pool. It gives a
        # failed connection up soon, since the next try comes with the next query, and not after
        # the ever longer pauses that it makes by itself.
        options.setdefault(
            "pool",
            {
                "min_size": 1,
                "max_size": 20,
                "timeout": 10,
                "reconnect_timeout": 5,
                "connection_class": Connection,
            },
        )
    return config


def channel_layers(redis_url: str) -> dict[str, Any]:
    if not redis_url:
        return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    return {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # A consumer waits 5 s at a time for its next message; Redis' client gives up by then
            # unless it is told to be more patient.
            "CONFIG": {"hosts": [{"address": redis_url, "socket_timeout": 15}]},
        }
    }


def caches(redis_url: str) -> dict[str, Any]:
    if not redis_url:
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        }
    }


def task_queue(redis_url: str) -> dict[str, Any]:
    """TASK_QUEUE: ``database``, ``redis`` or, for tests, ``immediate``; else what is there."""
    backends = {
        "database": "django_tasks_db.DatabaseBackend",
        "redis": "django_tasks_rq.RQBackend",
        "immediate": "django_tasks.backends.immediate.ImmediateBackend",
    }
    queue = env.str("TASK_QUEUE", default="redis" if redis_url else "database")
    return {"default": {"BACKEND": backends[queue], "QUEUES": ["default"]}}


def scoring_model() -> dict[str, Any] | None:
    """SCORING_MODEL, else OpenAI's if its key is there, else none: then no level is given."""
    if configured := env.json("SCORING_MODEL", default=None):
        chosen: dict[str, Any] = configured
        return chosen
    if not has_key("OPENAI_API_KEY"):
        return None
    return engine(
        "openai_chat.OpenAIChat",
        model=env.str("OPENAI_SCORING_MODEL", default="gpt-6-luna"),
        reasoning_effort=env.str("OPENAI_SCORING_EFFORT", default="medium"),
        object_timeout=90.0,
    )


HOSTED_PROFILES = {
    "openai-elevenlabs": ("OPENAI_API_KEY", "ELEVENLABS_API_KEY"),
    "openai-realtime": ("OPENAI_API_KEY",),
    "gemini-live": ("GEMINI_API_KEY",),
    "interpreter": ("GEMINI_API_KEY",),
}
"""Ready-made engine profiles, each with the keys that it needs."""


def voice_engines() -> dict[str, Any]:
    """Engine profiles of VOICE_ENGINES_FILE (JSON), else the embedded engines, and those of
    HOSTED_PROFILES whose keys are there.

    ``{profile: {role: {"BACKEND": dotted path, "OPTIONS": keyword arguments}}}``; a list of such
    entries is tried in order, and ``synthesizers`` holds one entry for each language.
    """
    if path := env.str("VOICE_ENGINES_FILE", default=""):
        loaded: dict[str, Any] = json.loads(Path(path).read_text())
        return loaded
    made = ready_profiles()
    lacking = {name for name in HOSTED_PROFILES if missing_keys(name)}
    if not env.str("REDIS_URL", default=""):
        lacking.add("worker")
    return {name: made[name] for name in made if name not in lacking}


def ready_profiles() -> dict[str, Any]:
    """Every ready-made profile, whether or not what it needs is there."""
    return {
        "embedded": embedded_engines(),
        "worker": worker(),
        "openai-elevenlabs": openai_elevenlabs(),
        "openai-realtime": openai_realtime(),
        "gemini-live": gemini_live(),
        "interpreter": gemini_live(),
    }


def missing_keys(profile: str) -> list[str]:
    """The variables that a profile of HOSTED_PROFILES still needs."""
    return [name for name in HOSTED_PROFILES[profile] if not has_key(name)]


def has_key(name: str) -> bool:
    """Whether a provider's key is in this variable, or in the file that its neighbour names."""
    return bool(env.str(name, default="") or env.str(f"{name}_FILE", default=""))


def embedded_engines() -> dict[str, Any]:
    return {
        "detector": engine("silero.Silero"),
        "turn_model": engine("smart_turn.SmartTurn"),
        "recognizer": engine("whisper.Whisper"),
        "model": engine("llama.Llama"),
        "synthesizers": {"en": engine("piper.Piper"), "ko": engine("kokoro.Kokoro")},
    }


def worker() -> dict[str, Any]:
    """The model runs in `manage.py runworker inference`; the one of this process stands by."""
    embedded = embedded_engines()
    remote = {"BACKEND": "interviews.inference.remote.RemoteModel", "OPTIONS": {}}
    return embedded | {"model": [remote, embedded["model"]]}


def openai_elevenlabs() -> dict[str, Any]:
    """Hosted ears, words and voice; the embedded ones stand by."""
    embedded = embedded_engines()
    model = engine(
        "openai_chat.OpenAIChat",
        model=env.str("OPENAI_MODEL", default="gpt-6-luna"),
        reasoning_effort=env.str("OPENAI_REASONING_EFFORT", default="none"),
    )
    voice = engine("elevenlabs_speech.ElevenLabsSpeech")
    return embedded | {
        # Scribe gives its final words sooner after a commit than OpenAI does.
        "live_recognizer": [
            engine("elevenlabs_live.ElevenLabsLive"),
            engine("openai_live.OpenAILive"),
        ],
        "recognizer": [
            engine("openai_transcription.OpenAITranscription"),
            embedded["recognizer"],
        ],
        "model": [model, embedded["model"]],
        "synthesizers": {
            language: [voice, standby] for language, standby in embedded["synthesizers"].items()
        },
    }


def openai_realtime() -> dict[str, Any]:
    """One model hears and speaks; the embedded engines stand by."""
    speech = engine(
        "openai_realtime.OpenAIRealtime",
        model=env.str("OPENAI_REALTIME_MODEL", default="gpt-realtime-2.1"),
    )
    return embedded_engines() | {"speech": speech}


def gemini_live() -> dict[str, Any]:
    """The same by Google. It also interprets."""
    model = env.str("GEMINI_LIVE_MODEL", default="gemini-3.8-live")
    return embedded_engines() | {"speech": engine("gemini_live.GeminiLive", model=model)}


def engine(backend: str, **options: Any) -> dict[str, Any]:
    return {"BACKEND": f"voice.adapters.{backend}", "OPTIONS": options}
