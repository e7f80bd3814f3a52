import asyncio
import logging

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from interviews.engines import warm
from interviews.moderation import moderator
from voice.errors import EngineError

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Load every engine of every profile in VOICE_ENGINES, a line for each."

    def handle(self, **options: object) -> None:
        asyncio.run(warm_all(self.stdout))


async def warm_all(out: OutputWrapper) -> None:
    """Warm this process; raises CommandError with what could not be loaded."""
    try:
        for profile in settings.VOICE_ENGINES:
            async for role, seconds in warm(profile):
                out.write(f"Warmed {profile} {role} in {seconds:.1f} s")
                out.flush()
    except (EngineError, OSError, ImportError) as error:
        raise CommandError(f"An engine cannot be loaded: {error}") from error
    try:
        await moderator().warm()
    except EngineError as error:
        # Interviews go on without a guard, and the log of each utterance says so.
        log.warning("the moderator is not ready: %s", error)
