#!/bin/sh
# Runs the benchmarks that need nothing beside `pip install -e '.[dev]'` and the data (MTQA_DATA),
# and writes bench/results/. Names of results may be given: sh bench/run.sh planted terms.
set -eu
cd "$(dirname "$0")/.."
export PYTHONPATH="$PWD"
chosen=" $* "

head_of() {
    date -u '+%Y-%m-%d %H:%M UTC'
    printf '%s, %s cores\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"
    git rev-parse --short HEAD | sed 's/^/commit /'
    python - <<'PYTHON'
import platform
from importlib.metadata import PackageNotFoundError, version

import mtqa

names = "sentencex regex wordfreq rapidfuzz ftfy lingua-language-detector sacrebleu torch".split()
found = [f"Python {platform.python_version()}", f"mtqa {mtqa.__version__}"]
for name in names:
    try:
        found.append(f"{name} {version(name)}")
    except PackageNotFoundError:
        pass
print(", ".join(found))
PYTHON
}

# result NAME COMMAND…: what the commands print, in one file. One that fails leaves the last good
# result alone.
result() {
    name=$1
    shift
    if [ "$chosen" != "  " ] && [ "${chosen#* "$name" }" = "$chosen" ]; then return; fi
    new=bench/results/$name.txt.new
    head_of >"$new"
    for command; do
        printf '\n$ python bench/%s\n' "$command" >>"$new"
        eval "python bench/$command" >>"$new"
    done
    mv "$new" "bench/results/$name.txt"
}

result rates rates.py
result rates-qe 'rates.py --qe --rule estimation --systems 1 --limit 60'
result rates-source \
    'rates.py --source --rule quote-mismatch --rule number-mismatch --rule omission --rule addition' \
    'rates.py --source --qe --rule name-mismatch --systems 1 --limit 100'
result planted planted.py
result planted-source \
    'planted_source.py --count 80 --seed 7 --kind "number changed" --kind "number word changed" --kind "month changed"' \
    'planted_source.py --count 80 --kind "segment dropped" --kind "sentence dropped within" --kind "copied from the source" --kind "quotation marks removed"' \
    'planted_source.py --count 80 --join 2 --kind "sentence dropped within"' \
    'planted_source.py --count 80 --join 3 --kind "sentence dropped within"'
result planted-names \
    'planted_source.py --qe --kind "name replaced" --kind "name removed" --count 100 --seed 1 --lang is --lang ja --lang ru --lang uk --lang zh' \
    'planted_source.py --qe --lines names-unseen.tsv --kind "name replaced" --kind "name removed" --count 50' \
    'planted_source.py --lines names-unseen.tsv --kind "name replaced" --kind "name removed" --count 50' \
    'planted_source.py --kind "name replaced" --kind "name removed" --count 100 --seed 1 --lang is --lang ja --lang ru --lang uk --lang zh' \
    'planted_source.py --qe --lines names-seen.tsv --kind "name replaced" --kind "name removed" --count 50' \
    'planted_source.py --qe --lines names.tsv --kind "name replaced" --kind "name removed" --count 50'
result terms terms.py
result fixes fixes.py
result speed speed.py
result qe_speed qe_speed.py
result qe_ceiling qe_ceiling.py
result formats formats.py
result reports reports.py
