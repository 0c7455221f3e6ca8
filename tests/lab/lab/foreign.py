"""Other people's objects on the gateway: some are planted, all are compared, byte by byte, before and after."""

import difflib
import json
import os
import re

from lab.wait import expect

PATHS = (0x3000000, 0x4000000)  # marks of policies for one of two tunnels
LINK_GROUP, ROUTE_PROTOCOL, NFT_TABLES = str(0x6c73), "108", ("linkspan", "linkspan_nat", "linkspan_paths", "linkspan_egress", "linkspan_rules")
PRIORITIES = (0x0001_6c73, 0xf000_6c73)
PLAIN_PRIORITIES = range(100_000, 200_000)  # policy mode
IDS, REQIDS = range(0x1000_0000, 0x2000_0000), range(0x1000_0000, 0x3000_0000)

LINKS = """
link add foreign0 type dummy
address add 172.31.0.1/24 dev foreign0
address add fd31::1/64 dev foreign0 nodad
link set foreign0 up
link add foreign1 type xfrm dev wan0 if_id 77
link set foreign1 up
link add foreign2 type vti local 203.0.113.10 remote 192.0.2.99 key 77
route add 172.30.0.0/16 dev foreign0 proto static metric 7
route add default dev foreign0 table 100
route add unreachable 172.29.0.0/16 proto 99
route add fd30::/32 dev foreign0 proto static metric 9
rule add pref 1000 from 172.31.0.0/24 lookup 100
xfrm policy add src 172.31.0.0/24 dst 172.16.0.0/24 dir out priority 5000 tmpl src 203.0.113.10 dst 192.0.2.99 proto esp reqid 77 mode tunnel
xfrm policy add src 172.16.0.0/24 dst 172.31.0.0/24 dir fwd priority 5000 tmpl src 192.0.2.99 dst 203.0.113.10 proto esp reqid 77 mode tunnel
xfrm state add src 203.0.113.10 dst 192.0.2.99 proto esp spi 0x77 reqid 77 mode tunnel aead rfc4106(gcm(aes)) 0x0102030405060708090a0b0c0d0e0f1011121314 128
"""

NFT = """
table inet foreign {
  set friends { type ipv4_addr; elements = { 172.31.0.7, 172.31.0.8 } }
  chain forward { type filter hook forward priority 10; policy accept; ip saddr @friends accept; }
}
table ip linkspan { chain not_ours { type filter hook input priority 20; }; }
"""

# Settings whose change would be felt by other people's links: of these links, and of the machine.
SETTINGS = [f"{family}/conf/{link}" for link in ("all", "default", "lo", "wan0", "lan0", "foreign0") for family in ("ipv4", "ipv6")]
MORE_SETTINGS = ["ipv4/ip_forward", "core/xfrm_larval_drop"]

# What each prints is one or more JSON values.
EVERYTHING = "address\nroute show table all\nrule\n"
LISTS = [(("ip", "-j", "-d", "link"), "", ["links"]),
         (("ip", "-j", "-4", "-batch", "-"), EVERYTHING, ["IPv4 addresses", "IPv4 routes", "IPv4 rules"]),
         (("ip", "-j", "-6", "-batch", "-"), EVERYTHING, ["IPv6 addresses", "IPv6 routes", "IPv6 rules"]),
         (("nft", "-j", "list", "ruleset"), "", ["nftables"])]


def _settings():
    """To be called inside a machine."""
    directories = [f"/proc/sys/net/{name}" for name in SETTINGS]
    files = [f"{each}/{name}" for each in directories if os.path.isdir(each) for name in sorted(os.listdir(each))]
    texts = ((file, _read(file)) for file in [*files, *(f"/proc/sys/net/{name}" for name in MORE_SETTINGS)])
    return [f"{file}: {text}" for file, text in texts if text]


def _read(file):
    """A setting's text; none where it may not be read, as a secret that is not set."""
    try:
        with open(file, "rb", buffering=0) as opened:
            return opened.read().decode().strip()
    except OSError:
        return ""


def _values(text):
    """JSON values, one after another."""
    found, text = [], text.strip()
    while text:
        value, end = json.JSONDecoder().raw_decode(text)
        found.append(value)
        text = text[end:].lstrip()
    return found


