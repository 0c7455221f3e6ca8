#include "egress/http_host.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace linkspan::egress {
namespace {

std::string outcome(std::string_view stream)
{
    const auto found = decode_http_host({reinterpret_cast<const std::uint8_t*>(stream.data()), stream.size()});
    if (!found) return found.error().what;
    return *found ? std::string{(*found)->text()} : "more";
}

TEST(HttpHost, IsTheHostField)
{
    EXPECT_EQ(outcome("GET /path HTTP/1.1\r\nAccept: */*\r\nHOST:  Www.Example.com:8080 \r\n\r\nbody"),
              "www.example.com");
}

TEST(HttpHost, IsThatOfAnAbsoluteTarget)
{
    EXPECT_EQ(outcome("GET http://www.example.com/ HTTP/1.1\r\nHost: www.example.com\r\n\r\n"), "www.example.com");
    EXPECT_EQ(outcome("GET http://www.example.com?q HTTP/1.0\r\n\r\n"), "www.example.com");
    EXPECT_EQ(outcome("GET http://example.org/ HTTP/1.1\r\nHost: other.example\r\n\r\n"),
              "the HTTP request is for one host and says another");
}

TEST(HttpHost, IsNoneWhereNoneIsNamed)
{
    EXPECT_EQ(outcome("GET / HTTP/1.0\r\n\r\n"), "");
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n"), "");
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n\r\n"), "");
    EXPECT_EQ(outcome("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n"), "");
}

TEST(HttpHost, NeedsTheWholeHead)
{
    const std::string_view request = "GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n";
    for (std::size_t size = 0; size < request.size(); ++size)
        EXPECT_EQ(outcome(request.substr(0, size)), "more") << size;
}

TEST(HttpHost, IsNotWhatOtherStreamsBeginWith)
{
    EXPECT_EQ(outcome("\x16\x03\x01"), "the stream is no HTTP/1");
    EXPECT_EQ(outcome("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "the HTTP request has no request line");
    EXPECT_EQ(outcome(std::string(40, 'A')), "the stream is no HTTP/1");
}

TEST(HttpHost, RefusesWhatServersReadInDifferentWays)
{
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n"),
              "the HTTP request says twice which host it is for");
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nHost : a.example\r\n\r\n"), "the HTTP request has a malformed field");
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nA: b\r\n Host: a.example\r\n\r\n"), "the HTTP request has a malformed field")
        << "a folded line";
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nHost: a.example@b.example\r\n\r\n"),
              "the HTTP request is for what no host can be called");
}

TEST(HttpHost, RefusesAHeadLongerThanAnyClients)
{
    EXPECT_EQ(outcome("GET / HTTP/1.1\r\nA: " + std::string(max_http_head, 'a')),
              "the HTTP request has a head longer than any client's");
}

} // namespace
} // namespace linkspan::egress
