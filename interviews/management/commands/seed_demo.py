from argparse import ArgumentParser
from collections import Counter
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import ADMIN, Plan, User
from avatars import glb
from avatars.models import Avatar, Persona
from interviews.demo import ACCOUNTS, NAMES, content
from interviews.engines import interprets
from interviews.guides.document import GuideFileError
from interviews.guides.files import store
from interviews.models import BankQuestion, InterviewConfig, InterviewGuide

# Django's test client calls itself "testserver".
LOCAL_HOSTS = frozenset({"localhost", ".localhost", "127.0.0.1", "[::1]", "testserver"})

HEAD_LICENCE = "CC0-1.0, made by avatars.builder from MakeHuman, MPFB and Mika Suominen's data"


class Command(BaseCommand):
    help = (
        "Add what the demonstration needs and is not there yet: interviewers, guides, interviews"
        " and three accounts with published passwords. What exists is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-accounts", action="store_true", help="only interviewers, guides and interviews"
        )
        parser.add_argument(
            "--refresh",
            action="store_true",
            help="set shipped interviewers, guides and interviews back to the shipped text",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="make the accounts although others can reach this site",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.made: Counter[str] = Counter()
        self.refresh = options["refresh"]
        if not options["no_accounts"] and not options["force"]:
            self._refuse_public_site()
        try:
            personas, guides, configs = content.personas(), content.guides(), content.configs()
        except GuideFileError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            for persona in personas:
                self._persona(persona)
            for guide in guides:
                if self.refresh or not InterviewGuide.objects.filter(slug=guide.slug).exists():
                    self._bank(store(guide, approved=True))
                    self.made["guides"] += 1
            for config in configs:
                self._config(config)
            for interpreter in content.interpreters():
                self._interpreter(interpreter)
            if not options["no_accounts"]:
                self._accounts()
        made = ", ".join(f"{count} {what}" for what, count in self.made.items())
        self.stdout.write(f"Demo: {made or 'everything was there'}.")

    def _bank(self, guide: InterviewGuide) -> None:
        """Its questions can be taken into other guides."""
        for question in guide.questions.select_related("competency"):
            if BankQuestion.keep(question, guide.slug):
                self.made["questions of the bank"] += 1

    def _refuse_public_site(self) -> None:
        if public := sorted(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS):
            raise CommandError(
                "The demo accounts have published passwords, and ALLOWED_HOSTS lets others reach"
                f" this site ({', '.join(public)}). Use --no-accounts, or --force if you mean it."
            )

    def _persona(self, document: content.PersonaDocument) -> None:
        persona = self._keep(
            Persona,
            {"slug": document.slug},
            {
                "name_en": document.name.en,
                "name_ko": document.name.ko,
                "title_en": document.title.en,
                "title_ko": document.title.ko,
                "manner_en": document.manner.en,
                "manner_ko": document.manner.ko,
                "language": document.language,
                "avatar": self._avatar(document.avatar, document.name.en),
                "voices": document.voices.model_dump(),
                "greeting_en": document.greeting.en,
                "greeting_ko": document.greeting.ko,
                "closing_en": document.closing.en,
                "closing_ko": document.closing.ko,
                "forbidden_topics": document.forbidden_topics,
            },
        )
        persona.full_clean()

    def _avatar(self, slug: str, name: str) -> Avatar:
        avatar = Avatar.objects.filter(slug=slug).first()
        if avatar and not self.refresh:
            return avatar
        path = finders.find(f"avatars/{slug}.glb")
        if not isinstance(path, str):
            raise CommandError(f"The head avatars/{slug}.glb is not among the static files.")
        with open(path, "rb") as file:
            try:
                glb.validate(file.read())
            except ValueError as error:
                raise CommandError(f"The head {slug}.glb cannot be used: {error}") from error
        poster = f"avatars/{slug}.webp"
        fields = {
            "name": name,
            "glb": "",
            "static_path": f"avatars/{slug}.glb",
            "static_poster": poster if finders.find(poster) else "",
            "validated": True,
            "licence": HEAD_LICENCE,
        }
        return self._keep(Avatar, {"slug": slug}, fields)

    def _config(self, document: content.ConfigDocument) -> None:
        fields = document.model_dump()
        fields["persona"] = Persona.objects.get(slug=document.persona)
        fields["guide"] = InterviewGuide.objects.get(slug=document.guide)
        fields["profile"] = settings.VOICE_PROFILE
        self._keep(InterviewConfig, {"title": fields.pop("title")}, fields).full_clean()

    def _interpreter(self, document: content.InterpreterDocument) -> None:
        if not interprets("interpreter"):
            self.stdout.write(f"Left out, for want of a model that interprets: {document.title}")
            return
        fields = document.model_dump() | {
            "kind": InterviewConfig.Kind.INTERPRETER,
            "profile": "interpreter",
            "patience": InterviewConfig.Patience.SHORT,
            "persona": Persona.objects.get(slug=document.persona),
        }
        self._keep(InterviewConfig, {"title": fields.pop("title")}, fields).full_clean()

    def _accounts(self) -> None:
        plan, _ = Plan.objects.get_or_create(
            name="demo",
            defaults={
                "minutes_per_month": 50_000,
                "longest_interview_minutes": 180,
                "concurrent_interviews": 20,
            },
        )
        for role, email, password in ACCOUNTS:
            if User.objects.filter(email=email).exists():
                continue
            create = User.objects.create_superuser if role == ADMIN else User.objects.create_user
            user = create(email, password, name=NAMES[role], plan=plan)
            user.join(role)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
            self.made["accounts"] += 1

    def _keep(self, model: Any, key: dict[str, Any], fields: dict[str, Any]) -> Any:
        """The row of that key: left as it is, or made, or under --refresh set to ``fields``."""
        if self.refresh:
            row, made = model.objects.update_or_create(**key, defaults=fields)
        else:
            row, made = model.objects.get_or_create(**key, defaults=fields)
        if made or self.refresh:
            self.made[str(model._meta.verbose_name_plural)] += 1
        return row
