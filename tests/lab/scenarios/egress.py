"""Egress by names: hosts reach the names on their list, at the first packet, and nothing else."""

import itertools
import signal

from lab.gateway import Gateway
from lab.names import RESOLVER, Client, Internet, Session
from lab.scenario import scenario
from lab.site import Site
from lab.wait import expect, expect_equal, wait_until

GOOD, OTHER, BAD, LATE = "good.names.lab", "other.names.lab", "bad.names.lab", "late.names.lab"
HOST = "10.1.0.10"
GOOD_AT, OTHER_AT, BAD_AT, LATE_AT = "198.51.100.21", "198.51.100.22", "198.51.100.23", "198.51.100.24"

FILE = """[gateway]
uplink = "wan0"
lan    = ["lan0"]

[egress]
resolvers = ["{resolver}"]
nat       = "masquerade"
{settings}

[[egress.tag]]
name  = "allowed"
allow = [{allow}]

[[egress.policy]]
sources = ["10.1.0.0/24"]
tags    = ["allowed"]
"""


def file_with(*allow, settings=""):
    return FILE.format(resolver=RESOLVER, settings=settings, allow=", ".join(f'"{rule}"' for rule in allow))


class EgressSite(Site):
    """A site whose hosts may reach what `allow` says, and an Internet to be kept from."""

    def __init__(self, lab, *allow, settings=""):
        super().__init__(lab.evidence)
        lab.add(self)
        self.internet = lab.add(Internet(self.peer, [GOOD_AT, OTHER_AT, BAD_AT, LATE_AT]))
        self.host.write("/etc/resolv.conf", f"nameserver {RESOLVER}\noptions timeout:2 attempts:2\n")
        self.client = Client(self.host)
        self.linkspan = lab.add(Gateway(self.gateway))
        self.write(*allow, settings=settings)

    def write(self, *allow, settings=""):
        self.linkspan.configure(text=file_with(*allow, settings=settings))

    def curl(self, url, *arguments, patience=60):
        """curl's exit status: 0 reached, 6 no such name, 7 refused, 28 no answer in time, 56 reset."""
        return self.host.call("curl", "-sS", "-o", "/dev/null", "--max-time", str(patience), *arguments, url)[0]

    def learn(self, *names):
        """Asks for each, as a host does before it connects."""
        for name in names:
            expect_equal(self.client.ask(name), 0, f"an answer about {name}")

    def egress(self):
        return self.linkspan.status()["egress"]


def expect_reached(site, url, why, *arguments):
    expect_equal(site.curl(url, *arguments), 0, f"curl {url}: {why}")


def expect_refused(site, url, why, *arguments):
    """Told so at once, and not left to wait."""
    status = site.curl(url, *arguments)
    expect(status in (7, 35, 52, 56), f"curl {url}: {why}: status {status}, wanted a refusal")


@scenario("egress: the first packet to a name on the list passes, others are refused; agent killed, restarted; a rule taken away", needs=["nft queue"])
def egress_by_names(lab):
    site = EgressSite(lab, f"{GOOD}:80,443,8080/tcp", f"{OTHER}:8080/tcp", f"{LATE}:8080/tcp")
    site.internet.serve({GOOD: [GOOD_AT], OTHER: [OTHER_AT], BAD: [BAD_AT], LATE: [LATE_AT]})
    site.linkspan.start()
    site.linkspan.wait_in_sync()

    lab.step("what is on the list, and what is not")
    expect_refused(site, f"http://{GOOD_AT}:8080/", "an address that no name led to")
    expect_reached(site, f"http://{GOOD}:8080/", "a name on the list")
    expect_reached(site, f"http://{GOOD}/", "port 80, by its Host")
    expect_refused(site, f"http://{BAD}:8080/", "a name that is not on the list")
    expect_refused(site, f"http://{OTHER}:80/", "another port than the rule's")
    expect_refused(site, f"http://{GOOD}/", "a Host that the address was not opened for", "-H", f"Host: {BAD}")
    learned = site.linkspan.status()["egress"]
    expect(learned["pins"] >= 2 and learned["answers"]["learnt"] >= 1, f"status tells of pins: {learned}")
    log = site.linkspan.log_text
    wait_until(lambda: f"({BAD})" in log() and "no rule" in log(), "the refusal is logged with the name that was asked for")

    expect(GOOD_AT in site.linkspan.done("egress", "learned", GOOD), "egress learned tells what the name has opened")
    for target, wanted in [(f"{GOOD}:443", 0), (f"{OTHER}:80", 2), ("not a target", 1)]:
        status, text = site.linkspan.linkspan("egress", "why", HOST, target)
        expect_equal(status, wanted, f"egress why {HOST} {target}: {text}")

    lab.step("the agent is killed: what is open stays open, nothing new opens, DNS works")
    site.linkspan.kill_agent()
    expect_reached(site, f"http://{GOOD}:8080/", "a pin that stands")
    expect_refused(site, f"http://{LATE}:8080/", "a name whose answer nobody saw")
    expect_refused(site, f"http://{BAD}:8080/", "a name that is not on the list")

    lab.step("it comes back, and goes on with what it knew")
    site.linkspan.start_agent()
    site.linkspan.wait_in_sync()
    expect(site.egress()["pins"] >= 2, f"the pins of the agent before: {site.egress()}")
    expect_reached(site, f"http://{GOOD}/", "the name on the wire is compared with a name from before")
    expect_reached(site, f"http://{LATE}:8080/", "a name on the list")
    site.linkspan.expect_nothing_to_do()

    lab.step("a rule is taken away: its sessions end, others' stay")
    keep, end = lab.add(Session(site.host, GOOD_AT, 8080)), lab.add(Session(site.host, OTHER_AT, 8080))
    expect(keep.answers() and end.answers(), "both sessions carry")
    site.write(f"{GOOD}:80,443,8080/tcp", f"{LATE}:8080/tcp")
    site.linkspan.done("apply")
    expect(keep.answers(), "the session of a rule that stayed")
    expect(not end.answers(), "the session of the rule that went")
    expect_refused(site, f"http://{OTHER}:8080/", "a name that is not on the list any more")
    expect_equal(site.egress()["sessions_ended"], 1, "sessions that were ended")


