#include "pair/copies.h"

#include <algorithm>

namespace linkspan::pair {

void Copies::look(const ha::Replication& ours, const ha::Replication& theirs, bool comparable, Monotonic now)
{
    empty_ = theirs.sas == 0;
    if (!comparable || (ours.sas == 0 && empty_) || (ours.sas == theirs.sas && ours.spis == theirs.spis)) {
        differ_ = false;
        since_ = {};
        pause_ = resync_pause;
        return;
    }
    if (since_ == Monotonic{}) since_ = now;
    differ_ = now - since_ >= patience;
}

void Copies::resynced(Monotonic now)
{
    ++resyncs_;
    resync_after_ = now + pause_;
    pause_ = std::min<Monotonic::duration>(2 * pause_, longest_resync_pause);
}

} // namespace linkspan::pair
