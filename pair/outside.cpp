#include "pair/outside.h"

#include "takeover/exec_driver.h"

#include <utility>

namespace linkspan::pair {
namespace {

template <typename... F>
struct Overloaded : F... {
    using F::operator()...;
};

using Driver = std::unique_ptr<takeover::Driver>;

Result<Driver> driver_of(const OutsideSpec& spec, const Clock& clock)
{
    return std::visit(Overloaded{
                          [](const std::monostate&) -> Result<Driver> { return {}; },
                          [&](const takeover::ExecSpec& exec) -> Result<Driver> {
                              return takeover::ExecDriver::open(exec, clock.now);
                          },
                      },
                      spec.mover);
}

} // namespace

Result<std::unique_ptr<Outside>> Outside::open(const OutsideSpec& spec, service::Loop& loop, const Clock& clock,
                                               Listener listener)
{
    std::unique_ptr<Outside> outside{new Outside{std::move(listener)}};
    auto driver = driver_of(spec, clock);
    TRY(driver);
    if (!*driver) return outside;
    const auto descriptor = (*driver)->descriptor();
    auto mover = Mover::start({descriptor, [driver = std::move(*driver)](std::optional<takeover::Request> request) {
                                   if (request) driver->ask(*request);
                                   return driver->process();
                               }});
    TRY(mover);
    outside->mover_ = std::move(*mover);
    auto moved = loop.on_readable(outside->mover_->descriptor(), [self = outside.get()] {
        for (const auto& report : self->mover_->take()) self->listener_.moved(report);
    });
    TRY(moved);
    outside->moved_ = std::move(*moved);
    return outside;
}

} // namespace linkspan::pair
