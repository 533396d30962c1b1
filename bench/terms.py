"""How often the rules about terms fire with a glossary that nobody made for the texts.

    pip install babel; python bench/terms.py

The glossary has the names of countries that CLDR gives in the languages of the WMT sources and in
English. Where a source names a country and its human translation does not, the rule is wrong, or
the translator put an adjective (American) or a pronoun. Planted: the country's name is replaced by
that of another; found are those of which the segment gets a hit. Mixed: hits of term-inconsistent.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from material import Text, add_data_option, read_set

from mtqa.config import Concept, Settings, Wording
from mtqa.rules.term import term_inconsistent
from mtqa.rules.term.glossary import Use, find_uses
from mtqa.rules.term.term_glossary import RULE
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Source, Span
from mtqa.text.lines import pair_lines

# What else English calls them: CLDR's own variants (alt=short and variant), which babel leaves out.
ALSO = {
    "US": ["US", "U.S.", "USA", "America"],
    "GB": ["UK", "U.K.", "Britain", "Great Britain"],
    "CZ": ["Czech Republic"],
    "TR": ["Turkey", "Türkiye"],
    "MM": ["Myanmar", "Burma"],
    "HK": ["Hong Kong"],
    "MO": ["Macao", "Macau"],
    "BA": ["Bosnia"],
    "PS": ["Palestine"],
    "AE": ["UAE", "Emirates"],
    "NL": ["The Netherlands", "Holland"],
    "KR": ["Korea"],
    "CN": ["PRC"],
}


def glossary(langs: set[str]) -> tuple[Concept, ...]:
    """Countries, as CLDR names them."""
    from babel import Locale

    english = Locale("en").territories
    found = []
    for code, name in english.items():
        if len(code) != 2 or code in ("ZZ", "EU", "UN", "EZ", "QO", "XA", "XB"):
            continue
        words = [Wording("en", text) for text in (name, *ALSO.get(code, ()))]
        for lang in langs:
            own = Locale(lang).territories.get(code)
            if own:
                words.append(Wording(lang, own))
        found.append(tuple(words))
    return tuple(found)


def analyse(text: Text, lang: str) -> Analysis | None:
    source = "\n".join(text.source)
    lines = [line for line in text.text.split("\n") if line]
    if len(lines) != len(text.source):
        return None
    joined = "\n".join(lines)
    document = Document(text.id, joined, "en")
    return Analysis(
        replace(
            document, source=Source(source, lang, "source"), segments=pair_lines(joined, source)
        )
    )


def language(text: Text) -> str:
    pair = text.id.split("/")[0].rpartition(".")[2]
    return pair.partition("-")[0] if "-" in pair else "zh"


@dataclass
class Count:
    """What was met in one language."""

    segments: int = 0
    terms: int = 0
    hits: int = 0
    planted: int = 0
    found: int = 0
    mixed: int = 0  # hits of term-inconsistent

    def row(self) -> list[str]:
        return [
            f"{self.segments:,}",
            f"{self.terms:,}",
            f"{self.hits:,}",
            f"{100 * self.hits / max(1, self.terms):.1f} %",
            f"{self.planted:,}",
            f"{100 * self.found / self.planted:.1f} %" if self.planted else "-",
            f"{self.mixed:,}",
        ]


def plant(
    analysis: Analysis, uses: list[Use], settings: Settings, draw: random.Random, count: Count
) -> None:
    """Put another country in the place of each that is rendered once in its segment."""
    source = analysis.document.source
    assert source
    for use in uses:
        places = [span for _, span in use.found if span]
        other = draw.choice(settings.terms)[0].text
        if len(places) != 1 or any(other in a or a in other for a in use.allowed):
            continue
        (span,) = places
        changed = analysis.text[: span.start] + other + analysis.text[span.end :]
        planted = replace(
            Document("planted", changed, "en"),
            source=source,
            segments=pair_lines(changed, source.text),
        )
        whole = planted.segments[use.segment].translation
        assert whole
        count.planted += 1
        count.found += any(
            whole.start <= hit.span.start and hit.span.end <= whole.end
            for hit in RULE.check(Analysis(planted), settings)
        )


def pair_at(analysis: Analysis, span: Span) -> tuple[str, str]:
    """The segment around a place, source first."""
    assert analysis.source
    for translation, source in analysis.segments:
        if translation and source and translation.start <= span.start < translation.end:
            return analysis.source.text[slice(*source)], analysis.text[slice(*translation)]
    raise AssertionError("a hit outside every segment")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--systems", type=int, default=1)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--dump", type=Path, help="write every hit to this TSV file")
    options = parser.parse_args()
    terms = glossary({"ru", "uk", "zh", "ja", "is"})
    settings = Settings(terms=terms)
    draw = random.Random(0)
    rows = [["set", "language", *"segments terms hits share planted found mixed".split()]]
    dumped = []
    for name in ("wmt-human", "wmt-machine"):
        counts: dict[str, Count] = defaultdict(Count)
        for text in read_set(options.data, name, limit=options.limit, systems=options.systems):
            lang = language(text)
            analysis = analyse(text, lang)
            if analysis is None:
                continue
            count = counts[lang]
            uses = list(find_uses(analysis, terms))
            hits = list(RULE.check(analysis, settings))
            count.segments += len(analysis.segments)
            count.terms += len(uses)
            count.hits += len(hits)
            count.mixed += len(list(term_inconsistent.RULE.check(analysis, settings)))
            dumped += [(name, lang, hit.message, *pair_at(analysis, hit.span)) for hit in hits]
            if name == "wmt-human":
                plant(analysis, uses, settings, draw, count)
        rows += [[name, lang, *count.row()] for lang, count in sorted(counts.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    if options.dump:
        draw.shuffle(dumped)
        with options.dump.open("w", encoding="utf-8") as file:
            file.writelines("\t".join(row) + "\n" for row in dumped)


if __name__ == "__main__":
    main()
