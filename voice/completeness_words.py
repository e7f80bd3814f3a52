"""The words and endings, in English and Korean, by which ``voice.completeness`` reads.

Korean after the standard grammars: a sentence's last verb carries a final ending (-다, -요, -죠,
-까); connective endings (-고, -는데, -어서, -니까, -면), particles and adnominals join it to more.
"""

import re

PHRASES_OF_THOUGHT = {
    "en": re.compile(
        r"(?:\b(?:u+m+|u+h+|e+r+m*|h+m+|mm+|ah|you know|i mean|let me (?:think|see)|"
        r"how do i (?:say|put) (?:it|this)|what else|basically|actually|let's see)|"
        r"(?:\bso|\band|\bbut|,) like|(?:^|[.,!?] |\bso |\bum,? |\buh,? )well)$"
    ),
    "ko": re.compile(
        r"(?:^|\s|,)(?:음+|어+|으+음*|그+|저+|뭐+|뭐랄까|뭐지|그러니까 ?뭐|이제|약간|일단|"
        r"우선|먼저|잠시만요?|잠깐만요?|글쎄요?|어디 ?보자|생각해 ?보면|제 생각에는|있잖아요)$"
    ),
}
OPEN_WORDS = {
    "en": re.compile(
        r"(?:\b(?:and|or|but|so|because|since|although|though|if|when|while|whether|unless|until|"
        r"which|who|whose|where|than|as|to|of|for|with|without|from|into|by|"
        r"between|during|the|a|an|my|our|their|his|its|your|these|those|every|each|"
        r"i|we|they|he|she|it's|i'm|we're|i've|we've|very|quite|in|at|through|under|"
        r"for example|for instance|such as)|"
        r"(?:^|[.,!?] |\band )(?:first|firstly|second|secondly|third|thirdly|finally|then|"
        r"also|next))$"
    ),
    "ko": re.compile(
        r"(?:^|\s)(?:그래서|그런데|근데|그리고|하지만|그러니까|그니까|왜냐하면|왜냐면|또한|또는|또|"
        r"그러나|그래도|그러면|그럼|만약에?|만일|예를 ?들어서?|예를 ?들면|특히|즉|결국|"
        r"그래야|따라서|사실|사실은|첫째|둘째|셋째|첫 ?번째로?는?|두 ?번째로?는?|세 ?번째로?는?|"
        r"마지막으로|하나는|다른 하나는|그때|당시에?|처음에는?|저는|제가|저희[는가]?|우리는?|제)$"
    ),
}
"""Something has to follow, whatever the recognizer puts behind it."""
OFTEN_OPEN = re.compile(
    r"\b(?:that|this|some|on|about|after|before|over|like|(?<!not )really|is|are|was|were|am|be|"
    r"been|have|had|has|will|would|could|should|can|may|might|must|do|did|does|more|most|also|then|"
    r"not|just|only|both|either|basically|actually|mostly|said|says|say|know|think|mean|means|"
    r"called|named|want|wanted|need|needed)$"
)
"""The same of English words that also end a sentence, unless the recognizer heard it end."""

_WITH_FINAL_B = "".join(map(chr, range(0xAC00 + 17, 0xD7A4, 28)))
"""Syllables that end in ㅂ: before -니까 they make a question, others a reason."""
HALF_FINAL = re.compile(r"(?:데요|고요|구요|거든요|거든)$")
"""Polite, and as often as not there is more to come."""
FINAL_ENDINGS = re.compile(
    rf"(?:[{_WITH_FINAL_B}]니[다까]|(?<![보마])다|(?<![중필주수])요|죠|지요|(?<!니)까|네|잖아|군)$"
)
OPEN_ENDINGS = re.compile(
    rf"(?:는데|은데|던데|인데|[했았었]는데|지만|(?<![{_WITH_FINAL_B}])니까|면서|려고|거나|다가|"
    r"[아어해라러려워와여]서|때문에|위해서?|위한|통해서?|대한|대해서?|관한|따라서?|으나|도록|는지|든지|"
    r"[을를은는이가의와과도만]|에서|에게|에는|한테|으로|로|에|까지|부터|마다|처럼|보다|고|며|면|자|"
    r"던|하는|되는|있는|없는|같은|그런|이런|어떤|어떻게|매우|아주|정말|가장|더|잘|많이|먼저|다시|모두|"
    r"직접|함께)$"
)
"""Connective endings, particles, adnominals and adverbs."""
SUBORDINATORS = re.compile(
    r"(?:and |but |so |well |then )?"
    r"(?:when|whenever|if|because|although|though|while|since|as soon as|once|unless|even though)\b"
)
_NUMBER = r"(?:two|three|four|five|a few|several|a couple of|many|some|different)"
ENUMERATION = re.compile(
    r"\w+ \w+ \w+[^.!?]*, (?!(?:i|we|they|he|she|it|you|too|though|however|please|right|thank|"
    r"thanks|and|or|then|so|but|as|again|actually|yes|no|not|in|on|at|with|for|from|after|before|"
    r"last|this|next|mostly|especially|usually|always|never|which|who|where)\b)\w+(?: \w+){0,2}$"
)
"""A comma and two or three words without "and": "we had new tablets, new software"."""
ANNOUNCED = {
    "en": re.compile(
        rf"\b{_NUMBER} (?:\w+ )?(?:things|reasons|options|ways|steps|points|parts|aspects|ideas|"
        r"examples|problems|questions|factors|causes|goals|lessons|approaches|possibilities)\b"
    ),
    "ko": re.compile(
        r"(?:두|세|네|다섯|몇|여러) ?(?:가지|단계)(?:가|이|를|을|로|의)?\s"
        r"(?:\S+\s)?(?:있|말씀|들 수|생각|나눌|나뉩)\S*"
    ),
}
FIRST_ITEMS = {
    "en": re.compile(
        r"(?:^|[.,!?] |\b(?:so|well|and|um|uh) )"
        r"(?:first|firstly|first of all|the first (?:thing|one|step|reason)|to begin with|"
        r"on the one hand)\b"
    ),
    "ko": re.compile(r"(?:첫째|첫 ?번째|하나는)"),
}
LATER_ITEMS = {
    "en": re.compile(
        r"\b(?:second|secondly|third|thirdly|then|next|finally|lastly|after that|"
        r"on the other hand|also|another)\b"
    ),
    "ko": re.compile(r"(?:둘째|두 ?번째|다른 하나|그 ?다음|다음으로|그리고|이후|셋째|세 ?번째)"),
}
LAST_ITEMS = {
    "en": re.compile(r"\b(?:third|thirdly|finally|lastly|last but not least)\b"),
    "ko": re.compile(r"(?:셋째|세 ?번째|마지막으로|끝으로)"),
}
