"""Numbers of a text by their values, in any language and script.

Digits are read in every script and under every convention of separators; scale words (million,
тысяч, 万, लाख) and names of months come from CLDR by way of Babel, number words (двадцати,
twenty-first) from CLDR's rule-based formats by way of unicode-rbnf, the values of ideographs and of
the digits of all scripts from the Unicode database.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, takewhile
from typing import Literal, NamedTuple

import regex

from mtqa.text.document import Span

# Digits with what may stand between groups of them: full stop, comma, apostrophes, no-break spaces,
# the Arabic separators. A plain space parts groups of three digits behind one to three others.
_INNER = r"[.,'’\u00a0\u202f\u2009٬٫．，・·]"
_DIGITS = (
    rf"\p{{Nd}}++(?:{_INNER}\p{{Nd}}++)*+(?: (?<=\b\p{{Nd}}{{1,3}} )\p{{Nd}}{{3}}(?!\p{{Nd}}))*+"
)
_IDEOGRAPH = "[〇零一二三四五六七八九十百千万萬億亿兆两兩壹贰叁肆伍陆柒捌玖拾佰仟]"
_NUMBER = regex.compile(rf"{_DIGITS}|{_IDEOGRAPH}++")
_WORD = regex.compile(r"[\p{L}\p{M}\u00ad]++(?:['’][\p{L}\p{M}]++)?")
_ROMAN = regex.compile(
    r"(?<![\p{L}\p{N}])(?=[IVXLC]{2,}|[VX])(X{0,3}|XL)(IX|IV|V?I{0,3})(?![\p{L}\p{N}])"
)
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_JOINT = regex.compile(r"[ \u00a0\u202f-]?(?:de )?")  # Romanian: 100 de milioane
_AFTERNOON = regex.compile(r"(?:[:.]\d\d)?\s?p\.?\s?m\b", regex.I)
_WORD_BEFORE = regex.compile(r"([\p{L}\p{M}]++) ?\Z")
_LONGEST_WORD = 20  # letters

# Ideographs that multiply what stands before them, in sections of four digits.
_SECTIONS = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
# Behind digits in Chinese, Japanese and Korean (CLDR, compact decimal formats).
_ATTACHED = {
    **_SECTIONS, "千": 1000, "百": 100, "十": 10,
    "만": 10**4, "억": 10**8, "조": 10**12, "천": 1000, "백": 100,
    "成": 10, "割": 10,
}  # fmt: skip
_TENTHS = ("成", "割")
_KILO = "千[瓦伏克米卡赫帕]"  # kilowatt, kilogram …: units of their own
_ROUND = "百千万萬億亿兆佰仟"
_WITHOUT_SPACES = ("zh", "ja", "th", "lo", "km", "my")
# Years before the first of an era (CLDR supplemental data, calendars japanese and roc).
_ERAS = {
    "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867,
    "民國": 1911, "民国": 1911,
}  # fmt: skip
# Years of calendars that news in a language dates by (CLDR, calendarPreferenceData), as they are
# told, and what is to be added for the Gregorian year in which they begin, and that in which they
# end: Solar Hijri, Buddhist, Ethiopian. Bikram Sambat, which CLDR has not, is the official calendar
# of Nepal.
_CALENDARS = {
    "fa": (range(1250, 1450), (621, 622)),
    "ps": (range(1250, 1450), (621, 622)),
    "th": (range(2400, 2700), (-543,)),
    "am": (range(1900, 2100), (7, 8)),
    "ti": (range(1900, 2100), (7, 8)),
    "ne": (range(1950, 2150), (-57, -56)),
}
# Months of those calendars, by which news counts days (CLDR, calendar persian; those of Bikram
# Sambat from Wikipedia, and the word for a day of them).
_OTHER_MONTHS = {
    "fa": "فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند",
    "ps": "وری|غویی|غبرګولی|چنګاښ|زمری|وږی|تله|لړم|لیندۍ|مرغومی|سلواغه|کب",
    "ne": "गते|बैशाख|वैशाख|जेठ|जेष्ठ|असार|आषाढ|साउन|श्रावण|भदौ|भाद्र|असोज|आश्विन|कात्तिक|कार्तिक|"
    "मंसिर|मङ्सिर|पुस|पुष|पौष|माघ|फागुन|फाल्गुन|चैत|चैत्र",
}
_BESIDE_MONTH = {
    lang: (
        regex.compile(rf"\s?(?:{months})(?![\p{{L}}\p{{M}}])"),
        regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{months})\s?\Z"),
    )
    for lang, months in _OTHER_MONTHS.items()
}
# Years of the lunar Hijri calendar are eleven days shorter (CLDR, calendar islamic); Arabic and
# Urdu mark them with a ha.
_HIJRI = regex.compile(r"\s?(?:هـ|ه(?!\p{L})|ھ)")

# Short scale marks that also stand for something else (metres, minutes, kilo-, a family name).
_WEAK_SCALES = {
    "m": 10**6, "k": 10**3, "b": 10**9, "t": 10**12, "bn": 10**9, "mn": 10**6, "tn": 10**12,
}  # fmt: skip
_WEAK = regex.compile(r"(bn|mn|tn|[mkbt])(?![\p{L}\p{N}])", regex.I)

# Words of English that tell a number without being one in CLDR's formats.
_ENGLISH = {
    "half": (0.5, 50), "halved": (0.5, 50), "quarter": (0.25, 25, 4), "quarters": (0.25, 25, 4, 75),
    "third": (3, 33), "thirds": (3, 66, 67), "dozen": (12,), "dozens": (12, 10), "twice": (2,),
    "double": (2,), "doubled": (2,), "triple": (3,), "tripled": (3,), "once": (1,), "couple": (2,),
    "pair": (2,), "both": (2,), "a": (1,), "an": (1,), "single": (1,), "no": (0,), "none": (0,),
    "decade": (10,), "decades": (10,), "century": (100,), "centuries": (100,), "fortnight": (14,),
    "noon": (12,), "midnight": (0, 24, 12), "tens": (10,), "hundreds": (100,), "score": (20,),
    "teens": (10,), "twenties": (20,), "thirties": (30,), "forties": (40,), "fifties": (50,),
    "sixties": (60,), "seventies": (70,), "eighties": (80,), "nineties": (90,), "biweekly": (2,),
    "annual": (1,), "next": (1,), "last": (1,), "another": (1,), "whole": (1, 100), "all": (100,),
}  # fmt: skip


# Forms that CLDR's formats leave out: collective numerals, of people above all, cases and genders
# (Wiktionary, entries of the numerals).
_FORMS: dict[str, dict[str, int]] = {
    "ru": {
        "двое двоих двоим двоими": 2, "трое троих троим троими": 3, "четверо четверых четверым": 4,
        "пятеро пятерых пятерым": 5, "шестеро шестерых шестерым": 6, "семеро семерых семерым": 7,
        "восьмеро восьмерых": 8, "девятеро девятерых": 9, "десятеро десятерых": 10,
    },
    "uk": {
        "двоє двох двом двома": 2, "троє трьох трьом трьома": 3,
        "четверо чотирьох чотирьом чотирма": 4,
        "п'ятеро п’ятеро п'ятьох п’ятьох п'яти п’яти п'ятьма п’ятьма": 5,
        "шестеро шістьох шести шістьма": 6, "семеро сімох семи сьома": 7,
        "восьмеро вісьмох восьми вісьма": 8, "дев'ятеро дев’ятеро дев'яти дев’яти": 9,
        "десятеро десятьох десяти": 10, "одинадцяти": 11, "дванадцяти": 12, "тринадцяти": 13,
        "чотирнадцяти": 14, "п'ятнадцяти п’ятнадцяти": 15, "двадцяти": 20, "тридцяти": 30,
    },
    "pl": {
        "dwoje dwojga dwóch dwoma": 2, "troje trojga trzech trzem": 3,
        "czworo czworga czterech czterem": 4, "pięcioro pięciorga pięciu": 5,
        "sześcioro sześciorga sześciu": 6, "siedmioro siedmiu": 7, "ośmioro ośmiu": 8,
        "dziewięcioro dziewięciu": 9, "dziesięcioro dziesięciu": 10,
    },
    "cs": {
        "dvoje dvou dvěma": 2, "troje tří třem třemi": 3, "čtvero čtyř čtyřem čtyřmi": 4,
        "patero pěti": 5, "šesti": 6, "sedmi": 7, "osmi": 8, "devíti": 9, "deseti": 10,
        "jedenácti": 11, "dvanácti": 12, "patnácti": 15, "dvaceti": 20, "třiceti": 30,
    },
    "hr": {"dvoje dvojica": 2, "troje trojica": 3, "četvero četvorica": 4, "petero petorica": 5},
    "sr": {"двоје двојица": 2, "троје тројица": 3, "четворо четворица": 4, "петоро петорица": 5},
    "is": {
        "tvo tvær tveimur tveggja": 2, "þrjá þremur þrem þriggja": 3, "fjóra fjórum fjögurra": 4,
        "sjö": 7, "hundrað hundruð hundruðum": 100, "sjöhundruð": 700,
    },
    "bg": {"двама": 2, "трима": 3, "четирима": 4, "петима": 5, "шестима": 6},
    "ar": {
        "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي": 2, "ثلاث": 3, "أربع": 4, "خمس": 5,
        "ست": 6, "سبع": 7, "ثمان ثماني": 8, "تسع": 9, "عشر": 10, "عشرين العشرين": 20,
        "ثلاثين الثلاثين": 30, "أربعين الأربعين": 40, "خمسين الخمسين": 50, "ستين الستين": 60,
        "سبعين السبعين": 70, "ثمانين الثمانين": 80, "تسعين التسعين": 90, "مئة": 100,
        "مئتان مئتين مائتين": 200,
    },
    "bn": {
        "দুই দুটি দুটো দুজন": 2, "তিন তিনটি তিনটে তিনজন": 3, "চার চারটি চারটে চারজন": 4,
        "পাঁচ পাঁচটি পাঁচটা পাঁচজন": 5, "ছয় ছয়টি ছয়জন": 6, "সাত সাতটি সাতজন": 7,
        "আট আটটি আটজন": 8, "নয়টি নয়জন": 9, "দশ দশটি দশজন": 10, "এগারো": 11, "বারো": 12,
        "তেরো": 13, "চৌদ্দ": 14, "পনেরো": 15, "ষোলো": 16, "সতেরো": 17, "আঠারো": 18, "উনিশ": 19,
        "বিশ কুড়ি": 20, "ত্রিশ": 30, "চল্লিশ": 40, "পঞ্চাশ": 50, "ষাট": 60, "সত্তর": 70,
        "আশি": 80, "নব্বই": 90,
    },
    # Without nine, eighty and a hundred, which are “new”, “this very” and “so” as well.
    "ur": {
        "دو دونوں": 2, "تین تینوں": 3, "چار چاروں": 4, "پانچ پانچوں": 5, "چھ": 6, "سات": 7,
        "آٹھ": 8, "دس": 10, "گیارہ": 11, "بارہ": 12, "تیرہ": 13, "چودہ": 14, "پندرہ": 15,
        "سولہ": 16, "سترہ": 17, "اٹھارہ": 18, "انیس": 19, "بیس": 20, "تیس": 30, "چالیس": 40,
        "پچاس": 50, "ساٹھ": 60, "ستر": 70, "نوے": 90,
    },
}  # fmt: skip

_ALSO_ELSE = {"ne": ("छ",)}  # six, and “is”
# Scale words that CLDR's formats leave out, or have in one case or with a wrong value (Wiktionary).
_SCALES: dict[str, dict[str, float]] = {
    "am": {"ሺ": 10**3},
    "et": {"tuhande": 10**3, "tuhandet": 10**3},
    "hi": {"मिलियन": 10**6, "बिलियन": 10**9},
    "ne": {"करोड": 10**7, "अरब": 10**9, "खरब": 10**11, "मिलियन": 10**6, "बिलियन": 10**9},
}

# Case endings of months that CLDR's formats, nominative and genitive, leave out: what an ending is
# replaced by, the first that a name has (Wiktionary, declension of the months).
_MONTH_CASES: dict[str, dict[str, str]] = {
    "ru": {"я": "ю е ем ём", "а": "у е ом"},
    "uk": {"ня": "ню ні нем", "ого": "ому им", "а": "у і ом"},
    "be": {"ня": "ню ні нем", "ага": "аму ым", "ая": "аю аі аем", "а": "у е ом"},
    "pl": {
        "ego": "emu ym", "ca": "cu cem", "ja": "ju jem", "da": "dowi dzie dem",
        "ka": "kowi ku kiem", "ia": "iowi iu iem",
    },
    "cs": {"na": "nu nem", "ra": "ru rem", "ce": "ci cem", "du": "dem", "ří": "řím"},
    "sk": {
        "ra": "ru ri rom", "ca": "cu ci com", "la": "lu li lom", "ja": "ju ji jom",
        "na": "nu ni nom", "ta": "tu te tom",
    },
    "hr": {
        "oga": "og om ome", "ja": "ju jem", "ka": "ku kom", "ča": "či ču čom", "za": "zu zom",
        "na": "nu nom", "da": "du dom", "ca": "cu cem",
    },
    "sr": {
        "ј": "ја ју јем", "р": "ра ру ром", "т": "та ту том", "л": "ла лу лом", "н": "на ну ном",
    },
    "sl": {
        "uar": "uarja uarju uarjem", "ber": "bra bru brom", "marec": "marca marcu marcem",
        "ril": "rila rilu rilom", "maj": "maja maju majem", "ij": "ija iju ijem",
        "ust": "usta ustu ustom",
    },
    "lt": {"is": "į yje", "as": "ą e", "ė": "ę ėje", "a": "ą oje"},
    "lv": {"is": "ī a im", "s": "ā a am"},
    "et": {
        "ber": "bri bris brist briks", "uar": "uari uaris uarist", "ts": "tsi tsis tsist",
        "ll": "lli llis llist", "i": "is ist", "st": "sti stis stist",
    },
    "fi": {"kuu": "kuun kuussa kuusta kuuhun kuulle kuulta kuuksi"},
    "el": {"ος": "ο"},
    "hu": {"": "ban ben i ra re tól től ig a e"},
    "tr": {"": "ta te da de tan ten dan den"},
}  # fmt: skip


def _values(values: Iterable[float]) -> frozenset[float]:
    """Values to twelve digits, so that 1.34 × 10⁸ and 134 × 10⁶ are one."""
    return frozenset(float(f"{value:.12g}") for value in values)


class Number(NamedTuple):
    """A number in a text.

    Attributes:
        span: its characters, scale word included.
        values: what it may mean: 1,234 is 1234 or 1.234.
        sure: written in digits, or in ideographs with a unit (二十三); otherwise in words, which
            may be no number (one of them; 一, second).
        name: what it is part of, in lower case: covid- in COVID-19, g in G20; such a number is
            not sure, since a translation may name the thing otherwise.
        parts: numbers that stand for themselves between the separators, as in dates and times:
            12.05.2021, 14:30; empty where there are none.
        kind: how it is written: in digits or ideographs, in number words, in other words that may
            tell a number (dozen, fortnight), as the name of a month, or as a Roman numeral.
    """

    span: Span
    values: frozenset[float]
    sure: bool
    parts: tuple[float, ...] = ()
    name: str = ""
    kind: Literal["digits", "word", "other", "month", "roman"] = "digits"


_VOWELS = regex.compile(r"[aeiouyáéíóúýöüäåæø]")


def _umlaut_of(word: str, stem: str) -> bool:
    """Whether a word begins as a stem does but for vowels: milljarður, milljörðum."""
    frame = _VOWELS.sub("", stem)
    return stem[0] in "mbtk" and len(frame) > 3 and _VOWELS.sub("", word).startswith(frame)


_LONGEST_ENDING = 4  # letters: миллион-ами, millioni-ga


@dataclass(frozen=True)
class Lexicon:
    """Words that tell numbers in a language.

    Attributes:
        words: number words and their values, small ones: up to a thousand.
        scales: words that multiply, in lower case.
        stems: the same words cut short, for the endings that CLDR does not list.
        months: names of months.
        others: those of ``words`` that are no number words but tell a number.
        scale_first: whether what multiplies stands before the digits: මිලියන 2.6.
    """

    words: dict[str, frozenset[float]] = field(default_factory=dict)
    scales: dict[str, float] = field(default_factory=dict)
    stems: tuple[tuple[str, float], ...] = ()
    months: dict[str, int] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    scale_first: bool = False

    def month(self, word: str) -> int | None:
        """The month that a word names."""
        folded = _fold(word)
        if folded[:1] in _PROCLITICS and folded not in self.months:
            folded = folded[1:]
        if folded in _MODAL and not word[0].isupper():
            return None
        return self.months.get(folded)

    def scale(self, word: str) -> float | None:
        """What a word multiplies by."""
        found = self.scales.get(word)
        if found is None:
            found = next(
                (
                    by
                    for stem, by in self.stems
                    if len(word) <= len(stem) + _LONGEST_ENDING
                    and (word.startswith(stem) or _umlaut_of(word, stem))
                ),
                None,
            )
        return found


def find_numbers(text: str, lang: str, span: Span | None = None) -> list[Number]:
    """The numbers in a part of a text, in order.

    Args:
        text: the text.
        lang: its language, as in `Document`.
        span: the part; None: all of it.

    Returns:
        Numbers in digits, ideographs and words. A number in words is told as a whole and by its
        parts, since it may be either (nineteen ninety).
    """
    start, end = span or Span(0, len(text))
    lexicon = find_lexicon(lang)
    found: list[Number] = []
    at = start
    while match := _NUMBER.search(text, at, end):
        number = _read_digits(text, match, lexicon, lang, end)
        at = match.end()
        if number is not None:
            at = max(at, number.span.end)
            if found and _RANGE.fullmatch(text, found[-1].span.end, number.span.start):
                found[-1] = _share_scale(text, found[-1], number)
            found.append(number)
    if lang not in _WITHOUT_SPACES:
        found += _read_words(text, lexicon, start, end)
    for match in _ROMAN.finditer(text, start, end):
        if match[0]:
            value = _values({_roman(match[0])})
            found.append(Number(Span(*match.span()), value, False, kind="roman"))
    return sorted(found, key=lambda number: number.span)


_RANGE = regex.compile(r"\s?(?:[-–—~～〜]|to|and|or|至|到|до|и|или|bis|und|à|a|y|から|대)\s?")


def _share_scale(text: str, first: Number, second: Number) -> Number:
    """60 to 85 billion: the first number of a range may be meant in the scale of the second."""
    written = _NUMBER.match(text, second.span.start)
    if written is None or written.end() == second.span.end or not written[0][0].isdecimal():
        return first
    plain = max(digit_values(written[0])[0], default=0.0)
    if not plain:
        return first
    by = max(second.values) / plain
    return first._replace(values=first.values | _values(v * by for v in first.values))


def same(source: Number, translation: Number) -> bool:
    """Whether a number of a translation may render one of its source, rounded or not."""
    if source.values & translation.values:
        return True
    return any(
        _rounds_to(a, b) or _is_year_of(a, b) or _is_year_of(b, a)
        for a in source.values
        for b in translation.values
    )


def _rounds_to(exact: float, rounded: float) -> bool:
    """Whether ``rounded`` is ``exact`` told with fewer digits, two at the least."""
    if exact < 100 or rounded <= 0 or exact != exact:
        return False
    digits = len(f"{rounded:.6g}".replace(".", "").rstrip("0").lstrip("0").split("e")[0])
    if digits < 2 or not 0.9 < rounded / exact < 1.1:
        return False
    unit = 10.0 ** (math.floor(math.log10(exact)) + 1 - digits)
    return abs(exact - rounded) < unit * 0.51 and digits < len(
        f"{exact:.12g}".strip("0").rstrip(".")
    )


def _is_year_of(short: float, year: float) -> bool:
    """'90s and 1990s; 21 and 2021."""
    return short < 100 and 1700 <= year < 2100 and year % 100 == short


