#include "ike/conn_codec.h"

#include <algorithm>
#include <array>

namespace linkspan::ike {
namespace {

List texts(const Proposals& proposals)
{
    List list;
    for (const auto& proposal : proposals) list.push_back(proposal.text);
    return list;
}

/// charon would look protocols up by name in /etc/protocols; a number needs no file.
std::string text_of(const TrafficSelector& selector)
{
    if (!selector.is_narrowed()) return selector.prefix.text();
    return selector.prefix.text() + "[" + std::to_string(selector.protocol) +
           (selector.port == 0 ? "" : "/" + std::to_string(selector.port)) + "]";
}

List texts(const std::vector<TrafficSelector>& selectors)
{
    List list;
    list.reserve(selectors.size());
    std::ranges::transform(selectors, std::back_inserter(list), text_of);
    return list;
}

std::string seconds(std::chrono::seconds duration)
{
    return std::to_string(duration.count());
}

/// "0x1000002a": charon reads marks and interface ids in C notation, and prints them like this.
std::string hex(std::uint32_t value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4) text += digits[value >> shift & 0xf];
    return text;
}

std::string yes_no(bool value)
{
    return value ? "yes" : "no";
}

/// Six binary digits.
std::string dscp(std::uint8_t value)
{
    std::string text;
    for (int bit = 5; bit >= 0; --bit) text += value >> bit & 1 ? '1' : '0';
    return text;
}

std::string text(Fragmentation value)
{
    switch (value) {
    case Fragmentation::Yes: return "yes";
    case Fragmentation::No: return "no";
    case Fragmentation::Force: return "force";
    }
    return "yes";
}

Section authentication(const ConnectionSpec& spec, const std::string& id)
{
    return Section{}.set("auth", spec.x509 ? "pubkey" : "psk").set("id", id);
}

Section local_authentication(const ConnectionSpec& spec)
{
    auto section = authentication(spec, spec.local_id);
    if (spec.x509) section.set("certs", List{spec.x509->certificate});
    return section;
}

/// The certificates are named here and nowhere else: charon trusts all it was ever given, but takes for this connection
/// only what these vouch for.
Section remote_authentication(const ConnectionSpec& spec)
{
    auto section = authentication(spec, spec.remote_id);
    if (!spec.x509) return section;
    if (!spec.x509->ca.empty()) section.set("cacerts", spec.x509->ca);
    if (!spec.x509->remote_certificate.empty()) section.set("certs", List{spec.x509->remote_certificate});
    return section.set("revocation", spec.x509->revocation);
}

/// A limit that is crossed at a random point of its last tenth, and enforced a tenth beyond.
void set_limit(Section& section, const std::string& unit, std::uint64_t limit)
{
    if (limit == 0) return;
    section.set("rekey_" + unit, std::to_string(limit)).set("rand_" + unit, std::to_string(limit / 10));
    section.set("life_" + unit, std::to_string(limit + limit / 10));
}

/// An SA without ESN has 2^32 numbers, and the kernel sends nothing more by it once they are used. A quarter of them is left for a
/// takeover (xfrm::longest_jump).
std::uint64_t packets_of(const SaHandling& sa)
{
    constexpr std::uint64_t most = 1ULL << 31;
    return sa.rekey_packets == 0 ? most : std::min(sa.rekey_packets, most);
}

/// Rekeying happens at a random moment of the last fifth of `lifetime` before `latest`. Two ends that rekey in the same
/// second collide, and charon 5.9.8 can come out of a collision without an outbound SA.
void set_rekeying(Section& section, std::chrono::seconds lifetime, std::chrono::seconds latest)
{
    section.set("rekey_time", seconds(latest)).set("rand_time", seconds(lifetime / 5));
}

/// Between half and seven tenths of its lifetime, before a peer with the same lifetime does it: a CHILD_SA that the peer
/// rekeys loses packets. charon then installs the new outbound SA before it answers, and counts on the SPI in policies of
/// its own to keep it unused; ours have none, so the kernel takes the newest SA, which the peer does not have yet.
void set_child_rekeying(Section& section, std::chrono::seconds lifetime)
{
    set_rekeying(section, lifetime, lifetime * 7 / 10);
    section.set("life_time", seconds(lifetime + lifetime / 10));
}

Section encode_child(const ConnectionSpec& spec, const ChildSpec& what)
{
    Section child;
    child.set("mode", "tunnel");
    child.set("policies", "no");                          // they are ours: when IKE goes, they stay, and nothing leaks
    child.set("reqid", std::to_string(what.reqid.value)); // how an ACQUIRE of our policy finds this child's trap
    child.set("esp_proposals", texts(spec.esp_proposals));
    child.set("local_ts", texts(what.local_ts)).set("remote_ts", texts(what.remote_ts));
    if (spec.mark.value) child.set("mark_in", hex(spec.mark.value)).set("mark_out", hex(spec.mark.value));
    if (spec.if_id.value) child.set("if_id_in", hex(spec.if_id.value)).set("if_id_out", hex(spec.if_id.value));
    child.set("replay_window", std::to_string(spec.replay_window));
    set_child_rekeying(child, spec.child_rekey);
    set_limit(child, "bytes", spec.sa.rekey_bytes);
    set_limit(child, "packets", packets_of(spec.sa));
    child.set("copy_df", yes_no(spec.sa.copy_df)).set("copy_ecn", yes_no(spec.sa.copy_ecn));
    child.set("copy_dscp", spec.sa.copy_dscp);
    child.set("start_action", spec.trap ? "trap" : "none"); // never "start": who initiates, and when, is the agent's
    // A dead or closed SA is just gone: the agent initiates anew, with its own back-off, and the trap stays. Left to
    // charon, both would, and two SAs would come of it.
    child.set("dpd_action", "none").set("close_action", "none");
    child.set("hw_offload", "no"); // 5.9.8 knows crypto offload only, which the kernel would have to share with us
    return child;
}

} // namespace

