"""clang-format has the last word on layout."""

import shutil
import subprocess

from tree import Skip

TOOL = "clang-format-19"


def check(tree):
    if not shutil.which(TOOL):
        raise Skip(f"{TOOL} is not installed")
    files = [str(path) for path in tree.files(".h", ".cpp")]
    if not files:
        return []
    done = subprocess.run([TOOL, "--dry-run", "-Werror", *files], cwd=tree.root, capture_output=True, text=True)
    found = [line for line in done.stderr.splitlines() if "error:" in line]
    return found if done.returncode == 0 or found else [done.stderr]
