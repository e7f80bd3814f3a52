import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from interview_site.serving import serve_on
from interview_site.serving.process import PortTaken, Serving, reserved
from interview_site.serving.several import NotStarted, Several
from interviews.demo import ACCOUNTS
from interviews.management.commands.warm_engines import warm_all
from interviews.worker import Child


class Command(BaseCommand):
    help = "Warm the engines in this process, then serve pages, API and WebSockets from it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--server", choices=("daphne", "uvicorn"), default="daphne", help="the ASGI server"
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=1,
            help="so many on the same port, each with engines of its own; needs REDIS_URL",
        )
        parser.add_argument(
            "--demo",
            action="store_true",
            help="first migrate, collect the static files and seed the demo",
        )
        parser.add_argument(
            "--no-worker",
            action="store_true",
            help="run no worker of the task queue: `manage.py work` runs elsewhere",
        )
        parser.add_argument("--one-of-several", action="store_true", help="what --processes starts")

    def handle(
        self,
        *,
        host: str,
        port: int,
        server: str,
        processes: int,
        demo: bool,
        one_of_several: bool,
        no_worker: bool,
        **options: object,
    ) -> None:
        if processes > 1 and not settings.REDIS_URL:
            raise CommandError("Several processes know of each other by REDIS_URL: set it.")
        if demo:
            call_command("migrate", verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            call_command("seed_demo")

        def ready() -> None:
            self.stdout.write(f"Ready: http://{host}:{port}/")
            for account in ACCOUNTS if demo else []:
                self.stdout.write(" ".join(account))
            self.stdout.flush()

        beside: AbstractContextManager[object] = (
            nullcontext() if no_worker or one_of_several else Child()
        )
        try:
            with beside:
                if processes > 1:
                    self._serve_several(host, port, server, processes, ready)
                else:
                    self._serve(host, port, server, one_of_several, ready)
        except PortTaken:
            raise CommandError(
                f"Port {port} on {host} is not free: choose another with PORT=."
            ) from None
        except NotStarted as error:
            raise CommandError(f"A serving process did not start: {error}") from None

    def _serve(
        self, host: str, port: int, server: str, shared: bool, ready: Callable[[], None]
    ) -> None:
        # Imported late: loading the URLs reads the static files' manifest.
        from interview_site.asgi import application
        from interviews.live.draining import drain

        serving = Serving(
            application,
            host,
            port,
            warm=lambda: warm_all(self.stdout),
            ready=ready,
            drain=drain,
            behind_proxy=settings.HTTPS,
            shared=shared,
        )
        serve_on(server)(serving)

    def _serve_several(
        self, host: str, port: int, server: str, processes: int, ready: Callable[[], None]
    ) -> None:
        def say(line: str) -> None:
            self.stdout.write(line)
            self.stdout.flush()

        command = [sys.executable, sys.argv[0], "serve", "--one-of-several"]
        command += ["--host", host, "--port", str(port), "--server", server]
        with reserved(host, port):
            Several(command, processes, say).run(ready)
