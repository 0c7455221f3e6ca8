#include "bus/socket.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace linkspan::bus {
namespace {

class BusSocket : public ::testing::Test {
protected:
    BusSocket()
    {
        char name[] = "/tmp/linkspan-socket-XXXXXX";
        directory = ::mkdtemp(name);
        path = directory / "run" / "private";
    }
    ~BusSocket() override { std::filesystem::remove_all(directory); }

    [[nodiscard]] Fd connect() const
    {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        path.copy(address.sun_path, path.size());
        Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
        return fd;
    }

    std::filesystem::path directory = {};
    std::string path = {};
};

TEST_F(BusSocket, IsForItsOwnerOnly)
{
    const mode_t before = ::umask(0);
    const auto listening = listen_private(path);
    ::umask(before);
    ASSERT_TRUE(listening) << listening.error().what;
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    ASSERT_EQ(::stat((directory / "run").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0755U);
}

TEST_F(BusSocket, TheOwnerIsLetIn)
{
    const auto listening = listen_private(path);
    ASSERT_TRUE(listening);
    const Fd client = connect();
    const auto peer = accept_peer(listening->get());
    ASSERT_TRUE(peer) << peer.error().what;
    const auto nobody = accept_peer(listening->get());
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().kind, Kind::Busy);
}

TEST_F(BusSocket, ADeadAgentsSocketIsReplaced)
{
    {
        const auto dead = listen_private(path);
        ASSERT_TRUE(dead);
    }
    ASSERT_TRUE(std::filesystem::exists(path));
    const auto listening = listen_private(path);
    ASSERT_TRUE(listening) << listening.error().what;
    const Fd client = connect();
    EXPECT_TRUE(accept_peer(listening->get()));
}

TEST_F(BusSocket, ALivingAgentIsNotDisturbed)
{
    const auto living = listen_private(path);
    ASSERT_TRUE(living);
    const auto second = listen_private(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, Kind::Exists);
    EXPECT_EQ(second.error().what, "another linkspand answers on " + path);
    const Fd client = connect();
}

TEST_F(BusSocket, AForeignFileIsNotRemoved)
{
    std::filesystem::create_directory(directory / "run");
    std::ofstream(path) << "precious";
    const auto listening = listen_private(path);
    ASSERT_FALSE(listening);
    EXPECT_EQ(listening.error().kind, Kind::Exists);
    EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST_F(BusSocket, APathThatIsTooLongIsSaidToBe)
{
    const auto listening = listen_private(directory / std::string(120, 'x'));
    ASSERT_FALSE(listening);
    EXPECT_EQ(listening.error().kind, Kind::Config);
}

} // namespace
} // namespace linkspan::bus
