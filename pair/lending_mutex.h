#pragma once

#include <pthread.h>

namespace linkspan::pair {

/// A mutex whose holder has, for as long, the haste of whoever waits for it (PTHREAD_PRIO_INHERIT). Else a real-time thread
/// would wait for one that is kept from its processor by everybody else.
class LendingMutex {
public:
    LendingMutex()
    {
        pthread_mutexattr_t lending;
        ::pthread_mutexattr_init(&lending);
        ::pthread_mutexattr_setprotocol(&lending, PTHREAD_PRIO_INHERIT);
        ::pthread_mutex_init(&mutex_, &lending);
        ::pthread_mutexattr_destroy(&lending);
    }
    ~LendingMutex() { ::pthread_mutex_destroy(&mutex_); }
    LendingMutex(const LendingMutex&) = delete;
    LendingMutex& operator=(const LendingMutex&) = delete;

    void lock() { ::pthread_mutex_lock(&mutex_); }
    void unlock() { ::pthread_mutex_unlock(&mutex_); }

private:
    pthread_mutex_t mutex_;
};

} // namespace linkspan::pair
