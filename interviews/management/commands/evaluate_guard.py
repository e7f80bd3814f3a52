import asyncio
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from interviews.guard_evaluation import SET, Figure, Labelled, figures, judged, read
from interviews.moderation import moderators
from voice.errors import EngineError


class Command(BaseCommand):
    help = (
        "Precision and recall of each configured moderator, and of all together, on a labelled set"
        " of utterances."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--set", type=Path, default=SET, metavar="TSV", dest="path")
        parser.add_argument("--mistakes", action="store_true", help="also print what was wrong")

    def handle(self, *, path: Path, mistakes: bool, **options: object) -> None:
        try:
            labelled = read(path)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        found = asyncio.run(_judged_by_each(labelled))
        harmless = sum(each.level == 0 for each in labelled)
        self.stdout.write(f"{len(labelled)} utterances, {harmless} of them harmless")
        for name, levels in found.items():
            self.stdout.write(f"\n{name}")
            if isinstance(levels, EngineError):
                self.stdout.write(f"could not judge: {levels}")
                continue
            self.stdout.write("language  level  labelled  found  right  precision  recall")
            for figure in figures(labelled, levels):
                self.stdout.write(_row(figure))
            if mistakes:
                for each, level in zip(labelled, levels, strict=True):
                    if each.level != level:
                        self.stdout.write(
                            f"{each.language} {each.level} taken for {level}: {each.text}"
                        )
        if all(isinstance(levels, EngineError) for levels in found.values()):
            raise CommandError("No moderator could judge.")


async def _judged_by_each(
    labelled: Sequence[Labelled],
) -> Mapping[str, Sequence[int] | EngineError]:
    found: dict[str, Sequence[int] | EngineError] = {}
    every = moderators()
    try:
        for name, moderator in every.items():
            try:
                found[name] = await judged(moderator, labelled)
            except EngineError as error:
                found[name] = error
    finally:
        for moderator in every.values():
            await moderator.close()
    return found


def _row(figure: Figure) -> str:
    return (
        f"{figure.language:<8}  {figure.level or 'any'!s:>5}  {figure.labelled:>8}"
        f"  {figure.found:>5}  {figure.right:>5}"
        f"  {_share(figure.precision):>9}  {_share(figure.recall):>6}"
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.2f}"
