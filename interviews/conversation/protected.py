"""Attributes that nothing may be asked about: age, family, religion, health, origin …; pure.

The patterns are wide on purpose. A question that falls to one by mistake costs a reformulation, one
that slips through costs a candidate a fair interview.
"""

import re

_ENGLISH = r"""
how\ old | your\ age | (?:years|yrs)\ old | date\ of\ birth | birth(?:day|date|place)
| born\ (?:in|on) | born\b | age\s*:\s*\d | (?:aged|turned)\ \d\d
| retire(?:ment\ age|d\ at) | marr(?:ied|iage|y) | unmarried | divorced? | widow(?:ed|er)?
| single\ (?:mother|father|parent) | marital | spouse | husband | wife | fianc[eé]e?
| girlfriend | boyfriend
| (?:my|your|his|her)\ (?:partner|children|child|kids|family|parents|mother|father|sons?|daughters?
  |siblings?|brothers?|sisters?|baby|gender|race|sex|body|weight|height)
| (?:two|three|four|\d)\ (?:children|kids) | have\ (?:any\ )?(?:children|kids) | childcare
| pregnan\w* | maternity | paternity | parental\ leave | religio\w* | (?:your|my)\ faith
| church(?!ill) | mosque | synagogue | temple\ member | christian(?:ity)? | catholic
| protestant | muslim | islam\w* | jewish | judaism | buddhis\w* | hindu\w* | atheis\w*
| disab(?:led|ility|ilities) | wheelchair | illness | chronic | diagnos(?:ed|is)\ with
| depress(?:ion|ed) | medical\ (?:condition|history|leave) | (?:your|my)\ health
| health\ (?:condition|problems?|issues?) | sick\ leave | cancer | hiv | diabet\w+
| therap(?:y|ist) | mental\ health | nationality | citizenship | ethnic\w* | racial
| native\ (?:country|language|speaker) | mother\ tongue | immigra(?:nt|tion|ted)
| visa\ status | where\ (?:were|are)\ you\ (?:born|from) | country\ of\ origin
| skin\ colou?r | accent | sexual\w* | gay | lesbian | transgender | bisexual
| gender\ identity | politic(?:s|al)\ (?:view|views|party|opinion|opinions|affiliation)
| (?:your|my)\ politics | who\ (?:did|do)\ you\ vote | military\ service | veteran\ status
| (?:trade|labou?r)\ union | criminal\ record | arrest(?:ed)?
| (?:when|what\ year)\ did\ you\ (?:graduate|finish|leave)
  (?:\ from)?(?:\ high)?\ (?:school|college|university)
| what\ year\ did\ you\ graduate | what\ year\ were\ you | you\ too\ (?:old|young)
| too\ (?:old|young)\ (?:for|to)
| (?:start|starting|have|having|raise|raising)\ a\ (?:family|baby)
| are\ you\ (?:an?\ |the\ )?(?:\w+\ )?(?:citizen|veteran|immigrant|foreigner|parent|mother|father)
| are\ you\ (?:single|straight|healthy|tall|pregnant|engaged|dating|seeing\ (?:anyone|someone))
| (?:originally|really)\ from | from\ [A-Z]?\w+\ originally | foreign\ name | maiden\ name
| do\ you\ (?:pray|smoke|drink) | (?:ramadan|sabbath|bible|quran|koran) | how\ tall\ are\ you
| how\ much\ do\ you\ weigh | (?:on|take|taking)\ (?:any\ )?medications? | in\ a\ relationship
| live\ (?:alone|with\ (?:your|my|somebody|someone))
| as\ an?\ (?:\w+\ )?(?:woman|man|mother|father|mom|mum|dad|immigrant|foreigner)
"""

