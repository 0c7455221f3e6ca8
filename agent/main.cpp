#include "agent/app.h"
#include "agent/heap.h"

#include <cstdio>
#include <sys/prctl.h>

using namespace linkspan;

namespace {

int fail(const Error& error)
{
    std::fprintf(stderr, "linkspand: %s\n", error.what.c_str());
    return 1;
}

int serve(const agent::Options& options)
{
    auto loop = service::Loop::open();
    if (!loop) return fail(loop.error());
    auto world = agent::KernelWorld::open({});
    if (!world) return fail(world.error());
    world->keep_counters(options.state / "sequence-numbers");
    agent::App app{options, *loop, std::move(*world), real_clock()};
    if (options.oneshot) return app.once();
    if (const auto started = app.start(); !started) return fail(started.error());
    const auto status = loop->run();
    return status ? *status : fail(status.error());
}

} // namespace

int main(int argc, char** argv)
{
    ::prctl(PR_SET_DUMPABLE, 0); // secrets live in this process: no core, no ptrace by others
    agent::return_large_blocks();
    const auto options = agent::parse_options({argv, static_cast<std::size_t>(argc)});
    if (!options) return fail(options.error());
    if (options->help || options->version) {
        std::fputs(options->help ? agent::usage().c_str() : "linkspand " LINKSPAN_VERSION "\n", stdout);
        return 0;
    }
    return serve(*options);
}
