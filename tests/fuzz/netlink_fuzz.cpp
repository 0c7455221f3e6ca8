#include "netlink/answer.h"
#include "netlink/attributes.h"
#include "netlink/message.h"
#include "route/codec.h"
#include "vti/codec.h"
#include "xfrm/describe.h"
#include "xfrm/policy_codec.h"
#include "xfrm/state_codec.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using namespace linkspan;

void walk(const netlink::Attributes& attributes, int depth)
{
    for (const netlink::Attribute attribute : attributes) {
        (void)attribute.text();
        (void)attribute.get<std::uint64_t>();
        if (depth > 0) walk(attribute.nested(), depth - 1);
    }
}

/// What was understood as a policy of ours must survive being written and read again.
void expect_round_trip(const xfrm::ObservedPolicy& policy)
{
    netlink::Message message;
    xfrm::encode_create(policy.spec(), message);
    const auto again = xfrm::decode_policy(message.header());
    if (!message.ok() || !again || again->key != policy.key || again->protect != policy.protect) std::abort();
}

} // namespace

/// A datagram of anybody's making, as the kernel's would be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::vector<std::byte> datagram(size); // aligned, and its end is where the sanitizer looks
    if (size != 0) std::memcpy(datagram.data(), data, size);
    netlink::for_each_message(datagram, [](const nlmsghdr& message) {
        (void)netlink::outcome_of(message, "fuzz");
        walk(netlink::attributes_of(message, 0), 3);
        if (const auto policy = xfrm::decode_policy(message)) {
            (void)xfrm::describe(policy->key);
            (void)xfrm::holder(*policy);
            expect_round_trip(*policy);
        }
        (void)vti::decode(message);
        (void)route::decode_address(message);
        if (const auto route = route::decode_route(message)) (void)route::decode_hops(*route);
        if (const auto state = xfrm::decode_state(message)) (void)xfrm::describe(state->key);
    });
    return 0;
}
