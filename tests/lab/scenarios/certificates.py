"""Certificates that are not to be believed, or not any more: refused, the cause told with the side to fix, and nothing in clear.
Mostly in policy mode, where nothing but policies keeps packets off the uplink."""

import dataclasses
import datetime

from lab.pki import Pki
from lab.scenario import scenario
from lab.sites import LinkspanSite
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until
from scenarios.ike import swanctl
from scenarios.leak import spis

NEAR, FAR = "edge-1.example.org", "hub.example.org"
X509 = "/etc/linkspan/x509"


class Certified:
    """A tunnel by certificates under traffic, whose peer is made to show one thing after the other."""

    def __init__(self, lab, interface="policy", rate=50):
        self.lab = lab
        self.pki = self.stranger = None
        self.tunnel = Tunnel(interface=interface, x509=NEAR, more=f'remote_id = "{FAR}"')
        text = swanctl(self.tunnel, f"auth = pubkey\n certs = /run/x509/{FAR}.pem\n id = {FAR}", f"auth = pubkey\n id = \"O=Example, CN={NEAR}\"",
                       selectors=("10.20.0.0/16", "10.1.0.0/16"))
        self.conf = f"connections {{{text}}}\n"
        self.tunnel = dataclasses.replace(self.tunnel, peer_file=self.conf)
        self.site = LinkspanSite(lab, self.tunnel, before=self._prepare)
        self.linkspan = self.site.linkspan
        self.linkspan.start()
        self.linkspan.wait_up()
        self.site.wait_for_traffic()
        self.traffic = self.site.traffic(rate=rate)

    def _prepare(self, site):
        self.pki = Pki(site.gateway).issue(NEAR).issue(FAR)
        self.stranger = Pki(site.gateway, "/run/other-pki", "Another CA").issue(FAR)
        self.pki.give(site.gateway, NEAR)
        self.pki.give_swanctl(site.peer, FAR)

    def edit(self, more=""):
        """Other lines in our file, or the same with other files behind them."""
        self.linkspan.edit(dataclasses.replace(self.tunnel, more=f"{self.tunnel.more}\n{more}"))

    def peer_shows(self, pki):
        self.site.peer.run("cp /run/x509ca/ca.pem /run/x509ca/own.pem")  # it goes on believing us
        pki.give_swanctl(self.site.peer, FAR)
        self.site.charons[0].swanctl("--load-all", "--clear", "--file", "/run/swanctl.conf")

    def refused(self, what, words, side):
        """The connection does not come up, `status` says why and who is to act, and the traffic stays inside."""
        self.lab.step(what)
        self.linkspan.done("restart", "cloud")

        def cause():
            found = self.linkspan.connection().get("cause") or {}
            return found if words in found.get("what", "") else None
        found = wait_until(cause, f"{what}: the cause has '{words}'", every=0.3)
        expect_equal((found["code"], found["side"]), ("certificate", side), f"{what}: code and side of {found}")
        told = self.linkspan.done("status", "cloud")
        expect(found["what"] in told and found["advice"] in told, f"{what}: status tells people\n{told}")
        expect(not self.site.pings(deadline=0.3), f"{what}: nothing passes")
        self.site.wan.expect_no_plaintext(what)

    def healed(self, what):
        self.linkspan.done("up", "cloud")
        wait_until(lambda: self.linkspan.connection().get("state") == "up", f"{what}: it is up", every=0.3)
        wait_until(self.site.pings, f"{what}: packets pass")


@scenario("the peer's certificate expires, is revoked, is another than the pinned one, or of another CA: refused, told, no leak",
          needs=["esp4 with AES-GCM"], once=True)
def certificates_refused(lab):
    peer = Certified(lab)
    short = peer.pki.issue(FAR, datetime.timedelta(seconds=25))
    expires = datetime.datetime.now() + datetime.timedelta(seconds=26)
    peer.peer_shows(short)
    peer.linkspan.done("restart", "cloud")
    wait_until(lambda: datetime.datetime.now() > expires, "the peer's certificate expires")
    peer.refused("the peer's certificate has expired", "expired", "theirs")

    peer.peer_shows(peer.pki.issue(FAR))
    peer.healed("a new certificate")

    lab.step("a status that nobody can tell")  # before there is a list: what charon was given once it keeps
    peer.edit('revocation = "strict"')
    peer.refused("the status of the peer's certificate is not known", "status", "ours")
    peer.site.gateway.write(f"{X509}/crl.pem", peer.pki.list().text("crl.pem"))
    peer.edit(f'revocation = "strict"\ncrl = "{X509}/crl.pem"')
    peer.healed("a list that tells it")

    lab.step("a list that revokes it")
    peer.site.gateway.write(f"{X509}/crl.pem", peer.pki.revoke(FAR).text("crl.pem"))
    peer.edit(f'crl = "{X509}/crl.pem"')
    peer.refused("the peer's certificate is revoked", "revoked", "theirs")
    peer.edit()
    peer.healed("the list is gone from the file")

    lab.step("OCSP")
    responder = peer.pki.answer(8888)
    peer.peer_shows(peer.pki.issue(FAR, ocsp=responder))
    peer.edit('revocation = "strict"')
    peer.linkspan.done("restart", "cloud")
    peer.healed("its authority says that it is good")
    peer.peer_shows(peer.pki.issue(FAR, ocsp=responder).revoke(FAR))  # another one: what was said of the first is remembered for a while
    peer.refused("its authority says that it is revoked", "revoked", "theirs")
    peer.peer_shows(peer.pki.issue(FAR))
    peer.edit()
    peer.healed("one that is not revoked")

    lab.step("a pinned certificate")
    peer.site.gateway.write(f"{X509}/pinned.pem", peer.pki.text(f"{FAR}.pem"))
    peer.edit(f'remote_certificate = "{X509}/pinned.pem"')
    peer.healed("the pinned certificate")
    peer.peer_shows(peer.pki.issue(FAR))
    peer.refused("another certificate than the pinned one", "remote_certificate", "either")

    peer.edit()
    peer.healed("no certificate is pinned")
    peer.peer_shows(peer.stranger)
    peer.refused("a certificate of a CA that nobody here knows", "CA", "either")
    peer.traffic.stop(drain=0)


