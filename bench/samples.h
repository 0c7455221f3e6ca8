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
