#include "cli/answer.h"

#include <boost/json.hpp>

namespace linkspan::cli {

Result<Answer> read_answer(Result<std::string> reply)
{
    TRY(reply);
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(*reply, error);
    if (error || !value.is_object()) return failure(Kind::Protocol, "the agent's answer is not a JSON object");
    return Answer{std::move(*reply), std::move(value.get_object())};
}

} // namespace linkspan::cli
