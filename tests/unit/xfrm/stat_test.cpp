#include "xfrm/stat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace linkspan::agent {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(XfrmStat, OnlyWhatIsNotZeroAndWhatItMeans)
{
    EXPECT_THAT(xfrm::drops_in("XfrmInError             \t0\nXfrmOutNoStates         \t7\nXfrmNewInLinux7 \t1\n"),
                ElementsAre(AllOf(Field(&xfrm::Drops::counter, "XfrmOutNoStates"), Field(&xfrm::Drops::packets, 7u),
                                  Field(&xfrm::Drops::meaning, HasSubstr("no SA"))),
                            xfrm::Drops{"XfrmNewInLinux7", 1, ""}));
}

TEST(XfrmStat, NothingComesOfNothing)
{
    EXPECT_THAT(xfrm::drops_in(""), IsEmpty());
    EXPECT_THAT(xfrm::drops_in("XfrmInError many\n"), IsEmpty());
}

TEST(XfrmStat, EveryCounterOfLinux6HasAMeaning)
{
    for (const auto* name :
         {"XfrmInError", "XfrmInStateProtoError", "XfrmInStateSeqError", "XfrmInNoPols", "XfrmInPolBlock",
          "XfrmOutBundleGenError", "XfrmOutStateModeError", "XfrmOutPolBlock", "XfrmAcquireError"})
        EXPECT_THAT(xfrm::drops_in(std::string{name} + " 1\n"),
                    ElementsAre(Field(&xfrm::Drops::meaning, Not(IsEmpty()))))
            << name;
}

} // namespace
} // namespace linkspan::agent
