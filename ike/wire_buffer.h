#pragma once

#include "base/secret.h"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace linkspan::ike {

/// The bytes of one outgoing packet. A pre-shared key may be among them, so the buffer is allocated once at its final
/// size (growing would leave copies behind) and is wiped when it dies.
class WireBuffer {
public:
    explicit WireBuffer(std::size_t size) : size_(size), bytes_(std::make_unique<char[]>(size)) {}
    WireBuffer(WireBuffer&& other) noexcept : size_(std::exchange(other.size_, 0)), bytes_(std::move(other.bytes_)) {}
    WireBuffer& operator=(WireBuffer&&) = delete;
    ~WireBuffer() { Secret::wipe(bytes()); }

    [[nodiscard]] std::span<char> bytes() { return {bytes_.get(), size_}; }
    [[nodiscard]] std::span<const char> bytes() const { return {bytes_.get(), size_}; }

private:
    std::size_t size_ = 0;
    std::unique_ptr<char[]> bytes_;
};

} // namespace linkspan::ike
