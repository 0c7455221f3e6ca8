"""Two tunnels to one cloud: what the cloud asks by either of them is answered by the same one."""

import dataclasses
import re
import select
import socket
import struct
import time

from lab.scenario import scenario
from lab.site import LAN
from lab.traffic import Echo, Traffic
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until
from lab.watch import KernelWatch
from scenarios.failover import BACKUP, CLOUD, CLOUD_V6, NO_PROBE, OTHER, backed_site, far_second

HOST, GATEWAY = LAN.v4_of(10), LAN.v4_of(1)
HOST_V6, GATEWAY_V6 = LAN.v6_of(10), LAN.v6_of(1)
PORT = 7777


class Question:
    """A host of the cloud that asks, at one of the two ends: both have the same address and port."""

    def __init__(self, cloud):
        self.socket = cloud.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((CLOUD, PORT))
        self.last = -1  # the newest answer

    def ask(self):
        self.socket.sendto(b"?", (HOST, PORT))

    def hear(self):
        while select.select([self.socket], [], [], 0)[0]:
            self.last, = struct.unpack("!Q", self.socket.recv(8))
        return self.last


class Answers:
    """The site's host: asked once, it answers for ever, numbered, whatever else it hears."""

    def __init__(self, host):
        self.socket = host.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, PORT))
        self.sent = 0

    def asked(self):
        """True once a question is here: what is said before it begins a session of the host's own, by the tunnel of its choice."""
        return bool(select.select([self.socket], [], [], 0)[0])

    def say(self):
        self.socket.sendto(struct.pack("!Q", self.sent), (CLOUD, PORT))
        self.sent += 1

    def reach(self, question):
        """True if what is said now arrives there."""
        first = self.sent
        for _ in range(20):
            self.say()
            time.sleep(0.01)  # the pace of the packets, nothing is waited for
        return question.hear() >= first


def ask_by_both(site):
    """From either end at once, of the host and of the gateway itself."""
    streams = [Traffic(cloud, address, 20, source=CLOUD) for cloud in site.clouds[:2] for address in (HOST, GATEWAY)]
    if 6 in site.tunnel.inner:
        streams += [Traffic(cloud, address, 20, source=CLOUD_V6) for cloud in site.clouds[:2] for address in (HOST_V6, GATEWAY_V6)]
    return streams


def expect_answered(streams, what):
    for stream in streams:
        wait_until(lambda stream=stream: stream.sent >= 50, "50 questions")
    for stream in streams:
        stream.stop_lossless(what)


def show_restart(lab, site):
    lab.step("both ends ask, and the agent is killed and comes back")
    streams = ask_by_both(site)
    watch = KernelWatch(site.gateway)
    site.linkspan.kill_agent()
    site.linkspan.start_agent()
    site.linkspan.expect_nothing_to_do()
    expect_equal(watch.changes(), [], "writes of an agent that adopts")
    expect_answered(streams, "questions by both tunnels, answered by the same")


def show_edit(lab, site):
    lab.step("the other connection is edited: no session is forgotten")
    streams = ask_by_both(site)
    site.linkspan.edit(site.tunnels[0], dataclasses.replace(site.tunnels[1], more="mss = 1200"))
    expect_answered(streams, "questions while another connection is edited")


def show_links(lab, interface):
    tunnel = Tunnel(interface=interface, inner=(4, 6) if interface == "xfrm" else (4,), more=BACKUP.rstrip() + NO_PROBE)
    site = backed_site(lab, tunnel)
    show_restart(lab, site)
    show_edit(lab, site)

    lab.step("the tunnel of a session dies: the living one takes it over")
    first, second = (Question(cloud) for cloud in site.clouds[:2])
    answers = Answers(site.host)
    wait_until(lambda: second.ask() or answers.asked(), "the host is asked by the second tunnel")
    wait_until(lambda: answers.reach(second), "answered by the second tunnel")
    expect(first.hear() < 0, "nothing of it leaves by the first")
    site.charons[1].load(OTHER.swanctl())
    site.charons[1].swanctl("--terminate", "--ike", tunnel.name)
    wait_until(lambda: answers.reach(first), "the session goes on by the first tunnel")

    lab.step("it lives again: the session is back, and nobody has asked anew")
    site.charons[1].load(far_second(tunnel).swanctl_routed(if_id=5) + OTHER.swanctl())
    site.linkspan.wait_up("cloud+backup")
    wait_until(lambda: answers.reach(second), "the session goes on by the second tunnel")


@scenario("two tunnels: questions by either are answered by the same one, without a loss, over a restart; a session outlives its tunnel "
          "and comes back to it; IPv4 and IPv6", needs=["xfrm interface", "esp4 with AES-GCM"])
def answers_xfrm(lab):
    show_links(lab, "xfrm")


@scenario("the same by VTI", needs=["ip_vti", "esp4 with AES-GCM"], once=True)
def answers_vti(lab):
    show_links(lab, "vti")


def echoes_heard(machine):
    """Echo requests that reached a machine's own kernel."""
    names, values = (line.split() for line in machine.run("cat /proc/net/snmp").splitlines() if line.startswith("Icmp:"))
    return int(values[names.index("InEchos")])


def expect_refused(site, machine, what):
    """Echo requests in the name of the cloud, from a machine that has its address."""
    before, refused = echoes_heard(site.host), template_mismatches(site.gateway)
    echo = Echo(machine, HOST, source=CLOUD)
    for _ in range(20):
        echo.send()
    wait_until(lambda: template_mismatches(site.gateway) >= refused + 20, f"{what}: the gateway refuses 20 packets")
    echo.close()
    expect_equal(echoes_heard(site.host), before, f"{what}: echo requests that reached the host")


def template_mismatches(machine):
    return int(re.search(r"XfrmInTmplMismatch\s+(\d+)", machine.run("cat /proc/net/xfrm_stat"))[1])


@scenario("the same in policy mode: packets by the waiting tunnel are received and answered by it; in clear they are refused",
          needs=["esp4 with AES-GCM"], once=True)
def answers_policy(lab):
    tunnel = Tunnel(interface="policy", more=BACKUP.rstrip())
    site = backed_site(lab, tunnel)
    show_restart(lab, site)
    show_edit(lab, site)

    lab.step("what comes in clear is refused")
    router = site.wan.machine
    router.ip(f"address add {CLOUD}/32 dev lo\nroute add 10.1.0.0/16 via 203.0.113.10\n")
    expect_refused(site, router, "in clear")
