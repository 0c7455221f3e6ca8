#include "vti/plan.h"

#include <gtest/gtest.h>

#include <random>

namespace linkspan::vti {
namespace {

Spec xfrm(const std::string& name, std::uint32_t if_id)
{
    return {.name = {name}, .connection = {"c-" + name}, .kind = LinkKind::Xfrm, .if_id = {if_id}, .mtu = 1400};
}

Spec vti(const std::string& name, const char* local, const char* remote, std::uint32_t key)
{
    return {.name = {name},
            .connection = {"c-" + name},
            .kind = LinkKind::Vti,
            .local = IpAddress::parse(local).value(),
            .remote = IpAddress::parse(remote).value(),
            .key = {key},
            .mtu = 1400};
}

Link link_of(const Spec& spec, bool ours)
{
    return {.index = {7},
            .mtu = spec.mtu,
            .up = true,
            .kind = spec.kind == LinkKind::Xfrm ? "xfrm" : "vti",
            .ours = ours,
            .tunnel = spec};
}

std::map<LinkName, Spec> wanted(std::initializer_list<Spec> specs)
{
    std::map<LinkName, Spec> want;
    for (const auto& spec : specs) want.emplace(spec.name, spec);
    return want;
}

Observed having(std::initializer_list<Spec> specs)
{
    Observed have;
    for (const auto& spec : specs) have.emplace(spec.name, link_of(spec, true));
    return have;
}

TEST(VtiPlan, NothingForWhatIsAsItShouldBe)
{
    EXPECT_EQ(plan(wanted({xfrm("a", 1)}), having({xfrm("a", 1)})), Plan<Spec>{});
}

TEST(VtiPlan, CreatesWhatIsMissingAndDeletesFirstWhatNobodyWants)
{
    const auto planned = plan(wanted({xfrm("b", 1)}), having({xfrm("a", 1)}));
    ASSERT_EQ(planned.ops.size(), 2);
    EXPECT_EQ(planned.ops[0], (Op<Spec>{Verb::Delete, xfrm("a", 1), {}}));
    EXPECT_EQ(planned.ops[1], (Op<Spec>{Verb::Create, xfrm("b", 1), {}}));
}

TEST(VtiPlan, UpdatesWhatALivingLinkCanChange)
{
    const auto good = xfrm("a", 1);
    for (auto change :
         {+[](Spec& s) { s.mtu = 1300; }, +[](Spec& s) { s.connection = {}; }, +[](Spec& s) { s.faults.down = true; },
          +[](Spec& s) { s.faults.group = true; }, +[](Spec& s) { s.faults.sysctls = true; }}) {
        auto seen = good;
        change(seen);
        EXPECT_EQ(plan(wanted({good}), having({seen})).ops, (std::vector<Op<Spec>>{{Verb::Update, good, seen}}));
    }
}

TEST(VtiPlan, ReplacesWhatItCannotChange)
{
    const auto good = vti("a", "203.0.113.1", "198.51.100.1", 5);
    for (auto change : {+[](Spec& s) { s.key = {6}; }, +[](Spec& s) { s.remote.bytes[3] = 9; },
                        +[](Spec& s) { s.local.bytes[3] = 9; }, +[](Spec& s) { s.kind = LinkKind::Xfrm; }}) {
        auto seen = good;
        change(seen);
        EXPECT_EQ(plan(wanted({good}), having({seen})).ops, (std::vector<Op<Spec>>{{Verb::Replace, good, seen}}));
    }
}

TEST(VtiPlan, AForeignLinkOfTheNameIsAConflict)
{
    Observed have{{{"a"}, {.index = {3}, .kind = "dummy"}}, {{"b"}, {.index = {4}}}};
    const auto planned = plan(wanted({xfrm("a", 1), xfrm("b", 2)}), have);
    EXPECT_TRUE(planned.ops.empty());
    ASSERT_EQ(planned.conflicts.size(), 2);
    EXPECT_EQ(planned.conflicts[0], (Conflict{{"c-a"}, "link a", "a dummy link that linkspan did not make"}));
    EXPECT_EQ(planned.conflicts[1].holder, "a network device that linkspan did not make");
}

TEST(VtiPlan, AForeignTunnelInOurSlotIsAConflict)
{
    Observed have{{{"x"}, link_of(xfrm("x", 1), false)},
                  {{"y"}, link_of(vti("y", "203.0.113.1", "198.51.100.1", 77), false)}};
    const auto planned = plan(wanted({xfrm("a", 1), vti("b", "203.0.113.1", "198.51.100.1", 5)}), have);
    EXPECT_TRUE(planned.ops.empty());
    ASSERT_EQ(planned.conflicts.size(), 2);
    EXPECT_EQ(planned.conflicts[0].holder, "the foreign link x with the same if_id");
    EXPECT_EQ(planned.conflicts[1].holder, "the foreign link y with the same endpoints");
}

/// Whatever is there, one plan leads to what is wanted and the next one is empty; foreign links are never in it.
TEST(VtiPlan, Converges)
{
    std::mt19937 random{1};
    const auto some = [&](auto&& add) {
        for (const std::string name : {"a", "b", "c", "d", "e"})
            if (random() % 2)
                add(random() % 2 ? xfrm(name, static_cast<std::uint32_t>(1 + random() % 6))
                                 : vti(name, "192.0.2.1", random() % 2 ? "192.0.2.2" : "192.0.2.3", 9));
    };
    for (int round = 0; round < 2000; ++round) {
        std::map<LinkName, Spec> want;
        Observed have;
        some([&](const Spec& s) { want.emplace(s.name, s); });
        some([&](const Spec& s) { have.emplace(s.name, link_of(s, random() % 3 != 0)); });
        const auto planned = plan(want, have);
        for (const auto& op : planned.ops) {
            const auto at = have.find(op.spec.name);
            ASSERT_TRUE(at == have.end() || at->second.ours);
            if (op.verb == Verb::Delete)
                have.erase(at);
            else
                have.insert_or_assign(op.spec.name, link_of(op.spec, true));
        }
        const auto residual = plan(want, have);
        ASSERT_TRUE(residual.ops.empty());
        ASSERT_EQ(residual.conflicts, planned.conflicts);
    }
}

} // namespace
} // namespace linkspan::vti