_KOREAN = r"""
나이(?=[가는를도와]|[\s:,.?!]|$) | 연세(?!대) | 몇\s*살 | \d+\s*세(?![가-힣])
| 만\s*\d+\s*세 | 생년월일 | 출생 | 태어[나난났] | 결혼 | 기혼 | 미혼 | 이혼 | 배우자 | 남편
| 아내(?![하문]) | 남자\s*친구 | 여자\s*친구 | 약혼 | 자녀 | 자식
| 아이가\s*(?:있|몇|둘|하나) | 아이를\s*키우 | 육아 | 부모님 | 아버지 | 어머니 | 형제 | 남매
| 자매(?!결연) | 가족(?!\s*(?:요금|결합|계정|카드)) | 외동 | [일이삼\d]남\s*[일이삼\d]녀
| 장남 | 장녀 | 임신 | 출산 | 종교 | 교회 | 성당 | 기독교 | 천주교 | 불교 | 이슬람 | 무교
| 신앙 | 장애인 | 장애가\s*있으 | 장애\s*(?:등급|판정|여부)
| (?:신체|지체|시각|청각|정신)\s*장애 | 질병 | 지병 | 병력 | 투병 | 우울증
| 건강\s*(?:상태|문제|이\s*안) | (?<![가-힣])암(?:\s*(?:진단|투병|환자)|에\s*걸) | 병가
| 당뇨 | 고향 | 출신\s*(?:지역|국가|지)(?![가-힣]) | 본적 | 국적 | 인종 | 민족 | 다문화
| 이민 | 외국인\s*등록 | 모국어 | 성별 | [남여]성(?=\s*[:,./]|\s*$|이(?:신|세|에|고|며))
| 성적\s*지향 | 동성애 | 성소수자 | 트랜스젠더 | 군대 | 병역 | 군필 | 미필 | 군\s*복무
| 현역\s*복무 | 정치\s*(?:성향|적|관) | 지지\s*정당 | 노동조합\s*(?:가입|활동)
| 노조\s*(?:가입|활동) | 전과 | 키\s*:?\s*\d{3} | 몸무게 | 체중 | 혈액형 | 재산
| 신장\s*:?\s*\d{3}
| 몇\s*년생 | \d{2,4}년생 | 학번(?:이|은)\s*(?:어떻게|몇) | 무슨\s*띠 | 연령(?=[이은])
| 애(?:가|는)?\s*(?:있으|몇\s*명|둘이) | 아이는\s*있으시?(?:세|신|ㄴ)
| 아이[를는]?\s*(?:낳|가지실|가질) | 애를\s*(?:낳|키우) | 둘째\s*계획(?:은요|이\s*있)
| 애인(?=\s*(?:이|은)?\s*있) | 남친 | 여친 | 연애(?=[는를하]|\s*중) | 맞벌이 | 신혼 | 아버님
| 어머님 | 시댁 | 처가 | 시부모 | 장인어른 | 집안\s*(?:형편|사정|배경) | 자가세요 | 전세세요
| 어디(?:에)?\s*사(?:세|시|십) | 사시는\s*(?:곳|동네|지역) | 출신이\s*(?:어디|신|세) | 지역\s*출신
| 담배(?=[를는]|\s*[피태]) | 흡연\s*(?:하|여부) | 주량
| 술[은을]?\s*(?:잘\s*)?(?:드시|드세|마시|좋아)
| 키가\s*(?:어떻게\s*되[세시]|몇\s*(?:센티|이)|[크작]으?신) | 용모 | 외모(?=[가는은를])
| 신체\s*조건 | 절에\s*다니(?:시|세) | 세례를\s*받 | 건강은 | 건강하(?:신가|세요|십니까) | 아프신
| 몸이\s*(?:불편|아프|안\s*좋) | (?:드시|복용하)(?:는|고\s*계신)\s*약 | 약을\s*(?:드시|복용)
| 정신과\s*(?:진료|상담|치료|약|병원|에|를) | ^장애가\s*있(?:나요|습니까)
| (?:여자|남자|여성|남성|엄마|아빠)(?:으로서|로서|로써|라서|이라서|니까|라는)
| 외국인이(?:세요|신가|십니까|에요) | 혼혈 | 새터민 | 탈북 | 투표하셨 | 누구(?:를)?\s*뽑으
| 군\s*면제
"""

_PATTERN = re.compile(
    rf"\b(?:{_ENGLISH})(?![a-z])|(?<![가-힣])(?:{_KOREAN})", re.IGNORECASE | re.VERBOSE
)


def is_protected(text: str) -> bool:
    """Whether ``text`` touches an attribute that nothing may be asked about, in either
    language."""
    return _PATTERN.search(text) is not None