def _read_digits(
    text: str, match: regex.Match[str], lexicon: Lexicon, lang: str, limit: int
) -> Number | None:
    start, end = match.span()
    written = match[0]
    if not written[0].isdecimal():
        return _read_ideographs(text, start, end)
    values, parts = digit_values(written)
    # Digits and ideographs in turns: 1億2000万.
    mixed = _CHAIN.match(text, start, limit)
    if mixed and mixed.end() > end:
        value = _chain_value(mixed[0])
        if value is not None:
            return Number(Span(start, mixed.end()), _values({value}), True)
    attached = _FOLLOWING.match(text, end, limit)
    if attached:
        by = math.prod(_ATTACHED[unit] for unit in attached[1])
        return Number(Span(start, attached.end()), _values({v * by for v in values}), True)
    weak = _WEAK.match(text, end, limit)
    if weak:
        by = _WEAK_SCALES[weak[1].lower()]
        both = values | {value * by for value in values}
        return Number(Span(start, weak.end()), _values(both), True)
    gap = _JOINT.match(text, end, limit)
    word = _WORD.match(text, gap.end() if gap else end, limit)
    if word:
        scale = lexicon.scale(_fold(word[0]))
        if scale is not None and scale >= 100:
            scaled = {value * scale for value in values}
            return Number(Span(start, word.end()), _values(scaled), True)
    before = _WORD_BEFORE.search(text, max(0, start - _LONGEST_WORD), start)
    if before and lexicon.scale_first:
        scale = lexicon.scale(_fold(before[1]))
        if scale is not None and scale >= 1000:
            scaled = {value * scale for value in values}
            return Number(Span(before.start(1), end), _values(scaled), True)
    era = next((years for name, years in _ERAS.items() if text.endswith(name, 0, start)), None)
    if era is not None:
        values |= {value + era for value in values}
    # COVID-19, G20, F-16: part of a name; .25: a share without its nought.
    named = _NAMED.search(text, max(0, start - 12), start)
    if lang in _CALENDARS:
        years, more = _CALENDARS[lang]
        values |= {value + add for value in values if value in years for add in more}
    if _HIJRI.match(text, end, limit):
        begins = {math.floor(value * 0.970229 + 621.57) for value in values if 1200 < value < 1600}
        values |= {float(year + later) for year in begins for later in (0, 1)}
    if _AFTERNOON.match(text, end):  # 2 p.m. is 14 Uhr
        values |= {value + 12 for value in values if value < 12}
    bare = written == "00"  # the minutes of 7:00
    name = named[0].lower() if named else ""
    if lang in _BESIDE_MONTH:
        behind, ahead = _BESIDE_MONTH[lang]
        if behind.match(text, end, limit) or ahead.search(text, max(0, start - 20), start):
            name = "day"  # which the calendar of the translation numbers otherwise
    if text.startswith("年生", end):  # a pupil in that year of school
        name = "年生"
    return Number(Span(start, end), values, not (name or bare), parts, name)


