#include "ike/cause.h"

#include <algorithm>
#include <array>

namespace linkspan::ike {
namespace {

using enum Side;
using enum Cause::Weight;

/// Charon says some things in the same words of the IKE_SA and of its child. It knows whose IKE_SA it is only once the
/// first exchange is done, which tells the two apart.
enum class When { Any, Known, Unknown };

struct Explanation {
    std::string_view code;
    std::string_view what;
    std::string_view advice;
    Side side = Either;
    Cause::Weight weight = Reason;
};

constexpr Explanation our_ike_refused{
    "ike-proposals", "the peer accepts none of our IKE proposals, or has no connection for our address",
    "compare ike_proposals with the peer's settings for phase 1, and check that the peer expects our address", Either};
constexpr Explanation their_ike_refused{
    "ike-proposals", "the peer offers no IKE proposal that ike_proposals accepts",
    "compare ike_proposals with the peer's settings for phase 1; one suite and group must be on both sides", Either};
constexpr Explanation our_esp_refused{
    "esp-proposals", "the peer accepts none of our ESP proposals",
    "compare esp_proposals with the peer's settings for phase 2, its group for forward secrecy (PFS) included", Either};
constexpr Explanation their_esp_refused{
    "esp-proposals", "the peer offers no ESP proposal that esp_proposals accepts",
    "compare esp_proposals with the peer's settings for phase 2, its group for forward secrecy (PFS) included", Either};
constexpr Explanation our_selectors_refused{
    "selectors", "the peer refuses our traffic selectors",
    "the peer's subnets must match ours: a route-based connection asks for 0.0.0.0/0 (and ::/0) on both sides", Either};
constexpr Explanation their_selectors_refused{
    "selectors", "the peer asks for traffic selectors that this connection does not have",
    "the peer's subnets must match ours; where it is policy-based, give it the same networks the other way round",
    Either};
constexpr Explanation authentication_refused{
    "authentication", "the peer refuses our authentication: our secret, our identity, or the identity we expect of it",
    "compare psk, local_id and remote_id with the peer's settings; the peer's log says which of them it is", Either,
    Refusal};
constexpr Explanation wrong_psk{
    "psk", "the peer's pre-shared key is not ours",
    "put the same secret on both sides; a line end or a space that was pasted along makes it another one", Either};
constexpr Explanation no_psk{"psk", "no pre-shared key fits the two identities",
                             "check local_id and remote_id: the secret is found by them", Ours};
constexpr Explanation other_identity{"identity", "the peer calls itself something other than what we expect",
                                     "set remote_id to what the peer calls itself, or correct the peer's own identity",
                                     Either};
constexpr Explanation unknown_identity{
    "identity", "no connection here has the identities the peer uses for itself and for us",
    "compare remote_id and local_id with the peer's own and remote identity", Either};
constexpr Explanation asked_for_another{"identity", "the peer wants us to be somebody else than our local_id says",
                                        "set local_id to what the peer expects, or correct what it expects", Either};
constexpr Explanation expired{
    "certificate", "a certificate of the peer has expired, or is not valid yet",
    "renew the peer's certificate (or its CA's); where its dates are good, check this machine's clock", Theirs};
constexpr Explanation untrusted{
    "certificate", "the peer's certificate is not issued by a CA that this connection trusts",
    "add the CA that issued it to this connection, or give the peer a certificate of the right CA", Either, Refusal};
constexpr Explanation revoked{"certificate", "the peer's certificate was revoked", "give the peer a new one", Theirs};
constexpr Explanation other_authority{
    "certificate", "the peer's certificate is issued by a CA that does not count for this connection",
    "add the CA that issued it to this connection's `ca`, or give the peer a certificate of a CA that is there",
    Either};
constexpr Explanation not_pinned{"certificate", "the peer shows another certificate than remote_certificate",
                                 "put the peer's new certificate into remote_certificate, or the old one back there",
                                 Either};
constexpr Explanation status_unknown{"certificate",
                                     "nobody tells the status of the peer's certificate, and `revocation` requires it",
                                     "give this connection a current list of its CA in `crl`, or make its OCSP "
                                     "responder reachable (it takes strongSwan's "
                                     "curl plugin); revocation = \"relaxed\" does without",
                                     Ours};
constexpr Explanation not_for_signing{"certificate", "the peer's certificate is not made for signing",
                                      "give the peer one whose key usage has digitalSignature", Theirs};
constexpr Explanation other_method{
    "authentication", "the peer authenticates in another way than this connection has: by secret or by certificate",
    "use psk on both sides, or certificates on both", Either};
constexpr Explanation no_private_key{"certificate", "no private key here fits our certificate",
                                     "check the key and certificate files of this connection", Ours};
constexpr Explanation unreachable{"unreachable", "the peer does not answer",
                                  "check `peer`, that the peer runs, and that UDP 500 and 4500 pass in both directions",
                                  Either, Silence};
constexpr Explanation half_reachable{
    "unreachable", "the peer answered the first message and is silent since",
    "check that UDP 4500 passes in both directions and that large packets are not lost; some peers are silent where "
    "they refuse",
    Either, Silence};
constexpr Explanation unresolved{"name", "the peer's host name does not resolve",
                                 "check the name in `peer`, and that this machine can ask its resolver", Ours};
constexpr Explanation other_version{"version", "the peer speaks another version of IKE",
                                    "use the same version on both sides", Either};
constexpr Explanation kernel_refuses{
    "kernel", "the kernel refuses the negotiated SA",
    "most often it lacks the algorithm: take another suite first in esp_proposals, or load the kernel's module", Ours};
constexpr Explanation wants_to_assign{"selectors",
                                      "the peer treats us as a remote worker and finds no address to give us",
                                      "make the peer's side a site-to-site connection, without address pools", Theirs};
constexpr Explanation refused{"refused", "the peer refuses the negotiation",
                              "the peer's log says why; its own word for it is below", Theirs, Refusal};

struct Pattern {
    std::string_view begin; ///< of the line
    std::string_view part;  ///< somewhere behind; empty = nothing more is needed
    const Explanation& means;
    When when = When::Any;
    bool whole = false; ///< nothing may follow: "message ID 1" is not 12
};

/// The first that fits. IKEv2's "received X notify error" is IKEv1's "received X error notify".
constexpr std::array patterns{
    Pattern{"received NO_PROPOSAL_CHOSEN", "no CHILD_SA built", our_esp_refused},
    Pattern{"received NO_PROPOSAL_CHOSEN", "error", our_ike_refused},
    Pattern{"received TS_UNACCEPTABLE", "", our_selectors_refused},
    Pattern{"received INVALID_ID_INFORMATION", "", our_selectors_refused}, // IKEv1's way of refusing selectors
    Pattern{"received INTERNAL_ADDRESS_FAILURE", "", wants_to_assign},
    Pattern{"received FAILED_CP_REQUIRED", "", wants_to_assign},
    Pattern{"received AUTHENTICATION_FAILED", "", authentication_refused},
    Pattern{"received INVALID_MAJOR_VERSION", "", other_version},
    Pattern{"received IDr ", ", but require ", asked_for_another},
    Pattern{"received proposals unacceptable", "", their_ike_refused},
    Pattern{"received ", "no CHILD_SA built", refused},
    Pattern{"received ", " notify error", refused},
    Pattern{"received ", " error notify", refused},
    Pattern{"no acceptable proposal found", "", their_ike_refused, When::Unknown},
    Pattern{"no acceptable proposal found", "", their_esp_refused, When::Known},
    Pattern{"no proposal found", "", their_ike_refused},
    Pattern{"no matching proposal found, sending", "", their_esp_refused},
    Pattern{"traffic selectors ", " unacceptable", their_selectors_refused},
    Pattern{"no acceptable traffic selectors found", "", their_selectors_refused},
    Pattern{"no matching CHILD_SA config found for ", "", their_selectors_refused},
    Pattern{"peer selected invalid traffic selectors", "", their_selectors_refused},
    Pattern{"tried ", "but MAC mismatched", wrong_psk},
    Pattern{"calculated HASH does not match HASH payload", "", wrong_psk},
    Pattern{"ID_PROT ", " processing failed", wrong_psk}, // IKEv1: its key is made of the PSK, so it cannot be read
    Pattern{"no shared key found for ", "", no_psk},
    Pattern{"constraint check failed: identity ", " required", other_identity},
    Pattern{"IDir ", " does not match to ", other_identity},
    Pattern{"no matching peer config found", "", unknown_identity},
    Pattern{"no peer config found", "", unknown_identity},
    Pattern{"", "certificate invalid (valid from ", expired},
    Pattern{"certificate was revoked on ", "", revoked},
    Pattern{"constraint check failed: peer not authenticated by CA ", "", other_authority},
    Pattern{"constraint check failed: peer not authenticated with peer cert ", "", not_pinned},
    Pattern{"constraint check failed: ", "_VALIDATION is ", status_unknown},
    Pattern{"rejecting certificate without digitalSignature", "", not_for_signing},
    Pattern{"constraint requires ", " authentication, but ", other_method},
    Pattern{"no private key found for ", "", no_private_key},
    Pattern{"no trusted ", "public key found for ", untrusted},
    Pattern{"no issuer certificate found for ", "", untrusted},
    Pattern{"unable to install ", "IPsec SA (SAD) in kernel", kernel_refuses},
    Pattern{"unable to resolve ", "initiate aborted", unresolved},
    // The third sending, 5 s after the first: one lost packet is no cause. 5.9.8 names the message, not the exchange.
    Pattern{"retransmit 2 of request with message ID 0", "", unreachable, When::Any, true},
    Pattern{"retransmit 2 of request with message ID 1", "", half_reachable, When::Any, true},
    Pattern{"sending retransmit 2 of request message ID 0, seq 1", "", unreachable, When::Any, true},
    Pattern{"sending retransmit 2 of request message ID 0, seq 3", "", half_reachable, When::Any, true},
};

constexpr std::size_t longest_said = 200;

bool fits(const Pattern& pattern, const LogLine& line)
{
    if (pattern.when != When::Any && (pattern.when == When::Known) == line.connection.empty()) return false;
    const std::string_view text = line.text;
    if (pattern.whole) return text == pattern.begin;
    return text.starts_with(pattern.begin) && text.substr(pattern.begin.size()).contains(pattern.part);
}

} // namespace

std::string_view name_of(Side side)
{
    switch (side) {
    case Ours: return "ours";
    case Theirs: return "theirs";
    case Either: break;
    }
    return "either";
}

std::optional<Cause> cause_of(const LogLine& line)
{
    const auto found = std::ranges::find_if(patterns, [&](const Pattern& pattern) { return fits(pattern, line); });
    if (found == patterns.end()) return {};
    const auto& means = found->means;
    return Cause{means.code, means.what, means.advice, means.side, means.weight, line.text.substr(0, longest_said)};
}

} // namespace linkspan::ike
