"""``python -m benchmarks.providers``: serve until SIGTERM; prints both base URLs when ready."""

import argparse
import asyncio
import signal

from benchmarks.providers.latencies import Latencies, add_options, given
from benchmarks.providers.server import made, serving


async def run(ear: str, latencies: Latencies, port: int) -> None:
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    async with serving(made(ear), latencies, port) as providers:
        print(providers.openai, providers.elevenlabs, flush=True)
        await over.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.providers", description=__doc__)
    parser.add_argument("--ear", required=True, metavar="MODULE:NAME", help="makes the ear")
    parser.add_argument("--port", type=int, default=0)
    add_options(parser)
    options = parser.parse_args()
    asyncio.run(run(options.ear, given(options), options.port))


if __name__ == "__main__":
    main()
