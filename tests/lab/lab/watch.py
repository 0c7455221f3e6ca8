"""Counts writes to a machine's kernel: every change of a link, address, route, rule, policy, SA or nftables object is an
event that the kernel itself reports."""

import itertools

from lab.wait import wait_until

MONITORS = {
    "net": ["ip", "monitor", "link", "address", "route", "rule"],
    "xfrm": ["ip", "xfrm", "monitor", "SA", "policy"],
    "nft": ["nft", "monitor"],
}
# A fence is an object per monitor, made and removed again; each mentions the fence's number in its own way.
FENCE = """
link add fence-{n} type dummy
link delete fence-{n}
xfrm policy add src 192.0.2.{n}/32 dst 192.0.2.254/32 dir out action block
xfrm policy delete src 192.0.2.{n}/32 dst 192.0.2.254/32 dir out
"""
NFT_FENCE = "add table inet fence-{n}; delete table inet fence-{n}"
MARK = {"net": "fence-{n}", "xfrm": "192.0.2.{n}/32", "nft": "fence-{n}"}
BEGIN, END = 251, 252

_numbers = itertools.count(1)


class KernelWatch:
    """From its making until `changes()`: all that was written. Fences mark both ends in each monitor's own stream, so
    nothing before, nothing after and nothing unread is counted."""

    def __init__(self, machine):
        self.machine = machine
        number = next(_numbers)
        self._logs = {kind: machine.evidence.directory / f"monitor-{number}-{kind}.log" for kind in MONITORS}
        self._monitors = [machine.spawn(command, log=self._logs[kind].open("wb")) for kind, command in MONITORS.items()]
        self._fence(BEGIN)

    def _fence(self, number):
        def seen():  # repeated: a monitor that does not listen yet misses the first ones
            self.machine.ip(FENCE.format(n=number))
            self.machine.run("nft", NFT_FENCE.format(n=number))
            return all(MARK[kind].format(n=number) in log.read_text(errors="replace") for kind, log in self._logs.items())
        wait_until(seen, f"every monitor of {self.machine.name} shows fence {number}", every=0.3)

    def changes(self):
        """The events since, as text."""
        self._fence(END)
        self.stop()
        return [event for kind, log in self._logs.items()
                for event in _between(_events(kind, log.read_text(errors="replace")), MARK[kind])]

    def stop(self):
        for monitor in self._monitors:
            monitor.kill()
            monitor.wait()


def _between(events, mark):
    begin = max(i for i, event in enumerate(events) if mark.format(n=BEGIN) in event)
    end = min(i for i, event in enumerate(events) if mark.format(n=END) in event)
    return events[begin + 1:end]


def _events(kind, text):
    """iproute2 indents the further lines of an event; nft ends a transaction with a comment."""
    events, complete = [], True
    for line in text.splitlines():
        if complete or (kind != "nft" and not line[:1].isspace()):
            events.append(line)
        else:
            events[-1] += "\n" + line
        complete = line.startswith("# new generation") if kind == "nft" else False
    return events
