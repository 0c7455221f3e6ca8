"""Manual pages render without a warning, and every program has one."""

import os
import re
import shutil
import subprocess

from tree import Skip

EXPECTED = ["docs/man/linkspan.8", "docs/man/linkspand.8", "docs/man/linkspan.toml.5"]
WIDTH = re.compile("can('t|not) (break|adjust) line")  # a long word in a narrow column is no mistake


def check(tree):
    complaints = [f"{path}: missing" for path in EXPECTED if not tree.has(path)]
    if not shutil.which("man"):
        raise Skip("man is not installed")
    pages = [path for path in tree.files(".5", ".8") if str(path).startswith("docs/man/")]
    return complaints + [f"{path}: {warning}" for path in pages for warning in warnings(tree.root / path)]


def warnings(page):
    environment = dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="80", MANROFFSEQ="")
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", str(page)], env=environment,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return [line for line in done.stderr.splitlines() if not WIDTH.search(line)]