Message encode_conn(const ConnectionSpec& spec)
{
    Section conn;
    conn.set("version", std::to_string(spec.version));
    if (spec.aggressive) conn.set("aggressive", "yes");
    conn.set("local_addrs", List{spec.local.text()}); // without it charon dumps all routing tables to find one
    conn.set("remote_addrs", List{spec.remote.is_unspecified() ? "%any" : spec.remote.text()});
    conn.set("proposals", texts(spec.ike_proposals));
    conn.set("mobike", "no"); // addresses are the file's; MOBIKE would move SAs behind the policies' backs
    conn.set("encap", yes_no(spec.force_encapsulation));
    conn.set("fragmentation", text(spec.fragmentation)); // of IKE messages: cloud edges and NATs drop IP fragments
    conn.set("dscp", dscp(spec.dscp));
    if (spec.x509) conn.set("send_cert", "always"); // a peer that has only our CA does not ask for it
    conn.set("dpd_delay", seconds(spec.dpd_delay));
    conn.set("keyingtries", "1"); // a failed attempt ends; the agent's back-off decides about the next
    // Two ends that initiate at once make two IKE_SAs. Under "replace" each end deletes the one it saw first, which
    // need not be the same one, and both die; "no" keeps both, and still honours INITIAL_CONTACT of a restarted peer.
    conn.set("unique", "no");
    set_rekeying(conn, spec.ike_rekey, spec.ike_rekey);
    conn.set("over_time", seconds(spec.ike_rekey / 10));
    conn.set("local", local_authentication(spec));
    conn.set("remote", remote_authentication(spec));
    Section children;
    for (const ChildSpec& child : spec.children) children.set(child.name, encode_child(spec, child));
    conn.set("children", std::move(children));
    return Message{}.set(spec.name.value, std::move(conn));
}

Message encode_key(const X509& x509)
{
    return Message{}.set("type", "any").set("data", x509.key);
}

std::vector<Message> encode_certs(const X509& x509)
{
    std::vector<Message> messages;
    for (const auto& der : x509.intermediates)
        messages.push_back(Message{}.set("type", "X509").set("flag", "NONE").set("data", der));
    for (const auto& der : x509.crls)
        messages.push_back(Message{}.set("type", "X509_CRL").set("flag", "NONE").set("data", der));
    return messages;
}

Message encode_shared(const ConnectionSpec& spec)
{
    // The key's id is the connection's name, so loading again replaces it. charon picks a key by its owners: the best
    // match of the peer's identity first, then of ours.
    return Message{}
        .set("id", spec.name.value)
        .set("type", "IKE")
        .set("data", spec.psk)
        .set("owners", List{spec.local_id, spec.remote_id});
}

} // namespace linkspan::ike