# 5700多万; but a thousand watts or grams are a unit of their own.
_FOLLOWING = regex.compile(rf"[余餘多几幾数數여]?((?:(?!{_KILO})[{''.join(_ATTACHED)}])++)")
_NAMED = regex.compile(
    # 高3 is a pupil in the third year of a high school.
    r"(?:(?<!最)[小中高](?=\Z)|sars-cov|[\p{Latin}\p{Cyrillic}\p{Greek}]++)[-‐–—]?\Z|(?<!\p{N})\.\Z",
    regex.I,
)


_LINKED = rf"\p{{Nd}}++(?:[.,，・]\p{{Nd}}++)*+(?:(?!{_KILO})[{''.join(_SECTIONS)}千百만억조천])++"
_CHAIN = regex.compile(rf"{_LINKED}(?: ?{_LINKED})*+(?:\p{{Nd}}++(?:[.・]\p{{Nd}}++)?+)?+")
_LINK = regex.compile(r"(\p{Nd}+(?:[.,，・]\p{Nd}+)*)(\D*)")


def _chain_value(written: str) -> float | None:
    """Value of 1億2000万 or 3만 5천."""
    total = 0.0
    for digits, units in _LINK.findall(written.replace(" ", "")):
        by = math.prod(_ATTACHED.get(unit, 1) for unit in units)
        total += min(digit_values(digits)[0], default=0.0) * by
    return total


