"""The lab itself: two plain strongSwan gateways, and proof that the WAN's counters see what they should."""

from lab.charon import PlainPeer
from lab.scenario import scenario
from lab.site import CLOUDS, GATEWAY_WAN, LAN, PEERS_WAN, Site, subnet
from lab.traffic import Traffic, ping
from lab.wait import expect, wait_until

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


@scenario("two plain strongSwan gateways reach each other; the capture tells clear from encrypted")
def plain_strongswan(lab):
    site = lab.add(Site(lab.evidence))
    expect(not ping(site.host, CLOUDS[0].v4_of(10), deadline=0.5), "no route to the cloud without a tunnel")
    expect(site.wan.counters()["plaintext"] == 1, "the WAN counts a packet in the clear")

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
