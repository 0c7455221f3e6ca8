#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace linkspan::ha {

/// Appends big-endian integers.
class WireWriter {
public:
    template <typename T>
    void put(T value)
    {
        for (std::size_t i = sizeof(T); i-- > 0;) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

private:
    std::vector<std::uint8_t> bytes_;
};

/// Reads them; beyond the end everything is 0, and `good()` says so.
class WireReader {
public:
    explicit WireReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    template <typename T>
    [[nodiscard]] T get()
    {
        if (bytes_.size() < sizeof(T)) {
            good_ = false;
            bytes_ = {};
            return 0;
        }
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i) value = value << 8 | bytes_[i];
        bytes_ = bytes_.subspan(sizeof(T));
        return static_cast<T>(value);
    }
    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }

private:
    std::span<const std::uint8_t> bytes_;
    bool good_ = true;
};

} // namespace linkspan::ha
