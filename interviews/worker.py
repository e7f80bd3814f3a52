"""The worker of the task queue: as a process of its own, or as a child of ``manage.py serve``."""

import logging
import os
import signal
import subprocess
import sys
import threading

from django.conf import settings
from django.db import close_old_connections
from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_QUEUE_NAME

from interview_site.env import BASE_DIR
from interviews.models import Interview
from interviews.models.interview_queries import LOOK_AGAIN
from interviews.tasks import request_missing

log = logging.getLogger(__name__)

LOOK_EVERY = 60.0
"""Seconds between two looks for assessments that nobody works on."""
RESTART_AFTER = 2.0


def uses_redis() -> bool:
    return bool(settings.TASKS["default"]["BACKEND"].startswith("django_tasks_rq."))


def needs_worker() -> bool:
    return not settings.TASKS["default"]["BACKEND"].endswith("ImmediateBackend")


def run(*, batch: bool = False) -> None:
    """Work until told to stop by SIGTERM or SIGINT; ``batch``: until nothing is left."""
    look_after()
    if not batch:
        threading.Thread(target=_look_after_forever, daemon=True).start()
    if uses_redis():
        from django_rq.workers import get_worker
        from django_tasks_rq import Job

        get_worker(DEFAULT_TASK_QUEUE_NAME, job_class=Job).work(burst=batch)
        return
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=[DEFAULT_TASK_QUEUE_NAME],
        interval=1.0,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    if not batch:
        worker.configure_signals()
    worker.run()


def look_after(*, patience: float = 0.0) -> None:
    """What is owed and nobody works on: interviews left behind, assessments that got lost."""
    Interview.objects.end_lapsed(patience=patience)
    if asked := request_missing():
        log.info("%d assessments are asked for again", asked)


def _look_after_forever() -> None:
    while not threading.Event().wait(LOOK_EVERY):
        close_old_connections()
        try:
            look_after(patience=LOOK_AGAIN)
        except Exception:
            log.exception("looking for lost assessments failed")


def stop_with_parent() -> None:
    """End this process when its standard input does: whoever started it is gone."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


class Child:
    """The worker beside a server, started again when it dies."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> "Child":
        if needs_worker():
            self._keeper.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        if self._process and self._process.stdin:
            self._process.stdin.close()

    def _keep(self) -> None:
        command = [sys.executable, str(BASE_DIR / "manage.py"), "work", "--with-parent"]
        while not self._stopped.is_set():
            # An answer half judged is judged again; a call must not wait for it.
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE)
            code = self._process.wait()
            if not self._stopped.wait(RESTART_AFTER):
                log.error("the worker ended with %d and is started again", code)
