import asyncio

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from interviews.engines import warm
from voice.errors import EngineError


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
