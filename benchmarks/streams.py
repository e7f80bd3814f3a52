"""``python -m benchmarks.streams``: how many live transcriptions are on time at once.

Every stream reads human sentences with pauses of a second, in real time, each from another
moment on. Late is a message that comes more than 3 s after the speech that it is about.
"""

import argparse
import asyncio
import json
import statistics
import wave
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import connect

from benchmarks.api import Api
from benchmarks.server import serving
from interview_site.env import BASE_DIR
from voice.audio import RATE, WIDTH
from voice.stretches import TRAIL

SPEECH = BASE_DIR / "voice" / "tests" / "speech"
PAUSE = 1.0
FRAME_SECONDS = 0.1
ON_TIME = 3.0


@dataclass(frozen=True, slots=True)
class Result:
    """``latencies`` in seconds from the end of the speech to its message."""

    streams: int
    latencies: list[float]
    errors: int

    def __str__(self) -> str:
        late = sum(latency > ON_TIME for latency in self.latencies)
        p95 = statistics.quantiles(self.latencies, n=20)[-1]
        return (
            f"{self.streams:2d} streams  {len(self.latencies):3d} messages  "
            f"median {statistics.median(self.latencies):.2f} s  p95 {p95:.2f} s  "
            f"max {max(self.latencies):.2f} s  late {late}  errors {self.errors}"
        )


def sentences() -> bytes:
    """The human sentences, one after the other."""
    parts: list[bytes] = []
    for path in sorted(Path(SPEECH).glob("*.wav")):
        with wave.open(str(path)) as file:
            parts.append(file.readframes(file.getnframes()) + bytes(round(PAUSE * RATE) * WIDTH))
    return b"".join(parts)


async def stream(url: str, token: str, pcm: bytes, seconds: float) -> tuple[list[float], int]:
    clock = asyncio.get_running_loop().time
    latencies: list[float] = []
    errors = 0
    async with connect(url, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        began = clock()

        async def speak() -> None:
            size = round(FRAME_SECONDS * RATE) * WIDTH
            for count in range(round(seconds / FRAME_SECONDS)):
                at = count * size % len(pcm)
                await asyncio.sleep(began + (count + 1) * FRAME_SECONDS - clock())
                await socket.send(pcm[at : at + size])
            await socket.send('{"type": "flush"}')
            await socket.send('{"type": "flush"}')

        speaking = asyncio.create_task(speak())
        async for text in socket:
            message = json.loads(text)
            if message.get("type") == "error":
                errors += 1
            elif message["text"]:
                latencies.append(clock() - began - message["end_ms"] / 1000 + TRAIL)
            elif speaking.done():
                break
        await speaking
    return latencies, errors


async def measure(url: str, token: str, streams: int, seconds: float) -> Result:
    pcm = sentences()
    shifts = [index * len(pcm) // streams // WIDTH * WIDTH for index in range(streams)]
    found = await asyncio.gather(
        *(stream(url, token, pcm[shift:] + pcm[:shift], seconds) for shift in shifts)
    )
    latencies = [latency for each, _ in found for latency in each]
    return Result(streams, latencies, sum(errors for _, errors in found))


async def run(counts: list[int], seconds: float) -> None:
    async with serving() as server:
        api = Api(server)
        try:
            token = await api.token("candidate")
        finally:
            await api.close()
        for count in counts:
            print(await measure(f"ws://{server.address}/ws/audio/", token, count, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streams", description=__doc__)
    parser.add_argument("streams", type=int, nargs="*", default=[1, 4, 10])
    parser.add_argument("--seconds", type=float, default=45.0, help="of speech in each stream")
    given = parser.parse_args()
    asyncio.run(run(given.streams, given.seconds))


if __name__ == "__main__":
    main()
