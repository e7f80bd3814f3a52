"""The admin site: one module a subject, each of which registers its own models."""

from interviews.admin import (  # noqa: F401  (each registers its models)
    assessments,
    bank,
    documents,
    foreign_words,
    guides,
    interviews,
    personas,
    phrases,
    usage,
)
