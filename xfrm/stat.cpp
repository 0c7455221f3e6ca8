#include "xfrm/stat.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>

namespace linkspan::xfrm {
namespace {

struct Meaning {
    std::string_view counter;
    std::string_view text;
};

/// What an operator can make of each (Documentation/networking/xfrm_proc.rst, and where net/xfrm counts them).
constexpr std::array meanings{
    Meaning{"XfrmInError", "in: the kernel was short of memory, or the packet of sense"},
    Meaning{"XfrmInBufferError", "in: too many transformations on one packet"},
    Meaning{"XfrmInHdrError", "in: an ESP header that cannot be read"},
    Meaning{"XfrmInNoStates",
            "in: ESP with an SPI nobody has: the peer uses an SA that is gone here, or it is a probe"},
    Meaning{"XfrmInStateProtoError", "in: integrity failed: keys differ, or the packet was changed on its way"},
    Meaning{"XfrmInStateModeError", "in: not of the SA's mode; the peer sends transport mode or another family"},
    Meaning{"XfrmInStateSeqError",
            "in: replayed, or later than the replay window; reordering asks for a larger replay_window"},
    Meaning{"XfrmInStateExpired", "in: the SA's lifetime was over"},
    Meaning{"XfrmInStateMismatch", "in: UDP encapsulation where the SA has none, or the reverse"},
    Meaning{"XfrmInStateInvalid", "in: the SA was about to be deleted"},
    Meaning{"XfrmInTmplMismatch", "in: decrypted by an SA that is not its connection's"},
    Meaning{"XfrmInNoPols", "in: decrypted, but outside the connection's subnets; the peer's selectors are wider"},
    Meaning{"XfrmInPolBlock", "in: came in the clear from a protected subnet"},
    Meaning{"XfrmInPolError", "in: a policy that cannot be used"},
    Meaning{"XfrmOutError", "out: too large for the path, or out of memory"},
    Meaning{"XfrmOutBundleGenError", "out: no route to the peer, or no cipher"},
    Meaning{"XfrmOutBundleCheckError", "out: the route to the peer changed meanwhile"},
    Meaning{"XfrmOutNoStates", "out: no SA: the tunnel was down, or is being negotiated"},
    Meaning{"XfrmOutStateProtoError", "out: encryption failed"},
    Meaning{"XfrmOutStateModeError", "out: does not fit the tunnel, too large or of another family"},
    Meaning{"XfrmOutStateSeqError", "out: sequence numbers used up; the SA should have been rekeyed"},
    Meaning{"XfrmOutStateExpired", "out: the SA's lifetime was over"},
    Meaning{"XfrmOutPolBlock", "out: for a protected subnet and not through its tunnel: kept from leaking"},
    Meaning{"XfrmOutPolDead", "out: the policy was just removed"},
    Meaning{"XfrmOutPolError", "out: a policy that cannot be used"},
    Meaning{"XfrmFwdHdrError", "forwarded: a header that cannot be read"},
    Meaning{"XfrmOutStateInvalid", "out: the SA was about to be deleted"},
    Meaning{"XfrmAcquireError", "in: the peer used a new SA before it was ready here: lost while rekeying"},
    Meaning{"XfrmOutStateDirError", "out: an SA for the other direction"},
    Meaning{"XfrmInStateDirError", "in: an SA for the other direction"},
};

std::string_view meaning_of(std::string_view counter)
{
    const auto* found = std::ranges::find(meanings, counter, &Meaning::counter);
    return found == meanings.end() ? std::string_view{} : found->text;
}

} // namespace

std::vector<Drops> drops_in(std::string_view text)
{
    std::vector<Drops> drops;
    std::istringstream lines{std::string{text}};
    std::string counter;
    for (std::uint64_t packets = 0; lines >> counter >> packets;)
        if (packets != 0) drops.push_back({counter, packets, std::string{meaning_of(counter)}});
    return drops;
}

std::vector<Drops> read_drops()
{
    std::ifstream file{"/proc/self/net/xfrm_stat"};
    return drops_in(std::string{std::istreambuf_iterator<char>{file}, {}});
}

} // namespace linkspan::xfrm
