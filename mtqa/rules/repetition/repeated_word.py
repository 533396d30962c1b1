"""A word stands twice in a row.

What it finds
-------------
One word written twice with nothing but white space between, also across the line breaks of
hard-wrapped text: *the the*, *said said*. The span holds all copies; the suggestion keeps one.

Why it matters
--------------
Decoders of neural systems fall into loops, and splitting a text into segments drops or doubles
words at the seam. A reader sees it at once.

Example
-------
Bad: The minister said said that the the talks would go on.

Good: The minister said that the talks would go on.

Not flagged
-----------
Doubling that the language wants or allows (*had had*, *that that*, *very very*, *taken in in the
church*, *what it is is*, *his will will*, *bye bye*, *bla bla*); capitalised names (*Duran Duran*,
*Run Run Shaw*, *Wagga Wagga*), unless a place stands single earlier in the text; numbers; words
that a punctuation mark or a new line of its own keeps apart; words the language's frequency list
does not know. In languages other than English only articles, prepositions and conjunctions that
never stand twice are judged, and none in languages that double words by rule (Indonesian, Turkish,
Hindi, Chinese, Japanese, Vietnamese, ...).

Source
------
MQM, Fluency/Duplication. Function words from the stop lists of jusText (see
`mtqa/text/data/function_words.tsv`), read by hand for those that can stand twice; frequencies
from wordfreq.

Measured
--------
`python bench/rates.py --rule repeated-word`: 1.7 and 0.7 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21), 0.6 and 0.5 of the human references to them, none
on the news of GUM and PUD. Of 118 hits read, 97 % were right, all 7 on human text among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.frequency import zipf
from mtqa.text.words import Words

# A word, then the same word (case aside), no hyphen or apostrophe touching them.
_DOUBLED = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}'’\-])(\p{L}[\p{L}\p{M}]*+(?:['’]\p{L}++)*+)"
    r"(?:\s++\1(?![\p{L}\p{M}\p{N}'’\-]))++",
    regex.IGNORECASE,
)
_LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")

# Function words that no grammar of the language lets stand twice in a row. Pronouns, relative
# words, auxiliaries and particles are left out: give her her book, dass sie sie sieht, nous nous.
_NEVER_TWICE = {
    lang: frozenset(words.split())
    for lang, words in {
        "en": "the a an of and to for with from by at his an are were be been which or as not its "
        "their they he she we was has have but if this these those into than when while "
        "about after before during between against under because although would could "
        "should my our your i them us me all each every same only now",
        "de": "und von im mit dem zu als für ein auf an auch nach bis aus bei eine einer einem "
        "einen eines zum zur oder vom beim über unter durch gegen ohne wegen seit dass wenn "
        "aber sondern nicht ist sind wird wurde hat kann",
        "fr": "de la et le à les des du est un dans une par au pour qui sur son avec aux ou sa "
        "ses ce cette mais leur leurs sans sous entre chez dont où comme pas ans",
        "es": "de la en el y que a del los por con una las su es al para o sus lo entre pero "
        "desde hasta sobre sin cuando porque como se un años",
        "it": "di e il in del a un della per una con nel da le dei alla dalla nella gli ed o "
        "tra fra su sul sulla che lo ma è sono ha anni",
        "pt": "de e a o do da em que uma um com no na por os dos as ao das à ou pela pelo sua "
        "seu são entre mas também foi anos",
        "nl": "de van en in het een op met te voor bij naar om of aan uit tot als maar door "
        "wordt werd",
        "sv": "och i av en på för med till ett från eller om under men hos mellan",
        "da": "og i af en et til på for med fra eller om under men hos mellem",
        "nb": "og i av en et til på for med fra eller om under men hos mellom",
        "ru": "и в на не с из к от для по у за о об при или что как а но до во со ко над под "
        "между через лет года году был была были будет чтобы если после перед также",
        "uk": "і в та до на з що не за від у для по як й або про при але між через над під "
        "років року був була були буде щоб якщо після перед також",
    }.items()
}

# English words that may stand twice: grammar (had had, that that, come in in March), emphasis
# (very very, many many), sounds and set phrases (bye bye, knock knock, hear hear).
_MAY_BE_TWICE = frozenset(
    "had that is in on so very really many much more most long far never ever again way too no "
    "yes yeah yep nope well bye bla blah ha haha hee hey hi hello ho hmm oh ooh ah aah uh um "
    "please sorry thanks okay quite rather super extra mega ultra truly "
    "old big little tiny huge great good nice dear poor pretty hard fast slow slowly quick "
    "quickly soon sooner later deep deeply high higher wide ready maybe perhaps always often "
    "there here come wait stop look listen help fire fight kill hear knock "
    "chop hush tap tick tock choo click clack clap beep bang boom bing ding dong drip quack woof "
    "meow moo cluck chirp tweet tut pew fifty half goody yummy buddy baby mama papa mamma dada "
    "pompom cancan couscous turkey sweet loud crazy cold warm hungry tired happy early late "
    "young near nearly almost different badly wildly lots days years miles night around "
    "round over under through down back away off up out about along do does did done can will "
    "may might who what where when how why it you her him there you're it's know".split()
)
# Two clauses meet at two equal verbs: those who voted voted against it.
_RELATIVE = re.compile(r"\b(?:who|that|which|what|whoever|whatever)\s+\Z", re.IGNORECASE)
# Verbs and adverbs that take in or on as a particle before a second one: come in in March.
_PARTICLE_VERBS = frozenset(
    "go goes going went gone come comes coming came carry carries carried carrying "
    "move moves moved "
    "moving later early further hold held keep kept get gets got pass passed passing live lived "
    "living take takes took taken taking bring brings brought log logs logged logging hand handed "
    "hands give gives gave given giving check checked checks sign signed turn turned "
    "turns let lets "
    "set sets setting settle settled put puts putting plug plugged break breaks broke broken fill "
    "filled dig join joined phone phoned call called calls step stepped weigh weighed cash drop "
    "dropped stay stayed fly flew flown phase phased usher ushered pull pulled push pushed buy "
    "bought vote voted lock locked tune tuned cave caved draw drawn drew move work "
    "worked hang hung "
    "read drag dragged wear wore switch switched catch caught add added walk walked drive drove "
    "rush rushed head headed arrive run ran rain rained ride rode spend sleep believe believed "
    "it him her them us me this that one and based".split()
)
_PREVIOUS = regex.compile(r"(?<!\p{L})(\p{L}++)\s++\Z")
# Below this an English word may be a name or a borrowed reduplication (pachinko pachinko).
_KNOWN = 2.0
# After these words is is is grammar (what it is is ...) or the habit of speech (the thing is is).
_MAY_END_IN_IS = re.compile(
    r"\b(?:what|who|where|how|why|when|which|that|whatever|all|as|it|thing|point|problem|question"
    r"|there|than|he|she|this|say|says|said)\b",
    re.IGNORECASE,
)
# Behind these a clause begins: ... that it it was late. Then the first it is no object.
_OPENS_CLAUSE = frozenset("that and but because when if as while although though said says".split())
_FINITE = re.compile(r"\s+(?:is|was|has|had|will|would|can|could|does|did|may|might|should|must)\b")
_UP_TO = re.compile(r"\s+(?:to|and|until|till|in|here|there|on)\b|[\s,]+up\b", re.IGNORECASE)
# A modal verb stands behind its subject; behind another word will, can and may are nouns.
_MODALS = frozenset("will can may might".split())
_SUBJECTS = frozenset("i you he she it we they who this there these those".split())
# A place is written behind one of these; a person's name doubles more often (Hassan Hassan).
_PLACED = re.compile(
    r"(?:\b(?:in|near|around|across|outside|from|towards?|reached|left|visit(?:ed|s)?)"
    r"|\b(?:travel|travels|travelled|traveled|go|goes|went|gone|come|came|return|returned|fly|flew"
    r"|flown|arrive|arrived|moved?|fled|trip|trips|visit|flights?|train|road|way|drive|drove) to)"
    r"\s+\Z"
)
_REACH = 20_000  # characters in which a capitalised word is looked up: the length of an article
# Capitalised pairs are names more often than not; only plain long words are judged.
_PLAIN_CAPITALISED = 4.2


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Words that stand twice in a row."""
    never = _NEVER_TWICE.get(analysis.lang)
    if never is None:
        return
    text = analysis.text
    for match in _doubled(analysis.words):
        first = match[1]
        word = first.lower().replace("’", "'")
        copies = match[0].split()
        if not _is_defect(word, copies, analysis.lang) and not (
            _is_capitalised_slip(analysis, match, word, copies)
            if copies[1][0].isupper()
            else analysis.lang == "en" and _is_out_of_place(analysis, match, word)
        ):
            continue
        if (
            word not in never
            and word != "it"
            and _RELATIVE.search(text, max(0, match.start() - 12), match.start())
        ):
            continue
        if _LINE_BREAK.search(match[0]) and (
            analysis.paragraph_at(match.start()) != analysis.paragraph_at(match.end() - 1)
        ):
            continue
        yield Hit(
            span=Span(match.start(), match.end()),
            message=f"“{first}” stands {'twice' if len(copies) == 2 else f'{len(copies)} times'} "
            "in a row.",
            suggestion=first,
            confidence=0.95,
            safe=True,
        )