class Foreign:
    def __init__(self, machine):
        self.machine = machine
        machine.ip(LINKS)
        machine.run("ip -6 rule add pref 1000 from fd31::/64 lookup 100")
        machine.run("nft", "-f", "-", stdin=NFT)
        machine.wait_for_links("lan0", "wan0", of_dummies=["foreign0"])
        self.before = self.snapshot()

    def snapshot(self):
        """Everything in the kernel that is not linkspan's, as text."""
        parts = {}
        for command, batch, names in LISTS:
            found = _values(self.machine.run(*command, stdin=batch, quiet=True))
            expect(len(found) == len(names), f"{' '.join(command)} prints {len(names)} lists, and not {len(found)}")
            parts |= zip(names, found)
        ours = {link["ifname"] for link in parts["links"] if link.get("group") == LINK_GROUP}
        kept = {
            "links": [link for link in parts["links"] if link["ifname"] not in ours],
            "nftables": [e for e in parts["nftables"]["nftables"] if not _our_nft(e)],
        }
        for family in ("IPv4", "IPv6"):
            addresses, routes, rules = (f"{family} {what}" for what in ("addresses", "routes", "rules"))
            kept[addresses] = [a for a in parts[addresses] if a.get("ifname") not in ours]
            kept[routes] = [r for r in parts[routes] if r.get("protocol") != ROUTE_PROTOCOL and r.get("dev") not in ours]
            kept[rules] = [r for r in parts[rules] if str(r.get("protocol")) != ROUTE_PROTOCOL]
        lines = [f"{what}: {json.dumps(_set_by_somebody(item))}" for what, items in kept.items() for item in items]
        lines += [f"policy: {p}" for p in _blocks(self._xfrm("policy")) if not _our_policy(p)]
        lines += [f"state: {s}" for s in _blocks(self._xfrm("state", "list", "nokeys")) if not _our_state(s)]
        return "\n".join(lines + self.machine.inside(_settings)) + "\n"

    def _xfrm(self, *what):
        return self.machine.run("ip", "xfrm", *what, quiet=True)

    def look_again(self):
        """For a scenario that itself changes other people's objects."""
        self.before = self.snapshot()

    def expect_untouched(self):
        after = self.snapshot()
        if after != self.before:
            changes = "\n".join(difflib.unified_diff(self.before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=0))
            expect(False, f"other people's objects changed:\n{changes}")


def _set_by_somebody(item):
    """Without a link's operational state, which the kernel works out by itself, up to a second after the link came up."""
    return {key: value for key, value in item.items() if key != "operstate"}


def _blocks(text):
    """`ip xfrm` lists an object as a line and indented lines."""
    return [" ".join(block.split()) for block in re.split(r"\n(?=\S)", text.strip()) if block]


def _our_nft(entry):
    body = next(iter(entry.values()))
    if "metainfo" in entry:
        return True
    table = body.get("table", body.get("name") if "table" in entry else None)
    return body.get("family") == "inet" and table in NFT_TABLES


def _our_policy(text):
    """charon's socket policies let IKE itself pass; they belong to its sockets."""
    found = re.search(r"priority (\d+)", text)
    number = re.search(r"(?:mark|if_id) (0x[0-9a-f]+)", text)
    if "socket" in text or not found:
        return "socket" in text
    if number and int(number[1], 16) in PATHS:
        return int(found[1]) in PLAIN_PRIORITIES
    if number:
        return int(found[1]) in PRIORITIES and int(number[1], 16) in IDS
    reqid = re.search(r"reqid (\d+)", text)  # none: a block twin, or a bypass; `ip` does not show their uid
    return int(found[1]) == PRIORITIES[1] or int(found[1]) in PLAIN_PRIORITIES and (not reqid or int(reqid[1]) in REQIDS)


def _our_state(text):
    """An SPI that charon has reserved for an exchange under way is an SA without reqid and algorithms."""
    found = re.search(r"reqid (\d+)", text)
    reserved = found and int(found[1]) == 0 and not re.search(r"\b(aead|auth|auth-trunc|enc) ", text)
    return bool(found and (reserved or int(found[1]) in REQIDS))
