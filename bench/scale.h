#pragma once

#include "agent/kernel_world.h"
#include "agent/reconciler.h"
#include "bench/daemon.h"
#include "bench/samples.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace linkspan::bench {

struct ScaleOptions {
    std::size_t connections = 10'000;
    int repetitions = 5; ///< of what starts with an empty kernel
    int looks = 3;       ///< of the rest, in each repetition
    int parses = 3;      ///< of the file, in each repetition; 0: the parser is not measured
    std::filesystem::path linkspand = {};
};

struct ScaleFigures {
    Samples by_ip, cold;                ///< seconds
    Samples bare, unchanged;            ///< seconds
    Samples reload_same, reload_edited; ///< seconds
    Samples parse, python;              ///< seconds
    DaemonMemory memory = {};
    std::size_t file_size = 0; ///< bytes
    std::size_t objects = 0;   ///< that the kernel holds, as a dump counts them
    std::size_t steps = 0;     ///< of the cold reconciliation
    bool real_links = false;   ///< the kernel has XFRM interfaces
};

/// A directory of its own for the files, gone at the end.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }
    void write(const char* name, const std::string& text) const;

private:
    std::filesystem::path path_;
};

/// Takes all figures, in a network namespace of its own. Whatever does not work ends the program with a message: figures
/// of a kernel that does not match would mean nothing.
class Scale {
public:
    explicit Scale(ScaleOptions options);
    [[nodiscard]] ScaleFigures measure();

private:
    void prepare_batch();
    void sweep() const;
    void load(agent::Reconciler& reconciler, const char* file) const;
    enum class Clock { Wall, Processor };
    void take(Samples& samples, Clock clock, std::string_view what, const std::function<void()>& work) const;
    void measure_ip();
    void measure_agent();
    void measure_looks(agent::Reconciler& reconciler);
    void measure_reloads(agent::Reconciler& reconciler);
    void measure_parser();
    void measure_memory();

    ScaleOptions options_;
    Scratch scratch_;
    std::optional<agent::KernelWorld> kernel_;
    std::string batch_; ///< for `ip -batch`
    ScaleFigures figures_;
};

} // namespace linkspan::bench
