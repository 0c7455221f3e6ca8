#include "pair/copies.h"

namespace linkspan::pair {

void Copies::look(const ha::Replication& ours, const ha::Replication& theirs, bool comparable, Monotonic now)
{
    if (!comparable || (ours.sas == theirs.sas && ours.spis == theirs.spis)) {
        differ_ = false;
        since_ = {};
        return;
    }
    if (since_ == Monotonic{}) since_ = now;
    differ_ = now - since_ >= patience;
}

} // namespace linkspan::pair
