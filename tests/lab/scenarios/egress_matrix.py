"""Only what is allowed: the tables of lab/egress_cases.py on a kernel, with the resolvers and the clients of the field."""

import json
import pathlib
import re
import time

from lab.egress_cases import CLIENTS, FILE, LAX, PORTS, RESOLVERS, RESOLVERS_6, SOMEBODY, SPECIAL, STRICT, USUAL, cases, numbers
from lab.gateway import Gateway, program
from lab.names import Client, Internet, Session, client_hello
from lab.resolvers import Record, bind, dnsmasq, odd, unbound
from lab.scenario import scenario
from lab.site import Site
from lab.wait import expect, expect_equal, wait_until

NUMBERS = numbers(USUAL, STRICT, LAX)
ADDRESSES = [n for n in range(20, 242) if n != 100]
FIXED, FIXED_6 = "203.0.113.77", "2001:db8:a::77"
LEARNT = 8080  # the port of rules about one port
TTL = 900  # seconds, longer than any machine takes for all of this; what ends in time is asked of the odd resolver


def zone():
    return SPECIAL + [record for name, n in NUMBERS.items()
                      for record in (Record(name, "A", f"198.51.100.{n}"), Record(name, "AAAA", f"2001:db8:b::{n}"))]


class Matrix(Site):
    """Clients of several policies, an Internet of a few hundred addresses, four resolvers there and one on the gateway."""

    def __init__(self, lab, settings):
        super().__init__(lab.evidence)
        lab.add(self)
        self._dress()
        extra = [a for n in (5, 6, 8, 9) for a in (f"198.51.100.{n}", f"2001:db8:b::{n}")]
        every = [a for n in ADDRESSES for a in (f"198.51.100.{n}", f"2001:db8:b::{n}")]
        lab.add(Internet(self.peer, extra + every, PORTS))
        records = zone()
        for made in (dnsmasq(self.peer, ["198.51.100.7", "198.51.100.5", "2001:db8:b::7"], records, TTL),
                     unbound(self.peer, [RESOLVERS["unbound"]], "lab", records, TTL),
                     bind(self.peer, [RESOLVERS["bind"], RESOLVERS_6["bind"]], "lab", records, TTL),
                     odd(self.peer, [RESOLVERS["odd"], RESOLVERS_6["odd"]]),
                     dnsmasq(self.gateway, [RESOLVERS["gateway"]], records, TTL)):
            lab.add(made)
        self.clients = {who: Client(self.host, address) for who, address in CLIENTS.items()}
        self.linkspan = lab.add(Gateway(self.gateway))
        self.write(settings)

    def _dress(self):
        self.host.write("/etc/resolv.conf", f"nameserver {RESOLVERS['dnsmasq']}\noptions timeout:2 attempts:2\n")
        self.host.ip("".join(f"address add {a}/24 dev eth0\n" for who, a in CLIENTS.items() if who not in ("ten", "ten6")))
        self.gateway.ip(f"address add {FIXED}/24 dev wan0\naddress add {FIXED_6}/64 dev wan0 nodad preferred_lft 0\n")
        self.peer.ip("".join(f"address add {a}/32 dev lo\n" for a in ("9.9.9.9", "10.66.0.5", "10.77.0.5")))
        self.wan.machine.ip("".join(f"route add {net} via 198.51.100.7\n" for net in ("9.9.9.9/32", "10.66.0.0/16", "10.77.0.0/16")) +
                            "route add 10.1.0.0/24 via 203.0.113.10\nroute add fd00:1::/64 via 2001:db8:a::10\n")

    def write(self, settings, limits="addresses_per_client = 20_000"):
        trusted = [a for name, a in (*RESOLVERS.items(), *RESOLVERS_6.items()) if name != "outsider"]
        self.linkspan.configure(text=FILE.format(settings=settings, limits=limits, resolvers=", ".join(f'"{a}"' for a in trusted)))

    def gateway_file(self):
        return open(self.gateway.path("/etc/linkspan/linkspan.toml"), encoding="utf-8").read()

    def egress(self):
        return self.linkspan.status()["egress"]

    def use(self, settings, **more):
        self.write(settings, **more)
        self.linkspan.done("apply")

    # --- one case ---

    def address(self, name, six):
        odd_number = re.search(r"\.(\d+)\.odd\.lab$", name)
        number = int(odd_number[1]) if odd_number else NUMBERS.get(name.lower())
        special = next((r.data for r in SPECIAL if r.name == name and r.kind == "A"), None)
        if number is None:
            return special or name.strip("[]")
        return f"2001:db8:b::{number}" if six else f"198.51.100.{number}"

    def ask(self, who, question, patience=20):
        name, kind, resolver, by_tcp = question
        client = self.clients[who]
        address = (RESOLVERS_6 if who.endswith("6") else RESOLVERS)[resolver]
        outcome = (client.ask_by_tcp if by_tcp else client.ask)(name, kind, address, patience=patience)
        return "answer" if isinstance(outcome, int) else outcome or "silence"

    def go(self, case):
        name, port, protocol = re.fullmatch(r"(.*):(\d+)(?:/(\w+))?", case.goes).groups()
        client = self.clients[case.who]
        address = self.address(name or case.question[0], case.who.endswith("6"))
        if protocol == "icmp":
            return client.ping(address)
        if protocol == "udp":
            return client.send(address, int(port))
        return client.connect(address, int(port), said(case.says))

    def run(self, case):
        patience = 3 if case.wanted == "refused" else 20  # what opens nothing may have no answer at all
        asked = self.ask(case.who, case.question, patience) if case.question else None
        return asked if case.goes == "-" else self.go(case)

    def run_all(self, lab, table):
        wrong = []
        for case in cases(table):
            outcome = self.run(case)
            lab.evidence.note(f"{case.what}: {outcome}")
            if outcome != case.wanted:
                wrong.append(f"{case.what} ({case.who}, {case.asks} -> {case.goes} {case.says}): {outcome}, wanted {case.wanted}")
        expect(not wrong, "\n    ".join([f"{len(wrong)} of {len(cases(table))} cases:", *wrong]))

    # --- the clients of the field ---

    def call(self, *argv):
        return self.host.call(*argv, timeout=60)

    def dig(self, *arguments):
        return self.host.run("dig", "+time=3", "+tries=2", "+short", *arguments).split()

    def tls(self, address, *arguments):
        """Whether openssl's handshake with the server at port 443 comes to an end."""
        return "Cipher is TLS" in self.call("openssl", "s_client", "-connect", f"{address}:443", *arguments)[1]

    def why(self, who, target):
        """Its exit status, and what it prints."""
        return self.linkspan.linkspan("egress", "why", CLIENTS[who], target)

    def pins(self):
        """The set, the host, the address and its seconds, of everything that is open; an address that two tags open is there twice."""
        sets = json.loads(self.gateway.run("nft", "-j", "list", "sets", "inet"))["nftables"]
        return [(s["set"]["name"], *e["elem"]["val"]["concat"][:2], e["elem"]["expires"]) for s in sets
                if s.get("set", {}).get("table") == "linkspan_egress" for e in s["set"].get("elem", []) if isinstance(e, dict) and "elem" in e]

    def expires(self, address):
        """Seconds until the kernel lets go of an address, of whatever class; 0 where it is not open."""
        return max((seconds for _, _, where, seconds in self.pins() if where == address), default=0)


