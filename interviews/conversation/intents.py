"""Short utterances that are no answer: "could you repeat that?", "I don't know"; pure."""

import re

from interviews.conversation.moves import Intent

LONGEST = 80
"""An utterance of more letters is an answer, whatever it contains."""

_PATTERNS = {
    Intent.REPEAT: (
        r"\b(?:repeat|rephrase)\b|say (?:that|it) again|hear (?:it|the question) again|\bpardon\b|"
        r"what was the question|"
        r"(?:didn't|did not|couldn't|could not) (?:hear|catch|understand)|^(?:sorry|what)\?|"
        r"다시 (?:한번|한 번)? ?(?:말|질문|얘기|들려|들을)|다시요|못 ?들었|잘 안 ?들|"
        r"질문이 뭐|뭐라고"
    ),
    Intent.SKIP: (
        r"^(?:well,? |um+,? |sorry,? |honestly,? )*i (?:really )?(?:don't|do not) know|"
        r"\bno idea\b|\b(?:skip|pass)\b|next question|\bmove on\b|(?:can't|cannot) think of|"
        r"잘 ?모르겠|모르겠습니다|모르겠어요|넘어가|다음 질문|생각이 안|생각나지 않|패스"
    ),
    Intent.TIME: (
        r"(?:give me|need|take|have) (?:a|one|some|a few) (?:moment|second|minute|time|more time)|"
        r"let me (?:think|see)\b|just a (?:moment|second|minute)|hold on|"
        r"잠시만|잠깐만|시간을? ?(?:좀|조금)? ?주|생각할 시간|생각 ?좀 ?(?:해|하)"
    ),
}
_COMPILED = {intent: re.compile(text, re.IGNORECASE) for intent, text in _PATTERNS.items()}

_YES = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|yup|exactly|you did|you heard (?:me )?(?:right|correctly))\b|"
    r"(?:that'?s |that is )?(?:right|correct|true)[.!]?$|that'?s what i said|"
    r"i (?:did|do|am)[.!]?$|i'm afraid so|"
    r"(?:네+|예+|응+|그래)(?![가-힣])|맞아|맞습|맞는|그렇|그래요)",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:no|nope|wrong|misheard|misunderstood)\b|"
    r"(?:\bnot|n't) (?:what|right|true|correct|say|said|mean|hear|at all)|"
    r"아니|아뇨|잘못 ?들|틀렸|오해|그런 (?:뜻|말|얘기|이야기)",
    re.IGNORECASE,
)


def affirms(text: str) -> bool:
    """Whether ``text`` says yes, and not also no."""
    return bool(_YES.search(text)) and not _NO.search(text)


def intent(text: str) -> Intent:
    """What ``text`` asks for; ``ANSWER`` unless it is short and says otherwise."""
    if len(text) <= LONGEST:
        for found, pattern in _COMPILED.items():
            if pattern.search(text.strip()):
                return found
    return Intent.ANSWER
