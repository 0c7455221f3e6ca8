"""Debian packages without installing them: apt with a configuration, lists and a cache of its own, verified as always."""

import subprocess
import sys

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def mirror():
    """The address this machine fetches Debian from."""
    listing = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(COMPONENT)", "Created-By: Packages"],
                             capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        address, *about = line.split()
        if about[:2] == ["Debian", "main"] and "security" not in address:
            return address
    sys.exit("lab: there is no Debian archive among the sources of apt")


class Apt:
    """apt with everything of its own in one directory."""

    def __init__(self, directory, suites):
        self.directory = directory
        for part in ("lists/partial", "cache/archives/partial"):
            (directory / part).mkdir(parents=True)
        (directory / "sources.list").write_text("".join(f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n" for suite in suites))

    def run(self, tool, *arguments):
        options = {"Dir::Etc::sourcelist": self.directory / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
                   "Dir::State::lists": self.directory / "lists", "Dir::Cache": self.directory / "cache",
                   "APT::Sandbox::User": "root", "Acquire::Languages": "none", "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "no"}
        flags = [f"-o{key}={value}" for key, value in options.items()]
        return subprocess.run([tool, "-q", *flags, *arguments], cwd=self.directory, check=True, stdout=subprocess.PIPE, text=True).stdout
