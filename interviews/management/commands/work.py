import os
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from interviews import worker

NICENESS = 10
"""Beside a server, live calls come first."""


class Command(BaseCommand):
    help = (
        "Run the worker of the task queue, which assesses interviews. `serve` runs one itself;"
        " start more of them, on any machine, for more assessments at a time."
    )

    # The checks load every engine, and this process uses none of them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", action="store_true", help="end when nothing is left to do")
        parser.add_argument(
            "--with-parent", action="store_true", help="end when standard input is closed"
        )

    def handle(self, *, batch: bool, with_parent: bool, **options: object) -> None:
        if with_parent:
            os.nice(NICENESS)
            worker.stop_with_parent()
        worker.run(batch=batch)
