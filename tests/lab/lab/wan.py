"""The network between the gateways: a router that counts, in its own kernel, whatever is not IKE or ESP."""

import json

from lab.wait import expect

# Every packet that reaches the router is put into one counter (fragments besides). Counted before routing, by the kernel: lossless.
WATCH = """
table inet watch {
  counter plaintext {}
  counter other {}
  counter encrypted {}
  counter ike {}
  counter fragments {}
  chain arriving {
    type filter hook prerouting priority -500;
    ip frag-off & 0x3fff != 0 counter name fragments
    exthdr frag exists counter name fragments
    ip saddr { 10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16 } counter name plaintext return
    ip daddr { 10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16 } counter name plaintext return
    ip6 saddr fc00::/7 counter name plaintext return
    ip6 daddr fc00::/7 counter name plaintext return
    meta l4proto esp counter name encrypted return
    udp dport { 500, 4500 } counter name ike return
    icmp type { destination-unreachable, time-exceeded } return
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld2-listener-report, mld-listener-report } return
    ip protocol igmp return
    counter name other
  }
}
"""


class Wan:
    def __init__(self, machine):
        self.machine = machine
        self.is_internet = False  # it carries more than tunnels, if only with public addresses
        machine.run("nft", "-f", "-", stdin=WATCH)
        self._capture = None

    def capture(self):
        """Records every packet for whoever reads the evidence; the counters are what is judged."""
        path = self.machine.evidence.directory / f"{self.machine.name}.pcap"
        self._capture = self.machine.spawn(["tcpdump", "-i", "any", "-n", "-s", "160", "-Z", "root", "-w", path],
                                           log=self.machine.evidence.log(f"{self.machine.name}-tcpdump.log"))

    def counters(self):
        """Packets by kind: plaintext, other, encrypted, ike; and of any kind, fragments."""
        listing = json.loads(self.machine.run("nft", "-j", "list", "counters"))["nftables"]
        return {e["counter"]["name"]: e["counter"]["packets"] for e in listing if "counter" in e}

    def expect_no_plaintext(self, after):
        seen = self.counters()
        expect(seen["plaintext"] == 0 and (self.is_internet or seen["other"] == 0), f"after {after}: packets in the clear on the WAN: {seen}")

    def stop(self):
        if self._capture:
            self._capture.terminate()
            self._capture.wait()
