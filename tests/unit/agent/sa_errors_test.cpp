#include "agent/sa_errors.h"

#include <gtest/gtest.h>

#include <array>

namespace linkspan::agent {
namespace {

const IpAddress here = *IpAddress::parse("203.0.113.10"), there = *IpAddress::parse("198.51.100.7");

xfrm::ObservedState state(const IpAddress& destination, std::uint32_t spi, xfrm::StateErrors errors)
{
    return {.key = {destination, {spi}}, .errors = errors};
}

TEST(SaErrors, AreKeptOfThoseThatDroppedAnything)
{
    const std::array states{state(here, 1, {.late = 3}), state(there, 1, {}), state(here, 2, {.forged = 1})};
    const SaErrors expected{{{here, {1}}, {.late = 3}}, {{here, {2}}, {.forged = 1}}};
    EXPECT_EQ(errors_by_sa(states), expected);
}

TEST(SaErrors, AreTheSumOverAConnectionsSas)
{
    const SaErrors errors{{{here, {1}}, {.late = 3, .replayed = 1}},
                          {{here, {2}}, {.late = 4, .forged = 2}},
                          {{there, {1}}, {.replayed = 100}},
                          {{here, {9}}, {.replayed = 10}},
                          {{here, {7}}, {.forged = 100}}};
    ike::IkeSa sa{.local = here};
    sa.children = {{.spi_in = {1}, .spi_out = {7}}, {.spi_in = {2}}};
    const std::array sas{sa};
    const std::array keys{xfrm::StateKey{here, {9}}, xfrm::StateKey{there, {9}}};
    EXPECT_EQ(errors_of(sas, keys, errors), (xfrm::StateErrors{.late = 7, .replayed = 11, .forged = 2}));
}

} // namespace
} // namespace linkspan::agent