_PLAIN_MARKS = {"٫": ",", "，": ",", "．": ".", "・": ".", "·": "."}


def digit_values(written: str) -> tuple[frozenset[float], tuple[float, ...]]:
    """What digits with separators may mean: 1.234,5 is 1234.5; 1,234 is 1234 or 1.234.

    Returns:
        The values of the whole, and the parts where they may stand for themselves.
    """
    plain = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else _PLAIN_MARKS.get(c, c) for c in written
    )
    groups = regex.split(r"[^0-9]", plain)
    marks = regex.findall(r"[^0-9]", plain)
    whole = float("".join(groups))
    if not marks:
        return frozenset({whole}), ()
    values: set[float] = set()
    grouped = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3
    indian = len(groups[-1]) == 3 and all(len(g) == 2 for g in groups[1:-1]) and len(groups[0]) <= 2
    if (grouped or indian) and len(set(marks)) == 1:
        values.add(whole)
    if marks[-1] in ".," and (len(marks) == 1 or marks[-1] not in marks[:-1]):
        values.add(float("".join(groups[:-1]) + "." + groups[-1]))
    apart = marks != [","]  # 2.6. is a day and a month, 2,6 is none
    apart = apart and (len(groups) == 2 or not (grouped or indian))
    return frozenset(values or {whole}), tuple(map(float, groups)) if apart else ()