def soon_over(peer, show):
    """A tunnel by a certificate that is soon over: when it is. `show`: has somebody show the certificate that he is issued."""
    lifetime = datetime.timedelta(seconds=6)
    while True:
        lifetime *= 2  # of a slow machine, what is set up has expired before it is up
        expires = datetime.datetime.now() + lifetime
        show(lifetime)
        before = spis(peer.linkspan)
        peer.linkspan.done("restart", "cloud")
        wait_until(lambda: is_anew(peer, before) or datetime.datetime.now() > expires, "the tunnel is up by the new certificate", every=0.2)
        if is_anew(peer, before) and datetime.datetime.now() < expires - lifetime / 4:
            return expires + datetime.timedelta(seconds=2)  # certificates know whole seconds


def is_anew(peer, before):
    now = spis(peer.linkspan)
    return bool(now) and not now & before


def show_expiry(peer, whose, show, told):
    """It expires under traffic, which goes on; the tunnel that has to be negotiated after that is refused, and nothing passes until there is a new one."""
    lab, site, linkspan = peer.lab, peer.site, peer.linkspan
    lab.step(f"{whose} certificate expires under traffic, and a CHILD_SA is renewed after that")
    expires = soon_over(peer, show)
    wait_until(site.pings, "packets pass")
    traffic = site.traffic(rate=25)
    wait_until(lambda: datetime.datetime.now() > expires, f"{whose} certificate expires")
    before = spis(linkspan)
    site.charons[0].swanctl("--rekey", "--child", "cloud")
    wait_until(lambda: is_anew(peer, before) and traffic.sent > 60, "the CHILD_SA is renewed")
    account = traffic.stop_lossless(f"{whose} certificate expires")

    lab.step("the peer ends the tunnel, and the next one is refused")
    site.charons[0].swanctl("--terminate", "--ike", "cloud")
    wait_until(lambda: told(linkspan.status()), f"status says that {whose} certificate has expired", every=0.3)
    refused = site.traffic(rate=25)
    wait_until(lambda: refused.sent > 50, "50 packets while nothing is up")
    expect_equal(len(refused.stop(drain=0.3).answered), 0, "packets that passed by an expired certificate")
    expect_equal(spis(linkspan), set(), "SAs by an expired certificate")
    site.wan.expect_no_plaintext(f"{whose} certificate has expired")

    lab.step("there is a new one")
    show(datetime.timedelta(days=20))
    peer.healed("a new certificate")
    site.wan.expect_no_plaintext("a new certificate")
    print(f"{whose}: 0 of {account.sent} lost over its end and a rekeying; ", end="")


def show_expiries(lab, interface):
    peer = Certified(lab, interface, rate=5)

    def we_show(lifetime):
        peer.pki.issue(NEAR, lifetime).give(peer.site.gateway, NEAR)
        peer.linkspan.done("apply")
    show_expiry(peer, "the peer's", lambda lifetime: peer.peer_shows(peer.pki.issue(FAR, lifetime)),
                lambda status: "has expired" in str(status["connections"][0]["cause"]))
    show_expiry(peer, "our", we_show, lambda status: status["connections"][0]["cause"] and "expired on" in str(status["unsynced"]))
    peer.traffic.stop(drain=0)


@scenario("a certificate expires under traffic, the peer's and then ours: traffic goes on, also over a rekeying; the next tunnel is refused, and "
          "not a packet leaves in clear: policy mode", needs=["esp4 with AES-GCM"])
def no_leak_certificate_expires_policy(lab):
    show_expiries(lab, "policy")


@scenario("the same by XFRM interface", needs=["xfrm interface", "esp4 with AES-GCM"])
def no_leak_certificate_expires_xfrm(lab):
    show_expiries(lab, "xfrm")