def said(words):
    """The pieces a client sends, from the words of the table."""
    parts = re.fullmatch(r"(sni|host) (\S+)(?: in (\d))?", words)
    if not parts:
        return [b"nonsense\r\n\r\n"] if words else ()
    name = None if parts[2] == "-" else parts[2]
    whole = client_hello(name) if parts[1] == "sni" else f"GET / HTTP/1.{1 if name else 0}\r\n{f'Host: {name}' if name else 'Accept: text/html'}\r\n\r\n".encode()
    count = int(parts[3] or 1)
    step = -(-len(whole) // count)
    return [whole[at:at + step] for at in range(0, len(whole), step)]


@scenario("egress: a hundred and fifty cases of who asks whom, connects where and says what, with dnsmasq, unbound, bind, dig, curl and openssl",
          needs=["nft queue"])
def egress_matrix(lab):
    site = Matrix(lab, 'sni = "if-present"\nnat = "masquerade"')
    site.linkspan.keep_journal()
    site.linkspan.start()
    site.linkspan.wait_in_sync()
    lab.step("the usual settings")
    site.run_all(lab, USUAL)
    answers = site.egress()["answers"]
    expect(answers["kept_out"] >= 3 and answers["unasked"] >= 2 and answers["malformed"] >= 2, f"what opened nothing is counted by its reason: {answers}")
    expect_equal(site.expires("203.0.113.10"), 0, "the gateway's own address, which a name on the list leads to, is in no set")
    clients_of_the_field(site)
    first_packets(site, 300)
    times(site)
    questions(site)
    journal(site)
    expect_equal([site.clients[who].seen_as(site.address("good.lab", who == "ten6"), LEARNT) for who in ("ten", "ten6", "stray")],
                 ["203.0.113.10", "2001:db8:a::10", CLIENTS["stray"]], "masqueraded, and left alone")

    lab.step("every stream has to say its name; a fixed address")
    site.use(f'sni = "require"\nnat = ["{FIXED}", "{FIXED_6}"]')
    site.run_all(lab, STRICT)
    expect_equal([site.clients[who].seen_as(site.address("good.lab", who == "ten6"), LEARNT) for who in ("ten", "ten6")], [FIXED, FIXED_6], "as the file says")
    beside_somebody(site)

    lab.step("no name is looked at; hidden DNS by rules, other resolvers redirected, private destinations passed, no translation")
    site.use('sni = "off"\nother_resolvers = "redirect"\ndot = "by-rule"\ndoh = "by-rule"\nprivate_ranges = "pass"')
    site.run_all(lab, LAX)
    expect_equal(site.clients["ten"].seen_as(site.address("good.lab", False), LEARNT), CLIENTS["ten"], "not translated")

    lab.step("a host that asks for more than its share, an answer that is too long, a set that is full, and all of them taken")
    limits(site)
    room(site)
    discovery(site)


@scenario("egress: 10,000 fresh names, each connected to at once after its answer: none refused, no SYN lost", soak=True, needs=["nft queue"])
def egress_first_packets(lab):
    site = Matrix(lab, 'sni = "if-present"\nnat = "masquerade"')
    site.linkspan.start()
    site.linkspan.wait_in_sync()
    first_packets(site, 10_000)


def first_packets(site, count):
    """Every SYN that the host sends arrives: the first one of each, so that none is repeated for having been refused or lost."""
    counting = "table inet syns {{ chain c {{ type filter hook {} priority -500; ip daddr 11.7.0.0/16 tcp flags & (syn | ack) == syn counter; }}; }}"
    for machine, hook in ((site.host, "output"), (site.wan.machine, "prerouting")):
        machine.run("nft", "-f", "-", stdin=counting.format(hook))
    site.peer.ip("route add local 11.7.0.0/16 dev lo\n")
    site.wan.machine.ip("route add 11.7.0.0/16 via 198.51.100.7\n")
    client = [pathlib.Path(__file__).parent.parent / "lab" / "first_packets.py", CLIENTS["ten"], RESOLVERS["odd"], LEARNT, count, 16]
    outcomes = json.loads(site.host.run("python3", *client, timeout=3000))
    sent, arrived = (int(re.search(r"packets (\d+)", machine.run("nft list table inet syns"))[1]) for machine in (site.host, site.wan.machine))
    egress = site.egress()
    print(f"{outcomes}, {sent} SYNs sent ({sent - count} repeated), {arrived} arrived, held for {egress['mean_hold']} us at the mean; ", end="")
    expect_equal(outcomes, {"connected": count}, "what came of fresh names")
    expect_equal((sent, arrived), (count, count), "SYNs that the host sent, and on the WAN: none repeated, none refused")
    site.host.run("nft delete table inet syns")


def beside_somebody(site):
    """Somebody's own translation and filter go on beside ours."""
    site.gateway.run("nft", "-f", "-", stdin=SOMEBODY)
    expect_equal([site.clients[who].seen_as(site.address("good.lab", False), LEARNT) for who in ("ten", "stray")], [FIXED, "203.0.113.10"],
                 "ours by us, and another host by somebody")
    site.ask("narrow", ("common.lab", 1, "dnsmasq", False))
    expect_equal(site.clients["narrow"].connect(site.address("common.lab", False), LEARNT, patience=3), "silence", "what somebody drops, though it is on the list")
    site.gateway.run("nft delete table ip somebody")


def clients_of_the_field(site):
    """dig, curl and openssl, as people use them."""
    opened = lambda number: site.clients["ten"].connect(f"198.51.100.{number}", LEARNT)  # noqa: E731
    expect_equal(site.dig("@198.51.100.9", "big.star.lab"), [], "EDNS and a cookie, no such name")
    expect_equal(site.dig("@198.51.100.6", "truncated.170.odd.lab"), ["198.51.100.170"], "dig asks again by TCP")
    expect_equal(opened(170), "reached", "what dig got by TCP")
    expect_equal(len(site.dig("@198.51.100.6", "+bufsize=4096", "fragments.172.odd.lab")), 121, "an answer in fragments")
    expect_equal(opened(172), "reached", "the last address of an answer in fragments")
    expect_equal(site.dig("@198.51.100.9", "+tcp", "good.lab"), [site.address("good.lab", False)], "dig +tcp")
    expect_equal(site.call("dig", "+time=2", "+tries=1", "@198.51.100.5", "good.lab")[0], 9, "dig of another resolver")
    for name, port, wanted in (("good.lab", LEARNT, 0), ("shared.lab", 80, 0), ("bad.lab", LEARNT, 7), ("neighbour.lab", 80, 56)):
        expect_equal(site.call("curl", "-sS", "-4", "-o", "/dev/null", "--max-time", "10", f"http://{name}:{port}/")[0], wanted, f"curl {name}")
    shared = site.address("shared.lab", False)
    site.ask("ten", ("shared.lab", 1, "dnsmasq", False))
    outcomes = [site.tls(shared, *words) for words in (("-servername", "shared.lab"), ("-servername", "neighbour.lab"), ("-noservername",))]
    expect_equal(outcomes, [True, False, True], "openssl: the right name, a foreign one, none")


def times(site):
    """An address stays open for the longest time that an answer gave it, and not longer."""
    ask = lambda ttl: site.ask("ten", (f"ttl-of-{ttl}.174.odd.lab", 1, "odd", False))  # noqa: E731
    left = []
    for ttl in (300, 3000, 20):
        expect_equal(ask(ttl), "answer", f"a TTL of {ttl}")
        left.append(site.expires("198.51.100.174"))
    expect(200 < left[0] <= 300 and 2800 < left[1] <= 3000 and 2800 < left[2] <= 3000, f"the longest time counts, at once: {left}")
    expire = lambda: site.clients["ten"].connect("198.51.100.176", LEARNT) == "refused"  # noqa: E731
    session = opened_for_a_while(site, "198.51.100.176")
    wait_until(expire, "shut once its time is over")
    expect(session.answers(), "a session outlives the time of its address")
    session.stop()
    site.ask("ten", ("ttl-of-600.176.odd.lab", 1, "odd", False))
    expect_equal(expire(), False, "open again, asked anew")


def opened_for_a_while(site, address):
    """A session by an answer of few seconds: begun within them, or within more where the machine is too slow for that."""
    for seconds in (4, 16, 64):
        expect_equal(site.ask("ten", (f"ttl-of-{seconds}.176.odd.lab", 1, "odd", False)), "answer", "a short time")
        try:
            return Session(site.host, address, LEARNT)
        except OSError:
            site.evidence.note(f"{seconds} s were too few")
    raise AssertionError(f"{address} does not open")


def questions(site):
    """linkspan egress why and learned."""
    asked = [("ten", f"good.lab:{LEARNT}", 0, "good.lab:8080/tcp of tag web"), ("ten", "good.lab:1/tcp", 2, "no rule"),
             ("ten", f"{site.address('good.lab', False)}:{LEARNT}", 0, "good.lab:8080/tcp of tag web"),
             ("ten", f"{site.address('good.lab', False)}:1", 2, "no rule"),
             ("ten", f"bad.deny.lab:{LEARNT}", 2, "bad.deny.lab of tag web"), ("ten", f"198.51.100.200:{LEARNT}", 2, "198.51.100.200"),
             ("ten", f"198.51.100.195:{LEARNT}", 0, "198.51.100.192/28"), ("ten", "198.51.100.5:53/udp", 2, "other_resolvers"),
             ("twelve", "198.51.100.20:1", 0, "default = allow"), ("passer", "198.51.100.209:1", 0, "pass_through"),
             ("stray", "198.51.100.20:1", 0, "no policy"), ("narrow", f"not.both.lab:{LEARNT}", 2, "not.both.lab of tag extra"),
             ("ten6", f"[{site.address('shared.lab', True)}]:443", 0, "shared.lab:80,443,8080/tcp")]
    for who, target, wanted, by in asked:
        status, text = site.why(who, target)
        expect(status == wanted and by in text, f"why {who} {target}: status {status}, wanted {wanted} by {by}: {text}")
    learned = site.linkspan.done("egress", "learned", "good.lab")
    expect(site.address("good.lab", False) in learned and CLIENTS["eleven"] not in learned, f"whom the name has opened what: {learned}")


def journal(site):
    """linkspan egress log, from what the journal has; and as it happens."""
    follows = site.gateway.spawn([program("linkspan"), "egress", "log", "-f"], log=site.evidence.log("follows.log"))
    wanted = [("bad.lab", LEARNT, None, None), ("bad.deny.lab", LEARNT, "web", "bad.deny.lab")]
    for name, port, tag, rule in wanted:
        site.ask("ten", (name, 1, "dnsmasq", False))
        expect_equal(site.clients["ten"].connect(site.address(name, False), port), "refused", name)
        refusal = {"name": name, "source": CLIENTS["ten"], "destination": site.address(name, False), "protocol": "tcp", "port": port, "tag": tag, "rule": rule}

        def told():
            """Among others of the name, of other clients and ports, that came before."""
            entries = [json.loads(line) for line in site.linkspan.done("egress", "log", "--json").splitlines()]
            return any(refusal.items() <= entry.items() for entry in entries)
        wait_until(told, f"the journal has {refusal}")

    def followed():
        site.clients["ten"].connect(site.address("bad.deny.lab", False), LEARNT)  # again, for it may only now have begun
        return "(bad.deny.lab)" in (site.evidence.directory / "follows.log").read_text()
    wait_until(followed, "egress log -f tells of it")
    follows.kill()
    follows.wait()


def limits(site):
    """Sixteen addresses for each host: who asks for more keeps those, is refused the others, and takes nobody's; the status says so."""
    share = 16
    site.use('sni = "off"', limits=f"addresses_per_client = {share}")
    names = [f"ttl-of-{TTL}.{number}.odd.lab" for number in range(20, 20 + 2 * share)]

    def asked():
        """What the host has open, as the limit counts: by address and tag; pins of before make room when their time is over."""
        expect_equal({site.ask("ten6", (name, 28, "odd", False)) for name in names}, {"answer"}, "answers")
        return sum(client == CLIENTS["ten6"] for _, client, _, _ in site.pins())
    wait_until(lambda: asked() == share, f"{CLIENTS['ten6']} has its share")
    reached = sum(site.clients["ten6"].connect(site.address(name, True), LEARNT) == "reached" for name in names)
    expect(0 < reached <= share, f"{reached} of {2 * share} fresh addresses are open, for it had others before")
    site.ask("eleven", ("a.other.lab", 1, "dnsmasq", False))
    expect_equal(site.clients["eleven"].connect(site.address("a.other.lab", False), LEARNT), "reached", "another host's share is its own")
    tells(site, "because of a limit", "limits.addresses_per_client")


def room(site):
    """A thousand addresses for all, sixteen of an answer, sixteen questions that wait: what is more opens nothing, is told, and DNS goes on."""
    total, of_an_answer, waiting = 1_000, 16, 16
    ten, fresh = site.clients["ten"], "11.7.0.{}".format
    at = lambda number: site.ask("ten", (f"at-of-{number}.0.odd.lab", 1, "odd", False))  # noqa: E731
    site.use('sni = "off"', limits=f"addresses = {total}, addresses_per_client = {total}, addresses_per_answer = {of_an_answer}, questions_per_client = {waiting}")

    refused = site.egress()["no_room"]
    expect_equal(site.ask("ten", ("several-of-40.0.odd.lab", 1, "odd", False)), "answer", "an answer of 40 addresses")
    expect_equal((site.egress()["no_room"] - refused, site.expires("11.8.0.15") > 0, site.expires("11.8.0.16")), (40 - of_an_answer, True, 0), "what it opens, and what not")

    asked = lambda: site.ask("ten6", ("plain.230.odd.lab", 28, "odd", False))  # noqa: E731
    for number in range(waiting + 1):
        site.clients["ten6"].ask(f"plain.{number}.odd.lab", 28, RESOLVERS_6["silent"], patience=0.01)
    expect_equal((asked(), site.expires("2001:db8:b::230")), ("answer", 0), "a host with too many questions that nobody answers")
    expect_equal((at(0), site.expires(fresh(0)) > 0), ("answer", True), "another host")
    wait_until(lambda: asked() == "answer" and site.expires("2001:db8:b::230") > 0, "it learns again once its questions are forgotten")

    filled = fill(site, next(name for name, _, address, _ in site.pins() if address == fresh(0)), 4 * total)
    expect_equal((at(1), ten.connect(fresh(1), LEARNT)), ("answer", "refused"), "a set that is full")
    tells(site, "found no room in a set of the kernel's", "limits.addresses")
    site.gateway.run("nft", "-f", "-", stdin=filled.replace("add ", "delete "))
    expect_equal((at(1), site.expires(fresh(1)) > 0), ("answer", True), "asked again, when there is room")

    more = iter(range(2, 4 * total))
    for _ in range(total):
        at(next(more))

    def one_more():
        """Addresses of before make room when their time is over."""
        number = next(more)
        return at(number) == "answer" and ten.connect(f"11.7.{number // 256}.{number % 256}", LEARNT)
    wait_until(lambda: one_more() == "refused", "one more than there is room for is refused")
    expect_equal(site.egress()["pins"], total, "all that there is room for")
    tells(site, f"all {total} addresses of limits.addresses are taken", "raise it")


def fill(site, pins, most):
    """Somebody else's addresses, until the set takes no more; the commands that put them there."""
    done, at, count = "", 0, most // 4
    while count and at < most:
        addresses = ", ".join(f"10.1.9.{number % 250} . 11.9.{number // 250}.1 timeout 1h" for number in range(at, at + count))
        command = f"add element inet linkspan_egress {pins} {{ {addresses} }}\n"
        if site.gateway.call("nft", "-f", "-", stdin=command)[0] == 0:
            done, at = done + command, at + count
        else:
            count //= 2
    expect(at < most, f"the set is full after {at}")
    return done


def tells(site, *words):
    warnings = site.linkspan.status()["warnings"]
    expect(any(all(word in text for word in words) for text in warnings), f"the status tells of {words}: {warnings}")


def discovery(site):
    site.use('mode = "discover"')
    for question, port in ((("seen.other.lab", 1, "odd", False), 0), (("good.lab", 1, "dnsmasq", False), 8001), (("bad.lab", 1, "dnsmasq", False), LEARNT)):
        site.ask("ten", question)
        if port:
            expect_equal(site.clients["ten"].connect(site.address(question[0], False), port), "reached", f"{question[0]}: nothing is refused")
    expect_equal(site.clients["ten"].send("198.51.100.99", 5000), "reached", "an address without a name")
    site.linkspan.expect_nothing_to_do()
    used = [f'"{rule}"' for rule in ("good.lab:8001/tcp", f"bad.lab:{LEARNT}/tcp", "198.51.100.99:5000/udp")]
    discovered = lambda: site.linkspan.done("egress", "discover")  # noqa: E731
    wait_until(lambda: all(rule in discovered() for rule in used), "the tag has what was used")
    tag = discovered()
    expect("#   seen.other.lab" in tag, f"what was asked for and not used: {tag}")
    site.linkspan.configure(text=site.gateway_file() + f'\n{tag}')
    expect_equal(site.linkspan.check()[0], 0, "what it prints is a tag")
