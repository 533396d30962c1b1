"""Neighbouring sentences open with the same connective.

What it finds
-------------
A sentence that opens with the connective that opened the sentence before it: *However, ... However,
...*; *In addition, ... In addition, ...*. Sentences that open neighbouring paragraphs count as
neighbours. The span is the second connective; the first is related.

Why it matters
--------------
Each segment is translated on its own, so two source words for "but" become *However* twice in a
row, and the second contrast contradicts the first.

Example
-------
Bad: However, the ministry denied this. However, officials confirmed it.

Good: The ministry denied this. Officials, however, confirmed it.

Not flagged
-----------
*And*, *But*, *So*, *Then* and other plain conjunctions, which writers repeat on purpose; sentences
within quotations; connectives in the middle of a sentence; *However small it is, ...*.

Source
------
MQM, Style/Unidiomatic style. Connectives: chosen after the discourse-marker lexicons of
Connective-Lex (http://connective-lex.info, Stede et al. 2019): markers of contrast, addition,
consequence and time that are adverbs or prepositional phrases and open a sentence.

Measured
--------
`python bench/rates.py --rule repeated-opener`: 0.4 and 0 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21), 0.3 and 0 of the human references to them, none on
the news of GUM and PUD. Of 26 hits read, 92 % were right.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.language import function_words

_CONNECTIVES = {
    "en": "however|nevertheless|nonetheless|moreover|furthermore|additionally|in addition|besides|"
    "in addition to this|therefore|consequently|as a result|as a consequence|accordingly|hence|"
    "thus|meanwhile|in the meantime|at the same time|on the other hand|on the contrary|by contrast|"
    "in contrast|conversely|instead|likewise|similarly|in fact|indeed|in particular|for example|"
    "for instance|in other words|in short|in general|overall|finally|eventually|subsequently|"
    "afterwards|previously|interestingly|notably|obviously|of course|in conclusion|"
    "in this regard|in this context|in this connection|in turn|that said|even so|for this reason|"
    "because of this|due to this|after that|according to him|according to her|according to them|"
    "it is worth noting that|it should be noted that|it is understood that|it is reported that|"
    "reportedly|to this end|by the way|unfortunately|fortunately",
    "de": "jedoch|allerdings|dennoch|trotzdem|außerdem|darüber hinaus|zudem|ferner|des weiteren|"
    "weiterhin|deshalb|daher|deswegen|folglich|somit|infolgedessen|inzwischen|unterdessen|"
    "währenddessen|mittlerweile|gleichzeitig|andererseits|im gegensatz dazu|hingegen|stattdessen|"
    "ebenso|tatsächlich|insbesondere|zum beispiel|beispielsweise|mit anderen worten|schließlich|"
    "anschließend|danach|nichtsdestotrotz|nichtsdestoweniger|überdies",
    "fr": "cependant|toutefois|néanmoins|pourtant|en outre|de plus|par ailleurs|en effet|"
    "par conséquent|en conséquence|ainsi|c'est pourquoi|entre-temps|pendant ce temps|"
    "en même temps|d'autre part|en revanche|au contraire|de même|en particulier|notamment|"
    "par exemple|autrement dit|enfin|finalement|ensuite|par la suite",
    "es": "sin embargo|no obstante|además|asimismo|por otra parte|por otro lado|por lo tanto|"
    "por tanto|por consiguiente|en consecuencia|mientras tanto|entretanto|al mismo tiempo|"
    "en cambio|por el contrario|de hecho|en particular|por ejemplo|es decir|en otras palabras|"
    "finalmente|por último|posteriormente|a continuación|así mismo|por su parte|de esta manera",
    "it": "tuttavia|ciononostante|nonostante ciò|inoltre|per di più|pertanto|quindi|di conseguenza|"
    "perciò|nel frattempo|intanto|allo stesso tempo|d'altra parte|al contrario|invece|infatti|"
    "in particolare|per esempio|ad esempio|in altre parole|infine|successivamente|in seguito",
    "pt": "no entanto|contudo|todavia|entretanto|além disso|ademais|portanto|por isso|assim|"
    "consequentemente|enquanto isso|ao mesmo tempo|por outro lado|pelo contrário|em vez disso|"
    "de fato|de facto|em particular|por exemplo|em outras palavras|finalmente|por fim|"
    "posteriormente|em seguida",
    "nl": "echter|niettemin|desondanks|toch|bovendien|daarnaast|daarom|dus|bijgevolg|ondertussen|"
    "intussen|tegelijkertijd|anderzijds|daarentegen|integendeel|inderdaad|bijvoorbeeld|"
    "met andere woorden|uiteindelijk|vervolgens|daarna",
    "ru": "однако|тем не менее|кроме того|более того|помимо этого|помимо того|к тому же|"
    "вместе с тем|"
    "поэтому|следовательно|таким образом|в результате|вследствие этого|тем временем|"
    "в то же время|между тем|с другой стороны|напротив|наоборот|вместо этого|действительно|"
    "в частности|например|иными словами|другими словами|наконец|впоследствии|при этом|"
    "в свою очередь|также",
    "uk": "однак|проте|тим не менш|тим не менше|крім того|більше того|окрім того|до того ж|тому|"
    "отже|таким чином|внаслідок цього|тим часом|водночас|у той же час|з іншого боку|навпаки|"
    "натомість|дійсно|зокрема|наприклад|іншими словами|нарешті|згодом|при цьому|також",
    "pl": "jednak|jednakże|niemniej jednak|mimo to|ponadto|co więcej|poza tym|oprócz tego|dlatego|"
    "zatem|w związku z tym|w rezultacie|tymczasem|w międzyczasie|jednocześnie|z drugiej strony|"
    "przeciwnie|zamiast tego|rzeczywiście|w szczególności|na przykład|innymi słowy|wreszcie|"
    "następnie|później",
    "tr": "ancak|bununla birlikte|yine de|ayrıca|üstelik|dahası|bu nedenle|bu yüzden|dolayısıyla|"
    "sonuç olarak|bu arada|aynı zamanda|öte yandan|aksine|bunun yerine|örneğin|özellikle|"
    "başka bir deyişle|sonunda|daha sonra",
    "ar": "ومع ذلك|مع ذلك|علاوة على ذلك|بالإضافة إلى ذلك|إضافة إلى ذلك|فضلا عن ذلك|فضلاً عن ذلك|"
    "لذلك|ولذلك|نتيجة لذلك|ونتيجة لذلك|في الوقت نفسه|وفي الوقت نفسه|في غضون ذلك|وفي غضون ذلك|"
    "من ناحية أخرى|من جهة أخرى|ومن ناحية أخرى|على سبيل المثال|في الواقع|في المقابل|في النهاية",
    "zh": "然而|不过|此外|另外|而且|因此|所以|与此同时|同时|另一方面|相反|例如|换句话说|最后|随后",
    "ja": "しかし|しかしながら|また|さらに|そのうえ|加えて|したがって|そのため|一方|その一方で|"
    "同時に|例えば|つまり|最後に|その後",
}
_NEXT = regex.compile(r"\s+(\p{L}+)")
_DEGREES = frozenset("much many little few long far well often soon late early".split())
# What before the connective does not hide it.
_MARKS = "[(«»“”„\"'‘’「『—–- \t\n\r\u00a0\u202f\u3000"
_OPENING = rf"[{regex.escape(_MARKS)}]*"
_HEAD = 60  # code points: marks and the longest connective


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Connectives that open two neighbouring sentences."""
    lang = analysis.lang
    if lang not in _CONNECTIVES:
        return
    text, paragraphs = analysis.text, analysis.paragraphs
    previous: Span | None = None  # connective that opens the sentence before
    opener: Span | None = None  # connective that opens the paragraph before
    paragraph = -1
    for sentence in analysis.sentences:
        head = text[sentence.start : min(sentence.end, sentence.start + _HEAD)]
        match = None
        if _plain(head.lstrip(_MARKS)).startswith(_forms(lang)):
            match = _pattern(lang).match(text, *sentence)
        found = Span(*match.span(1)) if match else None
        if found and _is_degree(analysis, found):
            found = None
        while paragraph + 1 < len(paragraphs) and paragraphs[paragraph + 1].start <= sentence.start:
            paragraph += 1
        opens = sentence.start == paragraphs[paragraph].start
        for other in dict.fromkeys((previous, opener if opens else None)):
            if found and other and _same(text, found, other):
                if _quoted(analysis, other) or _quoted(analysis, found):
                    continue
                word = text[slice(*found)]
                yield Hit(
                    span=found,
                    message=f"“{word}” opens two neighbouring sentences.",
                    related=(other,),
                    confidence=0.9,
                )
                break
        previous = found
        if opens:
            opener = found


