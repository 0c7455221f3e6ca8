#include "ha/replay.h"

#include <algorithm>

namespace linkspan::ha {

bool Replay::accept(std::uint64_t boot, std::uint64_t counter)
{
    auto found = std::ranges::find(windows_, boot, &Window::boot);
    if (found == windows_.end()) {
        if (windows_.size() == most_boots) windows_.erase(windows_.begin());
        found = windows_.insert(windows_.end(), {boot, 0, 0});
    }
    std::rotate(found, found + 1, windows_.end());
    auto& window = windows_.back();
    if (counter == 0) return false;
    if (counter > window.last) {
        const auto ahead = counter - window.last;
        window.seen = ahead < 64 ? window.seen << ahead | 1 : 1;
        window.last = counter;
        return true;
    }
    const auto behind = window.last - counter;
    if (behind >= 64 || (window.seen >> behind & 1) != 0) return false;
    window.seen |= std::uint64_t{1} << behind;
    return true;
}

} // namespace linkspan::ha
