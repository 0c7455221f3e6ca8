"""Names say what a thing is. These say nothing."""

import re

BANNED = re.compile(r"\b\w*(Manager|Util|Utils|Helper|Misc)\b|\b(manager|util|utils|helper|misc)_\w+")
BANNED_FILE = re.compile(r"(^|_)(manager|util|utils|helper|helpers|misc|common)(_|\.|$)")


def check(tree):
    complaints = []
    for path in tree.files(".h", ".cpp"):
        if BANNED_FILE.search(path.name):
            complaints.append(f"{path}: the file's name says nothing")
        for number, line in enumerate(tree.lines(path), 1):
            found = BANNED.search(code_of(line))
            if found:
                complaints.append(f"{path}:{number}: the name {found[0]} says nothing")
    return complaints


def code_of(line):
    """The line without string literals and comments."""
    return re.sub(r'"(\\.|[^"\\])*"|//.*', "", line)
