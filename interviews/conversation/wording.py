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
UNCLEAR = {
    "en": "I'm sorry, that did not reach me clearly. Could you please say it once more?",
    "ko": "죄송합니다, 말씀이 또렷하게 들리지 않았습니다. 다시 한번 말씀해 주시겠어요?",
}
DOUBT = {
    "en": (
        "I may have misheard you, and I would rather ask. It sounded as if you or somebody else "
        "could be in danger. Did I hear you right?"
    ),
    "ko": (
        "제가 잘못 들었을 수도 있어 여쭙습니다. 본인이나 다른 분이 위험할 수 있다는 말씀으로 "
        "들렸습니다. 제가 맞게 들었나요?"
    ),
}
"""Asked once of words that were recognized badly, before an interview is ended on their account."""
MISHEARD = {
    "en": "Thank you, then I misheard. Let me ask you that again.",
    "ko": "네, 제가 잘못 들었습니다. 질문을 다시 드리겠습니다.",
}
DANGER: Mapping[str, str] = {
    "en": (
        "I am concerned about what you just said, and your safety matters more than this "
        "interview, so I will stop here. This is not a judgement of you. "
        "If you or somebody else is in danger, please call the emergency number now. "
        "You can talk to somebody at any time: in the United States at nine eight eight, "
        "in the United Kingdom and Ireland at one one six, one two three. "
        "A person from our team has been told. Please take care."
    ),
    "ko": (
        "방금 하신 말씀이 걱정됩니다. 면접보다 안전이 더 중요하므로 여기서 마치겠습니다. "
        "지원자님을 평가하는 것이 아닙니다. "
        "본인이나 다른 분이 위험하다면 지금 바로 일일이나 일일구로 전화해 주세요. "
        "자살예방 상담전화 일공구에서는 언제든지 이야기하실 수 있습니다. "
        "담당자에게도 알렸습니다. 부디 몸조심하세요."
    ),
}
"""The last words where somebody is in danger. The numbers are written as they are to be said; the
notice "help" holds them in digits."""
CITING = {
    "resume": {
        "en": "In your résumé you write: {fact}.",
        "ko": "이력서에 {fact}, 이렇게 적어 주셨는데요.",
    },
}
"""How the guide's own wording takes up a document, where no model phrases it."""
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

GROUNDED_FOLLOW_UPS: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "en": (
        (
            "Résumé: Cut the build time of forty services from twenty to six minutes",
            "I worked on the build system with two others.",
            "What was the result?",
            "You worked on the build system, and your résumé says you cut the build time to six "
            "minutes. What was the result for the team?",
        ),
    ),
    "ko": (
        (
            "이력서: 서비스 사십 개의 빌드 시간을 이십 분에서 육 분으로 단축",
            "동료 두 명과 빌드 시스템을 맡았습니다.",
            "결과는 어땠나요?",
            "빌드 시스템을 맡으셨고 이력서에 빌드 시간을 육 분으로 단축했다고 적어 주셨는데요, "
            "팀에는 어떤 결과가 있었나요?",
        ),
    ),
}
"""The same with a fact that a document holds, for models that can weigh both."""

SOURCES = {
    "resume": {"en": "Résumé", "ko": "이력서"},
    "job": {"en": "Job description", "ko": "채용 공고"},
    "company": {"en": "About the company", "ko": "회사 자료"},
}

_NAMELESS = {"en": "there", "ko": "지원자"}


def addressed(name: str, language: str) -> str:
    """How to address somebody by voice: by name where its script can be read out in
    ``language``, else as one does without a name."""
    hangul = bool(re.search("[가-힣]", name))
    return name if name and hangul == (language == "ko") else _NAMELESS[language]
