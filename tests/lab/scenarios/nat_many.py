"""A hundred mapped connections to one far end: what becomes of one is nothing to the others."""

import dataclasses
import threading
import time

from lab.many import LAN, Many, One, answered
from lab.scenario import scenario
from lab.tracked import begun, stamp
from lab.traffic import Echo
from lab.wait import expect, expect_equal, wait_until

MAPPED = """
[connection.nat]
local  = {{ "10.1.0.0/16" = "100.64.0.0/16" }}
remote = {{ "{real}" = "{virtual}" }}
"""
RULED = """
[connection.nat]
remote = {{ "{real}" = "{virtual}" }}

[[connection.nat.rules]]
from      = "local"
source    = "10.1.0.0/16"
source_to = "100.64.{number}.1"
"""
TUNNELS = ('interface      = "xfrm"', 'interface      = "vti"', 'mode           = "policy"')
KINDS = 2 * len(TUNNELS)  # the first ones are one of each


@dataclasses.dataclass(frozen=True)
class MappedOne(One):
    """By turns of each kind of tunnel; even ones are mapped one to one, odd ones show one address for all our hosts."""
    moved: bool = False
    backed: bool = False
    ours_there: str = "100.64.0.0/16"

    @property
    def tunnel(self):
        return TUNNELS[self.number % len(TUNNELS)]

    @property
    def virtual(self):
        return f"100.{96 + 10 * self.moved}.{self.number}.0/24"

    @property
    def here(self):
        return self.virtual.replace(".0/24", ".1")

    def toml(self):
        text = super().toml().replace('mode           = "policy"', self.tunnel)
        if self.number % 2:
            text = text.replace('local_subnets  = ["10.1.0.0/16"]\n', "")
        text += (RULED if self.number % 2 else MAPPED).format(real=self.far, virtual=self.virtual, number=self.number)
        return text + (f'\n[connection.backup]\npeer = "{Beside(self.number).peer}"\n' if self.backed else "")


class Beside(MappedOne):
    """The same at the far end, as the backup of connection `number`."""

    @property
    def name(self):
        return super().name + "-beside"

    @property
    def peer(self):
        return f"198.19.{self.number // 250}.{self.number % 250 + 1}"


class Streams:
    """Echo requests to every one of them in turn, until `stop`."""

    def __init__(self, machine, ones, rate):
        self.echoes = {one.number: Echo(machine, one.here, source=LAN) for one in ones}
        self._pause, self._running = 1 / rate, True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while self._running:
            for echo in self.echoes.values():
                echo.send()
                while echo.receive(0):
                    pass
                time.sleep(self._pause)

    @property
    def rounds(self):
        return min(echo.account.sent for echo in self.echoes.values())

    def more(self, rounds=2):
        until = self.rounds + rounds
        wait_until(lambda: self.rounds >= until, f"{rounds} more packets to each")

    def stop_lossless(self, what):
        self._running = False
        self._thread.join()
        for number, echo in self.echoes.items():
            echo.wait_for_all(20)
            expect(not echo.account.lost, f"{what}: connection {number}: {echo.account}")
            echo.close()


def fail_over(many, changed, others, untouched):
    """`untouched`: called where the others are to be as they were."""
    backups = [Beside(one.number) for one in changed]
    many.peer.ip("".join(f"address add {one.peer}/32 dev lo\n" for one in backups))
    many.far_end_knows(many.ones + backups)
    many.edit([dataclasses.replace(one, backed=True) for one in changed] + others)
    carry = lambda suffix: all(c["carries"] and c["state"] == "up" for c in map(many.status().get, (one.name + suffix for one in changed)))
    wait_until(lambda: all(many.status()[f"{one.name}+backup"]["state"] == "up" for one in changed), "the backups are up", deadline=600)
    untouched("has a backup")
    many.far_end_knows(others + backups)
    for one in changed:
        many.theirs.machine.run("env", f"STRONGSWAN_CONF={many.theirs.conf}", "swanctl", "--terminate", "--ike", one.name,
                                "--uri", f"unix://{many.theirs.socket}")
    wait_until(lambda: carry("+backup"), "the backups carry", deadline=600)
    for one in changed:
        expect(answered(many.gateway, one.here), f"{one.here} answers by the backup")
    untouched("failed over")
    many.far_end_knows(many.ones + backups)
    wait_until(lambda: carry(""), "the primaries carry again", deadline=600)
    untouched("failed back")


def show_many(lab, count):
    many = Many(lab, count, kind=MappedOne)
    seconds = many.wait_for_all(many.begin_by_linkspan)
    links = {kind: len(many.gateway.run(f"ip -o link show type {kind} | grep -v vti0").splitlines()) for kind in ("xfrm", "vti")}
    expect_equal(links, {kind: len([one for one in many.ones if kind in one.tunnel]) for kind in links}, "tunnel links")
    many.gateway.run("echo 3600 > /proc/sys/net/netfilter/nf_conntrack_icmp_timeout")
    stamp(many.gateway)
    changed, others = many.ones[:KINDS], many.ones[KINDS:]
    streams = Streams(many.gateway, others, rate=100)
    streams.more()

    sessions = lambda: begun(many.gateway, *(one.here for one in others))
    before = sessions()
    expect_equal(len(before), len(others), "sessions of the others")

    def untouched(what):
        streams.more()
        expect_equal(sessions(), before, f"the others' sessions once one of each kind is {what}")
    for what, ones in (("edited", [dataclasses.replace(one, moved=True) for one in changed] + others), ("removed", others),
                       ("added again", many.ones)):
        lab.step(f"one of each kind is {what}")
        many.edit(ones)
        untouched(what)
    lab.step("one of each kind fails over to its backup, and back")
    fail_over(many, changed, others, untouched)
    streams.stop_lossless("the others")
    print(f"{links['xfrm']} by XFRM interfaces, {links['vti']} by VTIs, up in {seconds:.0f} s; ", end="")


@scenario("100 mapped connections by XFRM interfaces, VTIs and policies: one of each kind edited, removed, added, failed over and back; the others lose no packet and no session",
          needs=["xfrm interface", "ip_vti"], soak=True)
def nat_hundred(lab):
    show_many(lab, 100)
