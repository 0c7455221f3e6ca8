#pragma once

#include <sched.h>

#include <cerrno>
#include <string>

namespace linkspan::test {

/// Moves this thread into a network namespace of its own, which ends with it. Answers the capability that is missing
/// for that, or "".
[[nodiscard]] inline std::string enter_own_namespace()
{
    if (::unshare(CLONE_NEWNET) == 0) return {};
    return errno == EPERM ? "CAP_SYS_ADMIN, to make a network namespace" : "network namespaces in the kernel";
}

} // namespace linkspan::test
