"""Files of judged translations."""

import gzip
import json
from pathlib import Path

import pytest

from mtqa.config import ConfigError
from mtqa.qe.judgements import align_words, read_judgements


def write(path: Path, *rows: str) -> str:
    path.write_text("".join(row + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_columns_are_found_by_their_own_names_or_those_given(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.tsv", "source\tmt\tz_mean", "Podul.\tThe bridge.\t-0.5")
    file = read_judgements(path, {"translation": "mt", "score": "z_mean"})
    (row,) = file.rows
    assert (row.source, row.translation, row.score) == ("Podul.", "The bridge.", -0.5)
    assert row.words is None
    assert file.columns == {"translation": "mt", "source": "source", "score": "z_mean"}


def test_tsv_and_jsonl_hold_the_same_gzipped_or_not(tmp_path: Path) -> None:
    table = write(
        tmp_path / "a.tsv",
        "translation\tscore\ttags\tdocument",
        'He said "no".\t70\tOK OK BAD\tnews.1',
    )
    fields = {
        "translation": 'He said "no".',
        "score": 70,
        "tags": ["OK", "OK", "BAD"],
        "document": "news.1",
    }
    lines = tmp_path / "a.jsonl.gz"
    lines.write_bytes(gzip.compress((json.dumps(fields) + "\n").encode()))
    assert read_judgements(table).rows == read_judgements(str(lines)).rows


def test_tags_stand_for_words_with_or_without_gaps(tmp_path: Path) -> None:
    header = "translation\ttokens\ttags"
    plain = write(tmp_path / "a.tsv", header, "It's here.\tIt 's here .\tOK OK BAD OK")
    gaps = write(
        tmp_path / "b.tsv", header, "It's here.\tIt 's here .\tBAD OK BAD OK OK BAD OK OK BAD"
    )
    expected = ((0, 2, False), (2, 4, False), (5, 9, True), (9, 10, False))
    for path in (plain, gaps):
        assert read_judgements(path).rows[0].words == expected


def test_words_that_are_not_of_the_text_are_left_out(tmp_path: Path) -> None:
    assert align_words("It's here.", ["It", "'s", "here", "."]) == [(0, 2), (2, 4), (5, 9), (9, 10)]
    assert align_words("It's here.", ["It", "is"]) is None
    path = write(tmp_path / "a.tsv", "translation\ttokens\ttags", "It's here.\tIt is\tOK BAD")
    (row,) = read_judgements(path).rows
    assert row.misfit
    assert row.words is None


def test_a_row_may_lack_its_judgement(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "translation\tscore", "One.\t", "Two.\tnan", "Three.\t3")
    assert [row.score for row in read_judgements(path).rows] == [None, None, 3]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["translation\tscore"], "holds no judgements"),
        (["mt\tscore", "One.\t1"], r"has no column 'translation' .*\(mt, score\)"),
        (["translation\tscore", "One."], r"a:2: has 1 column where the first row has 2"),
        (["translation\tscore", "One.\tgood"], r"a:2: the score must be a number, not 'good'"),
        (["translation\tscore", "One.\tinf"], r"a:2: the score must be a number"),
        (["translation\ttags", "One.\tOK BAD"], r"a:2: 2 tags do not fit 1 words \(nor 3"),
        (["translation\ttags", "One.\tok"], r"a:2: a tag must be OK or BAD, not 'ok'"),
        (['{"translation": 5}'], r"a:1: the translation must be a string"),
        (['{"translation": "One."}', "{"], r"a:2: is no valid JSON"),
        (['{"translation": "One.", "score": true}'], r"a:1: the score must be a number"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(
    tmp_path: Path, rows: list[str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_judgements(write(tmp_path / "a", *rows))


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no file"):
        read_judgements(str(tmp_path / "none.tsv"))
    damaged = tmp_path / "damaged.gz"
    whole = gzip.compress(b"translation\nOne.\n")
    for data in (whole[:-9], whole[:12] + bytes([whole[12] ^ 255]) + whole[13:]):
        damaged.write_bytes(data)
        with pytest.raises(ConfigError, match="cannot be read"):
            read_judgements(str(damaged))
    latin = tmp_path / "latin.tsv"
    latin.write_bytes(b"translation\nCaf\xe9\n")
    with pytest.raises(ConfigError, match=r"is not UTF-8 \(byte 15\)"):
        read_judgements(str(latin))


def test_a_role_that_does_not_exist_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "translation\tscore", "One.\t1")
    with pytest.raises(ConfigError, match="did you mean translation"):
        read_judgements(path, {"translaton": "translation"})
