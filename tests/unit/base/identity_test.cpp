#include "base/identity.h"

#include <gtest/gtest.h>

namespace linkspan {
namespace {

using Type = Identity::Type;

Identity good(std::string_view text)
{
    const auto parsed = Identity::parse(text);
    EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().what);
    return parsed.value_or(Identity{});
}

std::string refusal(std::string_view text)
{
    const auto parsed = Identity::parse(text);
    return parsed ? "accepted" : parsed.error().what;
}

TEST(Identity, IsReadAsCharonReadsIt)
{
    EXPECT_EQ(good("203.0.113.10"), (Identity{Type::Ipv4, "203.0.113.10"}));
    EXPECT_EQ(good("2001:DB8::1"), (Identity{Type::Ipv6, "2001:db8::1"}));
    EXPECT_EQ(good("Edge-1.example.org"), (Identity{Type::Fqdn, "edge-1.example.org"}));
    EXPECT_EQ(good("@edge-1"), (Identity{Type::Fqdn, "edge-1"}));
    EXPECT_EQ(good("admin@example.org"), (Identity{Type::Email, "admin@example.org"}));
    EXPECT_EQ(good("@@admin@example.org"), (Identity{Type::Email, "admin@example.org"}));
    EXPECT_EQ(good("@#00Ff"), (Identity{Type::KeyId, "#00ff"}));
    EXPECT_EQ(good("C=DE, O=Example, CN=edge-1"), (Identity{Type::Dn, "C=DE, O=Example, CN=edge-1"}));
    EXPECT_EQ(good("/C=DE/CN=edge-1").type, Type::Dn);
    for (const auto* any : {"%any", "0.0.0.0", "::"}) EXPECT_EQ(good(any).type, Type::Any) << any;
}

TEST(Identity, APrefixSaysTheType)
{
    EXPECT_EQ(good("keyid:azure tunnel 1"), (Identity{Type::KeyId, "azure tunnel 1"}));
    EXPECT_EQ(good("keyid:#C0ffee"), (Identity{Type::KeyId, "#c0ffee"}));
    EXPECT_EQ(good("fqdn:203.0.113.10x"), (Identity{Type::Fqdn, "203.0.113.10x"}));
    EXPECT_EQ(good("dns:edge-1"), good("@edge-1"));
    EXPECT_EQ(good("userfqdn:a@b"), good("a@b"));
    EXPECT_EQ(good("ipv4:203.0.113.10"), good("203.0.113.10"));
    EXPECT_EQ(good("ipv6:2001:db8::1"), good("2001:db8:0::1"));
    EXPECT_EQ(good("asn1dn:#3000"), (Identity{Type::Dn, "#3000"}));
}

TEST(Identity, WhatCharonWouldTakeForAKeyIdByAccidentIsRefusedWithAdvice)
{
    EXPECT_TRUE(refusal("2001:db8::zz").contains("write keyid:2001:db8::zz"));
    EXPECT_TRUE(refusal("hub:1").contains("keyid:hub:1"));
    EXPECT_TRUE(refusal("203.0.113.300").contains("neither an address nor a host name"));
    EXPECT_TRUE(refusal("edge 1").contains("keyid:edge 1"));
    EXPECT_TRUE(refusal("C=DE, edge-1").contains("distinguished name"));
    EXPECT_TRUE(refusal("=edge").contains("distinguished name"));
    EXPECT_TRUE(refusal("ipv4:2001:db8::1").contains("is not an IPv4 address"));
    EXPECT_TRUE(refusal("asn1dn:#300").contains("hexadecimal"));
    EXPECT_TRUE(refusal("@#xy").contains("hexadecimal"));
    EXPECT_TRUE(refusal("keyid:").contains("names nothing"));
    EXPECT_TRUE(refusal("admin@").contains("e-mail"));
    EXPECT_TRUE(refusal("").contains("empty"));
}

} // namespace
} // namespace linkspan