def _doubled(words: Words) -> Iterator[regex.Match[str]]:
    """Words with their copies; a look at the words finds them ten times as fast as the pattern."""
    end = 0
    for index, (word, following) in enumerate(pairwise(words.lower)):
        if word == following and words.starts[index] >= end:
            match = _DOUBLED.match(words.text, words.starts[index])
            if match:
                end = match.end()
                yield match


def _is_out_of_place(analysis: Analysis, match: regex.Match[str], word: str) -> bool:
    """Whether an English word that may stand twice cannot do so after what precedes it."""
    text, start = analysis.text, match.start()
    previous = _PREVIOUS.search(text, max(0, start - 30), start)
    before = previous[1] if previous else ""
    if word in ("in", "on"):
        return bool(before) and before.lower() not in _PARTICLE_VERBS
    if word == "up":
        return bool(before) and not _UP_TO.match(text, match.end())
    if word == "it":
        return before.lower() in _OPENS_CLAUSE and _FINITE.match(text, match.end()) is not None
    if word == "is":
        sentence = analysis.sentences[analysis.sentence_at(start)]
        return bool(before) and not _MAY_END_IN_IS.search(text, sentence.start, start)
    if word in _MODALS:
        if before.lower() in _SUBJECTS:
            return True
        plural = before.islower() and len(before) > 3 and before.endswith("s")
        name = before.istitle() and len(before) > 3  # not His will will be read
        return word in ("will", "might") and (plural or name)
    return False


