#pragma once

#include <cstddef>
#include <optional>

namespace linkspan::bench {

/// What any look at the kernel costs at least: the same tables that linkspan reads, dumped by the same requests into a
/// buffer and thrown away. Answers how many objects there were; nothing where a dump failed.
class BareDump {
public:
    BareDump();
    ~BareDump();
    BareDump(const BareDump&) = delete;
    BareDump& operator=(const BareDump&) = delete;

    [[nodiscard]] std::optional<std::size_t> read_all();

private:
    int rtnl_ = -1;
    int xfrm_ = -1;
};

} // namespace linkspan::bench
