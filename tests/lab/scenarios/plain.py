"""The lab itself: two plain strongSwan gateways, and proof that the WAN's counters see what they should."""

from lab.charon import PlainPeer
from lab.foreign import Foreign
from lab.scenario import scenario
from lab.site import CLOUDS, GATEWAY_WAN, LAN, PEERS_WAN, Site, subnet
from lab.traffic import Traffic, ping
from lab.wait import Expected, expect, expect_equal, wait_until
from lab.watch import KernelWatch

SWANCTL = """
connections {{ t {{
  version = 2
  local_addrs = {local}
  remote_addrs = {remote}
  proposals = aes128gcm16-prfsha256-x25519
  local {{ auth = psk }}
  remote {{ auth = psk }}
  children {{ t {{
    local_ts = {local_ts}
    remote_ts = {remote_ts}
    esp_proposals = aes128gcm16
    start_action = {start} }} }} }} }}
secrets {{ ike {{ secret = "plain and simple" }} }}
"""


@scenario("two plain strongSwan gateways reach each other; the capture tells clear from encrypted", once=True)
def plain_strongswan(lab):
    site = lab.add(Site(lab.evidence))
    expect(not ping(site.host, CLOUDS[0].v4_of(10), deadline=0.5), "no route to the cloud without a tunnel")
    wait_until(lambda: site.wan.counters()["plaintext"] == 1, "the WAN counts a packet in the clear")

    for machine, me, other, mine, theirs, start in (
            (site.gateway, GATEWAY_WAN.v4_of(10), PEERS_WAN[0].v4_of(7), LAN, CLOUDS[0], "none"),
            (site.peer, PEERS_WAN[0].v4_of(7), GATEWAY_WAN.v4_of(10), CLOUDS[0], LAN, "start")):
        charon = lab.add(PlainPeer(machine))
        charon.start()
        charon.load(SWANCTL.format(local=me, remote=other, local_ts=subnet(mine, 4), remote_ts=subnet(theirs, 4), start=start))
    wait_until(lambda: ping(site.host, CLOUDS[0].v4_of(10)), "the tunnel carries a ping")
    clear = site.wan.counters()["plaintext"]  # of the pings before the tunnel was there: nothing guards a plain gateway
    traffic = Traffic(site.host, CLOUDS[0].v4_of(10))
    wait_until(lambda: traffic.sent > 100, "100 packets sent")
    traffic.stop_lossless("an idle tunnel")
    seen = site.wan.counters()
    expect(seen["plaintext"] == clear and seen["encrypted"] >= 200, f"all of it encrypted: {seen}")


@scenario("the lab's own instruments see what they must: writes to the kernel, touched foreign objects, loss", once=True)
def instruments(lab):
    site = lab.add(Site(lab.evidence))
    foreign = Foreign(site.gateway)
    foreign.expect_untouched()

    watch = KernelWatch(site.gateway)
    site.gateway.run("ip route add 10.99.0.0/16 via 203.0.113.1; ip xfrm policy add src 10.1.0.0/16 dst 10.99.0.0/16 dir out action block;"
                     "nft add table ip more")
    expect_equal(len(watch.changes()), 3, "a route, a policy and a table are three writes")
    expect_equal(KernelWatch(site.gateway).changes(), [], "nothing written is no write")
    site.gateway.run("ip -6 rule add pref 1001 from fd31::/64 lookup 101; ip -6 route add fd33::/64 dev foreign0;"
                     "echo 2 > /proc/sys/net/ipv4/conf/wan0/rp_filter; ip link set foreign1 mtu 1400")
    try:
        foreign.expect_untouched()
    except Expected as error:
        found = [line[1:] for line in str(error).splitlines() if line.startswith("+") and not line.startswith("+++")]
        kinds = sorted(line.split(":")[0] for line in found)
        expect_equal(kinds, ["/proc/sys/net/ipv4/conf/wan0/rp_filter", "IPv4 routes", "IPv6 addresses", "IPv6 routes", "IPv6 rules", "links",
                             "nftables", "policy"], f"one of each more, or another (a link's MTU is told with its address), and nothing else:\n{error}")
    else:
        raise Expected("seven changes and nobody noticed")

    traffic = Traffic(site.host, GATEWAY_WAN.v4_of(10))
    wait_until(lambda: traffic.answered > 20, "packets under way")
    answered = traffic.answered
    site.gateway.run("ip link set lan0 down")
    sent = traffic.sent
    wait_until(lambda: traffic.sent > sent + 20, "packets into the void")
    account = traffic.stop(drain=0.5)
    expect_equal(account.lost, list(range(account.lost[0], account.sent)), "from the first lost one on, all are lost")
    expect(answered <= account.lost[0] <= sent, f"the first is lost as the link goes down, between {answered} and {sent}: {account}")
