#include "ike/sa_codec.h"

#include <algorithm>
#include <charconv>
#include <concepts>

namespace linkspan::ike {
namespace {

/// Reads what a section has, and remembers the first value that made no sense.
class Fields {
public:
    explicit Fields(const Section& section) : section_(section) {}

    [[nodiscard]] std::string text(std::string_view name) const { return std::string{section_.text(name)}; }
    [[nodiscard]] bool yes(std::string_view name) const { return section_.text(name) == "yes"; }

    template <std::unsigned_integral T = std::uint64_t>
    [[nodiscard]] T number(std::string_view name, int base = 10)
    {
        const auto digits = section_.text(name);
        T value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        if (!digits.empty() && (error != std::errc{} || end != digits.data() + digits.size())) reject(name, digits);
        return value;
    }
    /// Seconds until something; charon counts on below zero when it is late.
    [[nodiscard]] std::uint64_t remaining(std::string_view name)
    {
        return section_.text(name).starts_with('-') ? 0 : number(name);
    }
    /// "%any" and the like are no address: 0.0.0.0 then.
    [[nodiscard]] IpAddress address(std::string_view name) const
    {
        return IpAddress::parse(section_.text(name)).value_or(IpAddress{});
    }
    /// The first value that is not what it should be.
    [[nodiscard]] const std::string& rejected() const { return rejected_; }

private:
    void reject(std::string_view name, std::string_view value)
    {
        if (rejected_.empty()) rejected_ = std::string{name} + " = " + std::string{value};
    }
    const Section& section_;
    std::string rejected_;
};

IkeState ike_state(std::string_view name)
{
    if (name == "CREATED" || name == "CONNECTING") return IkeState::Connecting;
    if (name == "ESTABLISHED") return IkeState::Established;
    if (name == "REKEYING") return IkeState::Rekeying;
    if (name == "DELETING" || name == "DESTROYING") return IkeState::Deleting;
    if (name == "PASSIVE") return IkeState::Passive;
    return IkeState::Other;
}

ChildState child_state(std::string_view name)
{
    if (name == "INSTALLED" || name == "UPDATING") return ChildState::Installed;
    if (name == "CREATED" || name == "INSTALLING" || name == "RETRYING") return ChildState::Installing;
    if (name == "REKEYING") return ChildState::Rekeying;
    return ChildState::Other; // REKEYED among them: replaced, and about to go
}

/// "AES_GCM_16-256", "AES_CBC-128/HMAC_SHA2_256_128", with "/PRF_…" and "/ECP_…" where the section has them.
std::string algorithms(const Section& section)
{
    std::string text{section.text("encr-alg")};
    if (const auto size = section.text("encr-keysize"); !size.empty()) text.append("-").append(size);
    for (std::string_view part : {"integ-alg", "prf-alg", "dh-group"})
        if (const auto name = section.text(part); !name.empty()) text.append(text.empty() ? "" : "/").append(name);
    return text;
}

Result<ChildSa> decode_child(const Section& section)
{
    Fields in{section};
    ChildSa child{
        .name = in.text("name"),
        .unique_id = in.number("uniqueid"),
        .reqid = {in.number<std::uint32_t>("reqid")},
        .state = child_state(section.text("state")),
        .spi_in = {in.number<std::uint32_t>("spi-in", 16)},
        .spi_out = {in.number<std::uint32_t>("spi-out", 16)},
        .encapsulated = in.yes("encap"),
        .algorithms = algorithms(section),
        .bytes_in = in.number("bytes-in"),
        .bytes_out = in.number("bytes-out"),
        .packets_in = in.number("packets-in"),
        .packets_out = in.number("packets-out"),
        .age = in.number("install-time"),
        .rekey_in = in.remaining("rekey-time"),
        .local_ts = section.list("local-ts"),
        .remote_ts = section.list("remote-ts"),
    };
    if (!in.rejected().empty()) return failure(Kind::Protocol, "CHILD_SA " + child.name + ": " + in.rejected());
    return child;
}

bool creates_child(const Section& section)
{
    // At our request: what the peer asks for is among tasks-passive. QUICK_MODE is IKEv1's.
    const auto creates = [](const std::string& task) { return task == "CHILD_CREATE" || task == "QUICK_MODE"; };
    return std::ranges::any_of(section.list("tasks-queued"), creates) ||
           std::ranges::any_of(section.list("tasks-active"), creates);
}

/// charon's name for an IKE_SA that has no configuration yet (ike_sa.c, get_name).
constexpr std::string_view unnamed = "(unnamed)";

Result<IkeSa> decode_ike(const std::string& name, const Section& section)
{
    Fields in{section};
    IkeSa sa{
        .connection = {name == unnamed ? std::string{} : name},
        .unique_id = in.number("uniqueid"),
        .state = ike_state(section.text("state")),
        .local = in.address("local-host"),
        .remote = in.address("remote-host"),
        .local_id = in.text("local-id"),
        .remote_id = in.text("remote-id"),
        .algorithms = algorithms(section),
        .spi_initiator = in.number("initiator-spi", 16),
        .spi_responder = in.number("responder-spi", 16),
        .initiator = in.yes("initiator"),
        .asking = !section.list("tasks-active").empty(),
        .creating_child = creates_child(section),
        .age = in.number("established"),
        .rekey_in = in.remaining("rekey-time"),
    };
    for (const Item& item : section.section("child-sas").items) {
        const auto* child = std::get_if<Section>(&item.value);
        if (!child) continue;
        auto decoded = decode_child(*child);
        TRY(decoded);
        sa.children.emplace_back(std::move(*decoded));
    }
    if (!in.rejected().empty()) return failure(Kind::Protocol, "IKE_SA " + name + ": " + in.rejected());
    return sa;
}

} // namespace

Result<IkeSa> decode_sa(const Message& event)
{
    for (const Item& item : event.items)
        if (const auto* section = std::get_if<Section>(&item.value)) return decode_ike(item.name, *section);
    return failure(Kind::Protocol, "a list-sa event without an IKE_SA");
}

} // namespace linkspan::ike
