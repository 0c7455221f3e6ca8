#include "pair/haste.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace linkspan::pair {
namespace {

/// On Linux a nice value is a thread's.
void be_nice(int value)
{
    (void)::setpriority(PRIO_PROCESS, 0, value);
}

/// The lowest real-time priority (sched(7)): before whatever is not real-time, and behind the kernel's own threads that are.
bool be_real_time()
{
    const sched_param lowest{.sched_priority = 1};
    return ::sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0;
}

} // namespace

void hurry(Haste haste)
{
    constexpr int ahead = -10;
    switch (haste) {
    case Haste::Process: return be_nice(::getpriority(PRIO_PROCESS, static_cast<id_t>(::getpid())));
    case Haste::First:
        if (be_real_time()) return;
        [[fallthrough]];
    case Haste::Ahead: return be_nice(ahead);
    }
}

} // namespace linkspan::pair
