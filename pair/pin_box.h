#pragma once

#include "base/clock.h"
#include "pair/bell.h"
#include "pair/lending_mutex.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace linkspan::pair {

/// Lines of pins on their way from one thread to another, which is never waited for. Empty where nobody wants them, and never
/// larger than `most`: what does not fit is left out, and comes again with all others.
class PinBox {
public:
    static constexpr std::size_t most = 16U << 20; ///< bytes
    /// Whoever makes pins tells of all of them anew so often: what was told once may be lost.
    static constexpr std::chrono::seconds round{30};

    /// Readable while there are lines.
    [[nodiscard]] int descriptor() const { return bell_.descriptor(); }
    [[nodiscard]] explicit operator bool() const { return static_cast<bool>(bell_); }

    /// From whoever takes them.
    void want(bool wanted);
    /// Whole ones, of at most so many bytes together.
    [[nodiscard]] std::string take(std::size_t bytes);
    /// They can wait: rings no more until something is added.
    void rest() const { bell_.silence(); }

    /// From whoever has them: true where it is time to add all there are. Whoever begins to want them gets all at once.
    [[nodiscard]] bool wants_all(Monotonic now);
    void add(std::string_view lines);

    [[nodiscard]] std::size_t waiting() const;    ///< bytes
    [[nodiscard]] std::uint64_t left_out() const; ///< bytes, since the start

private:
    Bell bell_;
    mutable LendingMutex mutex_; ///< of what is below
    bool wanted_ = false;
    bool told_ = false; ///< of all of them, since they are wanted
    Monotonic all_ = {};
    std::string text_;
    std::size_t taken_ = 0; ///< of its beginning
    std::uint64_t left_out_ = 0;
};

/// Between who knows of pins and the pair's thread, whichever of the two lives longer.
struct PinBoxes {
    std::shared_ptr<PinBox> ours = std::make_shared<PinBox>();   ///< to the other gateway
    std::shared_ptr<PinBox> theirs = std::make_shared<PinBox>(); ///< from it
};

} // namespace linkspan::pair