# What stands before the number of a day of the week: 周四 is Thursday (CLDR, zh and zh-Hant; the
# third is spoken).
_WEEKDAY = ("周", "週", "星期", "礼拜", "禮拜")
# Places that begin with a numeral: those of two characters in the table of places (GeoNames, CLDR)
# with a Zipf frequency of 3.5 or more in Chinese or Japanese (wordfreq), without what is a number
# of something as well (三角, 十里, 三条); and the island of Kyushu.
_PLACES = (
    "四川",
    "三亚",
    "三亞",
    "三峡",
    "三峽",
    "三重",
    "九江",
    "九龙",
    "九龍",
    "九州",
    "万象",
    "萬象",
    "千葉",
)


def _read_ideographs(text: str, start: int, end: int) -> Number | None:
    written = text[start:end]
    value = _ideograph_value(written)
    if value is None or (
        len(written) == 1 and (text.endswith(_WEEKDAY, 0, start) or text.startswith(_PLACES, start))
    ):
        return None
    values = {value, *_readings(written)}
    unit = any(c in _UNITS or c in _SECTIONS for c in written)
    # 三四十 is thirty or forty, 百万 a round number; 二〇二一 is a year.
    several = regex.search(r"[二三四五六七八九]{2}", written) is not None
    sure = (len(written) > 1 and unit and not several and written[0] not in _ROUND) or (
        not unit and (len(written) == 4 or "〇" in written or "零" in written)
    )
    era = next((years for name, years in _ERAS.items() if text.endswith(name, 0, start)), None)
    if era is not None:
        values.add(value + era)
    if text[end : end + 1] in _TENTHS:  # 五成: half, told as a percentage
        return Number(Span(start, end + 1), _values({10 * value for value in values}), False)
    return Number(Span(start, end), _values(values), sure)


