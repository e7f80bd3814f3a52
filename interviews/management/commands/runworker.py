import asyncio
import logging
from typing import Any

from channels.management.commands import runworker
from channels.worker import Worker
from django.conf import settings
from redis.exceptions import RedisError

from interviews.inference import CHANNEL
from interviews.inference.consumer import model

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class InferenceWorker(Worker):
    """Channels' worker, with its model warm before the first request and patient with Redis."""

    async def handle(self) -> None:
        if CHANNEL in self.channels:
            await model().warm()
            log.info("%s is warm", settings.INFERENCE_ENGINE["BACKEND"])
        await super().handle()

    async def listener(self, channel: str) -> None:
        """Takes a request when it has a free slot for it: until then another worker may."""
        slots = asyncio.Semaphore(settings.INFERENCE_SLOTS)
        scope = {"type": "channel", "channel": channel, "slots": slots}
        while True:
            await slots.acquire()
            message = await self._received(channel)
            await self.get_or_create_application_instance(channel, scope).put(message)

    async def _received(self, channel: str) -> dict[str, Any]:
        while True:
            try:
                message: dict[str, Any] = await self.channel_layer.receive(channel)
                return message
            except (RedisError, OSError) as error:
                log.warning("the channel layer is out of reach: %s", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)


class Command(runworker.Command):
    help = "Do background work; `runworker inference` writes replies for other processes."
    worker_class = InferenceWorker
