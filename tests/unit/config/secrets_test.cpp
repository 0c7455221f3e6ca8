#include "config/secrets.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace linkspan::config {
namespace {

namespace fs = std::filesystem;

class Secrets : public testing::Test {
protected:
    void SetUp() override { ASSERT_NE(::mkdtemp(directory_.data()), nullptr); }
    void TearDown() override { fs::remove_all(directory_); }

    std::string write(const std::string& name, std::string_view content, ::mode_t mode = 0600)
    {
        const auto path = directory_ + "/" + name;
        std::ofstream{path} << content;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }
    static SecretSource file(const std::string& path) { return {SecretSource::Kind::File, path, {}}; }
    static SecretSource credential(const std::string& name) { return {SecretSource::Kind::Credential, name, {}}; }
    static std::string refusal(const SecretSource& source, const std::string& credentials = "")
    {
        const auto secret = read_secret(source, credentials);
        return secret ? "" : secret.error().what;
    }

    std::string directory_ = fs::temp_directory_path() / "linkspan-secrets-XXXXXX";
};

TEST_F(Secrets, ReadsAFileWithoutItsLineEnd)
{
    EXPECT_EQ(read_secret(file(write("a", "hunter2\n")), "")->reveal(), "hunter2");
    EXPECT_EQ(read_secret(file(write("b", "hunter2\r\n")), "")->reveal(), "hunter2");
    EXPECT_EQ(read_secret(file(write("c", "hunter2")), "")->reveal(), "hunter2");
    EXPECT_EQ(read_secret(file(write("d", "two\nlines\n\n")), "")->reveal(), "two\nlines\n");
}

TEST_F(Secrets, ReadsACredentialWhateverItsMode)
{
    write("azure.psk", "hunter2", 0440);
    EXPECT_EQ(read_secret(credential("azure.psk"), directory_)->reveal(), "hunter2");
}

TEST_F(Secrets, NamesTheCredentialThatIsMissing)
{
    const auto secret = read_secret(credential("azure.psk"), directory_);
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().kind, Kind::NotFound);
    EXPECT_TRUE(secret.error().what.contains("azure.psk"));
    EXPECT_TRUE(refusal(credential("linkspan-test-none.psk")).contains("/etc/credstore"));
}

TEST_F(Secrets, RefusesAFileOpenToOthers)
{
    for (::mode_t mode : {0640, 0604, 0660, 0644, 0601}) {
        const auto path = write("open", "hunter2", mode);
        EXPECT_TRUE(refusal(file(path)).contains("chmod 600 " + path)) << std::oct << mode;
    }
}

TEST_F(Secrets, RefusesAFileOfSomebodyElse)
{
    const auto path = write("foreign", "hunter2");
    if (::chown(path.c_str(), 12345, 12345) != 0) GTEST_SKIP() << "only root can give a file away";
    EXPECT_TRUE(refusal(file(path)).contains("belongs to user 12345"));
}

TEST_F(Secrets, RefusesWhatIsNoRegularFile)
{
    EXPECT_TRUE(refusal(file(directory_)).contains("not a regular file"));
    const auto fifo = directory_ + "/fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_TRUE(refusal(file(fifo)).contains("not a regular file"));
}

TEST_F(Secrets, RefusesEmptyLongAndBinaryContent)
{
    EXPECT_TRUE(refusal(file(write("empty", "\n"))).contains("is empty"));
    EXPECT_TRUE(refusal(file(write("nul", std::string_view{"a\0b", 3}))).contains("NUL"));
    EXPECT_EQ(refusal(file(write("most", std::string(4096, 'x') + "\n"))), "");
    EXPECT_TRUE(refusal(file(write("more", std::string(4097, 'x')))).contains("4096"));
    EXPECT_TRUE(refusal(file(write("much", std::string(100'000, 'x')))).contains("4096"));
}

TEST_F(Secrets, NeverTellTheContent)
{
    for (auto content : {std::string{"hunter2\0", 8}, "hunter2" + std::string(5000, 'x')})
        EXPECT_FALSE(refusal(file(write("bad", content))).contains("hunter2"));
}

TEST_F(Secrets, AreCheckedForEnabledConnectionsOnly)
{
    Config config;
    Connection c;
    c.name = {"azure"};
    c.psk = credential("azure.psk");
    c.psk.pos = {std::make_shared<const std::string>("a.toml"), 7, 18};
    config.connections = {c};
    const auto found = check_secrets(config, directory_, {});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].pos.line, 7U);
    EXPECT_EQ(found[0].pos.column, 18U);
    EXPECT_TRUE(found[0].message.contains("azure.psk"));

    config.connections[0].enabled = false;
    EXPECT_TRUE(check_secrets(config, directory_, {}).empty());
}

} // namespace
} // namespace linkspan::config
