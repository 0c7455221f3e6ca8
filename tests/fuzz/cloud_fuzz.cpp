#include "takeover/aws_codec.h"
#include "takeover/aws_metadata.h"
#include "takeover/azure_codec.h"
#include "takeover/azure_metadata.h"
#include "takeover/azure_nics.h"
#include "takeover/blob.h"
#include "takeover/dynamodb.h"
#include "takeover/etcd.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace linkspan;
using namespace linkspan::takeover;

namespace {

const WallTime now{std::chrono::hours{400'000}};

void read_ec2(const HttpResponse& response)
{
    for (AwsThing thing :
         {AwsThing{AwsElastic{"eipalloc-1", "eni-1", ""}}, AwsThing{AwsSecondary{"10.0.0.10", "eni-1"}},
          AwsThing{AwsRoute{"rtb-1", IpPrefix::any(Family::V4), "eni-1"}}, AwsThing{AwsMark{{"eipalloc-1"}, {6}}}}) {
        const auto acted = judge_act(thing, response), looked = judge_look(thing, response);
        if (acted.problem.size() > 400 || looked.problem.size() > 400) std::abort();
    }
}

/// A change that was made leaves no further change of the same interface.
void read_nics(const std::string& text)
{
    const AzureAddresses wanted{.mac = "00-0D-3A-00-00-01", .addresses = {"10.0.0.10"}, .public_id = "/x/front"};
    auto nics = nics_of(text);
    if (!nics) return;
    (void)marked_epoch(*nics, wanted);
    (void)next_change(*nics, wanted, {6});
}

void read_stores(const HttpResponse& response)
{
    EtcdStore etcd{{{"http://127.0.0.1"}, "k"}};
    DynamoDbStore table{{}};
    BlobStore blob{{}};
    for (const ha::ArbiterRequest& what :
         {ha::ArbiterRequest{ha::ReadRecord{}}, ha::ArbiterRequest{ha::WriteRecord{{6}, 4}}})
        for (RecordStore* store : std::initializer_list<RecordStore*>{&etcd, &table, &blob}) {
            const auto answer = store->learn(what, response);
            if (answer && answer->verdict == ha::ArbiterVerdict::Written && answer->record.epoch != ha::Epoch{6})
                std::abort();
        }
}

void read_metadata(const HttpResponse& response)
{
    for (const auto asked : {AwsMetadata::Asked::Token, AwsMetadata::Asked::Role, AwsMetadata::Asked::Credentials}) {
        AwsMetadata aws;
        aws.asked = asked;
        (void)answer(aws, response, now);
        if (aws.token.reveal().find('\n') != std::string_view::npos) std::abort();
    }
    AzureMetadata azure;
    azure.asked = AzureMetadata::Asked::Token;
    (void)answer(azure, response, now);
    if (azure.token.reveal().find('\n') != std::string_view::npos) std::abort();
}

} // namespace

/// The first byte chooses the status, the rest is the body: what a cloud, or whoever stands in its place, may answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    constexpr int statuses[] = {200, 201, 202, 400, 401, 403, 404, 409, 412, 429, 500, 503};
    const std::string body{reinterpret_cast<const char*>(data) + 1, size - 1};
    const HttpResponse response{.status = statuses[data[0] % std::size(statuses)],
                                .headers = {{"etag", "\"0x8D\""}, {"azure-asyncoperation", body.substr(0, 200)}},
                                .body = body};
    read_ec2(response);
    read_nics(body);
    read_stores(response);
    read_metadata(response);
    (void)judge_failure(response);
    (void)judge_poll(response);
    (void)operation_of(response, "https://management.azure.com");
    return 0;
}
