"""The shipped guides and interviewers: everything in both languages, short, speakable, fair."""

import re
from collections.abc import Iterator

import pytest

from interviews.demo import content
from interviews.guides.document import GuideDocument, QuestionDocument, Text

GUIDES = content.guides()
PERSONAS = content.personas()
CONFIGS = content.configs()
QUESTIONS = [
    pytest.param(guide, question, id=f"{guide.slug}-{question.slug}")
    for guide in GUIDES
    for question in guide.questions
]

LONGEST_WORDS = 25
"""Words of an English question: about ten seconds of speech."""

LONGEST_SYLLABLES = 70
"""Characters of a Korean question: about as long."""

POLITE = re.compile(r"(요|니까|니다)[.?!]")


def spoken(question: QuestionDocument) -> Iterator[Text]:
    yield question.text
    yield from question.probes


def asks_about(topic: str, text: str) -> bool:
    """The topic's phrase at the start of a word, as personas.yaml defines it."""
    return re.search(rf"(?<!\w){re.escape(topic)}", text.lower()) is not None


@pytest.mark.parametrize(("guide", "question"), QUESTIONS)
class TestQuestion:
    def test_is_one_short_question(self, guide: GuideDocument, question: QuestionDocument):
        for text in spoken(question):
            assert len(text.en.split()) <= LONGEST_WORDS
            assert len(text.ko) <= LONGEST_SYLLABLES
            assert text.en.count("?") <= 1 and text.en[-1] in "?."
            assert text.ko.count("?") <= 1 and text.ko[-1] in "?."

    def test_probes_are_shorter_than_questions(
        self, guide: GuideDocument, question: QuestionDocument
    ):
        for probe in question.probes:
            assert len(probe.en.split()) <= 14
            assert len(probe.ko) <= 32
            assert probe.en.endswith("?") and probe.ko.endswith("?")

    def test_can_be_spoken(self, guide: GuideDocument, question: QuestionDocument):
        """No digits, slashes or abbreviations, which synthesizers read in many ways."""
        for text in spoken(question):
            assert not re.search(r"[0-9/&%()]|\b[A-Z]{2,}\b", text.en)
            assert not re.search(r"[0-9/&%()A-Za-z]", text.ko)

    def test_korean_is_polite_throughout(self, guide: GuideDocument, question: QuestionDocument):
        for text in spoken(question):
            sentences = re.findall(r"[^.?!]+[.?!]", text.ko)
            assert all(POLITE.search(sentence) for sentence in sentences), text.ko

    def test_asks_nothing_about_protected_attributes(
        self, guide: GuideDocument, question: QuestionDocument
    ):
        for persona in PERSONAS:
            for topic in persona.forbidden_topics:
                for text in spoken(question):
                    assert not asks_about(topic, text.en), (topic, text.en)
                    assert not asks_about(topic, text.ko), (topic, text.ko)

    def test_every_expected_point_is_reachable(
        self, guide: GuideDocument, question: QuestionDocument
    ):
        """Main and case questions state 2-4 points, and a probe aims at nearly each of them."""
        if question.kind in ("main", "case"):
            assert question.competency is not None
            assert 2 <= len(question.expected_points) <= 4
            assert question.max_probes >= 1
            aims = {probe.expected_point for probe in question.probes}
            assert len({point.key for point in question.expected_points} - aims) <= 1

    def test_keywords_suit_their_language(self, guide: GuideDocument, question: QuestionDocument):
        for point in question.expected_points:
            assert len(point.keywords.en) >= 6 and len(point.keywords.ko) >= 6
            assert all(keyword.isascii() for keyword in point.keywords.en), point.key
            assert all(re.match(r"[가-힣 ]+$", keyword) for keyword in point.keywords.ko), point.key


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.slug)
class TestGuide:
    def test_opens_and_closes_once(self, guide: GuideDocument):
        kinds = [question.kind for question in guide.questions]
        assert kinds[0] == "opening" and kinds.count("opening") == 1
        assert kinds[-1] == "closing" and kinds.count("closing") == 1

    def test_asks_about_every_competency(self, guide: GuideDocument):
        asked = {question.competency for question in guide.questions}
        assert {competency.slug for competency in guide.competencies} <= asked

    def test_levels_differ(self, guide: GuideDocument):
        for competency in guide.competencies:
            for language in ("en", "ko"):
                anchors = {getattr(text, language) for text in competency.levels.values()}
                assert len(anchors) == 5, competency.slug


def test_three_full_guides_ship():
    full = {guide.slug for guide in GUIDES if len(guide.competencies) == 5}
    assert full == {"backend-engineer", "sales", "behavioural"}


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.title)
class TestConfig:
    def test_questions_fit_its_time(self, config: content.ConfigDocument):
        """Every question of the guide can be asked, with room for greeting and goodbye."""
        guide = next(guide for guide in GUIDES if guide.slug == config.guide)
        assert sum(question.seconds for question in guide.questions) <= (
            config.duration_minutes * 60 - 45
        )

    def test_its_interviewer_exists_and_speaks_its_language(self, config: content.ConfigDocument):
        persona = next(persona for persona in PERSONAS if persona.slug == config.persona)
        languages = ("en", "ko") if config.language == "auto" else (config.language,)
        assert all("embedded" in getattr(persona.voices, language) for language in languages)


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.slug)
class TestPersona:
    def test_greets_and_says_goodbye_by_name(self, persona: content.PersonaDocument):
        for language in ("en", "ko"):
            greeting, closing = (
                getattr(persona.greeting, language),
                getattr(persona.closing, language),
            )
            filled = greeting.format(candidate="Alex", role="baker", interviewer="Kim")
            assert "Alex" in filled and "Kim" in filled
            assert "Alex" in closing.format(candidate="Alex", role="baker", interviewer="Kim")
            assert len(filled) < 160, "a greeting is two or three short sentences"

    def test_says_that_it_is_an_ai(self, persona: content.PersonaDocument):
        assert "AI interviewer" in persona.greeting.en
        assert "에이아이 면접관" in persona.greeting.ko

    def test_shares_the_protected_attributes(self, persona: content.PersonaDocument):
        assert {"your age", "종교", "pregnan", "병역"} <= set(persona.forbidden_topics)


def test_interviewers_differ():
    assert len({persona.avatar for persona in PERSONAS}) == len(PERSONAS) == 6
    assert len({persona.manner.en for persona in PERSONAS}) == 6
    assert {persona.language for persona in PERSONAS} == {"en", "ko", "auto"}
    for field in ("title", "closing"):
        assert len({getattr(persona, field).ko for persona in PERSONAS}) == 6
    shared = set.intersection(*(set(persona.forbidden_topics) for persona in PERSONAS))
    own = [set(persona.forbidden_topics) - shared for persona in PERSONAS]
    assert all(own) and len(set.union(*own)) == sum(map(len, own))
