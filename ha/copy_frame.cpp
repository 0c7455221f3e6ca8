#include "ha/copy_frame.h"

#include "ha/frame.h"
#include "ha/wire.h"

#include <netinet/in.h>

#include <array>
#include <optional>

namespace linkspan::ha {
namespace {

constexpr std::size_t epoch_size = 8;

void put_end(WireWriter& out, const Flow::End& end)
{
    for (const auto byte : end.address.octets()) out.put(byte);
    out.put(end.port);
}

Payload encode(const FlowNews& news)
{
    const auto& flow = news.flow;
    WireWriter out;
    out.put(static_cast<std::uint8_t>(flow.source.address.family == Family::V4 ? 4 : 6));
    out.put(flow.protocol);
    out.put(static_cast<std::uint8_t>(news.gone));
    for (const auto* end : {&flow.source, &flow.destination, &flow.answers_from, &flow.answers_to}) put_end(out, *end);
    out.put(flow.zone);
    out.put(flow.status);
    out.put(flow.mark);
    out.put(flow.left);
    out.put(flow.tcp_state);
    out.put(flow.tcp_flags);
    out.put(flow.tcp_answers);
    return out.take();
}

Flow::End end_in(WireReader& in, std::size_t size)
{
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : std::span{bytes}.first(size)) byte = in.get<std::uint8_t>();
    return {IpAddress::from_bytes(std::span{bytes}.first(size)), in.get<std::uint16_t>()};
}

/// Empty where it is none.
std::optional<FlowNews> news_in(WireReader& in)
{
    const auto family = in.get<std::uint8_t>();
    if (family != 4 && family != 6) return {};
    FlowNews news;
    auto& flow = news.flow;
    flow.protocol = in.get<std::uint8_t>();
    const auto gone = in.get<std::uint8_t>();
    news.gone = gone == 1;
    for (auto* end : {&flow.source, &flow.destination, &flow.answers_from, &flow.answers_to})
        *end = end_in(in, family == 4 ? 4 : 16);
    flow.zone = in.get<std::uint16_t>();
    flow.status = in.get<std::uint32_t>();
    flow.mark = in.get<std::uint32_t>();
    flow.left = in.get<std::uint32_t>();
    flow.tcp_state = in.get<std::uint8_t>();
    flow.tcp_flags = in.get<std::uint8_t>();
    flow.tcp_answers = in.get<std::uint8_t>();
    const bool known = flow.protocol == IPPROTO_TCP || flow.protocol == IPPROTO_UDP;
    if (!in.good() || gone > 1 || !known) return {};
    return news;
}

/// As many of the parts in each frame as fit, in their order.
std::vector<Payload> frames_of(Epoch epoch, std::span<const Payload> parts)
{
    std::vector<Payload> frames;
    for (const auto& part : parts) {
        if (epoch_size + part.size() > largest_payload) continue;
        if (frames.empty() || frames.back().size() + part.size() > largest_payload) {
            WireWriter head;
            head.put(epoch.value);
            frames.push_back(head.take());
        }
        frames.back().insert(frames.back().end(), part.begin(), part.end());
    }
    return frames;
}

} // namespace

std::vector<Payload> flow_frames(Epoch epoch, std::span<const FlowNews> news)
{
    std::vector<Payload> parts;
    parts.reserve(news.size());
    for (const auto& one : news) parts.push_back(encode(one));
    return frames_of(epoch, parts);
}

std::vector<Payload> line_frames(Epoch epoch, std::span<const std::string> lines)
{
    std::vector<Payload> parts;
    parts.reserve(lines.size());
    for (const auto& line : lines) parts.emplace_back(line.begin(), line.end());
    return frames_of(epoch, parts);
}

Result<FlowFrame> decode_flow_frame(std::span<const std::uint8_t> bytes)
{
    WireReader in{bytes};
    FlowFrame frame{.epoch = {in.get<std::uint64_t>()}};
    while (in.good() && !in.empty()) {
        const auto news = news_in(in);
        if (!news) return failure(Kind::Protocol, "a frame of sessions that holds none");
        frame.news.push_back(*news);
    }
    if (!in.good()) return failure(Kind::Protocol, "a frame of sessions that ends too soon");
    return frame;
}

Result<LineFrame> decode_line_frame(std::span<const std::uint8_t> bytes)
{
    if (bytes.size() < epoch_size) return failure(Kind::Protocol, "a frame of lines that ends too soon");
    WireReader in{bytes};
    LineFrame frame{.epoch = {in.get<std::uint64_t>()}};
    const auto text = bytes.subspan(epoch_size);
    frame.lines.assign(text.begin(), text.end());
    if (!frame.lines.empty() && frame.lines.back() != '\n')
        return failure(Kind::Protocol, "a frame of lines whose last one has no end");
    return frame;
}

} // namespace linkspan::ha
