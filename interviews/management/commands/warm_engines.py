import asyncio

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from interviews.engines import warm
from voice.errors import EngineError


class Command(BaseCommand):
    help = "Load every engine of every profile in VOICE_ENGINES, a line for each."

    def handle(self, **options: object) -> None:
        loop = asyncio.get_event_loop_policy().get_event_loop()
        try:
            loop.run_until_complete(self.warm())
        except (EngineError, OSError, ImportError) as error:
            raise CommandError(f"An engine cannot be loaded: {error}") from error

    async def warm(self) -> None:
        for profile in settings.VOICE_ENGINES:
            async for role, seconds in warm(profile):
                self.stdout.write(f"Warmed {profile} {role} in {seconds:.1f} s")
                self.stdout.flush()