def _readings(written: str) -> set[float]:
    """What digits side by side may mean: 六七十 is sixty or seventy, 十四五 fourteen and five."""
    readings: set[float] = set()
    for match in _SIDE_BY_SIDE.finditer(written):
        cut = match.start() + 1
        ending = written[cut + 1 :]
        for part in (written[:cut] + ending, written[cut:], written[:cut]):
            value = _ideograph_value(part)
            if value is not None:
                readings.add(value)
    return readings


_SIDE_BY_SIDE = regex.compile(r"[一二三四五六七八九](?=[二三四五六七八九])")


def _ideograph_value(written: str) -> float | None:
    """Value of a numeral in ideographs; read digit by digit where there is no unit."""
    values = [unicodedata.numeric(c, -1.0) for c in written]
    if not any(c in _UNITS or c in _SECTIONS for c in written):
        return float("".join(str(int(v)) for v in values)) if min(values) >= 0 else None
    total = section = digit = 0.0
    for c, value in zip(written, values, strict=True):
        if c in _SECTIONS:
            total += (section + digit or 1) * _SECTIONS[c]
            section = digit = 0.0
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit = 0.0
        else:
            digit = value
    return total + section + digit


def _read_words(text: str, lexicon: Lexicon, start: int, end: int) -> list[Number]:
    found: list[Number] = []
    whole = -1  # place of the last number that stands for a whole run
    for run in _find_runs(text, lexicon, start, end):
        by = run[-1].by or 0.0
        if (
            by >= 1000
            and whole >= 0
            and _RANGE.fullmatch(text, found[whole].span.end, run[0].start)
        ):  # three to six billion
            first = found[whole]
            shared = first.values | _values(value * by for value in first.values)
            found[whole] = first._replace(values=shared)
        for told in run:
            values = told.values if told.values is not None else _values({told.value})
            found.append(Number(Span(told.start, told.end), values, False, kind=told.kind))
        if len(run) > 1:
            loose = any(told.kind == "other" for told in run)
            span = Span(run[0].start, run[-1].end)
            number = Number(span, _values(_whole(run)), False, kind="other" if loose else "word")
            found.append(number)
        whole = len(found) - 1
    for match in _WORD.finditer(text, start, end):
        month = lexicon.month(match[0])
        if month is not None:
            values = _values({float(month)})
            found.append(Number(Span(*match.span()), values, False, kind="month"))
    return found


