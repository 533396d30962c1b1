"""Facts about how common words are."""

from __future__ import annotations

from mtqa.text.frequency import has_frequencies, zipf


def test_a_common_word_has_a_high_frequency() -> None:
    assert zipf("the", "en") > 7
    assert zipf("Minister", "en") > zipf("ministry", "en") > 3
    assert zipf("Straße", "de") > 4


def test_case_and_the_shape_of_the_apostrophe_do_not_matter() -> None:
    assert zipf("THE", "en") == zipf("the", "en")
    assert zipf("don’t", "en") == zipf("don't", "en") > 5


def test_an_unknown_word_or_language_has_none() -> None:
    assert zipf("Spinboldak", "en") == 0.0
    assert zipf("the", "xx") == 0.0
    assert has_frequencies("en")
    assert not has_frequencies("xx")


def test_english_is_read_as_wordfreq_reads_it() -> None:
    from wordfreq import zipf_frequency

    for word in ("the", "Minister", "kakar", "Mohammad", "don’t", "café", "spinboldak"):
        for size in ("small", "large"):
            assert zipf(word, "en", size) == zipf_frequency(word, "en", size)
