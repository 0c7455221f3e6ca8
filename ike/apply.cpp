#include "ike/apply.h"

#include "ike/conn_codec.h"

namespace linkspan::ike {
namespace {

struct Apply {
    Client& client;
    Ledger& ledger;

    Result<> operator()(const Load& op) const
    {
        auto private_key = load_secret(op.spec); // first: a trap may initiate at once
        TRY(private_key);
        TRY(client.order("load-conn", encode_conn(op.spec)));
        ledger.insert_or_assign(op.spec.name, Loaded{op.spec, op.stale, op.stale_children, *std::move(private_key)});
        return {};
    }

    /// Answers charon's id of a private key; empty for a PSK, which goes by the connection's name.
    [[nodiscard]] Result<std::string> load_secret(const ConnectionSpec& spec) const
    {
        if (!spec.x509) {
            TRY(client.order("load-shared", encode_shared(spec)));
            return std::string{};
        }
        auto loaded = client.order("load-key", encode_key(*spec.x509));
        TRY(loaded);
        for (const auto& certificate : encode_certs(*spec.x509)) TRY(client.order("load-cert", certificate));
        return std::string{loaded->text("id")};
    }

    Result<> operator()(const UnloadKey& op) const
    {
        // That there is no such key is the only thing it can complain of.
        TRY(client.call("unload-key", Message{}.set("id", op.id)));
        return {};
    }

    Result<> operator()(const Unload& op) const
    {
        // Out of the ledger first: whatever happens next, what charon has is no longer known.
        ledger.erase(op.name);
        // That there is no such connection is the only thing unload-conn can complain of (5.9.8, vici_config.c).
        TRY(client.call("unload-conn", Message{}.set("name", op.name.value)));
        TRY(client.order("unload-shared", Message{}.set("id", op.name.value)));
        return {};
    }

    Result<> operator()(const Terminate& op) const
    {
        Message what;
        if (op.child_id != 0)
            what.set("child-id", std::to_string(op.child_id));
        else
            what.set("ike-id", std::to_string(op.ike_id));
        auto answer = client.call("terminate", what.set("timeout", std::string{"-1"}));
        TRY(answer);
        if (answer->text("success") == "yes" || answer->text("matches") == "0") return {};
        return failure(Kind::Kernel, "charon refused to terminate it: " + std::string{answer->text("errmsg")});
    }

    Result<> operator()(const Initiate& op) const
    {
        TRY(client.order("initiate",
                         Message{}.set("ike", op.name.value).set("child", op.child).set("timeout", std::string{"-1"})));
        return {};
    }
};

} // namespace

Result<> apply(Client& client, const Op& op, Ledger& ledger)
{
    auto done = std::visit(Apply{client, ledger}, op);
    if (done) return done;
    const auto& name = connection_of(op).value;
    done.error().what = (name.empty() ? "private key: " : "connection " + name + ": ") + done.error().what;
    return done;
}

} // namespace linkspan::ike
