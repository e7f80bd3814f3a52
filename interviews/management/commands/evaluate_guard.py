import asyncio
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from interviews.guard_evaluation import SET, Figure, figures, judged, read
from interviews.moderation import moderator
from voice.errors import EngineError


class Command(BaseCommand):
    help = "Precision and recall of the configured moderator on a labelled set of utterances."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--set", type=Path, default=SET, metavar="TSV", dest="path")
        parser.add_argument("--mistakes", action="store_true", help="also print what was wrong")

    def handle(self, *, path: Path, mistakes: bool, **options: object) -> None:
        try:
            labelled = read(path)
            levels = asyncio.run(judged(moderator(), labelled))
        except (OSError, ValueError, EngineError) as error:
            raise CommandError(str(error)) from error
        harmless = sum(each.level == 0 for each in labelled)
        self.stdout.write(f"{len(labelled)} utterances, {harmless} of them harmless\n")
        self.stdout.write("language  level  labelled  found  right  precision  recall")
        for figure in figures(labelled, levels):
            self.stdout.write(_row(figure))
        if mistakes:
            for each, level in zip(labelled, levels, strict=True):
                if each.level != level:
                    self.stdout.write(
                        f"{each.language} {each.level} taken for {level}: {each.text}"
                    )


def _row(figure: Figure) -> str:
    return (
        f"{figure.language:<8}  {figure.level or 'any'!s:>5}  {figure.labelled:>8}"
        f"  {figure.found:>5}  {figure.right:>5}"
        f"  {_share(figure.precision):>9}  {_share(figure.recall):>6}"
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.2f}"
