"""SubRip and WebVTT."""

from __future__ import annotations

import pytest

from mtqa.formats.plain import Unreadable
from tests.formats.readings import found, paragraphs, read


def srt(*cues: tuple[str, str, str]) -> str:
    return "\n".join(
        f"{number}\n00:00:{begin} --> 00:00:{end}\n{text}\n"
        for number, (begin, end, text) in enumerate(cues, 1)
    )


def test_a_sentence_runs_over_lines_and_cues() -> None:
    content = srt(
        ("01,000", "03,000", "The mayor of Split\nsaid on"),
        ("03,040", "05,000", "<i>Tuesday that he would go.</i>"),
        ("05,040", "06,000", "Nobody believed"),
        ("06,040", "07,000", "him."),
    )
    reading = read("srt", content)
    assert paragraphs(reading) == [
        "The mayor of Split said on Tuesday that he would go.",
        "Nobody believed him.",
    ]
    place = "on\n\n2\n00:00:03,040 --> 00:00:05,000\n<i>Tuesday"
    assert found(reading, "on Tuesday") == place
    origin = reading.origin
    assert origin is not None
    assert [origin.unit(reading.text.index(word)) for word in ("Split", "Tuesday", "him")] == [
        *("cue 1", "cue 2", "cue 4"),
    ]


def test_a_pause_or_another_speaker_ends_a_paragraph() -> None:
    content = srt(
        ("01,000", "02,000", "Where to"),
        ("03,500", "05,000", "- <b>To the port</b>\n- <i>Which one</i>"),
    )
    assert paragraphs(read("srt", content)) == ["Where to", "- To the port", "- Which one"]


def test_tags_and_overrides_are_no_text_and_other_brackets_are() -> None:
    content = srt(
        ("01,000", "02,000", '{\\an8}<font color="#fff">R&D</font> {i}a{/i} <3 a<b {x} <x> &amp;')
    )
    assert read("srt", content).text == "R&D a <3 a<b {x} <x> &amp;"


def test_cues_are_called_as_in_the_file() -> None:
    content = (
        "7\n00:01:02,5 --> 00:01:03,000 X1:1\n\nHe came.\n8\n00:01:05.0-->00:01:06.0\nIt rained."
    )
    for newline in ("\n", "\r\n", "\r"):
        reading = read("srt", content.replace("\n", newline))
        assert paragraphs(reading) == ["He came.", "It rained."]
        assert reading.origin is not None
        assert [unit.id for unit in reading.origin.units] == ["cue 7", "cue 8"]


def test_a_blank_line_in_a_cue_hides_nothing() -> None:
    content = (
        "1\n00:00:01,000 --> 00:00:02,000\nHe\n\ncame\n\n00:00:02,000 --> 00:00:03,000\nat 5\n"
    )
    assert paragraphs(read("srt", content)) == ["He came at 5"]


def test_only_the_text_of_cues_is_read_in_webvtt() -> None:
    content = (
        "\ufeffWEBVTT - Title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE\nno\n\n"
        "intro\n00:01.000 --> 00:02.000 line:0\n"
        "<v Ana>R&amp;D <c.a>in</c> <00:01.500>Split &lt;3\n\n"
        "NOTE no --\n\n1:00:02.100 --> 1:00:03.000\nIt rained.\n\nstray\n"
    )
    reading = read("vtt", content)
    assert paragraphs(reading) == ["R&D in Split <3", "It rained."]
    assert found(reading, "R&D in Split <3") == "R&amp;D <c.a>in</c> <00:01.500>Split &lt;3"
    assert reading.origin is not None
    assert [unit.id for unit in reading.origin.units] == ["cue intro", "cue 2"]


def test_what_helps_to_read_a_word_is_no_text() -> None:
    cue = "WEBVTT\n\n00:01.000 --> 00:02.000\n<ruby>漢<rt>かん</rt>字<rt.x>じ</ruby>だ。\n"
    reading = read("vtt", cue)
    assert reading.text == "漢字だ。"
    assert found(reading, "字") == "字"


def test_arrows_and_another_voice_end_a_paragraph() -> None:
    content = srt(
        ("01,000", "02,000", ">> ANA: Where to"),
        ("02,000", "03,000", ">> BO: To\n<i>the port</i>"),
    )
    assert paragraphs(read("srt", content)) == [">> ANA: Where to", ">> BO: To the port"]
    cues = ("<v Ana>Where", "<v Ana>to", "<v.loud Bo>To", "the port", "&gt;&gt; No")
    content = "WEBVTT\n\n" + "".join(
        f"00:0{number}.000 --> 00:0{number + 1}.000\n{cue}\n\n"
        for number, cue in enumerate(cues, 1)
    )
    assert paragraphs(read("vtt", content)) == ["Where to", "To the port", ">> No"]


def test_what_stays_on_the_screen_while_captions_roll_is_read_once() -> None:
    content = (
        "WEBVTT\nKind: captions\n\n"
        "00:00:01.000 --> 00:00:03.000 align:start position:0%\n \n"
        "good<00:00:01.400><c> evening</c><00:00:02.000><c> ladies</c>\n\n"
        "00:00:03.000 --> 00:00:03.010 align:start position:0%\ngood evening ladies\n \n\n"
        "00:00:03.010 --> 00:00:05.000 align:start position:0%\ngood evening ladies\n"
        "and<00:00:03.500><c> gentlemen</c>\n\n"
    )
    reading = read("vtt", content)
    assert paragraphs(reading) == ["good evening ladies and gentlemen"]
    assert found(reading, "evening ladies") == "evening</c><00:00:02.000><c> ladies"
    # Where no word has its time, what stands twice is said twice.
    said = "".join(f"00:0{second}.000 --> 00:0{second + 1}.000\nNo\n\n" for second in (1, 2))
    assert paragraphs(read("vtt", f"WEBVTT\n\n{said}")) == ["No No"]


def test_a_colon_before_the_milliseconds_is_a_slip_and_no_text() -> None:
    content = "1\n00:00:01,000 --> 00:00:02:890\nHe came.\n"
    assert paragraphs(read("srt", content)) == ["He came."]


def test_times_may_lack_their_fractions() -> None:
    content = (
        "00:00:01 --> 00:00:02\nHe came\n\n00:00:02 --> 00:00:03\nand\n\n0:05 --> 0:06\nleft\n"
    )
    assert paragraphs(read("srt", content)) == ["He came and", "left"]


@pytest.mark.parametrize(
    ("format", "content", "says"),
    [
        ("srt", "He came.\n", "is no SubRip file: no line of it has times, such as 00:00:01,000"),
        ("srt", "1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n", "holds no text to check"),
        ("srt", "00:00:01,000 --> 00:00:02,000\n", "holds no text to check"),
        ("vtt", "1\n00:00:01.000 --> 00:00:02.000\nHe came.\n", "is no WebVTT file: it does not"),
        ("vtt", "WEBVTT\n\nNOTE\nno\n", "holds no text to check"),
    ],
)
def test_what_is_no_file_of_subtitles_is_refused(format: str, content: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(format, content)
