#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "pair/haste.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace linkspan::pair {

/// Something that is done outside of this machine, on a thread of its own: who asks for it never waits, be it for a process
/// to start or for the sums of TLS. One order is kept, the newest: it takes the place of one that was not begun.
template <typename Order, typename Answer>
class Aside {
public:
    struct Work {
        int descriptor = -1; ///< readable while there is something to do
        /// Takes an order where there is one, does what is due, and says what became of earlier ones. Never waits for long.
        /// Called and destroyed on the thread alone.
        std::move_only_function<std::vector<Answer>(std::optional<Order>)> turn = {};
        /// Somebody's tenure waits for it. Else it is as the process: the pair's haste is not for programs, which inherit it.
        bool urgent = false;
    };

    [[nodiscard]] static Result<std::unique_ptr<Aside>> start(Work work)
    {
        std::unique_ptr<Aside> aside{new Aside};
        if (!aside->orders_ || !aside->news_) return sys_error(errno, "start a thread for what is outside");
        aside->thread_ = std::thread{[self = aside.get(), work = std::move(work)]() mutable {
            self->run(work);
            work = {};
        }};
        return aside;
    }
    /// What is under way ends.
    ~Aside()
    {
        if (!thread_.joinable()) return;
        {
            const std::lock_guard lock{mutex_};
            ending_ = true;
        }
        ring(orders_);
        thread_.join();
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

    /// Readable while there are answers.
    [[nodiscard]] int descriptor() const { return news_.get(); }
    void ask(Order order)
    {
        {
            const std::lock_guard lock{mutex_};
            order_ = std::move(order);
        }
        ring(orders_);
    }
    [[nodiscard]] std::vector<Answer> take()
    {
        silence(news_);
        const std::lock_guard lock{mutex_};
        return std::exchange(answers_, {});
    }

private:
    Aside() : orders_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), news_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    static void ring(const Fd& fd)
    {
        const std::uint64_t one = 1;
        (void)!::write(fd.get(), &one, sizeof one); // full means that it rings already
    }
    static void silence(const Fd& fd)
    {
        std::uint64_t count = 0;
        (void)!::read(fd.get(), &count, sizeof count);
    }

    void run(Work& work)
    {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, nullptr); // signals are the agent's
        hurry(work.urgent ? Haste::Ahead : Haste::Process);
        for (;;) {
            silence(orders_);
            std::optional<Order> order;
            {
                const std::lock_guard lock{mutex_};
                if (ending_) return;
                order = std::exchange(order_, std::nullopt);
            }
            tell(work.turn(std::move(order)));
            pollfd ready[] = {{orders_.get(), POLLIN, 0}, {work.descriptor, POLLIN, 0}};
            (void)::poll(ready, std::size(ready), -1);
        }
    }
    void tell(std::vector<Answer> answers)
    {
        if (answers.empty()) return;
        {
            const std::lock_guard lock{mutex_};
            std::move(answers.begin(), answers.end(), std::back_inserter(answers_));
        }
        ring(news_);
    }

    Fd orders_; ///< eventfd: there is an order, or it shall end
    Fd news_;   ///< eventfd: there are answers
    std::mutex mutex_;
    std::optional<Order> order_;  ///< guarded by mutex_
    std::vector<Answer> answers_; ///< guarded by mutex_
    bool ending_ = false;         ///< guarded by mutex_
    std::thread thread_;
};

} // namespace linkspan::pair
