"""The benchmarks run on data of the documented shape, and their arithmetic is right."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.qe.conftest import model_folder  # noqa: F401

BENCH = Path(__file__).parents[1] / "bench"

ARTICLE = [
    "Harbour of Port Selim opens again",
    "The harbour of Port Selim opened again on Monday, officials of the town said.",
    "Engineers led by Karim Haddad had worked on the northern pier (the older one) since March.",
    "“We have waited for this day for many months,” said Karim Haddad, an engineer.",
    "Ships from Port Selim carry grain to the islands in the south of the gulf.",
    "Fishermen thanked Haddad and his colleagues in the evening, and the town gave a dinner.",
]
SOURCE = [
    "Порт города Порт-Селим снова открыт для всех судов и грузов из-за границы",
    *["Гавань снова открылась в понедельник, сообщили чиновники города журналистам газеты"] * 5,
]


@pytest.fixture(autouse=True)
def bench_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one document of each set."""

    def write(name: str, *rows: object) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(
            (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n"
            for row in rows
        )
        path.write_bytes(gzip.compress(lines.encode()) if name.endswith("gz") else lines.encode())

    write(
        "english/gum_news.jsonl",
        {"docid": "GUM_news_port", "genre": "news", "para": [1, 2, 2, 2, 3, 3], "sents": ARTICLE},
        {"docid": "GUM_bio_port", "genre": "bio", "para": [1, 2, 2, 2, 3, 3], "sents": ARTICLE},
    )
    write("english/ud_pud.jsonl", {"docid": "n1", "genre": "news", "sents": ARTICLE[:2]})
    document = {"docid": "a", "domain": "news", "para": [0] * 6, "src": SOURCE}
    write(
        "wmt-docs/wmt22.ru-en.docs.jsonl.gz",
        {**document, "refs": {"A": ARTICLE}, "hyps": {"One": ARTICLE, "Two": ARTICLE}},
        {**document, "docid": "b", "domain": "social", "refs": {"A": ARTICLE}, "hyps": {}},
    )
    write(
        "mqm-zh-en/newstest2020.jsonl.gz",
        *(
            {"system": system, "doc": "d", "segment": number, "source": "。", "target": target}
            for system in ("Human-A.0", "One.1")
            for number, target in reversed(list(enumerate(ARTICLE)))
        ),
    )
    for pair in ("ro-en", "et-en", "ne-en", "si-en", "en-de", "en-zh"):
        write(
            f"mlqe-pe/da/{pair}.dev.tsv.gz",
            "source\ttranslation\tda_mean\tz_mean",
            *["Acesta este un exemplu de propoziție lungă\tDies ist ein recht langer Satz\t1\t1"],
        )
    write("wmt-da/da_to_english.21-22.tsv.gz", "year", "\t".join("abcdefgh"))
    return tmp_path


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCH / script), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
        env={
            "PYTHONPATH": str(BENCH.parent),
            "PYTHONIOENCODING": "utf-8",
            "XDG_CACHE_HOME": os.devnull,  # nothing is kept
        },
    )


def test_documents_are_segments_on_lines_with_blank_lines_between_paragraphs(data: Path) -> None:
    material: Any = import_module("material")
    (news,) = material.read_set(data, "gum-news")
    assert news.text == "\n\n".join(
        ["\n".join(ARTICLE[:1]), "\n".join(ARTICLE[1:4]), "\n".join(ARTICLE[4:])]
    )
    (prose,) = material.read_set(data, "gum-prose")
    assert prose.text.split("\n\n")[2] == " ".join(ARTICLE[4:])


def test_sets_tell_machine_from_human_and_news_from_the_rest(data: Path) -> None:
    material: Any = import_module("material")
    assert [text.system for text in material.read_set(data, "wmt-machine")] == ["One", "Two"]
    (reference,) = material.read_set(data, "wmt-human")
    assert (reference.system, reference.id) == ("ref-A", "wmt22.ru-en/a")
    (human,) = material.read_set(data, "mqm-human")
    assert human.text == "\n".join(ARTICLE)
    assert len(material.read_set(data, "wmt-machine", systems=1)) == 1


def test_rates_prints_every_table_and_writes_the_hits(data: Path, tmp_path: Path) -> None:
    dump = tmp_path / "hits.tsv"
    done = run("rates.py", "--data", str(data), "--jobs", "1", "--dump", str(dump))
    assert done.returncode == 0, done.stderr + done.stdout
    for title in ("Material", "Hits per 1,000 sentences", "Documents with a hit", "budget"):
        assert title in done.stdout
    assert dump.read_text(encoding="utf-8").startswith("set\tid\tsystem\trule\tseverity")


