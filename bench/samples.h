#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace linkspan::bench {

using Seconds = std::chrono::duration<double>;

/// One figure, measured several times.
struct Samples {
    std::vector<double> values = {};

    void add(double value) { values.push_back(value); }
    [[nodiscard]] double median() const; ///< 0 where there is none
};

[[nodiscard]] double time_of(const std::function<void()>& work); ///< seconds
/// Seconds that this process ran, the kernel's work for it included: what else the machine does is not in them. For work
/// that waits for nothing and starts no other process.
[[nodiscard]] double processor_time_of(const std::function<void()>& work);

/// One line of the table: a figure, and what it is measured against.
struct Row {
    std::string what = {};
    std::string figure = {};
    std::string beside = {};
    std::string ratio = {};
    std::string bound = {};
    bool held = true;
};

[[nodiscard]] std::string duration_text(double seconds);
[[nodiscard]] std::string ratio_text(double ratio);
void print(const std::vector<Row>& rows);

} // namespace linkspan::bench
