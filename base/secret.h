#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace linkspan {

/// Bytes that must not be seen: wiped when freed or moved from, without formatter, stream operator or comparison
/// with text, so they cannot reach a log, a reply or a plan by accident. Copying is explicit (`copy()`).
/// The bytes live in one allocation that never grows, so no stale copy is left behind by a reallocation.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view bytes) : size_(bytes.size()), bytes_(std::make_unique<char[]>(bytes.size()))
    {
        std::memcpy(bytes_.get(), bytes.data(), size_);
    }
    Secret(Secret&& other) noexcept : size_(std::exchange(other.size_, 0)), bytes_(std::move(other.bytes_)) {}
    Secret& operator=(Secret&& other) noexcept
    {
        std::swap(size_, other.size_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~Secret() { wipe({bytes_.get(), size_}); }

    [[nodiscard]] Secret copy() const { return Secret{reveal()}; }
    /// The bytes themselves, for the codec that sends them. The view dies with the Secret.
    [[nodiscard]] std::string_view reveal() const { return {bytes_.get(), size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] bool same_as(const Secret& other) const { return reveal() == other.reveal(); }

    /// Overwrites memory in a way the compiler may not remove; also for buffers a secret passed through.
    static void wipe(std::span<char> bytes) noexcept
    {
        if (bytes.data() != nullptr) ::explicit_bzero(bytes.data(), bytes.size());
    }

private:
    std::size_t size_ = 0;
    std::unique_ptr<char[]> bytes_;
};

} // namespace linkspan
