"""The sessions that a machine's kernel tracks, each by the nanosecond it began in. Its ids do not tell one from the next: what ends and
comes again at once gets the same one (docs/kernel-facts.md)."""

import re

from lab.wait import expect


def stamp(machine):
    """Sessions that begin from now on have their time."""
    machine.run("echo 1 > /proc/sys/net/netfilter/nf_conntrack_timestamp")


def begun(machine, *parts, family="ipv4"):
    """[(part, nanosecond)] of the sessions in which `part`, an address or a port, is a destination of either direction."""
    listing = machine.run(f"conntrack -L -f {family} -o xml,ktimestamp 2>/dev/null")
    found = []
    for flow in listing.split("<flow>")[1:]:
        began = re.search(r"<start>(\d+)</start>", flow)
        for part in re.findall(r"<d(?:st|port)>([^<]+)<", flow):
            if part in parts:
                expect(began, f"a session began before stamp(): {flow}")
                found.append((part, int(began[1])))
    return sorted(found)
