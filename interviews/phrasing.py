"""What a follow-up written by a model must be before it may be spoken; pure."""

import re
from collections.abc import Sequence

FOREIGN_WORDS = 1
"""Words of substance that may be neither the candidate's nor the guide's, as in "you mentioned"."""
MAX_WORDS = {"en": 30, "ko": 22}

_PROTECTED = re.compile(
    r"\b(?:how old|your age|your (?:religion|faith|church|wife|husband|spouse|partner|children|kids"
    r"|family|parents|nationality|ethnicity|race|disability|illness|health|pregnan\w*|gender"
    r"|sexual\w*|politic\w*)|married|pregnant|where were you born|native (?:country|language))\b|"
    r"(?<![가-힣])(?:나이가|연세|결혼|배우자|남편|아내|자녀|아이가 (?:있|몇)|가족|부모님|종교|교회|"
    r"임신|출산|고향|출신 ?지역|국적|인종|장애인|장애가 있으|질병|건강 ?상태|군대|병역|정치|성별|"
    r"성적 지향)",
    re.IGNORECASE,
)
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
_META = re.compile(
    r"\b(?:as an ai|language model|assistant|candidate|interviewer|rubric|score|instruction|"
    r"the (?:user|applicant))\b|[<>{}\[\]|#*_`]",
    re.IGNORECASE,
)
_STOP = frozenset(
    "a an and are as at be but by can could did do does for from had has have how i in into is it "
    "its let me more my of on one or our so some tell than that the their them then there these "
    "they this to us was we were what when where which who why will with would you your about "
    "please say said describe explain example like just really very kind sort thing things"
    .split()
)  # fmt: skip


def objection(
    text: str,
    *,
    language: str,
    answer: str,
    aim: str,
    asked: Sequence[str],
    forbidden: Sequence[str] = (),
) -> str:
    """Why ``text`` must not be spoken, in a word for the log; empty if it may.

    It has to be one short question in ``language`` that takes up something of ``answer``, claims
    nothing that is not in it, serves the ``aim`` (the guide's own probe), is none of those already
    ``asked`` and touches no ``forbidden`` topic of the persona.
    """
    text = text.strip()
    if not text.endswith("?") or text.count("?") != 1:
        return "not one question"
    if len(text.split()) > MAX_WORDS.get(language, 30) or len(text.split()) < 4:
        return "length"
    if len(re.findall(r"[.!](?:\s|$)", text)) > 1:
        return "more than a question"
    hangul = len(re.findall(r"[가-힣]", text))
    latin = len(re.findall(r"[A-Za-z]", text))
    if (hangul > latin) != (language == "ko"):
        return "language"
    for reason, pattern in (
        ("protected attribute", _PROTECTED),
        ("leading", _LEADING),
        ("promise", _PROMISE),
        ("not a question to a candidate", _META),
    ):
        if pattern.search(text):
            return reason
    for topic in forbidden:
        if re.search(rf"(?<![\w]){re.escape(topic)}", text, re.IGNORECASE):
            return "forbidden topic"
    words, said, aimed = _content(text), _content(answer), _content(aim)
    if not words & said - aimed:
        return "nothing of the answer"
    if not words & aimed:
        return "off topic"
    if len(words - said - aimed) > FOREIGN_WORDS:
        return "says what was not said"
    if any(_content(other) == words for other in asked):
        return "asked before"
    return ""


def _content(text: str) -> set[str]:
    words = re.findall(r"[a-z][a-z'-]{2,}|[가-힣]{2,}", text.lower())
    return {_stem(word) for word in words if word not in _STOP}


def _stem(word: str) -> str:
    if "가" <= word[0] <= "힣":
        return word[:2]
    return re.sub(r"(?:ing|ed|es|s|ly)$", "", word) or word
