"""docs/kernel-facts.md: every fact (a row of a table, or an item of a list) names a test that shows it, and that exists.

A test is named in backticks: a path below tests/, or a GoogleTest as Suite.Name."""

import pathlib
import re

PAGE = pathlib.Path("docs/kernel-facts.md")
FACT = re.compile(r"^(\||[-*] |\d+\. )")
NOT_A_FACT = re.compile(r"^\|[-:| ]+\|$")
TEST = re.compile(r"\b(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+)\s*,\s*(\w+)\s*\)")


def check(tree):
    if not tree.has(PAGE):
        return [f"{PAGE}: missing"]
    known = {f"{suite}.{name}" for path in tree.files("_test.cpp") for suite, name in TEST.findall(tree.text(path))}
    complaints = []
    for number, fact in facts(tree.lines(PAGE)):
        names = re.findall(r"`([^`]+)`", fact)
        if not any(name in known or name.startswith("tests/") and tree.has(name) for name in names):
            complaints.append(f"{PAGE}:{number}: no existing test is named: {fact[:60]}")
    return complaints


def facts(lines):
    """(line number, text) of every fact; an item's continuation lines belong to it, a table's head does not count."""
    found = []
    for number, line in enumerate(lines, 1):
        if NOT_A_FACT.match(line) and found:
            found.pop()
        elif FACT.match(line):
            found.append([number, line])
        elif line.startswith("  ") and found and found[-1][0] + found[-1][1].count("\n") + 1 == number:
            found[-1][1] += "\n" + line
    return found
