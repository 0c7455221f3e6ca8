#pragma once

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace linkspan::netlink {

class Attributes;

/// One attribute of a received message. Its payload is a view into the receive buffer; its length is the sender's
/// word, already checked to lie within the message.
struct Attribute {
    std::uint16_t type = 0; ///< without NLA_F_NESTED and NLA_F_NET_BYTEORDER
    std::span<const std::byte> payload = {};

    /// The first sizeof(T) bytes as a T, as they are; nothing where the payload is shorter.
    template <typename T>
        requires std::is_trivially_copyable_v<T>
    [[nodiscard]] std::optional<T> get() const
    {
        if (payload.size() < sizeof(T)) return std::nullopt;
        T value;
        std::memcpy(&value, payload.data(), sizeof(T));
        return value;
    }
    /// Up to the first NUL or the end.
    [[nodiscard]] std::string_view text() const;
    [[nodiscard]] Attributes nested() const;
};

/// Walks attributes of untrusted length: stops at the first that does not fit, never reads beyond the span.
/// The span starts on a 4-byte boundary, as everything in a netlink message does.
class Attributes {
public:
    class Iterator {
    public:
        using value_type = Attribute;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        explicit Iterator(std::span<const std::byte> rest) : rest_(rest) { settle(); }
        Attribute operator*() const;
        Iterator& operator++();
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return rest_.empty(); }

    private:
        void settle(); ///< empties `rest_` unless it starts with a whole attribute
        std::span<const std::byte> rest_ = {};
    };

    Attributes() = default;
    explicit Attributes(std::span<const std::byte> bytes) : bytes_(bytes) {}
    [[nodiscard]] Iterator begin() const { return Iterator{bytes_}; }
    [[nodiscard]] std::default_sentinel_t end() const { return {}; }

private:
    std::span<const std::byte> bytes_ = {};
};

/// Everything behind the netlink header; empty where nlmsg_len is shorter than that.
[[nodiscard]] std::span<const std::byte> payload_of(const nlmsghdr& message);

/// The family's fixed header, copied (a message is only 4-byte aligned); nothing where the message is shorter.
template <typename T>
[[nodiscard]] std::optional<T> body_of(const nlmsghdr& message)
{
    return Attribute{0, payload_of(message)}.get<T>();
}

/// The attributes behind a fixed header of `body_size` bytes.
[[nodiscard]] Attributes attributes_of(const nlmsghdr& message, std::size_t body_size);

} // namespace linkspan::netlink
