#!/usr/bin/python3
"""run.py CHECK SOURCE_DIR ROOMS_FILE: one house rule over the tree. Exit 0 kept, 1 broken, 77 cannot run here."""

import importlib
import sys

sys.dont_write_bytecode = True
from tree import Skip, Tree, read_rooms  # noqa: E402


def main():
    name, source, rooms = sys.argv[1:]
    module = importlib.import_module(name)
    try:
        complaints = module.check(Tree(source, read_rooms(rooms)))
    except Skip as reason:
        print(f"skipped: {reason}")
        return 77
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
