#!/usr/bin/env bash
# Prints the Python to make .venv with: `python3`, or another of the same version on this machine when
# it is faster by a tenth. pyenv compiles without optimizations, and all that we run takes a quarter
# more time under such a one; what a distribution compiled does not say of itself that it has them.
version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])') || { echo python3; exit; }

seconds() {
    "$1" -c '
import sys, timeit
import ensurepip, venv
assert "%d.%d" % sys.version_info[:2] == sys.argv[1]
def work():
    for number in range(400):
        found = {"a": str(number), "b": [number]}
        isinstance(found, dict) and "%s %s" % (found["a"], found.get("b"))
print(min(timeit.repeat(work, number=1, repeat=500)))
' "$version" 2> /dev/null
}

best=python3
least=$(seconds python3) || { echo python3; exit; }
for candidate in $(type -ap python3 "python$version"); do
    took=$(seconds "$candidate") || continue
    if awk "BEGIN { exit !($took < 0.9 * $least) }"; then
        best=$candidate least=$took
    fi
done
echo "$best"