def _is_capitalised_slip(
    analysis: Analysis, match: regex.Match[str], word: str, copies: list[str]
) -> bool:
    """The The at the start of a sentence, or a place that stands single elsewhere."""
    text, first = analysis.text, copies[0]
    floor, ceiling = max(0, match.start() - _REACH), match.end() + _REACH
    if len(set(copies)) > 1 or (first.isupper() and len(first) > 1):
        return False
    if word in _NEVER_TWICE[analysis.lang]:
        sentence = analysis.sentences[analysis.sentence_at(match.start())]
        following = text[match.end() : match.end() + 2]
        opens = match.start() == sentence.start and following[1:].islower()
        return opens and text.count(match[0], floor, ceiling) == 1  # The The is a band as well
    if analysis.lang != "en" or len(first) < 4 or text.count(match[0], floor, ceiling) > 1:
        return False
    if not _PLACED.search(text, max(0, match.start() - 20), match.start()):
        return False
    return regex.search(rf"(?<!\p{{L}}){first}(?!\p{{L}})", text[floor : match.start()]) is not None


def _is_defect(word: str, copies: list[str], lang: str) -> bool:
    first, second = copies[0], copies[1]
    if second[0].isupper():
        # In the The Hague summit and lakes such as lake Lake Piru are cased on purpose; of
        # capitalised pairs only plain English words are judged.
        return (
            lang == "en"
            and first == second
            and not first.isupper()
            and len(word) >= 5
            and word not in _MAY_BE_TWICE
            and zipf(word, lang) >= _PLAIN_CAPITALISED
        )
    if word in _NEVER_TWICE[lang]:
        return True
    return (
        lang == "en"
        and first.islower()
        and len(word) >= 4
        and word not in _MAY_BE_TWICE
        and zipf(word, lang, "large") >= _KNOWN
    )


RULE = Rule(
    name="repeated-word",
    family="repetition",
    category="Fluency/Duplication",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
)
