"""What a follow-up written by a model must be before it may be spoken; pure.

It is judged clause by clause: ``objection_so_far`` looks at what can be told of a beginning,
``objection`` at the whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from interviews.conversation.protected import is_protected

FOREIGN_WORDS = 1
"""Words of substance in a statement that may be neither the candidate's nor the guide's."""
FOREIGN_WORDS_ASKED = 3
"""The same for the whole with its question, which claims less."""
MAX_WORDS = {"en": 34, "ko": 24}

_LEADING = re.compile(
    r"\b(?:don't you (?:think|agree)|wouldn't you|isn't it (?:true|obvious)|surely you|right\?$)|"
    r"그렇지 않나요|당연히|아닌가요\?$",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(?:you(?:'re| are) hired|we will (?:hire|offer|call)|you will get|guarantee|"
    r"you(?:'ve| have) passed|salary)\b|합격|채용하겠|연봉|보장",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"\b(?:great|excellent|impressive|impressed|wonderful|fantastic|amazing|perfect|well done|"
    r"good (?:job|answer|point|work)|correct|wrong|unfortunately)\b|"
    r"훌륭|대단|인상적|잘하셨|좋은 (?:답변|말씀)|멋지|멋진|틀리셨|아쉽",
    re.IGNORECASE,
)
_META = re.compile(
    r"\b(?:as an ai|language model|assistant|candidate|interviewer|rubric|score|instruction|"
    r"the (?:user|applicant))\b|[<>{}\[\]|#*_`]|^(?:question|answer|follow-?up|질문|답변)\s*:",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no|nobody|nothing|without|failed)\b|n't\b|않|못|없|아니|"
    r"(?<![가-힣])안 ",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|double|"
    r"twice|third|quarter)\b",
    re.IGNORECASE,
)
_ASKS_FIRST = re.compile(
    r"(?:what|which|how|why|where|who|whom|whose|when|can|could|did|do|does|is|are|was|were|will|"
    r"would|should|have|has|had|may|might|in what|in which|at what|to what|tell|describe)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?<=[.!?])\s+|[\n;,]+|\b(?:and|but|so|while|because|that|which|who|then)\b", re.IGNORECASE
)
_OF_YOU = re.compile(r"you\b(?! (?:mentioned|said|told|described))", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"(?:my|our|the|his|her|their|a|an|another|some|other|he|she|they|it)\b(?!.*\b(?:i|we)\b)",
    re.IGNORECASE | re.DOTALL,
)
_KOREAN_REST = re.compile(r"(?:요|니다|고|서|면|데|만|때|후|며|지)[,.]$")
"""A Korean clause after which a question of its own may follow."""
_STOP = frozenset(
    "a an and are as at be but by can could did do does for from had has have how i in into is it "
    "its let me more my of on one or our so some tell than that the their them then there these "
    "they this to us was we were what when where which who why will with would you your about "
    "please say says said notes describe explain example like just really very kind sort thing "
    "things mentioned mention told talked described spoke wrote written thank thanks yourself own "
    "also resume cv because since while after before during if".split()
)  # fmt: skip
_YES_OR_NO = frozenset("yes no not never nothing sure okay right absolute 아니 맞습 맞아".split())
"""Stems, as ``content`` gives them."""
_KOREAN_STOP = re.compile(
    r"^(?:그|이|저|무엇|어떤|어떻|왜|언제|어디|누구|말씀|하셨|하신|하셔|라고|다고|이력서|적어|주셨|"
    r"그때|그중|그것|이것|때|더|좀|혹시|조금|구체)"
)


@dataclass(frozen=True, slots=True)
class Brief:
    """What one follow-up has to keep to.

    ``aim`` is the guide's own probe, ``topic`` more words of what it is after, ``facts`` what
    documents say that may be taken up, as ``(which document, text)``, ``asked`` what was asked
    before, ``forbidden`` the persona's topics.
    """

    language: str
    answer: str
    aim: str
    topic: str = ""
    facts: Sequence[tuple[str, str]] = ()
    asked: Sequence[str] = ()
    forbidden: Sequence[str] = ()

    @property
    def said(self) -> list[str]:
        """By the candidate, now or in a document."""
        return [self.answer, *(text for _, text in self.facts)]


def objection_so_far(text: str, brief: Brief) -> str:
    """Why ``text``, the beginning of a follow-up, must not be spoken, in a word for the log; empty
    if it may, whatever comes after it."""
    text = text.strip()
    if len(text.split()) > MAX_WORDS.get(brief.language, 30):
        return "length"
    if len(re.findall(r"[.!](?:\s|$)", text)) > 1:
        return "more than a question"
    hangul = len(re.findall(r"[가-힣]", text))
    # A Korean sentence may hold English product names, an English one no Hangul.
    if hangul and brief.language != "ko" or not hangul and brief.language == "ko":
        return "language"
    if is_protected(text):
        return "protected attribute"
    for reason, pattern in (
        ("leading", _LEADING),
        ("promise", _PROMISE),
        ("praise or blame", _PRAISE),
        ("not a question to a candidate", _META),
    ):
        if pattern.search(text):
            return reason
    for topic in brief.forbidden:
        if re.search(rf"(?<![\w]){re.escape(topic)}", text, re.IGNORECASE):
            return "forbidden topic"
    return _unfounded(text, brief)


def objection(text: str, brief: Brief) -> str:
    """The same for a whole follow-up: one short question that takes up something of the answer or
    of a fact, serves the aim, and is none of those already asked."""
    text = text.strip()
    if not text.endswith("?") or text.count("?") != 1:
        return "not one question"
    if len(text.split()) < (4 if brief.language == "en" else 3):
        return "length"
    if reason := objection_so_far(text, brief):
        return reason
    words = content(text)
    if not takes_up(text, brief):
        return "nothing of the answer"
    if not words & content(f"{brief.aim} {brief.topic}"):
        return "off topic"
    if any(content(other) == words for other in brief.asked):
        return "asked before"
    return ""


def takes_up(text: str, brief: Brief) -> bool:
    """Whether ``text`` has something of the answer or of a fact that the guide's probe has not."""
    return bool(content(text) & _new(brief))


