"""What a machine's links carried, in the kernel's own order: who comes before whom, however slow the machine is."""

import datetime
import itertools

from lab.wait import wait_until

_numbers = itertools.count(1)


class Heard:
    """Lines of tcpdump on all links, while it is entered: time, link, In or Out, addresses, what it is. A line for each packet is
    much work for an emulated machine: few packets, and not for long."""

    def __init__(self, machine, what):
        number = next(_numbers)
        self._path = machine.evidence.directory / f"heard-{number}-on-{machine.name}.txt"
        log = machine.evidence.directory / f"heard-{number}-on-{machine.name}.log"
        self._lines, self._rest = [], ""
        self._tcpdump = machine.spawn(["tcpdump", "-i", "any", "-n", "-l", "--immediate-mode", what], stdout=self._path.open("wb"), stderr=log.open("wb"))
        wait_until(lambda: "listening on" in log.read_text(errors="replace"), "tcpdump listens")
        self._file = self._path.open(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tcpdump.kill()
        self._tcpdump.wait()
        self._file.close()

    def _read(self):
        whole, self._rest = (self._rest + self._file.read()).rpartition("\n")[::2]
        self._lines += whole.splitlines()

    def until(self, ends, deadline=300):
        """All lines up to the first that `ends` is true for, which is waited for."""
        def comes():
            self._read()
            return any(ends(line) for line in self._lines)
        wait_until(comes, "a packet that is waited for", deadline)
        return self._lines[:next(n for n, line in enumerate(self._lines) if ends(line)) + 1]

    def so_far(self):
        """All lines that are there."""
        self._read()
        return list(self._lines)

    @staticmethod
    def seconds(line, later):
        first, second = (datetime.datetime.strptime(text.split()[0], "%H:%M:%S.%f") for text in (line, later))
        return (second - first).total_seconds() % 86400
