#include "ike/apply.h"

#include "fake_charon.h"
#include "specs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

namespace linkspan::ike {
namespace {

using namespace std::string_literals;
using test::FakeCharon;
using test::spec;
using Answer = FakeCharon::Answer;

/// Records commands; answers success, or what is set for a command.
class IkeApply : public testing::Test {
protected:
    Answer answer(const Packet& packet)
    {
        if (auto polite = FakeCharon::polite(packet)) return *polite;
        const std::lock_guard lock{mutex_};
        std::string line = packet.name;
        for (const Item& item : packet.message.items)
            if (const auto* value = std::get_if<std::string>(&item.value)) line += " " + item.name + "=" + *value;
        commands_.push_back(line);
        auto found = answers_.find(packet.name);
        return {.packets = {{PacketType::Response, {}, found == answers_.end() ? ok : found->second}}};
    }
    Result<> apply(const Op& op)
    {
        auto client = Client::connect(charon_.path());
        return client ? ike::apply(*client, op, ledger_) : std::unexpected(client.error());
    }
    std::vector<std::string> commands()
    {
        const std::lock_guard lock{mutex_};
        return commands_;
    }
    static Message refusal(std::string why) { return Message{}.set("success", "no"s).set("errmsg", std::move(why)); }

    const Message ok = Message{}.set("success", "yes"s);
    std::mutex mutex_;
    std::vector<std::string> commands_;
    std::map<std::string, Message> answers_;
    Ledger ledger_;
    FakeCharon charon_{[this](const Packet& packet) { return answer(packet); }};
};

TEST_F(IkeApply, LoadsTheKeyThenTheConnectionAndNotesIt)
{
    ASSERT_TRUE(apply(Load{.spec = spec("hub"), .stale = {7}}));
    EXPECT_EQ(commands(), (std::vector{"load-shared id=hub type=IKE data=correct horse"s, "load-conn"s}));
    EXPECT_EQ(ledger_.at({"hub"}), (Loaded{spec("hub"), {7}}));
}

TEST_F(IkeApply, ARefusedLoadIsNotNoted)
{
    answers_["load-conn"] = refusal("invalid value for: proposals, config discarded");
    const auto done = apply(Load{.spec = spec("hub")});
    EXPECT_EQ(done.error().what,
              "connection hub: charon refused load-conn: invalid value for: proposals, config discarded");
    EXPECT_TRUE(ledger_.empty());
}

TEST_F(IkeApply, UnloadingWhatIsGoneIsSuccess)
{
    ledger_.insert_or_assign({"hub"}, Loaded{spec("hub")});
    answers_["unload-conn"] = refusal("unload: connection 'hub' not found");
    ASSERT_TRUE(apply(Unload{{"hub"}}));
    EXPECT_EQ(commands(), (std::vector{"unload-conn name=hub"s, "unload-shared id=hub"s}));
    EXPECT_TRUE(ledger_.empty());
}

TEST_F(IkeApply, TerminatesOneIkeSaWithoutWaiting)
{
    ASSERT_TRUE(apply(Terminate{{"hub"}, 7}));
    EXPECT_EQ(commands(), (std::vector{"terminate ike-id=7 timeout=-1"s}));
}

TEST_F(IkeApply, TerminatesOneChildSaOfSeveral)
{
    ASSERT_TRUE(apply(Terminate{{"hub"}, 7, 12}));
    EXPECT_EQ(commands(), (std::vector{"terminate child-id=12 timeout=-1"s}));
}

TEST_F(IkeApply, TerminatingWhatIsGoneIsSuccess)
{
    answers_["terminate"] = refusal("no matching SAs to terminate found").set("matches", "0"s);
    EXPECT_TRUE(apply(Terminate{{"hub"}, 7}));
    answers_["terminate"] = refusal("terminating SA failed").set("matches", "1"s);
    EXPECT_FALSE(apply(Terminate{{"hub"}, 7}));
}

TEST_F(IkeApply, InitiatesTheChildWithoutWaiting)
{
    ASSERT_TRUE(apply(Initiate{{"hub"}, "hub"}));
    EXPECT_EQ(commands(), (std::vector{"initiate ike=hub child=hub timeout=-1"s}));
    answers_["initiate"] = refusal("establishing CHILD_SA 'hub' failed");
    EXPECT_FALSE(apply(Initiate{{"hub"}, "hub"}));
}

TEST_F(IkeApply, LoadsAPrivateKeyAndNotesCharonsIdOfIt)
{
    answers_["load-key"] = Message{}.set("success", "yes"s).set("id", "c0ffee"s);
    ASSERT_TRUE(apply(Load{.spec = test::x509_spec("hub")}));
    EXPECT_EQ(commands(),
              (std::vector{"load-key type=any data=private"s, "load-cert type=X509 flag=NONE data=an intermediate"s,
                           "load-cert type=X509_CRL flag=NONE data=a revocation list"s, "flush-certs type=X509_CRL"s,
                           "load-conn"s}));
    EXPECT_EQ(ledger_.at({"hub"}).private_key, "c0ffee");
}

TEST_F(IkeApply, UnloadsAPrivateKey)
{
    answers_["unload-key"] = refusal("key not found");
    ASSERT_TRUE(apply(UnloadKey{.id = "c0ffee"}));
    EXPECT_EQ(commands(), (std::vector{"unload-key id=c0ffee"s}));
}

TEST_F(IkeApply, ManyAreTakenInOrderAndOneThatFailsKeepsNoOtherBack)
{
    answers_["terminate"] = refusal("terminating SA failed").set("matches", "1"s);
    std::vector<Op> ops{Load{.spec = spec("a")}, Terminate{{"b"}, 7}};
    for (int i = 0; i < 200; ++i) ops.emplace_back(Initiate{{"c"}, "c-" + std::to_string(i)});
    std::vector<const Op*> pointers;
    for (const auto& op : ops) pointers.push_back(&op);
    auto client = Client::connect(charon_.path());
    ASSERT_TRUE(client);
    const auto results = apply_all(*client, pointers, ledger_);
    ASSERT_EQ(results.size(), ops.size());
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& r) { return r.has_value(); }), 201);
    EXPECT_EQ(results[1].error().what, "connection b: charon refused to terminate it: terminating SA failed");
    EXPECT_TRUE(ledger_.contains({"a"}));
    ASSERT_EQ(commands().size(), 203U);
    EXPECT_EQ(commands().back(), "initiate ike=c child=c-199 timeout=-1");
}

} // namespace
} // namespace linkspan::ike
