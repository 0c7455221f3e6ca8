#pragma once

#include <linux/netlink.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace linkspan::netlink {

/// What travels in a message, its answer included. Secret bytes are wiped from our buffers once used.
enum class Content { Plain, Secret };

/// One netlink request under construction, in a buffer of its own that never grows. A part that does not fit is left
/// out and clears ok(), so a chain of puts is checked once, by whoever sends it. Reusable through reset().
/// Values are written as given: byte order is the codec's business.
class Message {
public:
    static constexpr std::size_t capacity = 4096; ///< bytes, header included

    Message() { reset(0, 0); }
    Message(std::uint16_t type, std::uint16_t flags, Content content = Content::Plain) : content_(content)
    {
        reset(type, flags);
    }
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;
    ~Message();

    /// Starts anew. `flags` are NLM_F_*; NLM_F_REQUEST is added, NLM_F_ACK and NLM_F_DUMP are the socket's to add.
    void reset(std::uint16_t type, std::uint16_t flags);

    /// The family's fixed header, zeroed (padding too). Once per message, before any attribute.
    template <typename T>
        requires std::is_trivially_copyable_v<T>
    T& body()
    {
        static_assert(sizeof(T) + sizeof(nlmsghdr) <= capacity && alignof(T) <= 8);
        return *static_cast<T*>(extend(sizeof(T)));
    }

    template <typename T>
        requires std::is_trivially_copyable_v<T>
    Message& pod(std::uint16_t type, const T& value)
    {
        return bytes(type, std::as_bytes(std::span{&value, 1}));
    }
    Message& bytes(std::uint16_t type, std::span<const std::byte> value);
    /// With the terminating NUL that the kernel wants of a string.
    Message& text(std::uint16_t type, std::string_view value);

    /// Puts what `fill(*this)` puts inside an attribute.
    template <std::invocable<Message&> Fill>
    Message& nest(std::uint16_t type, Fill&& fill)
    {
        nlattr* start = open_nest(type);
        fill(*this);
        close_nest(start);
        return *this;
    }

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] Content content() const { return content_; }
    [[nodiscard]] nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(buffer_.data()); }
    [[nodiscard]] const nlmsghdr& header() const { return *reinterpret_cast<const nlmsghdr*>(buffer_.data()); }
    [[nodiscard]] std::span<const std::byte> wire() const { return std::span{buffer_}.first(header().nlmsg_len); }

private:
    void* extend(std::size_t size);
    nlattr* open_nest(std::uint16_t type);
    void close_nest(nlattr* start);

    bool ok_ = true;
    Content content_ = Content::Plain;
    alignas(8) std::array<std::byte, capacity> buffer_; // uninitialised: reset() and the puts write what is sent
};

} // namespace linkspan::netlink
