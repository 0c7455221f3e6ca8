"""Every way to authenticate and to speak IKE, with plain strongSwan and with Libreswan as the far ends."""

import dataclasses
import datetime

from lab.charon import PlainPeer
from lab.libreswan import Libreswan
from lab.pki import RSA, Pki
from lab.scenario import scenario
from lab.site import CLOUDS
from lab.sites import LinkspanSite
from lab.traffic import PATIENT
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until

OLD_IKE, OLD_ESP = "aes128-sha256-modp2048", "aes128-sha256-modp2048"

# Route-based: any subnets, told from other packets by a mark, through pluto's own VTI.
IPSEC_CONF = """
conn {t.name}
    {version}
    left={t.peer_address}
    leftid={far_id}
    leftsubnet=0.0.0.0/0
    right={t.gateway_address}
    rightid={near_id}
    rightsubnet=0.0.0.0/0
    {auth}
    ike={ike}
    esp={esp}
    mark=5/0xffffffff
    vti-interface=vti5
    vti-routing=no
    auto=add
---
{secrets}
"""

SWANCTL = """
{name} {{
  version = {version}{more}
  local_addrs = 198.51.100.7, 192.0.2.7
  remote_addrs = 203.0.113.10
  proposals = {ike}
  local {{ {local} }}
  remote {{ {remote} }}
  children {{ {name} {{
    local_ts = {far}
    remote_ts = {near}
    esp_proposals = {esp}
  }} }} }}
"""


def swanctl(tunnel, local, remote, version=2, more="", selectors=("0.0.0.0/0", "0.0.0.0/0")):
    return SWANCTL.format(name=tunnel.name, version=version, more=more, ike=tunnel.ike, esp=tunnel.esp, local=local, remote=remote,
                          far=selectors[0], near=selectors[1])


def psk_secret(name, secret, *ids):
    return f"ike-{name} {{ secret = \"{secret}\"\n" + "".join(f"  id-{i} = {id_}\n" for i, id_ in enumerate(ids)) + "}\n"


def ipsec_conf(tunnel, version="ikev2=insist", far_id=None, near_id=None, auth="authby=secret", ike="aes_gcm128-sha2_256-dh31",
               esp="aes_gcm128-null", secrets=None):
    if secrets is None:
        secrets = f'{tunnel.peer_address} {tunnel.gateway_address} : PSK "{tunnel.psk}"'
    return IPSEC_CONF.format(t=tunnel, version=version, far_id=far_id or tunnel.peer_address, near_id=near_id or tunnel.gateway_address,
                             auth=auth, ike=ike, esp=esp, secrets=secrets)


def route_into_vti(site, *tunnels):
    """Libreswan makes its VTI when the first SA is there; what goes into it is for the person to say."""
    for tunnel in tunnels:
        peer = site.peers[tunnel.at]
        wait_until(lambda: peer.call("ip", "link", "show", "vti5", quiet=True)[0] == 0, f"vti5 of {peer.name}")
        peer.run("ip link set vti5 up mtu 1400; ip route replace 10.1.0.0/16 dev vti5")


def spis(site, name):
    return sorted((child["spi_in"], child["spi_out"]) for child in site.linkspan.sas(name))


def expect_one_child_each(site):
    for tunnel in site.tunnels:
        expect_equal(len(site.linkspan.sas(tunnel.name)), 1, f"CHILD_SAs of {tunnel.name}")


@scenario("Libreswan, IKEv2 and route-based: pre-shared key and certificates; restart NAME renews one and leaves the other",
          needs=["xfrm interface", "ip_vti", "libreswan"])
