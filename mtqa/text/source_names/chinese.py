"""Names in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import regex

from mtqa.text.document import Span
from mtqa.text.frequency import zipf
from mtqa.text.gazetteer import (
    chinese_provinces,
    is_city,
    is_country_word,
    transcribing_weights,
)
from mtqa.text.names import is_common
from mtqa.text.readings import Token
from mtqa.text.source_names.words import LETTERS, SourceWord, script_of

_HAN = regex.compile(r"\p{Han}{2,}")
# Zipf frequency (of the large list) under which a Chinese word is none of the dictionary.
_UNKNOWN = 2.0
_FREQUENT_PLACE = 3.0  # from which two characters that jieba takes for a city are one
_FREQUENT_PART = 3.4  # the same for two characters of three (贡献 of 贡献率)
# Sums of log odds, of a run and for each of its characters, from which it is a foreign name.
_TRANSCRIBED = 6.0
_EACH = 1.5
_LONGEST = 3  # characters of a Chinese name
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


def find_chinese_names(text: str, tokens: Sequence[Token]) -> Iterator[SourceWord]:
    """Names in a Chinese text, none within another."""
    taken: set[int] = set()
    for found in (
        _in_dictionary(text, tokens),
        _transcribed(text),
        _in_office(text, tokens),
        _short_names(text, tokens),
        _known_in_pinyin(text, tokens),
    ):
        for name in found:
            if taken.isdisjoint(range(*name.span)):
                taken.update(range(*name.span))
                yield name


def _is_name(written: str, token: Token) -> bool:
    """Whether what jieba takes for a name is one: its dictionary takes many words for names."""
    frequency = zipf(written, "zh", "large")
    if is_country_word(written, "zh") or written in chinese_provinces():
        return True
    if is_city(written) and (
        len(written) > 2 or (token.kind == "place" and frequency >= _FREQUENT_PLACE)
    ):
        return True
    if token.kind != "person" or written[0] not in _SURNAMES or len(written) > _LONGEST:
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
_LISTING = frozenset(" 、（(")  # what stands between persons who share an office
# Zipf frequency (of the large list) of a name behind an office, at most. Of the 208 words of these
# sources that pass, all read, nine are no persons (贡献者, 陶艺).
_FREQUENT_PERSON = 3.4


def _in_office(text: str, tokens: Sequence[Token]) -> Iterator[SourceWord]:
    """Chinese persons that stand behind their office, and those who are listed with them.

    The dictionary takes many of them for other words (王准), or for two (侯 顺利).
    """
    expected = False
    end = 0  # of the last name
    for token, following in zip(tokens, [*tokens[1:], Token(-1, -1, "")], strict=True):
        written = text[token.start : token.end]
        if token.start < end or (expected and written in _LISTING):
            continue
        if expected and _is_person(text, token):
            end = token.end
        elif (
            expected
            and "person" in (token.kind, following.kind)
            and len(written) == 1
            and _is_person(text, token, following)
        ):
            end = following.end
        else:
            expected = len(written) > 1 and written[-1] in _OFFICES
            continue
        yield SourceWord(Span(token.start, end), text[token.start : end], "Han")


def _is_person(text: str, first: Token, last: Token | None = None) -> bool:
    """Whether the words from one token to another may be family name and given name."""
    written = text[first.start : (last or first).end]
    return (
        1 < len(written) <= _LONGEST
        and written[0] in _SURNAMES
        and _HAN.fullmatch(written) is not None
        and zipf(written, "zh", "large") < _FREQUENT_PERSON
    )


# Sum of log odds, and those of each character, from which two characters that a dictionary takes
# for a name are one, and Zipf frequency of such a word, at most: of the 80 that pass in these
# sources, all read, five are no names (卢布, 蓬勃).
_SHORT = 5.0
_EACH_SHORT = 1.0
_FREQUENT_SHORT = 4.0


def _short_names(text: str, tokens: Iterable[Token]) -> Iterator[SourceWord]:
    """Foreign names of two characters: 沙巴, 莱希."""
    weights = transcribing_weights()

    def writes_sound(place: int) -> bool:
        return 0 <= place < len(text) and weights.get(text[place], 0.0) >= _EACH_SHORT

    for token in tokens:
        written = text[token.start : token.end]
        if (
            token.kind in ("person", "place")
            and len(written) == 2
            and writes_sound(token.start)
            and writes_sound(token.start + 1)
            and sum(weights[character] for character in written) >= _SHORT
            and not writes_sound(token.start - 1)
            and not writes_sound(token.end)
            and zipf(written, "zh", "large") < _FREQUENT_SHORT
        ):
            yield SourceWord(Span(token.start, token.end), written, "Han")


# Zipf frequency in English from which pinyin is a name. Of the 46 beginnings of names in these
# sources that pass, a dozen are foreign names cut short (马萨 of 马萨诸塞); below, many are chance.
_KNOWN_PINYIN = 2.5


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
        for size in range(min(_LONGEST, len(written)), 1, -1):
            letters = "".join(syllables[:size])
            if zipf(letters, "en", "large") >= _KNOWN_PINYIN and not is_common(letters, "en"):
                end = token.start + size
                yield SourceWord(Span(token.start, end), text[token.start : end], "Han")
                break


def _in_dictionary(text: str, tokens: Iterable[Token]) -> Iterator[SourceWord]:
    """Names of persons and places that the dictionary of jieba has."""
    for token in tokens:
        written = text[token.start : token.end]
        if (
            token.kind in ("person", "place")
            and len(written) >= 2
            and script_of(written) == "Han"
            and _is_name(written, token)
        ):
            yield SourceWord(Span(token.start, token.end), written, "Han")
