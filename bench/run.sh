#!/bin/sh
# Runs every benchmark and writes bench/results/. Arguments are handed to each (--data DIR).
set -eu
cd "$(dirname "$0")/.."
export PYTHONPATH="$PWD"
head_of() {
    printf '%s\n' "\$ python bench/$*"
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
print(", ".join(found), end="\n\n")
PYTHON
}
for benchmark in rates.py planted.py splitters.py speed.py fixes.py \
    'rates.py --qe --rule estimation --systems 1'; do
    name=${benchmark%%.py*}
    case $benchmark in *--qe*) name=$name-qe ;; esac
    # A benchmark that fails leaves the last good result alone. (Its options are words.)
    # shellcheck disable=SC2086
    { head_of $benchmark && python bench/$benchmark "$@"; } >"bench/results/$name.txt.new"
    mv "bench/results/$name.txt.new" "bench/results/$name.txt"
done
for name in qe_speed reports formats; do # these read no data
    { head_of "$name.py" && python "bench/$name.py"; } >"bench/results/$name.txt.new"
    mv "bench/results/$name.txt.new" "bench/results/$name.txt"
done
