"""A reference client of /ws/audio/: streams a WAV file or standard input, prints each message.

    python deploy/transcribe.py --token TOKEN speech.wav
    arecord -q -f S16_LE -r 16000 -c 1 -t raw | python deploy/transcribe.py --token TOKEN -

Needs nothing but `pip install websockets`. Audio is PCM s16le, 16 kHz, mono; it is sent as fast as
it is spoken. The token may also stand in the environment as TOKEN.
"""

import argparse
import asyncio
import json
import os
import sys
import wave
from collections.abc import AsyncIterator
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

RATE = 16_000
FRAME = RATE // 10 * 2
"""Bytes of a tenth of a second."""


def wav_bytes(path: str) -> bytes:
    try:
        with wave.open(path) as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            if shape != (RATE, 1, 2):
                sys.exit(f"{path}: 16-bit mono at {RATE} Hz is needed, this is {shape}")
            return file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        sys.exit(f"{path}: {error}")


async def frames(pcm: bytes | None) -> AsyncIterator[bytes]:
    """A tenth of a second each, as fast as they are spoken; standard input sets its own pace."""
    if pcm is None:
        while data := await asyncio.to_thread(sys.stdin.buffer.read, FRAME):
            yield data[: len(data) // 2 * 2]
        return
    clock = asyncio.get_running_loop().time
    began = clock()
    for at in range(0, len(pcm), FRAME):
        await asyncio.sleep(began + at / 2 / RATE - clock())
        yield pcm[at : at + FRAME]


async def send(socket: ClientConnection, pcm: bytes | None) -> None:
    async for frame in frames(pcm):
        await socket.send(frame)
    # The last flush is answered by an empty final message: then everything has arrived.
    await socket.send('{"type": "flush"}')
    await socket.send('{"type": "flush"}')


async def transcribe(url: str, token: str, pcm: bytes | None) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(url, additional_headers=headers) as socket:
        sending = asyncio.create_task(send(socket, pcm))
        try:
            async for text in socket:
                message = json.loads(text)
                if sending.done() and message.get("text") == "" and message["is_final"]:
                    return
                print(text, flush=True)
        finally:
            sending.cancel()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", help="a WAV file, or - for raw PCM on standard input")
    parser.add_argument("--url", default="ws://127.0.0.1:8000/ws/audio/")
    parser.add_argument("--token", default=os.environ.get("TOKEN", ""))
    parser.add_argument("--language", default="auto", help="en, ko, or auto")
    parser.add_argument("--interim", action="store_true", help="what is understood so far, too")
    given = parser.parse_args()
    query = urlencode({"language": given.language, "interim": int(given.interim)})
    pcm = None if given.source == "-" else wav_bytes(given.source)
    try:
        asyncio.run(transcribe(f"{given.url}?{query}", given.token, pcm))
    except ConnectionClosed as error:
        sys.exit(f"The server closed the connection: {error}")
    except OSError as error:
        sys.exit(f"{given.url}: {error}")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
