#include "takeover/transfers.h"

#include "base/handle.h"

#include <algorithm>
#include <cctype>
#include <curl/curl.h>
#include <string_view>
#include <utility>

namespace linkspan::takeover {
namespace {

constexpr long most_connections = 32; ///< kept open
constexpr long connect_limit_ms = 3000;

/// The library is set up once for the process.
const bool library_is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;

using HeaderList = Handle<curl_slist, curl_slist_free_all>;

void add(HeaderList& list, const std::string& line)
{
    if (auto* longer = curl_slist_append(list.get(), line.c_str())) {
        (void)list.release();
        list.reset(longer);
    }
}

/// "Name: value\r\n" into its parts; anything else has an empty name.
std::pair<std::string, std::string> header_of(std::string_view line)
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    std::string name{line.substr(0, colon)};
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto value = line.substr(colon + 1);
    constexpr std::string_view blanks = " \t\r\n";
    value.remove_prefix(std::min(value.find_first_not_of(blanks), value.size()));
    value.remove_suffix(value.size() - (value.find_last_not_of(blanks) + 1));
    return {std::move(name), std::string{value}};
}

} // namespace

struct Transfers::Transfer {
    TransferId id = {};
    Handle<CURL, curl_easy_cleanup> easy{curl_easy_init()};
    HeaderList headers = {};
    HttpResponse response = {};

    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) noexcept
    {
        auto& body = static_cast<Transfer*>(self)->response.body;
        if (body.size() + size > most_body) return 0; // ends the transfer
        body.append(data, size);
        return size;
    }
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) noexcept
    {
        auto& headers = static_cast<Transfer*>(self)->response.headers;
        auto header = header_of({data, size});
        if (!header.first.empty() && headers.size() >= most_headers) return 0;
        if (!header.first.empty()) headers.push_back(std::move(header));
        return size;
    }

    static int on_request(void* self, char*, char*, int, int) noexcept
    {
        static_cast<Transfer*>(self)->response.sent += 1;
        return CURL_PREREQFUNC_OK;
    }

    template <typename Value>
    void set(CURLoption option, Value value)
    {
        curl_easy_setopt(easy.get(), option, value);
    }
    void set_request(const HttpRequest& request)
    {
        set(CURLOPT_URL, (request.origin + request.target).c_str());
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
            set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
            set(CURLOPT_COPYPOSTFIELDS, request.body.c_str());
        }
        for (const auto& [name, value] : request.headers)
            add(headers, value.empty() ? name + ';' : name + ": " + value);
        add(headers, "Expect:");
        set(CURLOPT_HTTPHEADER, headers.get());
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));
        set(CURLOPT_CONNECTTIMEOUT_MS, connect_limit_ms);
        set(CURLOPT_FRESH_CONNECT, static_cast<long>(request.on_new_connection));
    }
    void set_manners(const TlsFiles& tls)
    {
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_PROXY, "");
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_TCP_KEEPALIVE, 1L);
        set(CURLOPT_DNS_CACHE_TIMEOUT, 300L);
        set(CURLOPT_USERAGENT, "linkspan/" LINKSPAN_VERSION);
        if (!tls.authorities.empty()) {
            set(CURLOPT_CAINFO, tls.authorities.c_str());
            set(CURLOPT_CAPATH, static_cast<const char*>(nullptr)); // else the system's count as well, and each is read
        }
        if (!tls.certificate.empty()) set(CURLOPT_SSLCERT, tls.certificate.c_str());
        if (!tls.key.empty()) set(CURLOPT_SSLKEY, tls.key.c_str());
        set(CURLOPT_WRITEFUNCTION, &on_body);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_HEADERFUNCTION, &on_header);
        set(CURLOPT_HEADERDATA, this);
        set(CURLOPT_PREREQFUNCTION, &on_request);
        set(CURLOPT_PREREQDATA, this);
        set(CURLOPT_PRIVATE, this);
    }
    void end(CURLcode code)
    {
        if (code == CURLE_OK) {
            long status = 0;
            curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
            response.status = static_cast<int>(status);
            long port = 0;
            curl_easy_getinfo(easy.get(), CURLINFO_LOCAL_PORT, &port);
            response.port = static_cast<std::uint16_t>(port);
            return;
        }
        response = {
            .problem = curl_easy_strerror(code), .timed_out = code == CURLE_OPERATION_TIMEDOUT, .sent = response.sent};
    }
};