def libreswan_ikev2(lab):
    by_psk = Tunnel(name="psk", interface="xfrm")
    by_psk = dataclasses.replace(by_psk, peer_file=ipsec_conf(by_psk))
    by_cert = Tunnel(name="cert", interface="vti", at=1, x509="edge-1.example.org",
                     more='local_id = "edge-1.example.org"\nremote_id = "hub.example.org"')
    auth = "authby=ecdsa\n    leftcert=hub.example.org\n    leftsendcert=always\n    rightca=%same"
    by_cert = dataclasses.replace(by_cert, peer_file=ipsec_conf(by_cert, far_id="@hub.example.org", near_id="@edge-1.example.org", auth=auth,
                                                          secrets=""))

    def certify(site):
        pki = Pki(site.gateway).issue("edge-1.example.org").issue("hub.example.org")
        pki.give(site.gateway, "edge-1.example.org")
        site.charons[1].trust(pki, "hub.example.org")
    site = LinkspanSite(lab, by_psk, by_cert, far_ends=(Libreswan, Libreswan), before=certify)
    site.linkspan.start()
    site.linkspan.wait_up("psk", "cert")
    route_into_vti(site, by_psk, by_cert)
    site.wait_for_traffic()
    site.linkspan.wait_in_sync()

    lab.step("restart")
    renewed, kept = spis(site, "cert"), spis(site, "psk")
    site.linkspan.done("restart", "cert")
    wait_until(lambda: site.linkspan.connection("cert")["state"] == "up" and spis(site, "cert") not in (renewed, []), "it is up anew")
    site.wait_for_traffic()
    expect_equal(spis(site, "psk"), kept, "SPIs of the other connection")
    wait_until(lambda: len(site.linkspan.sas("cert")) == 1, "the old SA is gone")
    site.linkspan.expect_nothing_to_do()
    expect("BEGIN" not in site.linkspan.log_text() and by_psk.psk not in site.linkspan.log_text(), "no key is in the log")


@scenario("IKEv1: Libreswan in main mode, by pre-shared key and by certificate; strongSwan in aggressive mode with a warning",
          needs=["xfrm interface", "ip_vti", "libreswan"])
def ikev1(lab):
    main = Tunnel(name="main", interface="vti", ike=OLD_IKE, esp=OLD_ESP, more="version = 1")
    main = dataclasses.replace(main, peer_file=ipsec_conf(main, version="ikev2=no", ike="aes128-sha2_256;modp2048", esp="aes128-sha2_256;modp2048"))
    near_id, far_id = "edge-1.example.org", "hub.example.org"
    signed = Tunnel(name="signed", interface="xfrm", at=2, ike=OLD_IKE, esp=OLD_ESP, x509=near_id,
                    more=f'version = 1\nlocal_id = "{near_id}"\nremote_id = "{far_id}"')
    signed = dataclasses.replace(signed, peer_file=ipsec_conf(
        signed, version="ikev2=no", ike="aes128-sha2_256;modp2048", esp="aes128-sha2_256;modp2048", far_id=f"@{far_id}", near_id=f"@{near_id}",
        auth=f"authby=rsasig\n    leftcert={far_id}\n    leftsendcert=always\n    rightca=%same", secrets=""))
    rash = Tunnel(name="rash", interface="xfrm", at=1, ike=OLD_IKE, esp=OLD_ESP,
                  more='version = 1\naggressive = true\nlocal_id = "edge-1"\nremote_id = "keyid:hub 7"')
    far = swanctl(rash, 'auth = psk\n id = "keyid:hub 7"', "auth = psk\n id = edge-1", version=1, more="\n  aggressive = yes",
                  selectors=("0.0.0.0/0", "0.0.0.0/0"))
    far = far.replace("esp_proposals", "if_id_in = 5\n    if_id_out = 5\n    esp_proposals")
    rash = dataclasses.replace(rash, peer_file="connections {" + far + "}\nsecrets {" + psk_secret("rash", rash.psk, "edge-1", '"keyid:hub 7"') + "}")

    def prepare(site):
        site.peers[1].ip("link add tunnel0 type xfrm dev wan0 if_id 5\nlink set tunnel0 up mtu 1400\nroute add 10.1.0.0/16 dev tunnel0\n")
        site.peers[1].write("/run/strongswan.conf", site.peers[1].run("cat", "/run/strongswan.conf").replace(
            "threads = 8", "threads = 8\n  i_dont_care_about_security_and_use_aggressive_mode_psk = yes"))
        pki = Pki(site.gateway).issue(near_id, key=RSA).issue(far_id, key=RSA)
        pki.give(site.gateway, near_id)
        site.charons[2].trust(pki, far_id)
    site = LinkspanSite(lab, main, rash, signed, far_ends=(Libreswan, PlainPeer, Libreswan), before=prepare)
    status, output = site.linkspan.check()
    expect(status == 0 and "aggressive mode sends a hash" in output, f"check warns:\n{output}")
    site.linkspan.start()
    site.linkspan.wait_up("main", "rash", "signed")
    route_into_vti(site, main, signed)
    site.wait_for_traffic()
    site.linkspan.wait_in_sync()
    expect_one_child_each(site)


