#include "ike/describe.h"

#include <algorithm>
#include <array>

namespace linkspan::ike {
namespace {

std::string text(const std::string& value)
{
    return value;
}
std::string text(const IpAddress& value)
{
    return value.text();
}
std::string text(const TrafficSelector& value)
{
    return value.text();
}
std::string text(std::chrono::seconds value)
{
    return std::to_string(value.count()) + "s";
}
std::string text(std::uint32_t value)
{
    return std::to_string(value);
}
std::string text(std::uint64_t value)
{
    return std::to_string(value);
}
std::string text(std::uint8_t value)
{
    return std::to_string(value);
}
std::string text(Fragmentation value)
{
    constexpr std::array names{"yes", "no", "force"};
    return names[static_cast<std::size_t>(value)];
}
std::string text(bool value)
{
    return value ? "yes" : "no";
}
template <typename Tag>
std::string text(const Strong<Tag, std::uint32_t>& value)
{
    return std::to_string(value.value);
}
template <typename T>
std::string text(const std::vector<T>& values)
{
    std::string joined;
    for (const T& value : values) joined.append(joined.empty() ? "" : ",").append(text(value));
    return joined;
}

std::string text(const Proposals& proposals)
{
    std::string joined;
    for (const auto& proposal : proposals) joined.append(joined.empty() ? "" : ",").append(proposal.text);
    return joined;
}
std::string text(const std::vector<ChildSpec>& children)
{
    std::string joined;
    for (const ChildSpec& child : children)
        joined.append(joined.empty() ? "" : " and ")
            .append(text(child.local_ts))
            .append("=")
            .append(text(child.remote_ts));
    return joined;
}
std::vector<Reqid> reqids(const std::vector<ChildSpec>& children)
{
    std::vector<Reqid> all;
    for (const ChildSpec& child : children) all.push_back(child.reqid);
    return all;
}

class Differences {
public:
    template <typename T>
    Differences& add(std::string_view what, const T& before, const T& after)
    {
        return before == after ? *this : note(std::string{what} + " " + text(before) + " -> " + text(after));
    }
    Differences& note(std::string difference)
    {
        text_.append(text_.empty() ? "" : ", ").append(difference);
        return *this;
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void note_authentication(const ConnectionSpec& a, const ConnectionSpec& b, Differences& list)
{
    if (!a.x509 && !b.x509 && !same_psk(a, b)) list.note("another pre-shared key");
    if (a.x509 && !b.x509) list.note("pre-shared key in place of a certificate");
    if (!a.x509 && b.x509) list.note("certificate in place of a pre-shared key");
    if (!a.x509 || !b.x509 || same_x509(a, b)) return;
    if (a.x509->certificate != b.x509->certificate) list.note("another certificate");
    if (a.x509->ca != b.x509->ca) list.note("another CA");
    if (a.x509->remote_certificate != b.x509->remote_certificate) list.note("another certificate of the peer");
    if (a.x509->crls != b.x509->crls) list.note("other revocation lists");
    list.add("revocation", a.x509->revocation, b.x509->revocation);
}

std::string differences(const ConnectionSpec& a, const ConnectionSpec& b)
{
    Differences list;
    list.add("local", a.local, b.local).add("peer", a.remote, b.remote);
    list.add("local id", a.local_id, b.local_id).add("remote id", a.remote_id, b.remote_id);
    list.add("IKE proposals", a.ike_proposals, b.ike_proposals).add("ESP proposals", a.esp_proposals, b.esp_proposals);
    list.add("selectors", a.children, b.children).add("reqid", reqids(a.children), reqids(b.children));
    list.add("mark", a.mark, b.mark).add("if_id", a.if_id, b.if_id);
    list.add("IKE lifetime", a.ike_rekey, b.ike_rekey).add("child lifetime", a.child_rekey, b.child_rekey);
    list.add("DPD delay", a.dpd_delay, b.dpd_delay).add("replay window", a.replay_window, b.replay_window);
    list.add("forced encapsulation", a.force_encapsulation, b.force_encapsulation).add("trap", a.trap, b.trap);
    list.add("IKE version", a.version, b.version).add("aggressive mode", a.aggressive, b.aggressive);
    list.add("fragmentation", a.fragmentation, b.fragmentation).add("IKE DSCP", a.dscp, b.dscp);
    list.add("child bytes", a.sa.rekey_bytes, b.sa.rekey_bytes);
    list.add("child packets", a.sa.rekey_packets, b.sa.rekey_packets);
    list.add("copied DSCP", a.sa.copy_dscp, b.sa.copy_dscp).add("copied DF", a.sa.copy_df, b.sa.copy_df);
    list.add("copied ECN", a.sa.copy_ecn, b.sa.copy_ecn);
    note_authentication(a, b, list);
    return list.take();
}

struct VerbOf {
    std::string_view operator()(const Load& op) const
    {
        if (op.adopts) return "adopt";
        return op.before && *op.before != op.spec ? "update" : "create";
    }
    std::string_view operator()(const Forget&) const { return "forget"; }
    std::string_view operator()(const Unload&) const { return "delete"; }
    std::string_view operator()(const UnloadKey&) const { return "delete"; }
    std::string_view operator()(const Terminate&) const { return "terminate"; }
    std::string_view operator()(const Initiate&) const { return "initiate"; }
};

} // namespace

std::string_view verb_of(const Op& op)
{
    return std::visit(VerbOf{}, op);
}

std::string object_of(const Op& op)
{
    const std::string& name = connection_of(op).value;
    if (const auto* terminate = std::get_if<Terminate>(&op))
        return terminate->child_id == 0 ? "IKE_SA " + name + " #" + std::to_string(terminate->ike_id)
                                        : "CHILD_SA " + name + " #" + std::to_string(terminate->child_id);
    if (std::holds_alternative<Forget>(op)) return "IKE certificates and keys";
    if (const auto* key = std::get_if<UnloadKey>(&op)) return "IKE private key " + key->id;
    if (const auto* initiate = std::get_if<Initiate>(&op); initiate && initiate->child != name)
        return "IKE connection " + name + " child " + initiate->child;
    return "IKE connection " + name;
}

std::string detail_of(const Op& op)
{
    if (const auto* terminate = std::get_if<Terminate>(&op)) return terminate->why;
    if (std::holds_alternative<Forget>(op)) return "a revocation list is gone from the file";
    const auto* load = std::get_if<Load>(&op);
    if (!load) return {};
    if (load->before && *load->before != load->spec) {
        // charon rekeys an SA with the settings it was made with, so it keeps them for as long as it lives.
        const bool later = !needs_new_sa(*load->before, load->spec) && load->before->trap == load->spec.trap;
        return differences(*load->before, load->spec) + (later ? ", for new SAs only" : "");
    }
    return load->spec.local.text() + " -> " +
           (load->spec.remote.is_unspecified() ? "any address" : load->spec.remote.text());
}

std::string describe(const Op& op)
{
    std::string line{verb_of(op)};
    line.append(" ").append(object_of(op));
    if (auto detail = detail_of(op); !detail.empty()) line.append(": ").append(detail);
    return line;
}

} // namespace linkspan::ike
