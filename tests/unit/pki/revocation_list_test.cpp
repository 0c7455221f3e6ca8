#include "pki/revocation_list.h"

#include "tests/fake/certificates.h"

#include <gtest/gtest.h>

namespace linkspan::pki {
namespace {

TEST(RevocationList, IsReadWithItsEnd)
{
    fake::Made authority;
    fake::sign(authority, "CN=Example CA", nullptr);
    const auto list = decode_revocation_list(fake::revocation_list(authority));
    ASSERT_TRUE(list);
    EXPECT_EQ(list->next_update, fake::made_until);
    EXPECT_TRUE(decode_revocation_list(list->der)) << "DER is read too";
    EXPECT_TRUE(list->names_key);
    EXPECT_FALSE(decode_revocation_list(fake::revocation_list(authority, false))->names_key);
    EXPECT_FALSE(decode_revocation_list(authority.text()));
    EXPECT_FALSE(decode_revocation_list(""));
}

} // namespace
} // namespace linkspan::pki
