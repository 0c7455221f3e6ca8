"""What a machine's links carried, in the kernel's own order: who comes before whom, however slow the machine is."""

import datetime
import itertools

from lab.wait import wait_until

_numbers = itertools.count(1)


class Heard:
    """Lines of tcpdump on all links, from its making on: time, link, In or Out, addresses, what it is."""

    def __init__(self, machine, what):
        number = next(_numbers)
        self._path = machine.evidence.directory / f"heard-{number}-on-{machine.name}.txt"
        log = machine.evidence.directory / f"heard-{number}-on-{machine.name}.log"
        machine.spawn(["tcpdump", "-i", "any", "-n", "-l", "--immediate-mode", what], stdout=self._path.open("wb"), stderr=log.open("wb"))
        wait_until(lambda: "listening on" in log.read_text(errors="replace"), "tcpdump listens")

    def until(self, ends, deadline=60):
        """All lines up to the first that `ends` is true for, which is waited for."""
        found = []

        def comes():
            found[:] = self._path.read_text(errors="replace").splitlines()
            return any(ends(line) for line in found)
        wait_until(comes, "a packet that is waited for", deadline)
        return found[:next(n for n, line in enumerate(found) if ends(line)) + 1]

    @staticmethod
    def seconds(line, later):
        first, second = (datetime.datetime.strptime(text.split()[0], "%H:%M:%S.%f") for text in (line, later))
        return (second - first).total_seconds() % 86400
