#include "bench/samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace linkspan::bench {

double Samples::median() const
{
    if (values.empty()) return 0;
    auto sorted = values;
    std::ranges::sort(sorted);
    const auto middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double time_of(const std::function<void()>& work)
{
    const auto began = std::chrono::steady_clock::now();
    work();
    return Seconds{std::chrono::steady_clock::now() - began}.count();
}

double processor_time_of(const std::function<void()>& work)
{
    const auto now = [] {
        timespec time{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
    };
    const auto begin = now();
    work();
    return now() - begin;
}

std::string duration_text(double seconds)
{
    return seconds < 1 ? fmt::format("{:.1f} ms", seconds * 1000) : fmt::format("{:.2f} s", seconds);
}

std::string ratio_text(double ratio)
{
    return fmt::format("{:.2f} x", ratio);
}

void print(const std::vector<Row>& rows)
{
    const Row head{"work", "linkspan", "beside", "ratio", "bound"};
    std::array<std::size_t, 5> widths{};
    const auto cells = [](const Row& row) {
        return std::array<const std::string*, 5>{&row.what, &row.figure, &row.beside, &row.ratio, &row.bound};
    };
    const auto measure = [&](const Row& row) {
        for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], cells(row)[i]->size());
    };
    measure(head);
    std::ranges::for_each(rows, measure);
    const auto line = [&](const Row& row, const char* mark) {
        for (std::size_t i = 0; i < widths.size(); ++i) fmt::print("{:<{}}  ", *cells(row)[i], widths[i]);
        fmt::print("{}\n", mark);
    };
    line(head, "");
    for (const auto& row : rows) line(row, row.bound.empty() ? "" : row.held ? "pass" : "OVER");
}

} // namespace linkspan::bench