def can_take_up(brief: Brief) -> bool:
    """Whether the answer or a fact has anything that ``takes_up`` asks for; a mere yes or no has
    not."""
    return bool(_new(brief) - _YES_OR_NO)


def _new(brief: Brief) -> set[str]:
    return content(" ".join(brief.said)) - content(brief.aim)


def stands_alone(clause: str, language: str) -> bool:
    """Whether the guide's own question may follow ``clause`` if nothing else of the model's may."""
    if language == "ko":
        return bool(_KOREAN_REST.search(clause))
    return not _ASKS_FIRST.match(clause)


def joined(beginning: str, question: str, language: str) -> str:
    """The guide's ``question`` in the form in which it goes on after ``beginning``, which may be a
    clause or only a phrase."""
    if beginning[-1:].isalnum():
        return f"– {joined(f'{beginning},', question, language)}"
    if language != "en" or beginning.endswith((".", "!")) or re.match(r"I\b", question):
        return question
    return question[:1].lower() + question[1:]


def _unfounded(text: str, brief: Brief) -> str:
    """Whether ``text`` claims what nobody said."""
    sources = [brief.aim, brief.topic, *brief.said]
    known = content(" ".join(sources))
    statement = text.rpartition(". ")[0] if text.endswith("?") else text
    if len(content(statement) - known) > FOREIGN_WORDS:
        return "says what was not said"
    if len(content(text) - known) > FOREIGN_WORDS_ASKED:
        return "says what was not said"
    said = {found.lower() for source in sources for found in _NUMBER.findall(source)}
    if any(found.lower() not in said for found in _NUMBER.findall(text)):
        return "a number that nobody said"
    names = re.findall(r"(?<![.!?]\s)(?<!^)\b[A-Z][A-Za-z]{2,}", text)
    if any(_stem(name.lower()) not in known for name in names):
        return "a name that nobody said"
    if statement and _turned_round(statement, brief.said):
        return "says the opposite"
    if statement and _somebody_else(statement, brief.said):
        return "somebody else did that"
    return ""


def _turned_round(statement: str, sources: Sequence[str]) -> bool:
    """Whether it denies what was affirmed or the reverse, by the source it is nearest to."""
    sentences = [s for text in sources for s in re.split(r"(?<=[.!?])\s+|[\n;]", text) if s.strip()]
    words = content(statement)
    nearest = max(sentences, key=lambda one: len(words & content(one)), default="")
    if not words & content(nearest):
        return False
    return bool(_NEGATED.search(statement)) and not _NEGATED.search(nearest)


def _somebody_else(statement: str, sources: Sequence[str]) -> bool:
    """Whether it says "you …" of what the nearest clause says of somebody else."""
    clauses = [clause for text in sources for clause in _CLAUSE.split(text) if clause.strip()]
    for claim in filter(_OF_YOU.match, map(str.strip, _CLAUSE.split(statement))):
        words = content(claim)
        nearest = max(clauses, key=lambda one: len(words & content(one)), default="")
        if words & content(nearest) and _OF_OTHERS.match(nearest.strip()):
            return True
    return False


def content(text: str) -> set[str]:
    """The stems of the words of substance."""
    words = re.findall(r"[a-z][a-z'-]{2,}|[가-힣]{2,}", text.lower().replace("é", "e"))
    return {
        _stem(word) for word in words if word not in _STOP and not _KOREAN_STOP.match(word)
    }  # fmt: skip


def _stem(word: str) -> str:
    if "가" <= word[0] <= "힣":
        return word[:2]
    return re.sub(r"(?:ing|ed|es|s|ly)$", "", word) or word
