#include "agent/heap.h"
#include "bench/scale.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <charconv>
#include <string_view>

using namespace linkspan;
using namespace linkspan::bench;

namespace {

constexpr double cold_bound = 1.5;        // x ip -batch
constexpr double unchanged_bound = 4;     // x the bare dumps
constexpr double edited_bound = 1.1;      // x the reload of an unchanged file ...
constexpr double edited_allowance = 0.01; // ... and this many seconds
constexpr double parse_bound = 1;         // s
constexpr double memory_bound = 100;      // MB

Row compared(std::string what, const Samples& ours, const Samples& theirs, const char* by, double bound)
{
    const double ratio = ours.median() / theirs.median();
    return {std::move(what),   duration_text(ours.median()),  duration_text(theirs.median()) + " " + by,
            ratio_text(ratio), fmt::format("<= {} x", bound), ratio <= bound};
}

Row edited_row(const ScaleFigures& f)
{
    auto row = compared("one connection changed, reload to verified", f.reload_edited, f.reload_same,
                        "reload of an unchanged file", edited_bound);
    row.bound += " + 10 ms";
    row.held = f.reload_edited.median() <= edited_bound * f.reload_same.median() + edited_allowance;
    return row;
}

Row parse_row(const ScaleFigures& f)
{
    auto row = compared("the file parsed and validated", f.parse, f.python, "Python's tomllib, parsing alone", 0);
    row.bound = "<= 1 s";
    row.held = f.parse.median() <= parse_bound;
    return row;
}

Row memory_row(const ScaleFigures& f)
{
    const auto megabytes = [](std::size_t bytes) { return static_cast<double>(bytes) / 1e6; };
    return {
        f.real_links ? "memory of linkspand (RSS)" : "memory of linkspand (RSS), every link refused",
        fmt::format("{:.1f} MB", megabytes(f.memory.resident)),
        fmt::format("{:.1f} MB at its peak; the file has {:.1f} MB", megabytes(f.memory.peak), megabytes(f.file_size)),
        "",
        "<= 100 MB",
        megabytes(f.memory.resident) <= memory_bound};
}

void report(const ScaleOptions& options, const ScaleFigures& f)
{
    utsname kernel{};
    ::uname(&kernel);
    fmt::print("Linux {}: {} connections, {} steps from nothing, {} objects in the kernel; medians of {} runs from "
               "nothing, {} looks, {} reloads\n",
               kernel.release, options.connections, f.steps, f.objects, f.cold.values.size(), f.bare.values.size(),
               f.reload_same.values.size());
    if (!f.real_links)
        fmt::print(
            "missing: XFRM interfaces in the kernel. ifb links stand in for them and are not measured; all else is\n");
    std::vector rows{compared("cold: plan and apply", f.cold, f.by_ip, "ip -batch, the same objects", cold_bound),
                     compared("nothing changed, 0 writes", f.unchanged, f.bare, "bare dumps", unchanged_bound),
                     edited_row(f), memory_row(f)};
    if (options.parses > 0) rows.push_back(parse_row(f));
    print(rows);
}

template <typename T>
bool number(std::string_view text, T& into)
{
    return std::from_chars(text.data(), text.data() + text.size(), into).ptr == text.data() + text.size();
}

bool read_options(int argc, char** argv, ScaleOptions& options)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const bool good = name == "--connections"   ? number(argv[i + 1], options.connections)
                          : name == "--repetitions" ? number(argv[i + 1], options.repetitions)
                          : name == "--looks"       ? number(argv[i + 1], options.looks)
                          : name == "--parses"      ? number(argv[i + 1], options.parses)
                          : name == "--linkspand"   ? (options.linkspand = argv[i + 1], true)
                                                    : false;
        if (!good) return false;
    }
    return argc % 2 == 1 && !options.linkspand.empty();
}

} // namespace

int main(int argc, char** argv)
{
    ScaleOptions options;
    if (!read_options(argc, argv, options)) {
        fmt::print(stderr, "usage: scale_bench --linkspand PROGRAM [--connections N] [--repetitions N] [--looks N] "
                           "[--parses N]\n");
        return 2;
    }
    agent::return_large_blocks(); // as linkspand does
    report(options, Scale{options}.measure());
}
