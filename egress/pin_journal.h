#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "egress/pins.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::egress {

/// "1764366000 10.1.0.10 192.0.2.7 www.example.com", a line for each pin that was made or put off: until when, in seconds
/// since the epoch, for whom, whereto, by which name.
[[nodiscard]] std::string pin_line(WallTime until, const IpAddress& client, const IpAddress& address,
                                   std::string_view name);
/// A line for each name of every pin that stands.
[[nodiscard]] std::string pin_lines(const Pins& pins, WallTime wall, Monotonic now);
[[nodiscard]] std::string pin_lines(const Pins::Standing& standing, WallTime wall, Monotonic now);
/// What still stands of these lines. A line that is damaged is passed over, as the last one is after a crash.
[[nodiscard]] std::vector<Pins::Standing> read_pin_lines(std::string_view text, WallTime wall, Monotonic now);

/// The file that names and addresses outlive an agent in. What is noted reaches the kernel with flush(), and so survives the
/// process, not a crash of the machine, which has taken the sets along anyway.
class PinJournal {
public:
    explicit PinJournal(std::filesystem::path file) : file_(std::move(file)) {}

    [[nodiscard]] Result<std::vector<Pins::Standing>> load(WallTime wall, Monotonic now) const;
    /// Begins the file anew with what stands.
    [[nodiscard]] Result<> rewrite(const Pins& pins, WallTime wall, Monotonic now);
    void note(std::string line) { waiting_ += line; }
    [[nodiscard]] Result<> flush();
    /// So much has been noted since it was begun that it should be begun anew.
    [[nodiscard]] bool is_long() const { return written_ > longest; }

private:
    static constexpr std::size_t longest = 32U << 20; ///< bytes
    std::filesystem::path file_;
    Fd fd_;
    std::string waiting_;
    std::size_t written_ = 0;
};

} // namespace linkspan::egress
