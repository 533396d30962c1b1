"""chrF is that of sacrebleu, to the last bit."""

from __future__ import annotations

import pytest
from sacrebleu.metrics import CHRF

from mtqa.rules.repetition.chrf import chrf


@pytest.mark.parametrize(
    ("hypothesis", "reference"),
    [
        ("The bridge was closed on Monday.", "On Monday the bridge was closed."),
        ("The bridge was closed on Monday.", "The bridge was closed on Monday."),
        ("The road is closed.", "Дорога закрыта."),
        ("Wow", "Wow!"),
        ("他说桥已关闭。", "他说，桥已经关闭。"),
        ("a a a a a", "a b"),
        ("", "Nothing was said."),
        (" ", " "),
    ],
)
def test_chrf_is_that_of_sacrebleu(hypothesis: str, reference: str) -> None:
    for one, other in ((hypothesis, reference), (reference, hypothesis)):
        assert chrf(one, other) == CHRF().sentence_score(one, [other]).score