# Conjunctions and prepositions that Hebrew and Arabic write as one with the next word.
_PROCLITICS = "ובכלמשהوبكلف"
_AND = frozenset("and und et y e en og och i și şi и і و ו".split())
_MODAL = ("may", "march")  # English words that are months with a capital only


class _Told(NamedTuple):
    """A word that tells a number, or what one is multiplied by."""

    start: int
    end: int
    values: frozenset[float] | None
    by: float | None
    kind: Literal["word", "other"]

    @property
    def value(self) -> float:
        """The number, or what is multiplied by."""
        return max(self.values) if self.values else self.by or 0.0


def _find_runs(text: str, lexicon: Lexicon, start: int, end: int) -> Iterator[list[_Told]]:
    """Words that tell one number together."""
    run: list[_Told] = []
    run_end = start  # of the run and of a conjunction behind it
    linked = False  # by a conjunction
    for match in _WORD.finditer(text, start, end):
        word, joins = _fold(match[0]), False
        if word[:1] in _PROCLITICS and word not in lexicon.words and word[1:] in lexicon.words:
            word, joins = word[1:], word[0] in _AND
        values, by = lexicon.words.get(word), lexicon.scale(word)
        beside = bool(run) and not text[run_end : match.start()].strip(" \u00a0-‐‑")
        if values is None and by is None:
            if beside and not linked and word in _AND:
                run_end, linked = match.end(), True
            elif run:
                yield run
                run = []
            continue
        kind: Literal["word", "other"] = "other" if word in lexicon.others else "word"
        told = _Told(*match.span(), values, by, kind)
        if run and not (beside and _goes_on(run, told, linked or joins)):
            yield run
            run = []
        run.append(told)
        run_end, linked = match.end(), False
    if run:
        yield run


def _goes_on(run: Sequence[_Told], told: _Told, linked: bool) -> bool:
    """Whether a word goes on with the number that others tell, and begins none of its own.

    Args:
        run: the words before it.
        told: the word.
        linked: whether a conjunction stands between them.
    """
    last, value = run[-1].value, told.value
    if told.kind == "other":  # two and a half, three dozen
        if linked:
            return value == 1
        return value in (_MULTIPLES if run[-1].kind == "word" else _SHARES if len(run) > 1 else ())
    if value >= 100:  # two hundred, a million, тысяча двести
        return not linked and (last < value or value < 1000 <= last)
    if run[-1].kind == "other":  # all seven
        return False
    if last >= 100:
        return True
    if linked and value >= 20:  # خمسة وعشرون
        return last < 10 and value % 10 == 0
    if last % 10 or not last:  # ثلاثة عشر, quatre-vingt, nineteen ninety
        return not linked and (
            value == 10 or (last, value) == (4, 20) or (last > 10 and value >= 10)
        )
    # twenty-five, on beş, soixante et onze, twenty twelve
    return value < 10 or (value < 100 and not linked) or (value < 20 and last in _SCORES)


_MULTIPLES = (10.0, 12.0)  # decades, dozen
_SHARES = {50.0: 0.5, 25.0: 0.25}  # half, quarter
_SCORES = (20.0, 60.0, 80.0)  # that teens are counted from in French: quatre-vingt-dix


def _whole(run: Sequence[_Told]) -> set[float]:
    """What the words of a run tell together."""
    total = current = before = 0.0
    for told in run:
        value = told.value
        if value >= 1000:
            total += max(1.0, current) * value
            current = 0.0
        elif value == 100:
            current = current * 100 if 0 < current < 100 else current + 100
        elif told.kind == "other" and before:
            current = current * value if value in _MULTIPLES else current + _SHARES.get(value, 0.0)
        else:
            current += 76 if (before, value) == (4, 20) else value
        before = value
    first, second = run[0].value, run[1].value
    if 10 <= first < 100 and 10 <= second < 100 and total == 0:  # nineteen ninety-one
        year = 100 * first + sum(told.value for told in run[1:])
        return {year, current} if first in _SCORES else {year}
    return {total + current}


def _roman(written: str) -> float:
    values = [_ROMAN_VALUES[c] for c in written]
    return float(
        sum(-a if a < b else a for a, b in pairwise(values)) + (values[-1] if values else 0)
    )


