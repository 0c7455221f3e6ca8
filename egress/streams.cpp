#include "egress/streams.h"

#include <algorithm>

namespace linkspan::egress {

void Streams::forget(const Flow& flow)
{
    const auto found = streams_.find(flow);
    if (found == streams_.end()) return;
    held_ -= found->second.bytes.size();
    turns_.erase(found->second.turn);
    streams_.erase(found);
}

void Streams::make_room()
{
    while (!turns_.empty() && (streams_.size() > limits_.streams || held_ > limits_.bytes))
        forget(Flow{turns_.front()});
}

void Streams::begin(const Segment& segment)
{
    forget(segment.flow);
    turns_.push_back(segment.flow);
    streams_[segment.flow] = {.next = segment.sequence + 1, .turn = std::prev(turns_.end())};
    make_room();
}

/// What was seen before must be the same again: of two versions the receiver may take either.
Fit Streams::compare(const Stream& stream, const Segment& segment, std::size_t overlap)
{
    const auto known = std::min(overlap, stream.bytes.size());
    const std::size_t skipped = overlap - known; // dropped since
    const auto again = segment.payload.subspan(std::min(skipped, segment.payload.size()));
    const auto same = std::min(known, again.size());
    const auto at = stream.bytes.end() - static_cast<std::ptrdiff_t>(known);
    return std::equal(again.begin(), again.begin() + static_cast<std::ptrdiff_t>(same), at) ? Fit::Old : Fit::Other;
}

Fit Streams::take(const Segment& segment)
{
    if (segment.syn) {
        begin(segment);
        return Fit::Next;
    }
    const auto found = streams_.find(segment.flow);
    if (found == streams_.end()) return Fit::Unknown;
    Stream& stream = found->second;
    const auto behind = static_cast<std::int32_t>(stream.next - segment.sequence); // modulo 2^32
    if (behind < 0) return segment.payload.empty() ? Fit::Old : Fit::Ahead;
    const auto overlap = static_cast<std::size_t>(behind);
    if (overlap > 0 && compare(stream, segment, overlap) == Fit::Other) return Fit::Other;
    if (overlap >= segment.payload.size()) return overlap == 0 ? Fit::Next : Fit::Old;
    const auto fresh = segment.payload.subspan(overlap);
    stream.bytes.insert(stream.bytes.end(), fresh.begin(), fresh.end());
    stream.next += static_cast<std::uint32_t>(fresh.size());
    held_ += fresh.size();
    make_room();
    return Fit::Next;
}

std::span<const std::uint8_t> Streams::bytes(const Flow& flow) const
{
    const auto found = streams_.find(flow);
    if (found == streams_.end()) return {};
    return found->second.bytes;
}

void Streams::drop(const Flow& flow, std::size_t count)
{
    const auto found = streams_.find(flow);
    if (found == streams_.end()) return;
    auto& bytes = found->second.bytes;
    count = std::min(count, bytes.size());
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    held_ -= count;
}

} // namespace linkspan::egress
