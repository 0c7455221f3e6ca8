#pragma once

#include "netlink/socket.h"
#include "pair/told_flows.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace linkspan::pair {

/// What a gateway does with the kernel's sessions for the other one's sake: reads its own, has them go on without a check of the
/// window, and writes those that it is told of.
class FlowWriter {
public:
    /// An outsider may open many on the other gateway; what is more than these is left out here.
    static constexpr std::size_t most_flows = 262'144;

    struct Counts {
        std::uint64_t left_out = 0; ///< for want of room
        std::uint64_t refused = 0;  ///< by the kernel
        std::string problem = {};   ///< why; empty: the last ones were taken
    };

    /// `marks`: sessions with one of them are kept alike, translated or not.
    FlowWriter(netlink::Socket socket, std::uint32_t marks) : socket_(std::move(socket)), marks_(marks) {}

    /// Those that no packet alone tells of.
    [[nodiscard]] Result<> read(const std::function<void(const Flow&)>& visit);
    /// Checks the window of none of them. How many were checked.
    [[nodiscard]] Result<std::size_t> loosen();
    /// The last word of each session counts.
    void write(std::span<const FlowNews> news, Monotonic now);
    /// Ends those that are told of no more.
    void end_silent(Monotonic now);
    /// They are this gateway's own from now on.
    void forget() { told_.forget(); }

    [[nodiscard]] std::size_t size() const { return told_.size(); }
    [[nodiscard]] const Counts& counts() const { return counts_; }

private:
    [[nodiscard]] std::vector<FlowNews> with_room(std::vector<FlowNews> news);
    [[nodiscard]] bool is_other(const Flow& flow);
    [[nodiscard]] Result<> create(const Flow& flow);
    [[nodiscard]] Result<> mend(const FlowNews& news, const Error& error);
    [[nodiscard]] Result<> ask(void (*encode)(const Flow&, netlink::Message&), const Flow& flow);

    netlink::Socket socket_;
    std::uint32_t marks_;
    ToldFlows told_;
    Counts counts_;
};

/// The last word of each session, in their order; what an earlier one knew of TCP's state and a later one does not say stays.
[[nodiscard]] std::vector<FlowNews> last_words(std::span<const FlowNews> news);

} // namespace linkspan::pair
