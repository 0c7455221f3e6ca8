"""tests/unit/ mirrors the rooms; what is not mirrored is listed in unmirrored.txt with the reason."""

import pathlib

LIST = pathlib.Path("tests/check/unmirrored.txt")


def check(tree):
    excused, complaints = read_list(tree)
    sources = [path for path in tree.files(".cpp") if len(path.parts) == 2 and path.parts[0] in tree.rooms]
    for path in sources:
        test = pathlib.Path("tests/unit") / path.parent / f"{path.stem}_test.cpp"
        if not tree.has(test) and str(path) not in excused:
            complaints.append(f"{path}: no {test}, and no reason in {LIST}")
        if tree.has(test) and str(path) in excused:
            complaints.append(f"{LIST}: {path} has a test by now, strike it")
    gone = set(excused) - {str(path) for path in sources}
    return complaints + [f"{LIST}: {path} does not exist" for path in sorted(gone)]


def read_list(tree):
    excused, complaints = {}, []
    for number, line in enumerate(tree.lines(LIST) if tree.has(LIST) else [], 1):
        if line.strip() and not line.startswith("#"):
            path, _, reason = line.partition(" ")
            excused[path] = reason.strip()
            if not reason.strip():
                complaints.append(f"{LIST}:{number}: {path} has no reason")
    return excused, complaints
