"""What `make demo` shows, step by step. Everything printed is what the programs said."""

import os
import re
import time
import traceback

from lab.gateway import CONFIG, program
from lab.scenario import Lab
from lab.sites import LinkspanSite
from lab.transfer import transfer
from lab.tunnel import HEAD, Tunnel, file_of
from lab.wait import Expected, wait_until

TOPOLOGY = """
   site host ──── linkspan gateway ════════ WAN ════════ plain strongSwan ──── cloud host
   10.1.0.10      203.0.113.10        every packet on       198.51.100.7       10.20.0.10
                                      it is counted
"""
TUNNEL = Tunnel(name="cloud", interface="vti")
CLOUD, HOST = TUNNEL.cloud(), TUNNEL.host()
POLICY = "src 0.0.0.0/0 dst 0.0.0.0/0 dir out mark {id} mask 0xffffffff"


class Story:
    def __init__(self, lab):
        self.lab = lab
        self.outcomes = []
        self.site = LinkspanSite(lab, TUNNEL)
        self.linkspan, self.gateway = self.site.linkspan, self.site.gateway

    # --- telling ---

    def title(self, text):
        print(f"\n━━ {len(self.outcomes) + 1}. {text} " + "━" * max(0, 88 - len(text)), flush=True)

    def show(self, machine, *command, expected=(0,)):
        """A command as a person would type it, and what it printed."""
        words = [str(program(command[0])) if command[0] == "linkspan" else command[0], *command[1:]]
        print(f"\n{machine.name}# {' '.join(command)}", flush=True)
        status, output = machine.call(*words)
        print("".join(f"  {line}\n" for line in output.rstrip().splitlines()), end="", flush=True)
        if status not in expected:
            raise Expected(f"{' '.join(command)}: exit status {status}")
        return output

    def hold(self, what):
        self.outcomes.append((True, what))
        print(f"\n  ✔ {what}", flush=True)

    def step(self, title, action):
        self.title(title)
        try:
            self.hold(action() or title)
        except Exception as error:
            self.lab.evidence.note(traceback.format_exc())
            self.outcomes.append((False, f"{title}: {error}"))
            print(f"\n  ✘ {error}", flush=True)

    def plaintext(self):
        seen = self.site.wan.counters()
        print(f"\n  seen on the WAN: {seen['encrypted']} ESP packets, {seen['ike']} of IKE, {seen['plaintext'] + seen['other']} in the clear", flush=True)
        self.site.wan.expect_no_plaintext("this step")

    # --- the steps ---

    def file(self):
        print(f"\n{CONFIG}:\n\n{indented(file_of(TUNNEL))}\n\nThe far end's swanctl.conf, written by hand:\n\n"
              f"{indented(self.site.charons[0].conf_text)}")
        self.linkspan.configure(text=HEAD)  # the agent starts with a gateway and no connection yet
        self.linkspan.start()
        self.linkspan.configure(TUNNEL)
        self.show(self.gateway, "linkspan", "check")
        return "the file has no mistakes"

    def plan(self):
        self.show(self.gateway, "linkspan", "plan", expected=(2,))
        return "the plan tells what apply will do; nothing is changed yet (exit status 2: changes)"

    def apply(self):
        self.show(self.gateway, "linkspan", "apply")
        self.linkspan.wait_up()
        self.show(self.gateway, "linkspan", "status")
        return "the tunnel is up"

    def ping(self):
        self.show(self.site.host, "ping", "-c", "3", "-i", "0.2", CLOUD)
        self.show(self.site.cloud, "ping", "-c", "3", "-i", "0.2", HOST)
        self.plaintext()
        return "both ends reach each other; all of it encrypted"

    def transfer(self):
        data = os.urandom(2 << 20)
        begun = time.monotonic()
        moved = transfer(self.site.host, self.site.cloud, CLOUD, data)
        print(f"\n  sent      {len(data)} bytes, sha256 {moved.sent}\n  received  sha256 {moved.received}\n"
              f"  TCP segments of {moved.client_mss} bytes, {time.monotonic() - begun:.1f} s (emulated where this is a guest)")
        if moved.sent != moved.received:
            raise Expected("what arrived is not what was sent")
        self.plaintext()
        return "a file of 2 MiB over TCP, checksum equal"

    def charon_ends(self):
        traffic = self.site.traffic(rate=20)
        self.linkspan.charon.end()
        gone = traffic.sent
        wait_until(lambda: traffic.sent > gone + 40, "pings without an IKE daemon")
        account = traffic.stop(drain=0.5)
        print(f"\n  charon is stopped, and its SAs go with it. Pings meanwhile: {account}")
        late = [n for n in account.answered if n > gone]
        if late:
            raise Expected("pings passed without SAs")
        self.plaintext()
        self.linkspan.charon.revive()
        begun = time.monotonic()
        wait_until(self.site.pings, "the tunnel comes back by itself")
        self.linkspan.wait_up()
        print(f"  charon is started again, as systemd would; the tunnel is back after {time.monotonic() - begun:.1f} s, unasked")
        self.plaintext()
        return "without the IKE daemon pings stop, nothing is in the clear, and the tunnel comes back by itself"

    def repair(self):
        said = len(self.linkspan.log_text())
        identifier = self.linkspan.connection()["id"]
        policy = POLICY.format(id=identifier)
        self.show(self.gateway, *f"ip xfrm policy delete {policy}".split())
        self.show(self.gateway, *f"ip route delete 10.20.0.0/16 dev {TUNNEL.device}".split())
        wait_until(lambda: self.gateway.call("ip", "xfrm", "policy", "get", *policy.split())[0] == 0 and
                   TUNNEL.device in self.gateway.run("ip route show 10.20.0.0/16"), "both are there again")
        wait_until(self.site.pings, "pings pass")
        told = [line for line in self.linkspan.log_text()[said:].splitlines() if re.search("polic|route", line)]
        if not told:
            raise Expected("the journal says nothing of it")
        print("\nthe agent's journal:\n" + indented("\n".join(told)))
        self.plaintext()
        return "a policy and a route deleted by hand: repaired, and said so"

    def agent_dies(self):
        traffic = self.site.traffic(rate=100)
        wait_until(lambda: traffic.sent > 50, "traffic")
        self.linkspan.kill_agent()
        gone = traffic.sent
        wait_until(lambda: traffic.sent > gone + 100, "traffic without an agent")
        self.linkspan.start_agent()
        self.linkspan.wait_in_sync()
        account = traffic.stop()
        print(f"\n  kill -9 of the agent, 100 pings or more without it, and a new one. 100 pings a second all the time:\n  {account}")
        if account.lost:
            raise Expected(f"{len(account.lost)} pings were lost")
        self.plaintext()
        return f"agent killed with -9 and restarted: {account.sent} pings, not one lost"

    def nothing_to_do(self):
        self.show(self.gateway, "linkspan", "plan")
        self.linkspan.foreign.expect_untouched()
        return "nothing to do, and every object that is not linkspan's is as it was"