def test_rates_names_the_nearest_rule(data: Path) -> None:
    done = run("rates.py", "--data", str(data), "--rule", "name-varaint")
    assert done.returncode != 0
    assert "name-variant" in done.stderr


def test_rates_of_rules_that_need_scores_need_a_model(
    data: Path, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue("model_folder")
    done = run("rates.py", "--data", str(data), "--rule", "low-score")
    assert done.returncode != 0
    assert "need --qe" in done.stderr
    options = ("--qe", "--model", str(folder), "--rule", "estimation", "--set", "gum-news")
    done = run("rates.py", "--data", str(data), *options)
    assert done.returncode == 0, done.stderr
    assert "low-score" in done.stdout


def test_context_marks_the_span_on_one_line() -> None:
    rates: Any = import_module("rates")
    span = import_module("mtqa.text.document").Span(4, 7)
    assert rates.in_context("one\ntwo\tthree", span) == "one⏎⟦two⟧ three"


@pytest.mark.parametrize(
    ("found", "planted", "low", "high"), [(95, 100, 0.8882, 0.9785), (0, 10, 0.0, 0.2775)]
)
def test_wilson_interval(found: int, planted: int, low: float, high: float) -> None:
    planted_module: Any = import_module("planted")
    assert planted_module.wilson(found, planted) == pytest.approx((low, high), abs=1e-4)


def test_every_planter_changes_what_it_says_and_is_seeded(data: Path) -> None:
    defects: Any = import_module("defects")
    material: Any = import_module("material")
    (text,) = material.read_set(data, "gum-prose")
    clean = defects.Clean(text, defects.vocabulary_of([text]))
    made = set()
    for kind, ways in defects.planters({"ru": SOURCE, "zh": ["今天会议在北京举行"]}).items():
        for number, way in enumerate(ways):
            planting = way(clean, Random(number))
            assert planting == way(clean, Random(number))
            if planting is None:
                continue
            made.add(kind)
            copy = planting.apply(text.text)
            assert planting.kind == kind
            assert copy != text.text
            assert planting.places
            for span in (*planting.places, *planting.exact):
                assert 0 <= span.start < span.end <= len(copy), (kind, planting.variant)
    # The article has no straight quotation marks and no neighbours for some others.
    assert {"name respelled", "bracket dropped", "attribution doubled", "homoglyph"} <= made


def test_hits_move_with_the_edit() -> None:
    defects: Any = import_module("defects")
    span: Any = import_module("mtqa.text.document").Span
    planting = defects.Planting("", "", "", 5, 5, "abc", (), (), ())
    assert planting.moved(span(0, 5)) == span(0, 5)
    assert planting.moved(span(3, 7)) == span(3, 10)
    assert planting.moved(span(5, 7)) == span(8, 10)


def test_planted_reports_each_kind(data: Path, tmp_path: Path) -> None:
    dump = tmp_path / "misses.tsv"
    arguments = ("--data", str(data), "--count", "4", "--jobs", "1", "--dump", str(dump))
    done = run("planted.py", *arguments)
    assert done.returncode == 0, done.stderr
    assert "name respelled" in done.stdout
    assert "Different things with similar names" in done.stdout
    assert dump.exists()


def test_growth_is_the_slope_of_the_logarithms() -> None:
    speed: Any = import_module("speed")
    assert speed.slope([(10, 1), (100, 10), (1000, 100)]) == pytest.approx(1)
    assert speed.slope([(10, 1), (100, 100)]) == pytest.approx(2)


def test_prose_grows_to_the_words_asked_for(data: Path) -> None:
    speed: Any = import_module("speed")
    assert len(speed.grow(speed.prose(data), 60).split()) >= 60


def test_speed_runs_on_a_small_document(data: Path) -> None:
    done = run("speed.py", "--data", str(data), "--part", "growth", "--largest", "10000")
    assert done.returncode == 0, done.stderr
    assert "exponent of growth" in done.stdout


def test_splitters_scores_mtqa_by_genre(data: Path) -> None:
    done = run("splitters.py", "--data", str(data))
    assert done.returncode == 0, done.stderr
    assert "gum news" in done.stdout
