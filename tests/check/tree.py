"""The source tree as the checks see it. A check is a module with `check(tree) -> list of complaints`."""

import os
import pathlib

NOT_OURS = {".git", "build", "out", ".cache", "__pycache__"}


class Skip(Exception):
    """The check cannot run here; the text says what is missing."""


class Tree:
    def __init__(self, root, rooms=None):
        self.root = pathlib.Path(root)
        self.rooms = rooms or {}  # name -> names of the rooms it may include

    def files(self, *endings):
        """Paths relative to the root, sorted; all files, or those whose names end so."""
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in NOT_OURS]
            here = pathlib.Path(folder).relative_to(self.root)
            found += [here / name for name in names if not endings or name.endswith(endings)]
        return sorted(found)

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def lines(self, path):
        return self.text(path).splitlines()

    def has(self, path):
        return (self.root / path).exists()


def read_rooms(path):
    """What CMake wrote: one item a line, "room:" or "room:first", then the further rooms it uses, each on its own line."""
    rooms = {}
    for item in pathlib.Path(path).read_text(encoding="utf-8").split():
        if ":" in item:
            name, item = item.split(":", 1)
            rooms[name] = set()
        if item:
            rooms[name].add(item)
    return rooms
