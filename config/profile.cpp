#include "config/profile.h"

#include <span>
#include <vector>

namespace linkspan::config {
namespace {

using namespace std::chrono_literals;
using Texts = std::span<const std::string_view>;

/// A vendor's page, as it is written here. Suites are in order of preference: AEAD before CBC, 256 bits before 128, and of
/// the groups those first that both ends compute fastest. Nothing here needs more than strongSwan 5.9.8 has.
///
/// ESP lists decide the tunnel's MTU by their dearest suite, so CBC with SHA2-384 or SHA2-512, which no vendor prefers, is
/// not among them: 16 bytes of every packet for a suite that is never chosen.
struct Page {
    Vendor vendor;
    std::string_view peer;
    Texts ike;
    Texts esp;
    std::chrono::seconds ike_lifetime;
    std::chrono::seconds child_lifetime;
    std::chrono::seconds dpd_delay;
    std::uint32_t replay_window;
    Ceilings ceilings = {};
};

/// ESP lists each suite with a group for forward secrecy and then without: a peer without groups would otherwise refuse
/// the first rekeying, an hour after all looked well.
constexpr std::array<std::string_view, 2> generic_ike{
    "aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-x25519-ecp256-modp3072-modp2048",
    "aes256-aes128-sha384-sha256-ecp384-x25519-ecp256-modp3072-modp2048",
};
constexpr std::array<std::string_view, 4> generic_esp{
    "aes256gcm16-aes128gcm16-ecp384-x25519-ecp256-modp3072-modp2048",
    "aes256gcm16-aes128gcm16",
    "aes256-aes128-sha256-ecp384-x25519-ecp256-modp3072-modp2048",
    "aes256-aes128-sha256",
};

/// Groups 14 to 21 (and 2, 5, 22 to 24, which are weak or of unknown origin); forward secrecy is required, so no suite of
/// ESP is without a group.
constexpr std::array<std::string_view, 2> aws_ike{
    "aes256gcm16-aes128gcm16-prfsha384-prfsha256-prfsha512-ecp384-ecp256-ecp521-modp4096-modp3072-modp2048",
    "aes256-aes128-sha384-sha256-sha512-ecp384-ecp256-ecp521-modp4096-modp3072-modp2048",
};
constexpr std::array<std::string_view, 2> aws_esp{
    "aes256gcm16-aes128gcm16-ecp384-ecp256-ecp521-modp4096-modp3072-modp2048",
    "aes256-aes128-sha256-ecp384-ecp256-ecp521-modp4096-modp3072-modp2048",
};

/// Groups 2, 14, 24, 19 and 20. A connection without a policy of its own knows only group 2 in IKE and no forward secrecy.
/// Both have proposals of their own at the end, so only such a connection gets them: a peer may choose what it likes of
/// one proposal.
constexpr std::array<std::string_view, 4> azure_ike{
    "aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-ecp256-modp2048",
    "aes256-aes128-sha384-sha256-ecp384-ecp256-modp2048",
    "aes256-aes128-sha256-modp1024",
    "aes256-aes128-sha1-modp1024",
};
constexpr std::array<std::string_view, 5> azure_esp{
    "aes256gcm16-aes192gcm16-aes128gcm16-ecp384-ecp256-modp2048",
    "aes256gcm16-aes192gcm16-aes128gcm16",
    "aes256-aes128-sha256-ecp384-ecp256-modp2048",
    "aes256-aes128-sha256",
    "aes256-aes128-sha1",
};

/// AEAD and CBC; forward secrecy is required.
constexpr std::array<std::string_view, 2> gcp_ike{
    "aes256gcm16-aes192gcm16-aes128gcm16-prfsha384-prfsha256-prfsha512-ecp384-x25519-ecp256-modp4096-modp3072-modp2048",
    "aes256-aes192-aes128-sha384-sha256-sha512-ecp384-x25519-ecp256-modp4096-modp3072-modp2048",
};
constexpr std::array<std::string_view, 2> gcp_esp{
    "aes256gcm16-aes192gcm16-aes128gcm16-ecp384-x25519-ecp256-modp4096-modp3072-modp2048",
    "aes256-aes192-aes128-sha256-ecp384-x25519-ecp256-modp4096-modp3072-modp2048",
};

/// Without custom algorithms: AES-256-CBC, SHA-256, group 14, in both phases. With them also AES-GCM and groups 15 to 21.
constexpr std::array<std::string_view, 2> aviatrix_ike{
    "aes256gcm16-aes128gcm16-prfsha384-prfsha256-prfsha512-modp2048-ecp384-ecp256-ecp521-modp4096-modp3072",
    "aes256-aes192-aes128-sha256-sha384-sha512-modp2048-ecp384-ecp256-ecp521-modp4096-modp3072",
};
constexpr std::array<std::string_view, 2> aviatrix_esp{
    "aes256gcm16-aes128gcm16-modp2048-ecp384-ecp256-ecp521-modp4096-modp3072",
    "aes256-aes192-aes128-sha256-modp2048-ecp384-ecp256-ecp521-modp4096-modp3072",
};

/// docs/adr/0009-profiles.md has the sources, and what was left out and why.
constexpr std::array pages{
    //   vendor            for people                      IKE           ESP           lifetimes        DPD  replay  ceilings
    Page{Vendor::Generic, "any IKEv2 peer", generic_ike, generic_esp, 4h, 1h, 30s, 128},
    Page{Vendor::Aws, "AWS Site-to-Site VPN", aws_ike, aws_esp, 8h, 1h, 30s, 1024},
    Page{Vendor::Azure, "Azure VPN gateway", azure_ike, azure_esp, 8h, 27000s, 45s, 128, {.mtu = 1400, .mss = 1350}},
    Page{Vendor::Gcp, "Google Cloud HA VPN", gcp_ike, gcp_esp, 10h, 3h, 30s, 128, {.outer = 1460}},
    Page{Vendor::Aviatrix, "Aviatrix Site2Cloud", aviatrix_ike, aviatrix_esp, 8h, 1h, 10s, 1024, {.mss = 1370}},
};

Proposals parse(Texts texts, Proposal::Use use)
{
    std::vector<Proposal> proposals;
    for (auto text : texts) proposals.push_back(Proposal::parse(text, use).value());
    return Proposals{std::move(proposals)};
}

/// Every vendor's gateway answers whoever begins, and one (AWS) never begins by itself; NAT is detected everywhere.
Profile profile_from(const Page& page)
{
    return {
        .vendor = page.vendor,
        .name = profile_names[static_cast<std::size_t>(page.vendor)],
        .peer = page.peer,
        .ike_proposals = parse(page.ike, Proposal::Use::Ike),
        .esp_proposals = parse(page.esp, Proposal::Use::Esp),
        .ike_lifetime = page.ike_lifetime,
        .child_lifetime = page.child_lifetime,
        .dpd_delay = page.dpd_delay,
        .start = Start::Always,
        .nat_traversal = NatTraversal::Auto,
        .replay_window = page.replay_window,
        .ceilings = page.ceilings,
    };
}

} // namespace

const Profile& profile_of(Vendor vendor)
{
    static const std::vector<Profile> all = [] {
        std::vector<Profile> profiles;
        for (const auto& page : pages) profiles.push_back(profile_from(page));
        return profiles;
    }();
    return all[static_cast<std::size_t>(vendor)];
}

void apply_profile(const Profile& profile, const std::function<bool(std::string_view key)>& written, Connection& to)
{
    const auto fill = [&](std::string_view key, auto& value, const auto& from) {
        if (!written(key)) value = from;
    };
    to.profile = profile.vendor;
    to.ceilings = profile.ceilings;
    fill("ike_proposals", to.ike_proposals, profile.ike_proposals);
    fill("esp_proposals", to.esp_proposals, profile.esp_proposals);
    fill("ike_lifetime", to.ike_lifetime, profile.ike_lifetime);
    fill("child_lifetime", to.child_lifetime, profile.child_lifetime);
    fill("dpd_delay", to.dpd_delay, profile.dpd_delay);
    fill("start", to.start, profile.start);
    fill("nat_traversal", to.nat_traversal, profile.nat_traversal);
    fill("replay_window", to.replay_window, profile.replay_window);
}

} // namespace linkspan::config
