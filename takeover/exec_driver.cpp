#include "takeover/exec_driver.h"

#include "takeover/exec_codec.h"
#include "takeover/line.h"

#include <array>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <utility>

namespace linkspan::takeover {
namespace {

/// What posix_spawn wants: pointers, and a null at the end.
std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

struct SpawnSettings {
    posix_spawnattr_t attributes{};
    posix_spawn_file_actions_t files{};

    /// A process group of its own, no signal blocked or ignored, and no descriptor but /dev/null and `output`.
    explicit SpawnSettings(int output)
    {
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_init(&files);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&files, output, 1);
        posix_spawn_file_actions_adddup2(&files, output, 2);
        posix_spawn_file_actions_addclosefrom_np(&files, 3);
    }
    ~SpawnSettings()
    {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&files);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
};

} // namespace

Result<std::unique_ptr<ExecDriver>> ExecDriver::open(ExecSpec spec, std::function<Monotonic()> now)
{
    auto readiness = Readiness::open();
    TRY(readiness);
    return std::unique_ptr<ExecDriver>{new ExecDriver(std::move(spec), std::move(now), std::move(*readiness))};
}

ExecDriver::~ExecDriver()
{
    if (pid_ < 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void ExecDriver::ask(const Request& request)
{
    put_in(Wanted{request});
    readiness_.set_alarm(now_()); // what is to be told is there: `process` hands it out
}

std::vector<Report> ExecDriver::process()
{
    (void)readiness_.poll();
    read_output();
    if (auto problem = reap()) {
        read_output(); // what it wrote last
        auto output = std::move(output_);
        close_run();
        put_in(RunEnded{std::move(*problem), std::move(output)});
    }
    put_in(AlarmRang{});
    readiness_.set_alarm(alarm_of(state_));
    return std::exchange(reports_, {});
}

void ExecDriver::put_in(const ExecEvent& event)
{
    auto step = exec_step(spec_, std::move(state_), event, now_());
    state_ = std::move(step.state);
    for (const auto& action : step.actions) std::visit([&](const auto& it) { carry_out(it); }, action);
}

void ExecDriver::carry_out(const StartRun& start)
{
    if (auto started = spawn(start); !started) put_in(RunEnded{started.error().what, {}});
}

void ExecDriver::carry_out(const EndRun& end)
{
    if (pid_ >= 0) ::kill(-pid_, end.by_force ? SIGKILL : SIGTERM);
}

Result<> ExecDriver::spawn(const StartRun& start)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return sys_error(errno, "make a pipe");
    Fd ours{ends[0]}, theirs{ends[1]};
    ::fcntl(theirs.get(), F_SETFL, 0); // a program need not know what EAGAIN is
    SpawnSettings settings{theirs.get()};
    auto arguments = arguments_of(spec_, start.request);
    auto environment = environment_of(spec_, start.request, start.attempt);
    pid_t pid = -1;
    if (const int problem = ::posix_spawn(&pid, spec_.command.c_str(), &settings.files, &settings.attributes,
                                          pointers_to(arguments).data(), pointers_to(environment).data()))
        return sys_error(problem, "run " + spec_.command);
    pid_ = pid;
    pipe_ = std::move(ours);
    output_.clear();
    process_ = Fd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))}; // glibc 2.36 declares its own for C only
    auto watched =
        process_ ? readiness_.watch(process_.get(), true, false) : sys_error(errno, "watch " + spec_.command);
    if (watched) watched = readiness_.watch(pipe_.get(), true, false);
    if (watched) return {};
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    close_run();
    return watched;
}

void ExecDriver::read_output()
{
    if (!pipe_) return;
    std::array<char, 4096> buffer{};
    // Bounded: who writes faster than this is read again at the next turn.
    for (int turn = 0; turn < 16; ++turn) {
        const auto size = ::read(pipe_.get(), buffer.data(), buffer.size());
        if (size < 0) return;
        if (size == 0) {
            readiness_.forget(pipe_.get());
            pipe_ = Fd{};
            return;
        }
        output_.append(buffer.data(), static_cast<std::size_t>(size));
        if (output_.size() > most_output) output_.erase(0, output_.size() - most_output);
    }
}

std::optional<std::string> ExecDriver::reap()
{
    if (pid_ < 0) return {};
    siginfo_t info{};
    if (::waitid(P_PIDFD, static_cast<id_t>(process_.get()), &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return errno == ECHILD ? std::optional{std::string{"was waited for by somebody else"}} : std::nullopt;
    if (info.si_pid == 0) return {};
    ::kill(-pid_, SIGKILL); // before it is reaped: until then nobody else can have its number
    ::waitpid(pid_, nullptr, 0);
    if (info.si_code == CLD_EXITED)
        return info.si_status == 0 ? "" : "exited with status " + std::to_string(info.si_status);
    return "was killed by signal " + std::to_string(info.si_status);
}

void ExecDriver::close_run()
{
    if (process_) readiness_.forget(process_.get());
    if (pipe_) readiness_.forget(pipe_.get());
    process_ = Fd{};
    pipe_ = Fd{};
    pid_ = -1;
    output_.clear();
}

} // namespace linkspan::takeover
