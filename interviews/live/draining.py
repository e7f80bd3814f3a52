"""What becomes of the connections of a process that is told to stop."""

import asyncio

from interviews.live import audio_consumer, consumer


async def drain() -> None:
    """Send everybody who is connected to another process; returns when all is filed.

    One kind of connection that breaks on it keeps the other from nothing.
    """
    kinds = (consumer.drain(), audio_consumer.drain())
    results = await asyncio.gather(*kinds, return_exceptions=True)
    if errors := [result for result in results if isinstance(result, Exception)]:
        raise ExceptionGroup("not every connection could be sent away", errors)
