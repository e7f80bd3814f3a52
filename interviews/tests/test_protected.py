"""What nothing may be asked about, and what only looks like it; in both languages."""

import pytest

from interviews.conversation.protected import is_protected
from interviews.demo import content

PROTECTED = """
How old are you?
Are you married?
Do you have children?
What does your husband do?
Which church do you go to?
Are you planning to become pregnant?
Where were you born?
What is your nationality?
Is English your native language?
How is your health?
Do you have a disability?
Did your parents support you?
Which political party do you support, what are your political views?
Have you done your military service?
Date of birth: 12 March 1990
Marital status: single, two kids
Active member of the Catholic youth group
Took parental leave in 2021
Treated for depression in 2019
나이가 어떻게 되세요?
결혼하셨나요?
자녀가 있으신가요?
남편분은 무슨 일을 하시나요?
종교가 무엇인가요?
고향이 어디세요?
건강 상태는 어떠신가요?
임신 계획이 있으신가요?
부모님은 무슨 일을 하시나요?
군대는 다녀오셨나요?
국적이 어디인가요?
어느 교회에 다니시나요?
지지 정당이 어디인가요?
생년월일: 1990년 3월 12일
만 34세, 기혼
병역: 군필
가족관계: 2남 1녀 중 장남
우울증 치료를 받았습니다
장애 등급 3급
What year did you graduate from high school?
Do you plan to start a family?
Are you a US citizen?
Where are you originally from?
Do you smoke?
How tall are you?
Are you single?
Are you on medication?
As a woman, how did you cope?
Do you live alone?
Am I right that you are too old for this?
몇 년생이세요?
학번이 어떻게 되세요?
연령이 어떻게 되시나요?
아이는 있으세요?
애인 있으세요?
결혼 계획이 있으신가요?
어디 사세요?
출신이 어디세요?
담배 피우세요?
술은 잘 드세요?
키가 어떻게 되세요?
절에 다니세요?
건강은 괜찮으세요?
정신과 진료를 받은 적이 있나요?
몸이 불편하신가요?
여성으로서 힘든 점은 없었나요?
아버님은 무슨 일을 하세요?
누구에게 투표하셨어요?
외국인이세요?
""".strip().splitlines()

HARMLESS = """
What did that choice cost you?
How did you partition the parent and child tables?
Which family of algorithms did you use?
What was the health check of the service?
How old was the system you replaced?
How did you race against the deadline?
Which native modules did you write?
What was your role in the marriage of both systems?
How did you manage the storage in that bucket?
Who else was on the team?
그 선택의 단점은 무엇이었나요?
연세대 프로젝트에서 맡은 역할은 무엇이었나요?
장애 대응은 어떻게 하셨나요?
장애가 발생했을 때 무엇을 하셨나요?
암호화는 어떻게 하셨나요?
건강한 코드 리뷰 문화는 어떻게 만드셨나요?
나이스 시스템 연동은 어떻게 하셨나요?
아이디어는 어떻게 나왔나요?
가족 요금제 결제 시스템은 어떻게 만드셨나요?
How did single sign-on work?
How did you weigh the options?
What smoke tests did you run?
How many citizens used the service?
Why was it too young a technology?
What did you observe in the metrics?
How did you vote in the planning poker?
어디에 저장하셨나요?
키 값은 어떻게 정하셨나요?
키가 겹치면 어떻게 하셨나요?
장인 정신과 책임감을 어떻게 보여 주셨나요?
사용자의 연령대별 통계는 어떻게 냈나요?
애를 먹은 일이 있었나요?
둘째 이유는 무엇인가요?
시스템에 장애가 있을 때 어떻게 하셨나요?
외국인 고객은 어떻게 응대하셨나요?
여성 의류 쇼핑몰에서 무엇을 맡으셨나요?
집안 청소 앱은 어떻게 만드셨나요?
""".strip().splitlines()

TOLERATED = {
    "How old was the system you replaced?",
    "What was your role in the marriage of both systems?",
}
"""Refused without need: the guide's own wording is asked instead."""


@pytest.mark.parametrize("text", PROTECTED)
def test_is_protected(text: str) -> None:
    assert is_protected(text)


@pytest.mark.parametrize("text", [text for text in HARMLESS if text not in TOLERATED])
def test_only_looks_like_it(text: str) -> None:
    assert not is_protected(text)


def test_no_shipped_question_is_refused() -> None:
    for guide in content.guides():
        for question in guide.questions:
            for text in (question.text, *question.probes):
                assert not is_protected(text.en), text.en
                assert not is_protected(text.ko), text.ko
