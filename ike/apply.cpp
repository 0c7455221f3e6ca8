#include "ike/apply.h"

#include "ike/conn_codec.h"

#include <algorithm>

namespace linkspan::ike {
namespace {

/// Steps whose requests are under way at once: enough that charon never waits for us, few enough for the sockets' buffers.
constexpr std::size_t most_under_way = 64;

/// What a step says to charon.
struct RequestsOf {
    std::vector<Request>& requests;

    void operator()(const Forget&) const { add("clear-creds", {}); }
    /// The secret first: a trap may initiate at once.
    void operator()(const Load& op) const
    {
        if (op.spec.x509) {
            add("load-key", encode_key(*op.spec.x509));
            for (auto& certificate : encode_certs(*op.spec.x509)) add("load-cert", std::move(certificate));
            // What charon has once used it goes on using, whatever newer list it was given (5.9.8, cert_cache).
            add("flush-certs", Message{}.set("type", std::string{"X509_CRL"}));
        } else {
            add("load-shared", encode_shared(op.spec));
        }
        add("load-conn", encode_conn(op.spec));
    }
    void operator()(const UnloadKey& op) const { add("unload-key", Message{}.set("id", op.id)); }
    void operator()(const Unload& op) const
    {
        add("unload-conn", Message{}.set("name", op.name.value));
        add("unload-shared", Message{}.set("id", op.name.value));
    }
    void operator()(const Terminate& op) const
    {
        Message what;
        if (op.child_id != 0)
            what.set("child-id", std::to_string(op.child_id));
        else
            what.set("ike-id", std::to_string(op.ike_id));
        add("terminate", std::move(what.set("timeout", std::string{"-1"})));
    }
    void operator()(const Initiate& op) const
    {
        add("initiate", Message{}.set("ike", op.name.value).set("child", op.child).set("timeout", std::string{"-1"}));
    }

private:
    void add(std::string_view command, Message message) const { requests.push_back({command, std::move(message)}); }
};

using Answers = std::span<const Result<Message>>;

/// What came of a step, by the answers to its requests.
struct OutcomeOf {
    std::span<const Request> requests;
    Answers answers;
    Ledger& ledger;

    Result<> operator()(const Forget&) const
    {
        TRY(accepted_at(0));
        for (auto& known : ledger) { // what is not loaded again, nobody wants
            if (known.second.spec.x509) {
                auto without = std::make_shared<X509>(*known.second.spec.x509);
                without->crls.clear();
                known.second.spec.x509 = std::move(without);
            }
        }
        return {};
    }
    Result<> operator()(const Load& op) const
    {
        for (std::size_t i = 0; i < answers.size(); ++i) TRY(accepted_at(i));
        auto private_key =
            op.spec.x509 ? std::string{answers.front()->text("id")} : std::string{}; // a PSK's is our name
        ledger.insert_or_assign(op.spec.name, Loaded{op.spec, op.stale, op.stale_children, std::move(private_key)});
        return {};
    }
    /// That there is no such key is the only thing charon can complain of.
    Result<> operator()(const UnloadKey&) const { return answered_at(0); }
    Result<> operator()(const Unload& op) const
    {
        ledger.erase(op.name); // whatever came of it, what charon has is no longer known
        // That there is no such connection is the only thing unload-conn can complain of (5.9.8, vici_config.c).
        TRY(answered_at(0));
        return accepted_at(1);
    }
    Result<> operator()(const Terminate&) const
    {
        TRY(answered_at(0));
        if (answers[0]->text("success") == "yes" || answers[0]->text("matches") == "0") return {};
        return failure(Kind::Kernel, "charon refused to terminate it: " + std::string{answers[0]->text("errmsg")});
    }
    Result<> operator()(const Initiate&) const { return accepted_at(0); }

private:
    [[nodiscard]] Result<> answered_at(std::size_t i) const
    {
        if (answers[i]) return {};
        return std::unexpected(answers[i].error());
    }
    [[nodiscard]] Result<> accepted_at(std::size_t i) const
    {
        TRY(answered_at(i));
        return accepted(*answers[i], requests[i].command);
    }
};

Result<> named(Result<> done, const Op& op)
{
    if (done) return done;
    const auto& name = connection_of(op).value;
    done.error().what = (name.empty() ? "private key: " : "connection " + name + ": ") + done.error().what;
    return done;
}

void apply_some(Client& client, std::span<const Op* const> ops, Ledger& ledger, std::vector<Result<>>& results)
{
    std::vector<Request> requests;
    std::vector<std::size_t> ends; // of each step's requests
    for (const Op* op : ops) {
        std::visit(RequestsOf{requests}, *op);
        ends.push_back(requests.size());
    }
    const auto answers = client.call_all(requests);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ops.size(); begin = ends[i++]) {
        const auto size = ends[i] - begin;
        const OutcomeOf outcome{std::span{requests}.subspan(begin, size), Answers{answers}.subspan(begin, size),
                                ledger};
        results.push_back(named(std::visit(outcome, *ops[i]), *ops[i]));
    }
}

} // namespace

Result<> apply(Client& client, const Op& op, Ledger& ledger)
{
    const Op* one = &op;
    return std::move(apply_all(client, {&one, 1}, ledger).front());
}

std::vector<Result<>> apply_all(Client& client, std::span<const Op* const> ops, Ledger& ledger)
{
    std::vector<Result<>> results;
    results.reserve(ops.size());
    for (; !ops.empty(); ops = ops.subspan(std::min(most_under_way, ops.size())))
        apply_some(client, ops.first(std::min(most_under_way, ops.size())), ledger, results);
    return results;
}

} // namespace linkspan::ike
