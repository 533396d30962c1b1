"""Words and names of the text that a translation renders, script by script."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import regex

from mtqa.text.document import Span
from mtqa.text.frequency import has_frequencies, zipf
from mtqa.text.gazetteer import (
    arabic_cities,
    beginning,
    calendar,
    chinese_provinces,
    is_city,
    is_city_adjective,
    is_country_adjective,
    is_country_name,
    is_country_word,
    is_place_name,
    known_places,
    names_of,
    transcribing_weights,
)
from mtqa.text.known_names import SOUNDS_ALIKE, find_known, has_like_consonants
from mtqa.text.language import scripts_of
from mtqa.text.names import given_names, is_common, opens_sentence
from mtqa.text.persons import (
    is_listed,
    is_person,
    is_proper_noun,
    is_proper_noun_declined,
    stems,
)
from mtqa.text.readings import (
    Token,
    other_readings,
    read_chinese,
    read_japanese,
)
from mtqa.text.spelling import fold, is_pinyin
from mtqa.text.transliteration import BOUNDARY, UNBOUNDED, is_transliterated, log_odds

if TYPE_CHECKING:
    from mtqa.text.analysis import Analysis

_SCRIPTS = (
    "Latin", "Cyrillic", "Greek", "Hebrew", "Arabic", "Devanagari", "Han", "Hiragana", "Katakana",
    "Hangul", "Georgian", "Armenian", "Thai", "Bengali", "Tamil", "Telugu", "Kannada", "Malayalam",
    "Gujarati", "Gurmukhi", "Sinhala", "Khmer", "Myanmar", "Lao", "Ethiopic",
)  # fmt: skip
_RUN = regex.compile(
    "|".join(
        rf"(?P<{script}>\p{{{script}}}[\p{{{script}}}\p{{M}}ー\u200c\u200d]*+"
        rf"(?:['’ʼ׳״\"](?=\p{{{script}}})[\p{{{script}}}\p{{M}}]++)*+)"
        for script in _SCRIPTS
    )
)
_HAN = regex.compile(r"\p{Han}{2,}")
_KATAKANA = regex.compile(r"[\p{Katakana}ー]+")
_CASED = frozenset({"Latin", "Cyrillic", "Greek", "Armenian"})
_PREFIXED = frozenset({"Hebrew", "Arabic"})
# Languages that write every noun with a capital.
_CAPITAL_NOUNS = frozenset({"de", "lb"})

# Log odds above which a word may be what a name renders (see `mtqa.text.transliteration`).
POSSIBLE = -3.0
# In a text without spaces many windows are tried, and one of them is always somewhat like a name.
_POSSIBLE_ANYWHERE = 0.0
_POSSIBLE_PINYIN = 2.5  # a name in pinyin is spelled as its characters are read
# Characters in a Chinese text may be read as in Japanese, and the reverse, but mostly are not.
_OTHER_READINGS = {"zh": "Katakana", "ja": "Han"}
_UNLIKELY = 4.0
LETTERS = 3  # of a name that is looked for
_LONGEST = 12  # letters of a name in Latin script that is no compound
_LONGEST_LONE = 9  # the same, where no other name stands beside it
# Zipf frequency (of the large list) under which a Chinese word is none of the dictionary.
_UNKNOWN = 2.0
_FREQUENT_PART = 3.4  # the same for two characters of three (贡献 of 贡献率)
# Sums of log odds, of a run and for each of its characters, from which it is a foreign name.
_TRANSCRIBED = 6.0
_EACH = 1.5
_LONGEST_CHINESE = 3  # characters of a person's name
_RARE = 3.0  # Zipf frequency under which a capitalised word of the source is a name
_FREQUENT_NAME = 5.0  # the same for words that sound like a name that English knows
# Log odds for each letter from which a capitalised word sounds like a name that English knows.
_BY_LETTER = 1.3
# A word of another language that English uses but for 1.5 (log10) as often is a name in both.
_NEARLY = 1.5
# Adjectives of the Slavic languages in Cyrillic stand with a capital in the names of institutions.
_ADJECTIVE = regex.compile(
    r"(?:[иыії]й|ого|его|[оеі]му|[ыи]м|ом|ой|ей|ая|яя|ую|юю|ое|ее|ые|ие|[ыиі]х|[ыи]ми|ої|ою|ська|ське|ські|цька)\Z"
)
_NOUN_ENDINGS = ("ом", "ой", "ою", "им", "ым", "ий", "ій")  # those of nouns, too
_FREQUENT_ADJECTIVE = 3.5  # Zipf frequency from which they are no names themselves
_FREQUENT_NOUN = 4.5  # the same for nouns that sound like a name which English hardly knows
_RARE_SURNAME = 4.0  # the same for words with the endings of Slavic family names
_SURNAME = regex.compile(
    r"(?:[оеё]в|[иы]н|енко|ч?ук|ян|дзе|швили|ович|евич)(?:а|у|ым|ом|і|е|ой|ій|ою)?\Z"
)
# Scripts without capitals whose words stand apart.
_LISTED = frozenset(
    "Hebrew Arabic Devanagari Hangul Georgian Bengali Tamil Gujarati Sinhala".split()
)
# Zipf frequencies under which a word is taken for what a list says it is, where nothing else
# speaks for it: of persons, three in four of the lists, of which the Arabic one has many common
# words; of cities, which are mostly more frequent, all but common words.
_RARE_NAME = {"Hebrew": 4.6, "Arabic": 4.4, "Devanagari": 4.4}
_FREQUENT_CITY = 5.4
_MORE_FREQUENT = 1.8  # log10: of a known place in a language where it is nearer, at most
_FREQUENT_GIVEN = 6.2  # of a given name before another name (محمد)
_UNUSUAL = 4.3  # of a word beside a given name that is part of the name
# What Korean writes to the end of a noun. Source: Wikipedia, "Korean postpositions".
_PARTICLES = frozenset(
    "은 는 이 가 을 를 에 의 와 과 도 로 에서 으로 부터 까지 에게 이나 만".split()
)
_KOREAN_PARTICLE = 2
_TOGETHER = frozenset({"Thai", "Lao", "Khmer", "Myanmar"})
_LONGEST_PLACE = 24  # letters
_THAI_TITLES = frozenset("นาย นาง นางสาว ดร".split())
_INITIAL = regex.compile(r"(?<!\p{L})\p{Lu}\.[ \u00a0]?\Z")  # Д. Рассел
_CLOSING = frozenset('"”»“')

# Family names of China. Sources: Ministry of Public Security, report on names for 2020, the hundred
# commonest, simplified and traditional; and those of the Hundred Family Surnames (百家姓, 11th
# century) that are no frequent words besides.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟"
    "姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭潘蔣葉程魏蘇呂盧鍾譚陸韋賈鄒閻龍賀顧龔萬錢嚴習"
    "褚卫尤施华戚喻柏窦章云葛奚郎鲁昌苗凤俞柳鲍费廉岑倪汤滕殷毕邬安乐傅皮卞齐康伍元卜穆萧湛祁禹狄米贝臧计伏成谈茅庞纪舒修"
    "屈项祝阮蓝闵席季麻强路娄危童颜梅盛刁骆樊凌霍虞支柯管房裘缪解应宗宣郁单杭洪包诸左吉钮嵇邢裴荣翁荀惠甄曲封芮储靳"
    "井富巫乌焦巴牧车宓郗班仲伊宫宁仇栾甘厉戎祖符景詹束幸司韶郜薄印蒲邰索赖卓蔺屠蒙池乔胥闻莘党翟贡劳姬申冉宰雍桑桂濮牛"
    "寿边扈燕冀郏浦尚农温庄晏柴瞿阎慕茹习宦艾鱼容古易慎戈庾暨衡耿匡文寇阙欧沃蔚越隆师巩聂晁敖冷辛阚那简饶沙鞠丰巢关查荆游竺权盖桓"
)


class SourceWord(NamedTuple):
    """A word of the source, or a run of it in a script without spaces.

    Attributes:
        span: code points of the source.
        text: how it is compared: as it stands, or as it is read (Japanese).
        script: of ``text``, by its Unicode name.
        readings: how else it may be read.
    """

    span: Span
    text: str
    script: str
    readings: tuple[str, ...] = ()


# Letters that languages in Latin script exchange when they take over a name (Kalifornía).
_SOUNDS = (
    ("sch", "s"), ("ch", "k"), ("sh", "s"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("qu", "k"),
    ("x", "ks"), ("c", "k"), ("q", "k"), ("z", "s"), ("w", "v"), ("y", "i"), ("j", "i"),
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _sound(letters: str) -> str:
    for spelled, sound in _SOUNDS:
        letters = letters.replace(spelled, sound)
    return "".join(c for i, c in enumerate(letters) if i == 0 or c != letters[i - 1])


@lru_cache(maxsize=1 << 16)
def _same_latin(name: str, word: str) -> bool:
    """Whether a folded word of a source in Latin script may be the folded name, declined or not."""
    if name == word:
        return True
    name, word = _sound(name), _sound(word)
    common = 0
    while common < min(len(name), len(word)) and name[common] == word[common]:
        common += 1
    if common >= 3 and len(name) - common <= 3 and len(word) - common <= 4:
        return True
    if (common >= 4 and len(name) - common <= 3) or (
        len(name) >= 5 and name[: max(5, len(name) - 2)] in word
    ):
        return True  # part of a compound
    from rapidfuzz.distance import Levenshtein

    return name[:1] == word[:1] and Levenshtein.normalized_similarity(name, word) >= (
        0.7 if len(name) < 8 else 0.6
    )


@lru_cache(maxsize=1 << 16)
def _stems(name: str) -> tuple[tuple[str, str], ...]:
    """Words of a place name without their endings, with their scripts."""
    return tuple(
        (beginning(match.group()), match.lastgroup or "")
        for match in _RUN.finditer(name.casefold())
    )


class SourcePiece:
    """The words of one piece of the source."""

    def __init__(self, text: str, words: Sequence[SourceWord], lang: str) -> None:
        self.text = text.casefold()
        self.lang = lang
        self.unlikely = _OTHER_READINGS.get(lang, "")
        self.words = words
        self.latin = [(fold(word.text), word) for word in words if word.script == "Latin"]
        self.others = [word for word in words if is_transliterated(_sounding(word.script))]
        self.folded = [(word.text.casefold(), word.script) for word in words]

    def mentions(self, name: str) -> bool:
        """Whether a place that is called ``name`` is spoken of."""
        stems = _stems(name)
        if not stems:
            return False
        if stems[0][1] in UNBOUNDED:
            return name.casefold() in self.text
        found = sum(
            any(
                script == other
                and (word.startswith(stem) or (script in _PREFIXED and stem in word))
                for word, other in self.folded
            )
            for stem, script in stems
        )
        return 0 < found >= len(stems) - 1

    def nearest(self, name: str) -> tuple[float, SourceWord | None]:
        """The word that sounds most like a folded name, with its log odds."""
        best, nearest = float("-inf"), None
        anywhere = _POSSIBLE_ANYWHERE
        if self.lang == "zh" and is_pinyin(name):
            anywhere = _POSSIBLE_PINYIN
        for word in self.others:
            odds = log_odds(name, word.text, word.script)
            if word.script in UNBOUNDED:
                odds += POSSIBLE - anywhere
            if word.script in self.unlikely:
                odds -= _UNLIKELY
            if odds > best:
                best, nearest = odds, word
        if best <= POSSIBLE and any(
            has_like_consonants(name, match.group()) for match in _KATAKANA.finditer(self.text)
        ):
            return POSSIBLE + 1.0, None
        return best, nearest

    def same(self, name: str) -> SourceWord | None:
        """The word that is the folded name in Latin letters, declined or not."""
        for letters, word in self.latin:
            if _same_latin(name, letters):
                return word
        return None

    def speaks_of(self, name: str, lang: str) -> bool:
        """Whether a place is spoken of that has the folded name in English."""
        return any(map(self.mentions, set(names_of(name, lang))))


def script_of(word: str) -> str:
    """The script of the first letter, by its Unicode name; empty for one that is not known."""
    match = _RUN.match(word)
    return (match.lastgroup if match else None) or ""


def is_katakana(word: str) -> bool:
    """Whether a word is in katakana alone."""
    return bool(_KATAKANA.fullmatch(word))


def _sounding(script: str) -> str:
    return "Katakana" if script == "Hiragana" else script


class SourceText:
    """Words and names of the source, in order."""

    def __init__(self, source: Analysis) -> None:
        self.text, self.lang = source.text, source.lang
        self.lang_script = scripts_of(self.lang)[0]
        self.words: list[SourceWord] = []
        self._source = source
        self._tokens: list[Token] = []
        self._found: list[SourceWord] = []
        if self.lang == "ja":
            self._read_japanese()
        else:
            self.words = [
                SourceWord(Span(*match.span()), match.group(), match.lastgroup or "")
                for match in _RUN.finditer(self.text)
            ]
        if self.lang == "zh":
            # Japanese names are written in characters, too, and read as in Japanese.
            self.words += [
                SourceWord(word.span, reading, "Katakana")
                for word in self.words
                if word.script == "Han"
                for reading in (BOUNDARY.join(token.reading for token in read_japanese(word.text)),)
            ]
            self.words.sort()
        self._starts = [word.span.start for word in self.words]

    @cached_property
    def names(self) -> list[SourceWord]:
        """Names in order; the dictionaries that tell them are loaded with the first."""
        if self.lang == "ja":
            self._found += _names(self.text, self._tokens, "Katakana", "ja")
        elif self.lang == "zh":
            tokens = read_chinese(self.text)
            taken: set[int] = set()
            for named in (
                _names(self.text, tokens, "Han", "zh"),
                _transcribed(self.text),
                _in_office(self.text, tokens),
                _short_names(self.text, tokens),
                _known_in_pinyin(self.text, tokens),
            ):
                for name in named:
                    if taken.isdisjoint(range(*name.span)):
                        taken.update(range(*name.span))
                        self._found.append(name)
        self._find_capitalised(self._source)
        self._find_listed()
        self._find_places_in_runs()
        return sorted(self._found, key=lambda word: word.span)

    @cached_property
    def _name_starts(self) -> list[int]:
        return [word.span.start for word in self.names]

    def _read_japanese(self) -> None:
        tokens = read_japanese(self.text)
        run: list[Token] = []
        for token in [*tokens, Token(-1, -1, "")]:
            written = self.text[token.start : token.end]
            match = _RUN.match(written) if token.start >= 0 else None
            if match and match.lastgroup in ("Han", "Hiragana", "Katakana"):
                if run and run[-1].end != token.start:
                    self._add_run(run)
                    run = []
                run.append(token)
                continue
            if run:
                self._add_run(run)
                run = []
            if match:
                self.words.append(
                    SourceWord(Span(token.start, token.end), written, match.lastgroup or "")
                )
        # Chinese names are read as in Chinese.
        self.words += [
            SourceWord(Span(*match.span()), match.group(), "Han")
            for match in _HAN.finditer(self.text)
        ]
        self.words.sort()
        self._tokens = tokens

    def _add_run(self, run: list[Token]) -> None:
        reading = BOUNDARY.join(token.reading for token in run)
        self.words.append(SourceWord(Span(run[0].start, run[-1].end), reading, "Katakana"))
        for token in run:
            if token.kind:
                span = Span(token.start, token.end)
                self.words += (
                    SourceWord(span, other, "Katakana")
                    for other in other_readings(self.text[token.start : token.end])
                    if other != token.reading
                )

    def _find_capitalised(self, source: Analysis) -> None:
        """Capitalised words that are names: rare ones, places, and those that English knows too."""
        starts = {span.start for span in source.sentences}
        lower = {word.text for word in self.words if word.text[0].islower()}
        capital = [self._has_capital(word) for word in self.words]
        for index, word in enumerate(self.words):
            if word.text.islower() and (
                is_country_adjective(word.text, self.lang) or is_city_adjective(word.text)
            ):
                self._found.append(word)
            if word.text.isupper() and is_country_name(word.text, self.lang):
                self._found.append(word)
            if not capital[index] or word.text.lower() in lower or self._is_day(word):
                continue
            # A word in quotation marks of its own is a title or a name.
            opens = not self._is_foreign(word) and (
                word.span.start in starts
                or (
                    opens_sentence(self.text, word.span.start)
                    and self.text[word.span.end : word.span.end + 1] not in _CLOSING
                    and not _INITIAL.search(self.text, max(0, word.span.start - 4), word.span.start)
                )
            )
            beside = any(
                0 <= other < len(capital) and capital[other] and self._are_neighbours(index, other)
                for other in (index - 1, index + 1)
            )
            behind = (
                index > 0
                and capital[index - 1]
                and word.script != "Latin"
                and self._are_neighbours(index - 1, index)
                and is_listed(self.words[index - 1].text, word.script, "given")
            )
            if self._is_name(word, opens, beside, behind):
                self._found.append(word)

    def _find_listed(self) -> None:
        """Names in scripts without capitals: places and persons of the lists, and who is beside."""
        words = [word for word in self.words if word.script in _LISTED and not self._is_day(word)]
        if not words:
            return
        counted = has_frequencies(self.lang)
        surely = [self._is_listed(word, counted) for word in words]
        for index, (one, other) in enumerate(pairwise(words)):
            if self._touch(one, other) and any(
                is_place_name(f"{form} {other.text}", self.lang)
                for form in (*stems(one.text, one.script), one.text[1:])  # בתל אביב
            ):
                surely[index] = surely[index + 1] = True
        for index, word in enumerate(words):
            if surely[index]:
                self._found.append(word)
                continue
            if not counted:
                continue
            frequency = min(zipf(stem, self.lang) for stem in stems(word.text, word.script)[:1])
            before = index > 0 and self._touch(words[index - 1], word)
            after = index + 1 < len(words) and self._touch(word, words[index + 1])
            # A family name behind a given name, and a given name that is a word besides (רון).
            if (
                before
                and is_listed(words[index - 1].text, word.script, "given")
                and frequency < (_UNUSUAL if surely[index - 1] else _RARE)
            ) or (
                after
                and is_listed(word.text, word.script, "given")
                and (
                    (frequency < _FREQUENT_GIVEN and surely[index + 1])
                    or (
                        frequency < _FREQUENT_CITY
                        and zipf(words[index + 1].text, self.lang) < _UNUSUAL
                    )
                )
            ):
                self._found.append(word)

    def _find_places_in_runs(self) -> None:
        """Cities and countries in scripts that write their words together (Thai, Khmer …)."""
        for word in self.words:
            if word.script not in _TOGETHER:
                continue
            start = 0
            while start < len(word.text):
                longest = next(
                    (
                        size
                        for size in range(min(_LONGEST_PLACE, len(word.text) - start), LETTERS, -1)
                        if is_place_name(word.text[start : start + size], self.lang)
                    ),
                    0,
                )
                if longest:
                    at = word.span.start + start
                    text = word.text[start : start + longest]
                    self._found.append(SourceWord(Span(at, at + longest), text, word.script))
                elif (start == 0 or word.text[:start] in _THAI_TITLES) and is_person(
                    word.text[start:], word.script
                ):
                    at = word.span.start + start
                    self._found.append(
                        SourceWord(Span(at, word.span.end), word.text[start:], word.script)
                    )
                start += longest or 1

    def _touch(self, one: SourceWord, other: SourceWord) -> bool:
        return self.text[one.span.end : other.span.start] in (" ", "\u200c")

    def _is_listed(self, word: SourceWord, counted: bool) -> bool:
        """Whether a word is a place or a person and, as far as that is known, nothing else."""
        text, script = word.text, word.script
        if script == "Hangul":
            return self._is_korean(text)
        if len(text) < LETTERS:
            return False
        if not counted and len(text) <= LETTERS:
            return False
        frequency = zipf(text, self.lang)
        if (
            counted
            and script not in _PREFIXED
            and frequency < _FREQUENT_NAME
            and len(text) > LETTERS
            and find_known(text, script) is not None
        ):
            return True
        forms = stems(text, script)
        if script == "Hebrew":
            known = [form for form in forms if not _takes_article(form, _SELDOM_OF_PLACES)]
            forms = tuple(form for form in forms if not _takes_article(form))
        else:
            known = list(forms)
        if counted and any(self._is_known_place(form) for form in known):
            return True
        if frequency < _FREQUENT_NAME and any(is_country_name(form, self.lang) for form in forms):
            return True
        with_article = [form for form in forms if form.startswith("ال")]
        if with_article:
            if frequency < _FREQUENT_NAME and any(form in arabic_cities() for form in with_article):
                return True
        elif len(text) > LETTERS and frequency < _FREQUENT_CITY and any(map(is_city, forms)):
            return True
        if script == "Hebrew" and any(_takes_no_article(form) for form in forms):
            return True
        return frequency < _RARE_NAME.get(script, _RARE_SURNAME) and any(
            is_person(form, script) for form in forms
        )

    def _is_known_place(self, word: str) -> bool:
        """Whether a word is a place and not much more frequent than the place is in English."""
        known = known_places(self.lang).get(word.casefold())
        return known is not None and zipf(word, self.lang) <= known + _MORE_FREQUENT

    def _is_korean(self, text: str) -> bool:
        stems = [text] + [
            text[:-cut] for cut in range(1, _KOREAN_PARTICLE + 1) if text[-cut:] in _PARTICLES
        ]
        if any(
            (len(stem) >= 2 and zipf(stem, "ko") < _FREQUENT_CITY and is_place_name(stem, "ko"))
            or self._is_known_place(stem)
            for stem in stems
        ):
            return True
        return any(
            len(stem) == _LONGEST_CHINESE
            and is_listed(stem[0], "Hangul", "family")
            and (zipf(stem[1:], "ko") == 0.0 or is_listed(stem[1:], "Hangul", "given"))
            for stem in stems
        ) and all(zipf(stem, "ko") < _RARE_SURNAME for stem in stems)

    def _is_day(self, word: SourceWord) -> bool:
        """Whether it is a day or a month."""
        return not calendar(self.lang).isdisjoint(stems(word.text.casefold(), word.script))

    def _are_neighbours(self, one: int, other: int) -> bool:
        first, second = sorted((self.words[one].span, self.words[other].span))
        return self.text[first.end : second.start] == " "

    def _has_capital(self, word: SourceWord) -> bool:
        return (
            word.script in _CASED
            and len(word.text) >= LETTERS
            and word.text[0].isupper()
            and (word.text[1:].islower() or (self._is_foreign(word) and not word.text.isupper()))
        )

    def _is_foreign(self, word: SourceWord) -> bool:
        """Whether it is in Latin letters in a text of another script."""
        return word.script == "Latin" and self.lang_script != "Latin"

    def _is_name(self, word: SourceWord, opens: bool, beside: bool, behind: bool) -> bool:
        """Whether a capitalised word is a name.

        Args:
            word: the word.
            opens: whether it begins a sentence.
            beside: whether another capitalised word stands beside it.
            behind: whether it stands behind a given name.
        """
        frequency = zipf(word.text.lower(), self.lang, "large")
        if (not opens or frequency < _FREQUENT_NAME) and is_country_word(word.text, self.lang):
            return True
        if self._is_plain_adjective(word, frequency) and not behind:
            return False
        if not opens and (is_city(word.text) or is_city_adjective(word.text.lower())):
            return True
        if len(word.text) <= LETTERS:
            return is_proper_noun(word.text, word.script) and frequency < _FREQUENT_NAME
        if self._is_foreign(word):
            return not is_common(word.text, "en")
        if opens and word.script == "Latin":  # a given name before a family name
            return beside and frequency == 0.0 and len(word.text) <= _LONGEST
        if self._is_proper_noun(word, frequency):
            return True
        known = None
        if frequency < (_FREQUENT_CITY if behind or not opens else _FREQUENT_NAME):
            if is_listed(word.text, word.script, "given"):
                return not opens or frequency < _RARE_SURNAME or beside
            if behind and not _ADJECTIVE.search(word.text.lower()):
                return True
            if not opens and is_listed(word.text, word.script, "family"):
                return True
            least = SOUNDS_ALIKE if opens else min(SOUNDS_ALIKE, _BY_LETTER * len(word.text))
            known = find_known(word.text, word.script, least)
            if (
                known is not None
                and frequency >= _FREQUENT_NOUN
                and zipf(known, "en", "large") < frequency - _MORE_FREQUENT
            ):
                known = None  # Союз is a union, and rarely Soyuz
        if opens:
            return known is not None and known.title() in given_names()
        if word.script == "Latin":
            letters = fold(word.text)
            english = zipf(letters, "en", "large")
            if is_common(letters, "en"):
                return False
            if self.lang in _CAPITAL_NOUNS:
                # As frequent in English, where it is no common word, is a name.
                return (beside and (frequency < _RARE or word.text in given_names())) or (
                    english > 0 and english >= frequency - _NEARLY
                )
            return (
                frequency < _RARE
                and (len(letters) <= _LONGEST_LONE or (beside and len(letters) <= _LONGEST))
            ) or (
                english > 0 and (english >= frequency - _NEARLY or letters.title() in given_names())
            )
        rare = _RARE_SURNAME if _SURNAME.search(word.text) else _RARE
        return known is not None or (frequency < rare and not _ADJECTIVE.search(word.text.lower()))

    def _is_plain_adjective(self, word: SourceWord, frequency: float) -> bool:
        """Whether it is an adjective that has a capital in the name of a thing: Белого дома."""
        lower = word.text.lower()
        return (
            word.script == "Cyrillic"
            and frequency >= _FREQUENT_ADJECTIVE
            and "ск" not in lower[-5:]
            and bool(_ADJECTIVE.search(lower))
            and not (lower.endswith(_NOUN_ENDINGS) and is_city(lower))
            and not is_person(word.text, word.script)
            and not is_proper_noun(word.text, word.script)
        )

    def _is_proper_noun(self, word: SourceWord, frequency: float) -> bool:
        """Whether a capitalised word is a proper noun of a dictionary, but no feast or the like."""
        if frequency < _RARE:
            return is_proper_noun_declined(word.text, word.script)
        if not frequency < _FREQUENT_CITY or not (
            is_proper_noun(word.text, word.script)
            or (frequency < _RARE_SURNAME and is_proper_noun_declined(word.text, word.script))
        ):
            return False
        return (
            is_city(word.text)
            or is_person(word.text, word.script)
            or find_known(word.text, word.script) is not None
        )

    def within(self, span: Span, *, names: bool = False) -> SourcePiece:
        """The words of a piece; ``names``: its names besides, apart from the runs they stand in."""
        words = self._words_within(span)
        if names:
            first = bisect_left(self._name_starts, span.start)
            words += self.names[first : bisect_left(self._name_starts, span.end)]
        return SourcePiece(self.text[span.start : span.end], words, self.lang)

    def _words_within(self, span: Span) -> list[SourceWord]:
        first = bisect_left(self._starts, span.start)
        return self.words[first : bisect_left(self._starts, span.end)]

    def features(self, span: Span) -> frozenset[str]:
        """What words of a piece begin with; pairs of characters where it has no spaces."""
        found: set[str] = set()
        for word in self._words_within(span):
            text = self.text[word.span.start : word.span.end].casefold()
            if word.script in UNBOUNDED:
                found.update(text[i : i + 2] for i in range(len(text) - 1))
            elif len(text) >= LETTERS:
                found.add(beginning(text))
        return frozenset(found)

    def names_within(self, span: Span, rendered: Container[str]) -> list[SourceWord]:
        """Names, those among them that are known by what renders them elsewhere."""
        first = bisect_left(self._name_starts, span.start)
        found = self.names[first : bisect_left(self._name_starts, span.end)]
        taken = {name.span for name in found}
        for word in self._words_within(span):
            if (
                word.span not in taken
                and word.script not in UNBOUNDED - {"Hangul"}
                and len(word.text) >= LETTERS
                and (word.script not in _CASED or self._has_capital(word))
                and any(
                    beginning(stem) in rendered for stem in stems(word.text.casefold(), word.script)
                )
            ):
                found.append(word)
        return sorted(found)


# Endings of Hebrew: plural, construct, possessive, gentile.
_HEBREW_ENDINGS = ("נו", "ות", "ים", "יו", "יה", "ית", "ו", "ה", "י", "ם", "ן", "ת")
_HEBREW_VERBS = ("ה", "ל", "יי")  # causatives, infinitives, third persons
_MUCH_LESS = 2.0  # log10: one in a hundred
_ABOUT = 0.5  # log10: one in three


_SELDOM = 1.0  # log10: one in ten
_SELDOM_OF_PLACES = 0.7  # the same for a known place, which is rarely anything else: one in five


def _takes_article(word: str, seldom: float = _SELDOM) -> bool:
    """Whether a Hebrew word is met with the article more often than ``seldom``."""
    return zipf("ה" + word, "he", "large") > zipf(word, "he", "large") - seldom


@lru_cache(maxsize=1 << 14)
def _takes_no_article(word: str) -> bool:
    """Whether a Hebrew word is met with prepositions but not with the article: a proper name.

    The article ה and the prepositions ב, ל, מ are written to the front of a word, so that a list of
    frequencies shows which of them a word takes. What is a prefix or an ending before or behind
    another word is left out. Of 65 words in 2,000 (zipf 2.5 to 4.6, drawn at random) that pass,
    49 are names.
    """

    def frequency(form: str) -> float:
        return zipf(form, "he", "large")

    own = frequency(word)
    article = frequency("ה" + word)
    if not _UNKNOWN < own < _FREQUENT_NAME or len(word) < LETTERS or article > own - _MUCH_LESS:
        return False
    if word.startswith(_HEBREW_VERBS):
        return False
    # A verb takes the conjunction ש, and no prepositions.
    if max(frequency("ל" + word), frequency("ב" + word)) <= max(article, frequency("ש" + word)):
        return False
    parts = [word[1:]] if word[0] in "והבלמשכ" else []
    for ending in _HEBREW_ENDINGS:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            parts += [stem, stem + "ה", stem + "ת"]
    return all(len(part) < 2 or frequency(part) < own - _ABOUT for part in parts)


def _is_chinese_name(written: str, token: Token) -> bool:
    """Whether what jieba takes for a name is one: its dictionary takes many words for names."""
    frequency = zipf(written, "zh", "large")
    if is_country_word(written, "zh") or written in chinese_provinces():
        return True
    if is_city(written) and (len(written) > 2 or (token.kind == "place" and frequency >= _RARE)):
        return True
    if token.kind != "person" or written[0] not in _SURNAMES or len(written) > _LONGEST_CHINESE:
        return False
    if len(written) == 2:
        return frequency < _UNKNOWN
    return (frequency < _UNKNOWN or token.known) and max(
        zipf(written[:2], "zh"), zipf(written[1:], "zh")
    ) < _FREQUENT_PART


def _transcribed(text: str) -> Iterator[SourceWord]:
    """Foreign names in Chinese: runs of characters that mostly write sounds."""
    weights = transcribing_weights()
    for match in _HAN.finditer(text):
        run = match.group()
        start = 0
        while start < len(run):
            best, total, end, size = 0.0, 0.0, start, start
            while size < len(run) and run[size] in weights:
                total += weights[run[size]]
                size += 1
                if total > best:
                    best, end = total, size
            if end - start >= LETTERS and best >= _TRANSCRIBED and best >= _EACH * (end - start):
                at = match.start() + start
                yield SourceWord(Span(at, match.start() + end), run[start:end], "Han")
                start = end
            else:
                start += 1


# Last characters of offices and professions (部长, 记者, 研究员, 主任, 主席, 总裁, 总理, 专家):
# those of the nouns that stand before names of three characters in the sources of WMT20 to WMT22,
# Chinese to English.
_OFFICES = frozenset("长者员任席裁理家士授记使人师官")
_FREQUENT_PERSON = 3.4  # Zipf frequency (of the large list) of a name behind an office, at most


def _in_office(text: str, tokens: Sequence[Token]) -> Iterator[SourceWord]:
    """Chinese persons that stand behind their office, and those who are listed with them.

    The dictionary takes many of them for other words (王准), or for two (侯 顺利).
    """
    expected = False
    for token, following in zip(tokens, [*tokens[1:], Token(-1, -1, "")], strict=True):
        written = text[token.start : token.end]
        end = 0
        if expected and written[0] in _SURNAMES:
            joined = text[token.start : following.end] if following.start >= 0 else ""
            if 1 < len(written) <= _LONGEST_CHINESE:
                end = token.end
            elif (
                token.kind == "person"
                and _HAN.fullmatch(joined)
                and len(joined) <= _LONGEST_CHINESE
            ):
                end = following.end
        name = text[token.start : end]
        if name and zipf(name, "zh", "large") < _FREQUENT_PERSON:
            yield SourceWord(Span(token.start, end), name, "Han")
        elif not (
            expected and (written in (" ", "、", "（", "(") or text[token.start - 1] in _SURNAMES)
        ):
            expected = len(written) > 1 and written[-1] in _OFFICES


_SHORT = 5.0  # sum of log odds from which two characters that a dictionary takes for a name are one
_EACH_SHORT = 1.0
_FREQUENT_SHORT = 4.0  # Zipf frequency of such a word, at most


def _short_names(text: str, tokens: Iterable[Token]) -> Iterator[SourceWord]:
    """Foreign names of two characters: 沙巴, 莱希."""
    weights = transcribing_weights()

    def writes_sound(place: int) -> bool:
        return 0 <= place < len(text) and weights.get(text[place], 0.0) >= _EACH_SHORT

    for token in tokens:
        written = text[token.start : token.end]
        if not token.kind or not _HAN.match(written):
            continue
        if (
            len(written) == 2
            and token.kind != "other"
            and zipf(written, "zh", "large") < _FREQUENT_SHORT
            and writes_sound(token.start)
            and writes_sound(token.start + 1)
            and sum(weights[character] for character in written) >= _SHORT
            and not writes_sound(token.start - 1)
            and not writes_sound(token.end)
        ):
            yield SourceWord(Span(token.start, token.end), written, "Han")


_KNOWN_PINYIN = 2.5  # Zipf frequency in English from which pinyin is a name


def _known_in_pinyin(text: str, tokens: Iterable[Token]) -> Iterator[SourceWord]:
    """Beginnings of Chinese names that English calls by their sound: 新华社, 湖南日报."""
    from pypinyin import lazy_pinyin

    for token in tokens:
        written = text[token.start : token.end]
        if token.kind not in ("place", "other") or not _HAN.match(written):
            continue
        syllables = lazy_pinyin(written)
        if len(syllables) != len(written):
            continue
        for size in range(min(_LONGEST_CHINESE, len(written)), 1, -1):
            letters = "".join(syllables[:size])
            if zipf(letters, "en", "large") >= _KNOWN_PINYIN and not is_common(letters, "en"):
                end = token.start + size
                yield SourceWord(Span(token.start, end), text[token.start : end], "Han")
                break


def _names(text: str, tokens: Iterable[Token], script: str, lang: str) -> Iterator[SourceWord]:
    """Names of persons and places that a dictionary of Japanese or Chinese knows or guesses."""
    for token in tokens:
        written = text[token.start : token.end]
        if token.kind not in ("person", "place") or len(written) < 2:
            foreign = token.kind == "other" or (lang == "ja" and not token.known)
            if not (foreign and len(written) >= LETTERS and _KATAKANA.fullmatch(written)):
                continue
        if script_of(written) not in ("Han", "Katakana"):
            continue
        if lang == "zh":
            if not _is_chinese_name(written, token):
                continue
        elif len(token.reading) < LETTERS - (script_of(written) == "Han"):
            continue
        readings = other_readings(written) if lang == "ja" else ()
        span = Span(token.start, token.end)
        yield SourceWord(span, token.reading or written, script, readings)