def _fold(word: str) -> str:
    return word.lower().replace("\u00ad", "")


@cache
def find_lexicon(lang: str) -> Lexicon:
    """Words that tell numbers in a language; empty for one that CLDR does not know."""
    words: dict[str, set[float]] = {}
    _add_number_words(lang, words)
    scales: dict[str, float] = {}
    stems: dict[str, float] = {}
    months: dict[str, int] = {}
    scale_first = _add_cldr_words(lang, scales, stems, months)
    scales |= _SCALES.get(lang, {})
    if lang == "en":
        stems.clear()  # a millionaire is no million
        for word, values in _ENGLISH.items():
            words.setdefault(word, set()).update(values)
        scales |= {"million": 10**6, "millions": 10**6, "billions": 10**9, "thousands": 10**3}
        scales |= {"mln": 10**6, "bln": 10**9, "tln": 10**12, "trn": 10**12, "mn": 10**6}
        scales |= {
            "trillions": 10**12,
            "lakh": 10**5,
            "lakhs": 10**5,
            "crore": 10**7,
            "crores": 10**7,
        }
    for word in list(words):
        if word in scales:
            del words[word]
    ordered = tuple(sorted(stems.items(), key=lambda item: -len(item[0])))
    for forms, value in _FORMS.get(lang, {}).items():
        for form in forms.split():
            words.setdefault(form, set()).add(float(value))
    others = frozenset(_ENGLISH) if lang == "en" else frozenset()
    for word in _ALSO_ELSE.get(lang, ()):
        words.pop(word, None)
    plain = {word: frozenset(values) for word, values in words.items()}
    return Lexicon(plain, scales, ordered, months, others, scale_first)


_SPELLED = (*range(101), *range(200, 1001, 100))


def _add_number_words(lang: str, words: dict[str, set[float]]) -> None:
    from unicode_rbnf import RbnfEngine

    try:
        engine = RbnfEngine.for_language("no" if lang in ("nb", "nn") else lang)
    except ValueError:
        return
    names = [
        name for name in engine.rulesets if name.startswith("spellout-") and "year" not in name
    ]
    for number in _SPELLED:
        try:
            spelled = engine.format_number(number, ruleset_names=names).text_by_ruleset.values()
        except Exception:  # a format that the library cannot follow tells nothing
            continue
        for form in set(spelled):
            parts = _fold(form).replace("-", " ").split()
            if len(parts) == 2 and 200 <= number < 1000:  # sjö hundruð
                words.setdefault(parts[1], set()).add(100.0)
            if len(parts) == 1 and not any(c.isdigit() for c in form):
                words.setdefault(parts[0], set()).add(float(number))


def _add_cldr_words(
    lang: str, scales: dict[str, float], stems: dict[str, float], months: dict[str, int]
) -> bool:
    """Add the scale words and months of a language; whether scale words stand before digits."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(lang)
    except (UnknownLocaleError, ValueError):
        return False
    first = False
    for width in ("long", "short"):
        by_size: dict[float, set[str]] = {}
        for patterns in locale.compact_decimal_formats.get(width, {}).values():
            for size, pattern in patterns.items():
                shown = pattern.pattern if hasattr(pattern, "pattern") else str(pattern)
                shown = shown.split(";")[0]  # without the pattern of negative numbers
                zeros = shown.count("0")
                first = first or (width == "long" and shown[:1].isalpha())
                word = _fold(regex.sub(r"[0¤\p{Cf}]", "", shown).strip(" .\u00a0'’"))
                if zeros and (len(word) > 3 or (len(word) > 1 and not word.isascii())):
                    by_size.setdefault(float(size) / 10 ** (zeros - 1), set()).add(word)
        for value, forms in by_size.items():
            for form in forms:
                if regex.fullmatch(r"[\p{L}\p{M}]+", form):
                    scales.setdefault(form, value)
            if width == "long" and (stem := _common_stem(forms)):
                stems.setdefault(stem, value)
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for month, name in locale.months.get(context, {}).get(width, {}).items():
                folded = _fold(name).strip(".")
                if regex.fullmatch(r"[\p{L}\p{M}]+", folded):
                    months.setdefault(folded, month)
                    if width == "wide":  # Turkish ara is December for short, arada “in between”
                        months |= dict.fromkeys(_cases(folded, lang), month)
    return first


def _cases(month: str, lang: str) -> list[str]:
    """Cases of the name of a month that CLDR's formats leave out."""
    for ending, cases in _MONTH_CASES.get(lang, {}).items():
        if month.endswith(ending):
            return [month.removesuffix(ending) + case for case in cases.split()]
    return []


def _equal(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _common_stem(forms: set[str]) -> str:
    """What the forms of a scale word have in common, if that is long enough to tell it."""
    first, last = min(forms), max(forms)
    stem = "".join(a for a, b in takewhile(_equal, zip(first, last, strict=False)))
    return stem if len(stem) >= 4 and stem.isalpha() else ""
