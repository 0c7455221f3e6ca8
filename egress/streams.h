#pragma once

#include "egress/segment.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <vector>

namespace linkspan::egress {

/// How a segment continues what was seen of its stream.
enum class Fit : std::uint8_t {
    Unknown, ///< the stream's beginning was not seen
    Next,    ///< its bytes, if it has any, were added
    Old,     ///< all of it was seen before, byte by byte the same
    Ahead,   ///< one before it is missing
    Other,   ///< it says something else than was said before in its place
};

/// The beginnings of TCP streams, put together in order. Bounded in number and in bytes; the oldest go first, and what
/// comes of them later is unknown.
class Streams {
public:
    struct Limits {
        std::size_t streams = 4'096;
        std::size_t bytes = 8U << 20;
    };
    explicit Streams(const Limits& limits) : limits_(limits) {}

    /// A SYN begins a stream, and one anew that has the flow of an old one.
    [[nodiscard]] Fit take(const Segment& segment);
    /// What is there of it; empty where it is unknown.
    [[nodiscard]] std::span<const std::uint8_t> bytes(const Flow& flow) const;
    /// The first bytes are done with.
    void drop(const Flow& flow, std::size_t count);
    void forget(const Flow& flow);

    [[nodiscard]] std::size_t size() const { return streams_.size(); }

private:
    struct Stream {
        std::uint32_t next = 0; ///< the number of the byte that is missing
        std::vector<std::uint8_t> bytes = {};
        std::list<Flow>::iterator turn = {};
    };
    void begin(const Segment& segment);
    void make_room();
    [[nodiscard]] static Fit compare(const Stream& stream, const Segment& segment, std::size_t overlap);

    Limits limits_;
    std::map<Flow, Stream> streams_;
    std::list<Flow> turns_; ///< the oldest first
    std::size_t held_ = 0;  ///< bytes of all
};

} // namespace linkspan::egress
