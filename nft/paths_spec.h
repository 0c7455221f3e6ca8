#pragma once

#include "base/ids.h"
#include "base/path.h"

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace linkspan::nft {

/// The tunnels that have another one beside them, by what their packets are known by.
struct PathEnds {
    std::set<LinkName> links = {};
    std::set<Reqid> sas = {}; ///< of connections in policy mode, which have no link
    [[nodiscard]] bool empty() const { return links.empty() && sas.empty(); }
    bool operator==(const PathEnds&) const = default;
};

/// The table `inet linkspan_paths`: it keeps in mind by which of a connection's two tunnels the questions of a session come
/// in, and has the packets that answer it marked so (base/path.h) while their way is chosen. It is there only where a
/// connection has two tunnels.
struct Paths {
    std::map<Path, PathEnds> ends = {};
    [[nodiscard]] bool empty() const
    {
        for (const auto& [path, of_path] : ends)
            if (!of_path.empty()) return false;
        return true;
    }
    bool operator==(const Paths&) const = default;
};

/// That table as the kernel has it.
struct ObservedPaths {
    bool present = false;
    bool shaped = false;                 ///< chains and sets are what and where they should be, and nothing else is
    std::vector<std::string> rules = {}; ///< their comments, in order
    bool operator==(const ObservedPaths&) const = default;
};

} // namespace linkspan::nft
