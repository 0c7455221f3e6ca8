#include "ha/copy_frame.h"
#include "ha/heartbeat_codec.h"

#include <cstdint>
#include <cstdlib>

using namespace linkspan::ha;

namespace {

const Keyring& keys()
{
    static const auto ring = *Keyring::parse("1 0123456789abcdef0123456789abcdef\n");
    return ring;
}

/// What nobody sealed is never taken; what is taken is read, and read the same again.
void open_and_decode(std::span<const std::uint8_t> bytes)
{
    if (open(keys(), 7, bytes)) std::abort();
    const FrameHead head{Node::Second, FrameKind::Heartbeat, 9, 1};
    const Frame frame{head, {bytes.begin(), bytes.end()}};
    const auto beat = decode_heartbeat(frame);
    if (beat && decode_heartbeat({head, encode_heartbeat(*beat)}) != beat) std::abort();
    const auto flows = decode_flow_frame(bytes);
    if (flows && bytes.size() <= largest_payload && !flows->news.empty()) {
        const auto again = flow_frames(flows->epoch, flows->news);
        if (again.size() != 1 || decode_flow_frame(again.front()) != flows) std::abort();
    }
    (void)decode_line_frame(bytes);
    if (bytes.size() > largest_payload) return;
    const auto opened = open(keys(), 7, seal(keys().sealing(), head, bytes));
    if (!opened || opened->payload != frame.payload) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    open_and_decode({data, size});
    return 0;
}
