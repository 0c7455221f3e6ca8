#include "pair/pin_box.h"

#include <algorithm>

namespace linkspan::pair {

void PinBox::want(bool wanted)
{
    const std::lock_guard lock{mutex_};
    if (wanted_ == wanted) return;
    wanted_ = wanted;
    told_ = false;
    text_.clear();
    taken_ = 0;
}

bool PinBox::wants_all(Monotonic now)
{
    const std::lock_guard lock{mutex_};
    if (!wanted_ || (told_ && now - all_ < round)) return false;
    told_ = true;
    all_ = now;
    return true;
}

void PinBox::add(std::string_view lines)
{
    {
        const std::lock_guard lock{mutex_};
        if (!wanted_ || lines.empty()) return;
        if (text_.size() - taken_ + lines.size() > most) {
            left_out_ += lines.size();
            return;
        }
        text_ += lines;
    }
    bell_.ring();
}

std::string PinBox::take(std::size_t bytes)
{
    bell_.silence();
    const std::lock_guard lock{mutex_};
    const auto rest = std::string_view{text_}.substr(taken_);
    const auto end = rest.size() <= bytes ? rest.size() : rest.substr(0, bytes).rfind('\n') + 1; // 0: none is so short
    std::string lines{rest.substr(0, end)};
    taken_ += end;
    if (taken_ * 2 > text_.size()) {
        text_.erase(0, taken_);
        taken_ = 0;
    }
    return lines;
}

std::size_t PinBox::waiting() const
{
    const std::lock_guard lock{mutex_};
    return text_.size() - taken_;
}

std::uint64_t PinBox::left_out() const
{
    const std::lock_guard lock{mutex_};
    return left_out_;
}

} // namespace linkspan::pair
