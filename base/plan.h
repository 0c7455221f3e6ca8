#pragma once

#include "base/ids.h"

#include <optional>
#include <string>
#include <vector>

namespace linkspan {

enum class Verb {
    Create,
    Update,  ///< change in place: the object never ceases to exist
    Replace, ///< delete and create again: the kernel cannot change what differs
    Delete,
};

/// One step: make `spec` so. `before` is what was observed, for Update, Replace and the text of a plan.
/// For Delete, `spec` is what was observed.
template <typename Spec>
struct Op {
    Verb verb = Verb::Create;
    Spec spec = {};
    std::optional<Spec> before = {};
    bool operator==(const Op&) const = default;
};

/// An object of somebody else that stands where ours should be. It is reported and never touched.
struct Conflict {
    ConnectionName connection = {};
    std::string object = {}; ///< what we want there: "link ls-azure"
    std::string holder = {}; ///< what stands there: "a dummy link that linkspan did not make"
    bool operator==(const Conflict&) const = default;
};

/// What a room's pure `plan(want, have)` answers.
template <typename Spec>
struct Plan {
    std::vector<Op<Spec>> ops = {};
    std::vector<Conflict> conflicts = {};
    bool operator==(const Plan&) const = default;
};

} // namespace linkspan
