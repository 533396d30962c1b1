"""What a case of a few lines cannot show of number-mismatch."""

from __future__ import annotations

import time

from mtqa.config import Settings
from mtqa.rules.number.number_mismatch import check
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Source
from mtqa.text.lines import pair_lines


def test_a_document_of_one_line_takes_no_time_in_the_square_of_its_numbers() -> None:
    translation = " ".join(f"weighs {number}" for number in range(100_000, 102_000))
    source = " ".join(f"весит {number}" for number in range(200_000, 202_000))
    document = Document(
        "list.txt",
        translation,
        "en",
        source=Source(source, "ru", "source.txt"),
        segments=pair_lines(translation, source),
    )
    start = time.monotonic()  # each number beside each other takes minutes, this 0.3 s
    assert list(check(Analysis(document), Settings())) == []
    assert time.monotonic() - start < 20
