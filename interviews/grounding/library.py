"""The documents of one interview, kept as passages and searched for what a follow-up may rest on.

On PostgreSQL with pgvector the database searches; elsewhere numpy does, over the interview's own
passages and those of its config's documents, read once.
"""

import asyncio
import logging
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from channels.db import database_sync_to_async
from django.db import DatabaseError, connection, models, transaction
from django.db.models.expressions import RawSQL

from interviews.conversation.facts import Fact
from interviews.conversation.protected import is_protected
from interviews.grounding.embedders import Embedder, Vectors, embedder
from interviews.grounding.passages import split
from interviews.models import CompanyDocument, Interview, Passage
from voice.errors import EngineError

log = logging.getLogger(__name__)

MOST = 3
"""Facts that one follow-up may choose from."""
LANGUAGES = ("en", "ko")

_embedding = ThreadPoolExecutor(1, thread_name_prefix="embedding")


def index(text: str, source: str, **owner: Any) -> int:
    """Keep the passages of a document, instead of those that were kept of it before; gives how
    many there are. ``owner`` is ``document`` or ``interview``. Raises EngineError."""
    spans = split(text)
    rows = []
    for language in LANGUAGES:
        chosen = [span for span in spans if span.language == language]
        if not chosen:
            continue
        engine = embedder(language)
        vectors = engine.embed([" ".join(span.text.split()) for span in chosen])
        rows += [
            Passage(
                source=source, start=span.start, end=span.end, text=span.text, language=language,
                embedder=engine.name, embedding=vector.tolist(), **owner,
            )
            for span, vector in zip(chosen, vectors, strict=True)
        ]  # fmt: skip
    with transaction.atomic():
        Passage.objects.filter(source=source, **owner).delete()
        Passage.objects.bulk_create(rows)
    return len(rows)


def index_document(document: CompanyDocument) -> int:
    return index(document.text, document.kind, document=document)


def has_pgvector() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'")
        return cursor.fetchone() is not None


@dataclass
class _Shelf:
    """The passages that one embedder has embedded."""

    engine: Embedder
    facts: list[Fact] = field(default_factory=list)
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    in_database: bool = False
    """Searched there: only looked up, never loaded."""


class Library:
    """What one interview's follow-ups may rest on; ``find`` gives nothing before ``open``."""

    def __init__(self, interview: Interview) -> None:
        self._interview: uuid.UUID = interview.pk
        self._config = interview.config_id
        self._texts = {"resume": interview.resume_text, "job": interview.job_description}
        self._shelves: list[_Shelf] = []

    async def open(self) -> None:
        """Embed what is not yet embedded and read what is; a failure leaves it empty."""
        loop = asyncio.get_running_loop()
        try:
            if not await database_sync_to_async(self._is_needed)():
                return
            await loop.run_in_executor(_embedding, self._index)
            self._shelves = await database_sync_to_async(self._read)()
        except (EngineError, DatabaseError) as error:
            log.warning("follow-ups cannot rest on documents: %s", error)

    async def find(self, text: str, language: str) -> Sequence[Fact]:
        """The facts that have to do with ``text``, nearest first; none when in doubt."""
        found: list[Fact] = []
        for shelf in self._shelves:
            try:
                found += await self._search(shelf, text)
            except (EngineError, DatabaseError) as error:
                log.warning("no facts: %s", error)
        found = [fact for fact in found if not is_protected(fact.text)]
        found.sort(key=lambda fact: (fact.language != language, -fact.likeness))
        return found[:MOST]

    # -- reading ----------------------------------------------------------------------------

    def _index(self) -> None:
        # Its own connection, of the embedding thread, is given back at once.
        try:
            for source, text in self._texts.items():
                kept = Passage.objects.filter(interview=self._interview, source=source)
                if text.strip() and _outdated(kept):
                    index(text, source, interview_id=self._interview)
            for document in self._documents():
                if _outdated(document.passages.all()):
                    index_document(document)
        finally:
            connection.close()

    def _is_needed(self) -> bool:
        return any(self._texts.values()) or bool(self._documents())

    def _documents(self) -> Iterable[CompanyDocument]:
        return CompanyDocument.objects.filter(configs=self._config) if self._config else ()

    def _passages(self) -> models.QuerySet[Passage]:
        mine = models.Q(interview=self._interview)
        ours = models.Q(document__in=[document.pk for document in self._documents()])
        return Passage.objects.filter(mine | ours).select_related("document")

    def _read(self) -> list[_Shelf]:
        shelves: dict[str, _Shelf] = {}
        in_database = has_pgvector()
        for language in LANGUAGES:
            engine = embedder(language)
            if engine.name in shelves:
                continue
            kept = self._passages().filter(embedder=engine.name)
            if in_database and not engine.weighs:
                if kept.exists():
                    shelves[engine.name] = _Shelf(engine, in_database=True)
                continue
            if rows := list(kept):
                vectors = np.array([row.embedding for row in rows], np.float32)
                shelves[engine.name] = _Shelf(engine, [_fact(row) for row in rows], vectors)
        return list(shelves.values())

    # -- searching --------------------------------------------------------------------------

    async def _search(self, shelf: _Shelf, text: str) -> list[Fact]:
        loop = asyncio.get_running_loop()
        if not shelf.in_database:
            return await loop.run_in_executor(_embedding, self._here, shelf, text)
        query = (await loop.run_in_executor(_embedding, shelf.engine.embed, [text]))[0]
        return await database_sync_to_async(self._nearest)(shelf.engine, query.tolist())

    def _here(self, shelf: _Shelf, text: str) -> list[Fact]:
        likeness = _likeness(shelf, shelf.engine.embed([text])[0])
        order = np.argsort(-likeness)[:MOST]
        return [
            _judged(shelf.facts[place], float(likeness[place]), shelf.engine)
            for place in order
            if likeness[place] >= shelf.engine.alike
        ]

    def _nearest(self, engine: Embedder, query: list[float]) -> list[Fact]:
        distance = RawSQL("(interviews_passage.embedding::vector <=> %s::vector)", [str(query)])
        rows = (
            self._passages()
            .filter(embedder=engine.name)
            .annotate(distance=distance)
            .order_by("distance")[:MOST]
        )
        likely = [(row, 1.0 - float(row.distance)) for row in rows]
        return [_judged(_fact(row), like, engine) for row, like in likely if like >= engine.alike]


def _outdated(kept: models.QuerySet[Passage]) -> bool:
    """Whether there are none, or some of an embedder that is not in use any more."""
    names = set(kept.values_list("embedder", flat=True).distinct())
    return not names or not names <= {embedder(language).name for language in LANGUAGES}


def _fact(row: Passage) -> Fact:
    title = row.document.title if row.document else ""
    return Fact(row.source, row.start, row.end, row.text, row.language, row.document_id, title)


def _judged(fact: Fact, likeness: float, engine: Embedder) -> Fact:
    return Fact(
        fact.source, fact.start, fact.end, fact.text, fact.language, fact.document, fact.title,
        likeness=round(likeness, 3), close=likeness >= engine.close,
    )  # fmt: skip


def _likeness(shelf: _Shelf, query: Vectors) -> Vectors:
    vectors = shelf.vectors
    if shelf.engine.weighs:
        # TF-IDF: what occurs in every passage tells nothing of any.
        rarity = np.log((1 + len(vectors)) / (1 + (vectors > 0).sum(axis=0))) + 1
        vectors, query = vectors * rarity, query * rarity
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
        likeness: Vectors = (vectors @ query) / np.maximum(lengths, 1e-9)
        return likeness
    plain: Vectors = vectors @ query
    return plain
