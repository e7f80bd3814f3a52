"""A small interview's snapshot, as ``InterviewConfig.snapshot()`` makes it."""

from typing import Any


def question(slug: str, kind: str = "main", **changes: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "kind": kind,
        "competency": "delivery" if kind == "main" else None,
        "text": {"en": f"What about {slug}?", "ko": f"{slug}에 대해 말씀해 주시겠어요?"},
        "probes": [
            {"en": "What was the result?", "ko": "결과는 어땠나요?", "expected_point": "result"},
            {"en": "What did you do?", "ko": "무엇을 하셨나요?", "expected_point": "action"},
        ],
        "expected_points": [
            {
                "key": "action",
                "text": {"en": "Says what they did", "ko": "무엇을 했는지 말한다"},
                "keywords": {"en": ["i built", "i wrote"], "ko": ["만들었", "작성했"]},
            },
            {
                "key": "result",
                "text": {"en": "Names a result", "ko": "결과를 말한다"},
                "keywords": {"en": ["percent", "faster"], "ko": ["퍼센트", "빨라"]},
            },
        ],
        "seconds": 60,
        "max_probes": 1,
        **changes,
    }


def snapshot(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Engineer",
        "role": "backend engineer",
        "level": "senior",
        "language": "en",
        "duration_seconds": 600,
        "profile": "scripted",
        "persona": {
            "slug": "sora",
            "name": {"en": "Sora", "ko": "소라"},
            "title": {"en": "Lead", "ko": "팀장"},
            "manner": {"en": "calm", "ko": "차분함"},
            "language": "en",
            "voices": {"en": {"scripted": ""}, "ko": {"scripted": ""}},
            "greeting": {
                "en": "Hello {candidate}, I am {interviewer}.",
                "ko": "{candidate}님, 안녕하세요. {interviewer}입니다.",
            },
            "closing": {"en": "Thank you. Goodbye.", "ko": "감사합니다. 안녕히 가세요."},
            "forbidden_topics": [],
            "avatar": {"slug": "seoyeon", "url": "", "poster": ""},
        },
        "guide": {
            "slug": "test",
            "title": {"en": "Test", "ko": "시험"},
            "competencies": [
                {
                    "slug": "delivery",
                    "name": {"en": "Delivery", "ko": "실행"},
                    "description": {"en": "", "ko": ""},
                    "levels": {},
                }
            ],
            "questions": [
                question("opening", "opening", max_probes=0),
                question("first"),
                question("second"),
                question("closing", "closing", max_probes=0),
            ],
        },
        "options": {
            "typed_answers": True,
            "recording": True,
            "input_mode": "hands_free",
            "patience": "normal",
        },
        **changes,
    }
