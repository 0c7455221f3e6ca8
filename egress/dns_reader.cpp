#include "egress/dns_reader.h"

#include <algorithm>

namespace linkspan::egress {
namespace {

constexpr std::size_t max_octets = 255;
constexpr unsigned max_pointers = 128;
constexpr std::uint8_t pointer_bits = 0xc0;

constexpr bool is_pointer(std::uint8_t length)
{
    return (length & pointer_bits) == pointer_bits;
}

constexpr std::uint8_t folded(std::uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte - 'A' + 'a') : byte;
}

} // namespace

bool DnsReader::spend()
{
    if (budget_ == 0)
        fail("has names that are too costly to follow");
    else
        --budget_;
    return !failed();
}

/// From a pointer at `way.at` to the label or end it leads to.
bool DnsReader::follow(Way& way)
{
    while (way.at < message_.size() && is_pointer(message_[way.at])) {
        if (!spend()) return false;
        if (way.at + 1 >= message_.size()) break;
        const auto target = static_cast<std::size_t>((message_[way.at] & ~pointer_bits) << 8 | message_[way.at + 1]);
        if (target >= way.run) return fail("has a pointer that does not lead backwards"), false;
        if (++way.pointers > max_pointers) return fail("has a name of too many pointers"), false;
        way.at = way.run = target;
    }
    if (way.at >= message_.size() || is_pointer(message_[way.at])) fail("ends within a name");
    return !failed();
}

std::span<const std::uint8_t> DnsReader::next(Way& way)
{
    if (failed() || !spend()) return {};
    if ((way.at >= message_.size() || is_pointer(message_[way.at])) && !follow(way)) return {};
    const std::size_t length = message_[way.at++];
    if (length == 0) return {};
    way.octets += length + 1;
    if (length > DnsName::max_label)
        fail("has a label of no known kind");
    else if (way.octets > max_octets)
        fail("has a name of more than 255 octets");
    else if (length > message_.size() - way.at)
        fail("ends within a name");
    if (failed()) return {};
    way.at += length;
    return message_.subspan(way.at - length, length);
}

NameAt DnsReader::name()
{
    Way way{position_, position_};
    if (failed() || !follow(way)) return {};
    const NameAt start{way.at};
    bool here = way.pointers == 0; // not yet led away
    if (!here) position_ += 2;
    if (!here && start.at == sound_) return start; // nearly all names of a message point to one followed already
    for (bool more = true; more;) {
        more = !next(way).empty();
        if (here && way.pointers != 0) {
            here = false;
            position_ += 2;
        }
        if (here) position_ = way.at;
    }
    if (failed()) return {};
    sound_ = start.at;
    return start;
}

bool DnsReader::same(NameAt a, NameAt b)
{
    if (a == b) return true;
    Way left{a.at, a.at};
    Way right{b.at, b.at};
    for (;;) {
        const auto x = next(left);
        const auto y = next(right);
        if (failed() || !std::ranges::equal(x, y, {}, folded, folded)) return false;
        if (x.empty()) return true;
    }
}

DnsName DnsReader::host(NameAt name)
{
    DnsName host;
    Way way{name.at, name.at};
    for (auto label = next(way); !label.empty(); label = next(way))
        if (!host.append(label)) return {};
    return failed() ? DnsName{} : host;
}

} // namespace linkspan::egress
