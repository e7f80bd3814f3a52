import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voice.reading import native, read, sino


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "영"),
        (10, "십"),
        (11, "십일"),
        (105, "백오"),
        (1_000, "천"),
        (2_024, "이천이십사"),
        (10_000, "만"),
        (110_000, "십일만"),
        (1_234_567, "백이십삼만 사천오백육십칠"),
        (100_000_000, "일억"),
        (100_010_000, "일억 일만"),
    ],
)
def test_sino_korean_numbers(number: int, said: str) -> None:
    assert sino(number) == said


def test_native_numbers_before_a_counter() -> None:
    assert [native(n) for n in (1, 4, 10, 20, 21, 99)] == [
        "한", "네", "열", "스무", "스물한", "아흔아홉",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2024년 6월 10일", "이천이십사년 유월 십일"),
        ("10월", "시월"),
        ("3명과 12개월", "세 명과 십이 개월"),
        ("3시간 30분", "세 시간 삼십분"),
        ("14시", "십사 시"),
        ("100명", "백 명"),
        ("1번째 30대", "첫 번째 삼십 대"),
        ("1/3, 3분의 1", "일 삼, 삼 분의 일"),
        ("99.9%", "구십구 점 구 퍼센트"),
        ("1,234원", "천이백삼십사원"),
        ("3~5년", "삼에서 오년"),
        ("010-1234-5678", "공일공 일이삼사 오육칠팔"),
        ("200ms", "이백 밀리초"),
        ("API를", "에이피아이를"),
        ("CI/CD", "씨아이 씨디"),
        ("C++와 Node.js", "씨 플러스 플러스와 노드 제이에스"),
        ("JavaScript", "자바스크립트"),
        ("SpringBoot", "스프링 부트"),
        ("Zyx", "제트와이엑스"),
        ("면접을 시작합니다.", "면접을 시작합니다."),
    ],
)
def test_what_is_not_hangul_is_read_out(text: str, said: str) -> None:
    assert read(text) == said


def test_decomposed_hangul_is_composed() -> None:
    assert read("\u1112\u1161\u11ab") == "한"


@given(st.text(max_size=60))
@example("İ ſ K")
def test_no_latin_letter_or_digit_is_left(text: str) -> None:
    assert not any(c.isascii() and c.isalnum() for c in read(text))
