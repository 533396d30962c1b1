"""One entity is spelled in more than one way in a document.

What it finds
-------------
Two spellings of one name: joined or split (Spin Boldak, Spinboldak, also inside
Chaman-Spinboldak), carried into Latin letters by two systems (Mohamed, Mohammad; Basconia,
Baskonia), with and without diacritics, with a hyphen or a space, with and without an article
(Ministry of Interior, Ministry of the Interior), or one letter apart where another part of the
name, or a full name that the short one refers back to, ties the two. With the source at hand: one
word of it in two spellings, whatever else ties them. The rarer spelling is
marked, the more frequent one suggested, and all mentions of it are related. Mentions inside a
hyphenated compound do not count when the two are weighed.

Why it matters
--------------
A machine translates sentence by sentence and forgets how it spelled a name. A reader takes two
spellings for two people or two places.

Example
-------
Bad: The Taliban took Spin Boldak on Wednesday. Traffic at Spinboldak has stopped.

Good: The Taliban took Spin Boldak on Wednesday. Traffic at Spin Boldak has stopped.

Not flagged
-----------
Two people who share a similar name (Akhter Gulfam and Saadullah Akhtar), or stand in a row (Amina,
34, and Amira, 36); common words (Minister, Ministry); inflections, plurals, possessives, people and
adjectives of a place (Israel, Israelis; Karim, Karimi; Ivanov, Ivanova); well-formed pinyin or
Hepburn, where another letter is another name (Jiangsu, Jiangxi; Takashi, Takeshi); names that are
both well known (Brian, Bryan) and nothing ties them. With the source at hand: two spellings that
render two words of it. Set `[names] distinct` to record two names as different, `[names] same` to
have two spellings taken as one name.

Source
------
Transliteration pairs: `mtqa/text/data/transliteration.toml`, which names the systems. Common
words: SCOWL; given names: 1990 United States census; frequencies: wordfreq. MQM: Fluency,
Inconsistency.

Measured
--------
On English, `python bench/rates.py --rule name-variant --dump hits.tsv`: 7.7 hits per 1,000
sentences of machine-translated WMT news (5.9 on the MQM systems), 4.0 on its human references, 1.3
on GUM news, 2.0 on PUD. Of 75 different machine hits read, 70 are right (93 %); the wrong ones are
foreign words beside their English kin (Ligue and League, Rossiya and Russia) and names that do
differ by a letter (Tinkov and his Tinkoff bank). Of 64 hits on human text, all read, 51 are slips
of the human writer (80 %). Planted (`python bench/planted.py`): 95 % of transliterations, 93 % of
joined or split names, 83 % of names with one wrong letter are found; of 105 pairs of different
things with similar names, none is taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.name.institutions import find_lost_articles
from mtqa.rules.name.joined_names import find_joined_or_split
from mtqa.rules.name.respelled_names import find_respelled
from mtqa.rules.name.variant import in_groups
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield one hit for each mention of a rarer spelling."""
    variants = [
        *sorted(find_joined_or_split(analysis), key=lambda variant: len(variant.rare)),
        *find_lost_articles(analysis),
        *find_respelled(analysis, settings),
    ]
    if analysis.source:
        from mtqa.rules.name.anchored_names import are_two_names, find_anchored

        variants += find_anchored(analysis)
    covered: set[int] = set()
    suggested: set[tuple[str, str]] = set()  # instead of what
    for variant in variants:
        if (variant.rare, variant.agreed) in suggested or in_groups(
            variant.rare, variant.agreed, settings.names_distinct
        ):
            continue
        if (
            analysis.source
            and not in_groups(variant.rare, variant.agreed, settings.names_same)
            and are_two_names(analysis, variant.rare, variant.agreed)
        ):
            continue
        suggested.add((variant.agreed, variant.rare))
        for span in variant.rare_spans:
            if not covered.isdisjoint(range(*span)):
                continue
            covered.update(range(*span))
            yield Hit(
                span,
                f"“{variant.rare}” is also spelled “{variant.agreed}” in this document"
                f" ({variant.how}).",
                severity=variant.severity,
                suggestion=variant.agreed,
                related=variant.agreed_spans,
                confidence=variant.confidence,
                safe=variant.certain,
            )


RULE = Rule(
    name="name-variant",
    family="name",
    category="Fluency/Inconsistency",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
