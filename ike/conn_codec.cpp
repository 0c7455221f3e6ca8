#include "ike/conn_codec.h"

#include <algorithm>
#include <array>

namespace linkspan::ike {
namespace {

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

Section authentication(const std::string& id)
{
    return Section{}.set("auth", "psk").set("id", id);
}

/// Rekeying happens at a random moment of the last fifth before `rekey`. Two ends with the same lifetime that rekey in
/// the same second collide, and charon 5.9.8 can come out of a collision without an outbound SA.
void set_rekeying(Section& section, std::chrono::seconds rekey, std::string hard_name, std::chrono::seconds hard)
{
    section.set("rekey_time", seconds(rekey)).set("rand_time", seconds(rekey / 5));
    section.set(std::move(hard_name), seconds(hard));
}

Section encode_child(const ConnectionSpec& spec, const ChildSpec& what)
{
    Section child;
    child.set("mode", "tunnel");
    child.set("policies", "no");                          // they are ours: when IKE goes, they stay, and nothing leaks
    child.set("reqid", std::to_string(what.reqid.value)); // how an ACQUIRE of our policy finds this child's trap
    child.set("esp_proposals", spec.esp_proposals);
    child.set("local_ts", texts(what.local_ts)).set("remote_ts", texts(what.remote_ts));
    if (spec.mark.value) child.set("mark_in", hex(spec.mark.value)).set("mark_out", hex(spec.mark.value));
    if (spec.if_id.value) child.set("if_id_in", hex(spec.if_id.value)).set("if_id_out", hex(spec.if_id.value));
    child.set("replay_window", std::to_string(spec.replay_window));
    set_rekeying(child, spec.child_rekey, "life_time", spec.child_rekey + spec.child_rekey / 10);
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
    conn.set("version", "2");
    conn.set("local_addrs", List{spec.local.text()}); // without it charon dumps all routing tables to find one
    conn.set("remote_addrs", List{spec.remote.text()});
    conn.set("proposals", spec.ike_proposals);
    conn.set("mobike", "no"); // addresses are the file's; MOBIKE would move SAs behind the policies' backs
    conn.set("encap", spec.force_encapsulation ? "yes" : "no");
    conn.set("fragmentation", "yes"); // of IKE messages: cloud edges and NATs drop IP fragments
    conn.set("dpd_delay", seconds(spec.dpd_delay));
    conn.set("keyingtries", "1"); // a failed attempt ends; the agent's back-off decides about the next
    // Two ends that initiate at once make two IKE_SAs. Under "replace" each end deletes the one it saw first, which
    // need not be the same one, and both die; "no" keeps both, and still honours INITIAL_CONTACT of a restarted peer.
    conn.set("unique", "no");
    set_rekeying(conn, spec.ike_rekey, "over_time", spec.ike_rekey / 10);
    conn.set("local", authentication(spec.local_id));
    conn.set("remote", authentication(spec.remote_id));
    Section children;
    for (const ChildSpec& child : spec.children) children.set(child.name, encode_child(spec, child));
    conn.set("children", std::move(children));
    return Message{}.set(spec.name.value, std::move(conn));
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