def indented(text):
    return "".join(f"    {line}\n" for line in text.strip("\n").splitlines())


def summary(story, begun):
    print(f"\n━━ Summary, after {time.monotonic() - begun:.0f} s " + "━" * 70)
    for held, what in story.outcomes:
        print(f"  {'✔' if held else '✘'} {what}")


def tell(out):
    begun = time.monotonic()
    print(f"linkspan joins a site to a cloud.\n{TOPOLOGY}", flush=True)
    lab = Lab("demo", out)
    try:
        story = Story(lab)
        story.step("What a person writes", story.file)
        story.step("What would change", story.plan)
        story.step("Apply", story.apply)
        story.step("Ping, both ways", story.ping)
        story.step("A file over TCP", story.transfer)
        story.step("No leak: the IKE daemon ends", story.charon_ends)
        story.step("The kernel matches the file: things deleted by hand", story.repair)
        story.step("The agent may die", story.agent_dies)
        story.step("At the end", story.nothing_to_do)
        summary(story, begun)
        print(f"\n  The capture of the WAN: {os.environ.get('LAB_EVIDENCE', out.parent)}/{out.name}/wan.pcap")
        held = all(ok for ok, _ in story.outcomes)
        if not held:
            lab.dump()
            print(f"\n  Not everything held. Logs, captures and kernel state: {os.environ.get('LAB_EVIDENCE', out.parent)}/{out.name}")
        return 0 if held else 1
    finally:
        lab.stop()
