"""``python -m benchmarks embedded``: the product beside the sequential design."""

import argparse
import asyncio
import os
from collections.abc import Sequence
from typing import Any

from benchmarks.answers import SpokenAnswer, english, korean
from benchmarks.api import Api
from benchmarks.embedded import report
from benchmarks.embedded.interview import turns
from benchmarks.embedded.sequential import SequentialDesign
from benchmarks.server import serving


async def run(english_turns: int, korean_turns: int) -> dict[str, Any]:
    """Measure; the results as ``report.write`` keeps them."""
    load_before = os.getloadavg()
    sets = {"en": english(english_turns), "ko": await korean(korean_turns)}
    async with serving() as server:
        api = Api(server)
        try:
            measured = {
                language: report.summary(await _pairs(api, answers))
                for language, answers in sets.items()
                if answers
            }
        finally:
            await api.close()
    return {"machine": report.machine(load_before), "languages": measured}


async def _pairs(api: Api, answers: Sequence[SpokenAnswer]) -> list[report.Pair]:
    """Turn and turn about, so that whatever else the machine does falls on both alike."""
    language = answers[0].language
    snapshot = await api.snapshot(await api.new_interview(language))
    design = SequentialDesign(snapshot, language)
    await design.warm(answers[0].audio)
    pairs: list[report.Pair] = []
    try:
        async for turn in turns(api, answers):
            other = await design.turn(turn.answer.audio, turn.reply)
            pairs.append((turn, other))
            ours, theirs = turn.voice_to_voice, other.voice_to_voice
            print(
                f"{language} {len(pairs)}/{len(answers)}  {turn.answer.audio.seconds:4.1f} s  "
                f"streaming {ours:.2f} s, sequential {theirs:.2f} s",
                flush=True,
            )
    finally:
        await design.close()
    return pairs


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks embedded", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one turn a language: does it work?")
    parser.add_argument("--english", type=int, default=10, metavar="TURNS")
    parser.add_argument("--korean", type=int, default=4, metavar="TURNS")
    given = parser.parse_args()
    counts = (1, 1) if given.quick else (given.english, given.korean)
    results = asyncio.run(run(*counts))
    path = report.write(results)
    print(f"\n{report.page(results)}\n\nAll figures: {os.path.relpath(path)}")


if __name__ == "__main__":
    main()