def _is_degree(analysis: Analysis, found: Span) -> bool:
    """However small it is: no connective, but an adverb before an adjective."""
    text = analysis.text
    if analysis.lang != "en" or text[slice(*found)].lower() != "however":
        return False
    following = _NEXT.match(text, found.end)
    if following is None:
        return False
    word = following[1]
    return word in _DEGREES or (word.islower() and word not in function_words("en"))


def _same(text: str, one: Span, other: Span) -> bool:
    return _plain(text[slice(*one)]) == _plain(text[slice(*other)])


def _plain(connective: str) -> str:
    return " ".join(connective.lower().replace("’", "'").split())


def _quoted(analysis: Analysis, span: Span) -> bool:
    return analysis.quotations.outermost_at(span.start) is not None


@cache
def _forms(lang: str) -> tuple[str, ...]:
    return tuple(_CONNECTIVES[lang].split("|"))


@cache
def _pattern(lang: str) -> regex.Pattern[str]:
    """A connective at the start of a sentence: a closer look at what begins like one."""
    forms = sorted(_forms(lang), key=len, reverse=True)
    joined = "|".join(
        regex.escape(form, literal_spaces=True).replace("'", "['’]").replace(" ", r"\s+")
        for form in forms
    )
    if lang in ("zh", "ja"):
        return regex.compile(rf"{_OPENING}({joined})(?=[，、,])")
    return regex.compile(rf"{_OPENING}({joined})(?![\p{{L}}\p{{M}}\p{{N}}])", regex.IGNORECASE)


RULE = Rule(
    name="repeated-opener",
    family="repetition",
    category="Style/Unidiomatic style",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
)