struct Transfers::Library {
    Readiness& readiness;
    std::optional<Monotonic>& due;
    const std::function<Monotonic()>& now;
    Handle<CURLM, curl_multi_cleanup> multi{curl_multi_init()};

    static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept
    {
        auto& readiness = static_cast<Library*>(self)->readiness;
        if (what == CURL_POLL_REMOVE)
            readiness.forget(socket);
        else
            (void)readiness.watch(socket, (what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0);
        return 0;
    }
    static int on_timer(CURLM*, long milliseconds, void* self) noexcept
    {
        auto& library = *static_cast<Library*>(self);
        library.due.reset();
        if (milliseconds >= 0) library.due = library.now() + std::chrono::milliseconds{milliseconds};
        return 0;
    }
    void set_up()
    {
        curl_multi_setopt(multi.get(), CURLMOPT_SOCKETFUNCTION, &on_socket);
        curl_multi_setopt(multi.get(), CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi.get(), CURLMOPT_TIMERFUNCTION, &on_timer);
        curl_multi_setopt(multi.get(), CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, most_connections);
    }
    void go_on(curl_socket_t socket, int what)
    {
        int running = 0;
        curl_multi_socket_action(multi.get(), socket, what, &running);
    }
};

Result<std::unique_ptr<Transfers>> Transfers::open(TlsFiles tls, std::function<Monotonic()> now)
{
    auto readiness = Readiness::open();
    TRY(readiness);
    if (!library_is_ready) return failure(Kind::Bug, "set up libcurl");
    return std::unique_ptr<Transfers>{new Transfers(std::move(*readiness), std::move(tls), std::move(now))};
}

Transfers::Transfers(Readiness readiness, TlsFiles tls, std::function<Monotonic()> now)
    : readiness_(std::move(readiness)), tls_(std::move(tls)), now_(std::move(now)),
      library_(new Library{readiness_, library_due_, now_})
{
    library_->set_up();
}

Transfers::~Transfers()
{
    for (const auto& [id, transfer] : transfers_) curl_multi_remove_handle(library_->multi.get(), transfer->easy.get());
}

TransferId Transfers::start(const HttpRequest& request)
{
    const TransferId id{++last_};
    auto transfer = std::make_unique<Transfer>();
    transfer->id = id;
    transfer->set_manners(tls_);
    transfer->set_request(request);
    curl_multi_add_handle(library_->multi.get(), transfer->easy.get());
    transfers_.emplace(id, std::move(transfer));
    arm();
    return id;
}

void Transfers::cancel(TransferId id)
{
    const auto at = transfers_.find(id);
    if (at == transfers_.end()) return;
    curl_multi_remove_handle(library_->multi.get(), at->second->easy.get());
    transfers_.erase(at);
}

std::vector<Transfers::Finished> Transfers::process()
{
    std::vector<Finished> finished;
    for (const auto& ready : readiness_.poll())
        library_->go_on(ready.fd, (ready.readable ? CURL_CSELECT_IN : 0) | (ready.writable ? CURL_CSELECT_OUT : 0));
    if (library_due_ && *library_due_ <= now_()) {
        library_due_.reset(); // the library sets it anew where it wants to
        library_->go_on(CURL_SOCKET_TIMEOUT, 0);
    }
    finish(finished);
    arm();
    return finished;
}

void Transfers::finish(std::vector<Finished>& finished)
{
    int left = 0;
    while (const auto* message = curl_multi_info_read(library_->multi.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const auto code = message->data.result;
        auto* easy = message->easy_handle;
        Transfer* transfer = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
        transfer->end(code);
        finished.push_back({transfer->id, std::move(transfer->response)});
        curl_multi_remove_handle(library_->multi.get(), easy);
        transfers_.erase(finished.back().id);
    }
}

void Transfers::set_alarm(std::optional<Monotonic> due)
{
    caller_due_ = due;
    arm();
}

void Transfers::arm()
{
    if (library_due_ && caller_due_) return readiness_.set_alarm(std::min(*library_due_, *caller_due_));
    readiness_.set_alarm(library_due_ ? library_due_ : caller_due_);
}

} // namespace linkspan::takeover
