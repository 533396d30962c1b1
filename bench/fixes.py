"""What ``mtqa fix`` does to machine translations and to human writing, and whether twice is once.

    python bench/fixes.py                                        # every set
    python bench/fixes.py --set human --show 50                  # what was changed, at random

On human writing a change mends a slip of the writer, takes out residue of the page, or does harm:
the changes are shown to be read.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from functools import partial

from material import ALIASES, SETS, add_data_option, read_set

from mtqa.config import Settings
from mtqa.fix import Change, fix_file
from mtqa.formats.read import parse_document

_SHOWN = 60  # characters


def main() -> None:
    """The command line."""
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument(
        "--set", action="append", default=[], choices=[*SETS, *ALIASES], help="repeatable"
    )
    parser.add_argument("--limit", type=int, default=250, help="random documents of each set")
    parser.add_argument("--show", type=int, default=0, help="changes to show of each set")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    wanted = {name for choice in options.set for name in ALIASES.get(choice, (choice,))}
    settings = Settings(target_lang="en", qe=False)
    read = partial(parse_document, settings=settings, name="x.txt")
    print(
        f"{'set':<14} {'documents':>9} {'words':>9} {'changes':>8} {'per 1,000 words':>16}  by rule"
    )
    for name in SETS:
        if wanted and name not in wanted:
            continue
        words = 0
        changes: list[Change] = []
        again = 0
        texts = read_set(options.data, name, limit=options.limit, systems=1, seed=options.seed)
        for text in texts:
            words += len(text.text.split())
            once = fix_file(text.text.encode(), read, settings)
            changes += once.changes
            again += fix_file(once.data, read, settings).data != once.data
        rules = Counter(change.rule for change in changes)
        print(
            f"{name:<14} {len(texts):>9,} {words:>9,} {len(changes):>8,} "
            f"{1000 * len(changes) / words:>16.2f}  "
            + ", ".join(f"{rule} {count}" for rule, count in rules.most_common()),
            flush=True,
        )
        if again:
            print(f"{'':<14} NOT THE SAME AFTER A SECOND RUN: {again}")
        random.Random(options.seed).shuffle(changes)
        for change in changes[: options.show]:
            old, new = (" ".join(part.split())[:_SHOWN] for part in (change.old, change.new))
            print(f"    {change.rule}: {old!r} → {new!r}")


if __name__ == "__main__":
    main()
