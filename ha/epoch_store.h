#pragma once

#include "base/error.h"
#include "ha/role.h"

#include <string>

namespace linkspan::ha {

/// The highest epoch of this gateway, over crashes of agent and machine: one file, "epoch" in the state directory.
/// Written beside and renamed over, with fsync of the file before and of the directory after, so a crash leaves the old
/// one or the new one.
class EpochStore {
public:
    explicit EpochStore(std::string directory) : directory_(std::move(directory)) {}

    /// 0 where there is no file. A file that cannot be read or is damaged is an error: whoever guesses here may claim an
    /// epoch twice.
    [[nodiscard]] Result<Epoch> load() const;
    /// Afterwards the disk has this or a higher one.
    [[nodiscard]] Result<> raise(Epoch epoch) const;

private:
    std::string directory_;
};

} // namespace linkspan::ha
