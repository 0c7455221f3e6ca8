#pragma once

#include "base/error.h"
#include "xfrm/static_state.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace linkspan::agent {

/// The sequence numbers that static keys may have used, in a file that outlives the machine's run: a number must not come
/// twice under one key. What is kept for an outbound SA is ahead of what it uses, so the file is written once in a while, and
/// a crash at any moment wastes numbers and repeats none, unless an SA sends more than `reserve_ahead` packets unseen.
class CounterFile {
public:
    CounterFile() = default; ///< keeps nothing beyond this process
    explicit CounterFile(std::filesystem::path path);

    [[nodiscard]] const xfrm::KnownCounters& known() const { return known_; }
    /// Before `spec` is installed.
    [[nodiscard]] Result<> reserve(const xfrm::StateSpec& spec);
    /// After the SAs were read.
    [[nodiscard]] Result<> note(std::span<const xfrm::ObservedState> states);

private:
    [[nodiscard]] Result<> write() const;

    std::filesystem::path path_;
    xfrm::KnownCounters known_;
};

/// So many packets an SA may send between two looks at it (30 s) for sure: 560,000 a second. So many numbers, of the 4
/// billion there are without `esn`, a restart of the machine costs.
inline constexpr std::uint64_t reserve_ahead = 1 << 24;

/// A line for each SA: "198.51.100.7 c0de0001 16777216 0". What cannot be read is nothing.
[[nodiscard]] std::string text_of(const xfrm::KnownCounters& counters);
[[nodiscard]] xfrm::KnownCounters counters_of(std::string_view text);

} // namespace linkspan::agent
