"""Several serving processes on one port, and what becomes of them."""

import logging
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

from interview_site.serving.process import DRAIN_SECONDS

log = logging.getLogger(__name__)

STOPPING_SECONDS = DRAIN_SECONDS + 10.0
PAUSE = 5.0
"""Seconds before a process that ended is started again."""


class NotStarted(Exception):
    """A process ended before it was ready; the message is what it said last."""


class Several:
    """Starts ``count`` processes of ``command``, one after the other because warming takes every
    core, and another for each that ends by itself. All listen on the same port
    (``SO_REUSEPORT``): the kernel gives every new connection to one of them. They end with this
    process, however it ends: it holds the other end of their standard input.
    """

    def __init__(self, command: Sequence[str], count: int, say: Callable[[str], None]) -> None:
        self._command = list(command)
        self._count = count
        self._say = say
        self._running: list[subprocess.Popen[str]] = []
        self._stopping = False

    def run(self, ready: Callable[[], None]) -> None:
        """Until SIGTERM or SIGINT. Raises ``NotStarted`` if one does not come up at first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            while len(self._running) < self._count and not self._stopping:
                self._start()
            if not self._stopping:
                ready()
            while not self._stopping:
                time.sleep(0.2)
                self._replace_ended()
        finally:
            self._end_all()

    def _start(self) -> None:
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        # Known from now on: it must be told to stop even while it warms its engines.
        self._running.append(process)
        assert process.stdout is not None
        last = ""
        for line in process.stdout:
            if line.startswith("Ready:"):
                return
            last = line.rstrip()
            self._say(last)
        if not self._stopping:
            self._forget(process)
            raise NotStarted(last)

    def _replace_ended(self) -> None:
        for process in [one for one in self._running if one.poll() is not None]:
            log.error("serving process %d ended with %s", process.pid, process.returncode)
            self._forget(process)
        if len(self._running) < self._count:
            time.sleep(PAUSE)
            try:
                self._start()
            except NotStarted as error:
                log.error("a serving process cannot be started: %s", error)

    def _forget(self, process: subprocess.Popen[str]) -> None:
        with process:  # Closes its pipes and waits for it.
            self._running.remove(process)

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True
        for process in self._running:
            if process.poll() is None:
                process.terminate()

    def _end_all(self) -> None:
        deadline = time.monotonic() + STOPPING_SECONDS
        for process in self._running:
            process.terminate()
        for process in list(self._running):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
            self._forget(process)