@scenario("three connections to one peer, by identity: two secrets and a certificate", needs=["xfrm interface"], once=True)
def several_to_one_peer(lab):
    names = ("one", "two", "three")
    ids = {name: (f"edge-{name}.example.org", f"hub-{name}.example.org") for name in names}

    def tunnel(name, behind, psk, x509=""):
        near, far = ids[name]
        return Tunnel(name=name, interface="xfrm", behind=behind, psk=psk, x509=x509, esp="aes128gcm16-esn",
                      more=f'local_id = "{near}"\nremote_id = "{far}"\nchild_bytes = 50000000\ncopy_dscp = "yes"')
    one, two, three = tunnel("one", 0, "the first secret"), tunnel("two", 1, "another secret"), tunnel("three", 2, "", ids["three"][0])

    def far_of(t, index):
        near, far = ids[t.name]
        auth = ("auth = pubkey\n certs = /run/x509/hub-three.example.org.pem" if t.x509 else "auth = psk"), ("auth = pubkey" if t.x509 else "auth = psk")
        text = swanctl(t, f"{auth[0]}\n id = {far}", f"{auth[1]}\n id = {near}")
        return text.replace("esp_proposals", f"if_id_in = {index}\n    if_id_out = {index}\n    esp_proposals")
    far = ("connections {" + "".join(far_of(t, i) for i, t in enumerate((one, two, three), 11)) + "}\nsecrets {" +
           "".join(psk_secret(t.name, t.psk, *ids[t.name]) for t in (one, two)) +
           "}\n")
    tunnels = [dataclasses.replace(t, peer_file=far) for t in (one, two, three)]

    def prepare(site):
        pki = Pki(site.gateway).issue("edge-three.example.org").issue("hub-three.example.org")
        pki.give(site.gateway, "edge-three.example.org")
        pki.give_swanctl(site.peer, "hub-three.example.org")
        # The other clouds are addresses of the peer itself; each answers by the tunnel its question came in on.
        for index, net in enumerate(CLOUDS[:3], 11):
            if index > 11:
                site.peer.ip(f"address add {net.v4_of(10)}/32 dev lo\n")
            site.peer.run(f"ip link add t{index} type xfrm dev wan0 if_id {index}; ip link set t{index} up mtu 1400")
        site.peer.run("sysctl -qw net.ipv4.conf.all.rp_filter=0; ip route add 10.1.0.0/16 dev t11;"
                      "ip rule add from 10.30.0.10 lookup 12 pref 12; ip route add 10.1.0.0/16 dev t12 table 12;"
                      "ip rule add from 10.40.0.10 lookup 13 pref 13; ip route add 10.1.0.0/16 dev t13 table 13")
    site = LinkspanSite(lab, *tunnels, before=prepare)
    site.linkspan.start()
    site.linkspan.wait_up(*names)
    for each in tunnels:
        wait_until(lambda: site.pings(each), f"{each.name} carries packets")
    site.linkspan.wait_in_sync()
    expect_one_child_each(site)
    states = site.gateway.run("ip xfrm state")
    expect("replay-window 0" in states and "esn" in states, f"extended sequence numbers are in use:\n{states}")

    before = {name: spis(site, name) for name in names}

    lab.step("another agent adopts all of it")
    site.linkspan.kill_agent()
    site.linkspan.start_agent()
    site.linkspan.wait_in_sync()
    site.linkspan.expect_nothing_to_do()
    expect_equal({name: spis(site, name) for name in names}, before, "SPIs after a restart of the agent")

    lab.step("restart of one, down of another over a reload")
    site.linkspan.done("restart", "one")
    wait_until(lambda: spis(site, "one") not in (before["one"], []) and len(spis(site, "one")) == 1, "the first is up anew")
    site.linkspan.done("down", "two")
    site.linkspan.done("apply")
    site.linkspan.reload()
    wait_until(lambda: site.linkspan.connection("two")["state"] == "down" and not site.linkspan.sas("two"), "the second is down")
    expect_equal(site.linkspan.linkspan("restart", "two")[0], 1, "restart of what is held down")
    expect_equal(spis(site, "three"), before["three"], "SPIs of the third")
    expect(site.pings(tunnels[2], deadline=PATIENT), "the third carries packets")
    expect(not site.pings(tunnels[1], deadline=0.5), "the second does not")
    site.linkspan.done("up", "two")
    wait_until(lambda: site.pings(tunnels[1]), "the second carries packets again")


