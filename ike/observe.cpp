#include "ike/observe.h"

#include "ike/sa_codec.h"

#include <algorithm>
#include <tuple>

namespace linkspan::ike {
namespace {

Result<std::set<std::string>> names(Client& client, std::string_view command, std::string_view list)
{
    auto answer = client.call(command);
    TRY(answer);
    const List& found = answer->list(list);
    return std::set<std::string>(found.begin(), found.end());
}

Result<SaView> list_sas(Client& client, const Message& request)
{
    SaView view;
    const auto collect = [&](const Message& event) -> Result<> {
        auto sa = decode_sa(event);
        TRY(sa);
        view.emplace_back(std::move(*sa));
        return {};
    };
    // Without "noblock": it would leave out the SAs that a thread of charon is just working on.
    TRY(client.stream("list-sas", "list-sa", request, collect));
    std::ranges::sort(view, {}, [](const IkeSa& sa) { return std::tie(sa.connection, sa.unique_id); });
    return view;
}

} // namespace

Result<SaView> observe_sas(Client& client)
{
    return list_sas(client, {});
}

Result<SaView> observe_sas_of(Client& client, const ConnectionName& connection)
{
    Message request;
    request.set("ike", connection.value);
    return list_sas(client, request);
}

Result<Observed> observe(Client& client)
{
    auto loaded = names(client, "get-conns", "conns");
    TRY(loaded);
    auto keys = names(client, "get-shared", "keys");
    TRY(keys);
    auto private_keys = names(client, "get-keys", "keys");
    TRY(private_keys);
    auto sas = observe_sas(client);
    TRY(sas);
    return Observed{client.version(), std::move(*loaded), std::move(*keys), std::move(*private_keys), std::move(*sas)};
}

} // namespace linkspan::ike
