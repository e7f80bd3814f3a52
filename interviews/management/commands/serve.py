import asyncio
import signal
from contextlib import suppress

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server, reactor, twisted_loop
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from interviews.demo import ACCOUNTS
from interviews.management.commands.warm_engines import warm_all

DRAIN_SECONDS = 6.0
"""How long the live interviews may take to be filed when the process is told to stop."""


class Command(BaseCommand):
    help = "Warm the engines in this process, then serve pages, API and WebSockets from it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--demo",
            action="store_true",
            help="first migrate, collect the static files and seed the demo",
        )

    def handle(self, *, host: str, port: int, demo: bool, **options: object) -> None:
        if demo:
            call_command("migrate", verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            call_command("seed_demo")
        # Imported late: loading the URLs reads the static files' manifest.
        from interview_site.asgi import application
        from interviews.consumers import drain

        def ready() -> None:
            self.stdout.write(f"Ready: http://{host}:{port}/")
            for account in ACCOUNTS if demo else []:
                self.stdout.write(" ".join(account))
            self.stdout.flush()

        async def stop() -> None:
            with suppress(TimeoutError):
                await asyncio.wait_for(drain(), DRAIN_SECONDS)
            reactor.stop()

        # The engines' clients belong to one event loop: the one that will serve.
        twisted_loop.run_until_complete(warm_all(self.stdout))
        server = Server(
            application=application,
            endpoints=build_endpoint_description_strings(host=host, port=port),
            ready_callable=ready,
            signal_handlers=False,
            proxy_forwarded_address_header="X-Forwarded-For" if settings.HTTPS else None,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, lambda: asyncio.ensure_future(stop()))
        server.run()
        if server.abort_start:
            raise CommandError(f"Port {port} on {host} is not free: choose another with PORT=.")