@scenario("egress: agent stopped, restarted, reloaded, resolver restarted, queue full: what is allowed goes on, nothing new opens, DNS works",
          needs=["nft queue"])
def egress_faults(lab):
    fresh = [f"n{i}.names.lab" for i in range(8)]
    site = EgressSite(lab, "*.names.lab:8080/tcp", settings="limits = { held = 64 }")
    addresses = [f"198.51.100.{40 + i}" for i in range(8)]
    site.peer.ip("".join(f"address add {address}/24 dev wan0\n" for address in addresses))
    site.internet.serve({GOOD: [GOOD_AT], **{name: [address] for name, address in zip(fresh, addresses)}})
    site.linkspan.start()
    site.linkspan.wait_in_sync()
    site.learn(GOOD)
    session = lab.add(Session(site.host, GOOD_AT, 8080))

    def goes_on(what):
        expect(session.answers(), f"{what}: a session that was allowed goes on")
        expect_equal(site.client.connect(GOOD_AT, 8080), "reached", f"{what}: a pin that stands")
        expect_equal(site.client.connect(BAD_AT, 8080), "refused", f"{what}: an address that no name led to")

    def opens(which, what):
        site.learn(fresh[which])
        expect_equal(site.client.connect(addresses[which], 8080), "reached", f"{what}: a new name, at once after its answer")

    def stays_shut(which, what):
        site.learn(fresh[which])
        expect_equal(site.client.connect(addresses[which], 8080), "refused", f"{what}: a name whose answer nobody saw")

    opens(0, "all is well")
    lab.step("reloaded")
    site.linkspan.reload()
    goes_on("reloaded")
    opens(1, "reloaded")

    lab.step("ended, and started again")
    site.linkspan.kill_agent(signal.SIGTERM)
    goes_on("without an agent")
    stays_shut(2, "without an agent")
    site.linkspan.start_agent()
    site.linkspan.wait_in_sync()
    goes_on("with a new agent")
    opens(2, "with a new agent")

    lab.step("the resolver is restarted")
    site.internet.stop_resolver()
    expect(site.client.ask(fresh[3], patience=1) != 0, "nobody answers")
    goes_on("without a resolver")
    site.internet.serve(site.internet.names)
    opens(3, "with a new resolver")

    expect_equal(site.egress()["unseen"], 0, "answers that nobody held, of this agent's time, before the queue ever was full")
    lab.step("the agent hangs, and the queue is full: answers go on, and open nothing")
    site.linkspan.stop_the_world(True)
    patience = itertools.chain([0.2] * 100, itertools.repeat(5))  # so many fill the queue, however slow the answers are then
    wait_until(lambda: site.client.ask(fresh[4], patience=next(patience)) == 0, "DNS works once the queue is full", every=0)
    stays_shut(5, "with a full queue")
    goes_on("with a full queue")
    site.linkspan.stop_the_world(False)
    wait_until(lambda: site.linkspan.status().get("egress", {}).get("queue_waiting") == 0, "the queue is empty again")
    status = site.linkspan.status()
    unseen = status["egress"]["unseen"]
    expect(unseen >= 2, f"two answers came past the full queue, and maybe some that were not waited for: {unseen}")
    expect(any(text.startswith(f"egress: {unseen} DNS answers") and "limits.held" in text for text in status["warnings"]),
           f"the warning says so, and what to do: {status['warnings']}")
    opens(5, "after a full queue")
    opens(6, "after a full queue")
    expect_equal(site.egress()["unseen"], unseen, "answers that nobody held, told once each")
    site.linkspan.expect_nothing_to_do()
