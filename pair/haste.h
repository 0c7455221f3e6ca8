#pragma once

#include <cstdint>

namespace linkspan::pair {

/// Who goes before whom where several threads want a processor.
enum class Haste : std::uint8_t {
    Process, ///< as the process
    Ahead,   ///< a nice value of -10
    First    ///< real-time, and so awake within tens of microseconds, where a nice value waits for its turn
};

/// Of the calling thread alone. What is not permitted is left: First is Ahead then, and Ahead nothing. Threads and programs
/// that a First one starts are as the process would have them; those of an Ahead one are Ahead.
void hurry(Haste haste);

} // namespace linkspan::pair