# Another connection, whose CA charon trusts as well.
OTHER = """
[[connection]]
name           = "other"
interface      = "xfrm"
peer           = "192.0.2.7"
start          = "respond"
remote_id      = "hub.example.org"
remote_subnets = ["10.30.0.0/16"]
certificate    = "/etc/linkspan/x509/edge-1.example.org.pem"
key            = { file = "/etc/linkspan/x509/edge-1.example.org.key" }
ca             = "/etc/linkspan/other/ca.pem"
"""


@scenario("certificates: the CA of another connection is refused, an expired one is told, and nothing leaves in clear", needs=["xfrm interface"], once=True)
def certificates(lab):
    near, far = "edge-1.example.org", "hub.example.org"
    tunnel = Tunnel(name="cloud", interface="xfrm", x509=near, more=f'remote_id = "{far}"\n{OTHER}')
    subject = f"O=Example, CN={near}"
    conf = ("connections {" + swanctl(tunnel, f"auth = pubkey\n certs = /run/x509/{far}.pem\n id = {far}", f"auth = pubkey\n id = \"{subject}\"",
                                      selectors=("10.20.0.0/16", "10.1.0.0/16")) +
            "}\n")
    tunnel = dataclasses.replace(tunnel, peer_file=conf)
    made = {}

    def prepare(site):
        made["own"] = Pki(site.gateway).issue(near).issue(far)
        made["other"] = Pki(site.gateway, "/run/other-pki", "Another CA").issue(far)
        made["own"].give(site.gateway, near)
        made["own"].give_swanctl(site.peer, far)
        site.gateway.write("/etc/linkspan/other/ca.pem", made["other"].text("ca.pem"))
    site = LinkspanSite(lab, tunnel, before=prepare)
    site.linkspan.start()
    site.linkspan.wait_up()
    site.wait_for_traffic()
    traffic = site.traffic(rate=50)

    lab.step("another certificate, which expires")
    before = spis(site, "cloud")
    made["own"].issue(near, datetime.timedelta(seconds=20)).give(site.gateway, near)
    site.linkspan.linkspan("apply")  # with a warning, or, on a slow machine, too late already
    expect_equal(spis(site, "cloud"), before, "SPIs after the certificate was renewed")
    told = wait_until(lambda: [u for u in site.linkspan.connection().get("unsynced", []) if "expired on" in u["why"]], "status tells of it", every=0.5)
    expect(near in told[0]["why"], f"it names the certificate: {told}")
    expect_equal(site.linkspan.connection()["state"], "degraded", "state of the connection")
    expect(site.pings(deadline=PATIENT), "the tunnel that is up goes on")
    status, output = site.linkspan.check()
    expect(status == 1 and "expired on" in output, f"check refuses it:\n{output}")
    site.linkspan.done("restart", "cloud")
    wait_until(lambda: site.linkspan.connection().get("state") == "failed", "the peer refuses it")
    expect(not site.pings(deadline=0.5), "nothing passes")
    site.wan.expect_no_plaintext("with an expired certificate")

    lab.step("a new one")
    made["own"].issue(near).give(site.gateway, near)
    site.linkspan.done("apply")
    site.linkspan.wait_up()
    wait_until(site.pings, "packets pass again")

    lab.step("a peer whose certificate is of the CA of another connection")
    site.peer.run("cp /run/x509ca/ca.pem /run/x509ca/own.pem")  # it goes on believing us
    made["other"].give_swanctl(site.peer, far)
    site.charons[0].load(conf)
    site.linkspan.done("restart", "cloud")
    wait_until(lambda: "unsynced" in site.linkspan.connection() and not site.linkspan.sas(), "it is not let in")
    wait_until(lambda: "constraint check failed: peer not authenticated by CA" in log_of_charon(site), "charon refuses the peer", every=0.5)
    expect(not site.pings(deadline=0.5), "nothing passes")
    traffic.stop(drain=0)


def log_of_charon(site):
    return (site.gateway.evidence.directory / f"charon-{site.gateway.name}.log").read_text(errors="replace")
