"""The interviewer's own small words, in both languages; pure."""

import re
from collections.abc import Mapping

THANKS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Thank you.",
        "Thanks, I've got that.",
        "All right, thank you.",
        "Thanks for explaining that.",
    ),
    "ko": (
        "네, 감사합니다.",
        "네, 잘 들었습니다.",
        "말씀 감사합니다.",
        "네, 설명 감사합니다.",
    ),
}
"""Neutral on purpose: nothing that tells a candidate how well an answer went."""

SKIPPED = {"en": "That's all right.", "ko": "네, 괜찮습니다."}
REPEATING = {"en": "Of course.", "ko": "네, 다시 말씀드리겠습니다."}
WAITING = {
    "en": "Of course, take your time.",
    "ko": "네, 천천히 생각해 보세요.",
}
SILENCE = {
    "en": (
        "There is no hurry. Take the time you need.",
        "Would you like to hear the question again, or shall we move on?",
    ),
    "ko": (
        "서두르지 않으셔도 됩니다. 천천히 말씀해 주세요.",
        "질문을 다시 들려드릴까요, 아니면 다음으로 넘어갈까요?",
    ),
}
"""What is said into a long silence, one after the other."""
WELCOME_BACK = {
    "en": "Welcome back. Let me ask you that again.",
    "ko": "다시 연결되었습니다. 질문을 다시 드리겠습니다.",
}
REMINDER = {
    "en": "We have about two minutes left.",
    "ko": "이제 약 이 분 남았습니다.",
}
TIME_UP = {
    "en": "I'm afraid our time is up.",
    "ko": "아쉽지만 약속된 시간이 다 되었습니다.",
}
APOLOGY = {
    "en": "I'm sorry, I couldn't follow that. Could you please say it once more?",
    "ko": "죄송합니다, 제가 잘 듣지 못했습니다. 다시 한번 말씀해 주시겠어요?",
}
GREETING = {
    "en": "Hello {candidate}, I'm {interviewer}, and I'll be your interviewer today.",
    "ko": "안녕하세요, {candidate}님. 오늘 면접을 진행할 {interviewer}입니다.",
}
CLOSING = {
    "en": "Thank you for your time today. Goodbye.",
    "ko": "오늘 시간 내주셔서 감사합니다. 안녕히 가세요.",
}

FOLLOW_UPS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "en": (
        (
            "We moved to Kafka because the old queue lost messages.",
            "What did that choice cost you?",
            "You moved to Kafka because the old queue lost messages. "
            "What did that choice cost you?",
        ),
        (
            "I am a sales manager and last year I won a large hospital as a customer.",
            "Who else was involved?",
            "You won a large hospital as a customer. Who else was involved?",
        ),
        (
            "My manager and I did not agree on the deadline, so we cut two features.",
            "How did you reach a decision?",
            "You cut two features. How did you reach a decision?",
        ),
    ),
    "ko": (
        (
            "기존 큐에서 메시지가 유실되어 카프카로 옮겼습니다.",
            "그 선택의 단점은 무엇이었나요?",
            "카프카로 옮기셨다고 하셨는데요, 그 선택의 단점은 무엇이었나요?",
        ),
        (
            "작년에 대형 병원을 신규 고객으로 유치했습니다.",
            "함께한 분은 누구였나요?",
            "대형 병원을 유치하셨다고 하셨는데요, 함께한 분은 누구였나요?",
        ),
    ),
}
"""What a candidate said, the guide's probe, and the probe as it is asked: small models learn the
task from these far better than from an instruction."""

_NAMELESS = {"en": "there", "ko": "지원자"}


def addressed(name: str, language: str) -> str:
    """How to address somebody by voice: by name where its script can be read out in
    ``language``, else as one does without a name."""
    hangul = bool(re.search("[가-힣]", name))
    return name if name and hangul == (language == "ko") else _NAMELESS[language]
