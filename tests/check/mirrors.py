"""tests/unit/ mirrors the rooms: room/a_b.cpp is tested in tests/unit/room/a_b_test.cpp or, with its siblings, in
a_test.cpp. What is not mirrored is listed in unmirrored.txt, one pattern a line, with the reason."""

import fnmatch
import pathlib

LIST = pathlib.Path("tests/check/unmirrored.txt")


def check(tree):
    excuses, complaints = read_list(tree)
    sources = [path for path in tree.files(".cpp") if len(path.parts) == 2 and path.parts[0] in tree.rooms]
    unmirrored = [path for path in sources if not any(tree.has(test) for test in tests_of(path))]
    for path in unmirrored:
        if not any(fnmatch.fnmatch(str(path), pattern) for pattern in excuses):
            complaints.append(f"{path}: no {tests_of(path)[0]}, and no reason in {LIST}")
    for pattern in excuses:
        if not any(fnmatch.fnmatch(str(path), pattern) for path in unmirrored):
            complaints.append(f"{LIST}: {pattern} excuses nothing, strike it")
    return complaints


def tests_of(path):
    words = path.stem.split("_")
    stems = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    return [pathlib.Path("tests/unit") / path.parent / f"{stem}_test.cpp" for stem in stems]


def read_list(tree):
    excuses, complaints = [], []
    for number, line in enumerate(tree.lines(LIST) if tree.has(LIST) else [], 1):
        if line.strip() and not line.startswith("#"):
            pattern, _, reason = line.partition(" ")
            excuses.append(pattern)
            if not reason.strip():
                complaints.append(f"{LIST}:{number}: {pattern} has no reason")
    return excuses, complaints
