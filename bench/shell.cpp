#include "bench/shell.h"

#include "base/fd.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace linkspan::bench {
namespace {

bool run_with_input(const std::vector<std::string>& command, int input)
{
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, arguments.front(), &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0) return false;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

bool run(const std::vector<std::string>& command)
{
    const Fd nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    return run_with_input(command, nothing.get());
}

bool run_batch(const std::string& lines)
{
    const Fd file{::memfd_create("batch", MFD_CLOEXEC)};
    if (!file) return false;
    for (std::size_t written = 0; written < lines.size();) {
        const auto n = ::write(file.get(), lines.data() + written, lines.size() - written);
        if (n < 0) return false;
        written += static_cast<std::size_t>(n);
    }
    ::lseek(file.get(), 0, SEEK_SET);
    return run_with_input({"ip", "-batch", "-"}, file.get());
}

} // namespace linkspan::bench
