#include "agent/queue_stat.h"

#include <fstream>
#include <sstream>
#include <string>

namespace linkspan::agent {

/// A line a queue: number, port, waiting, copy mode, copy range, dropped by the queue, dropped by the socket, last id, 1.
std::vector<QueueStat> parse_queues(std::string_view text)
{
    std::vector<QueueStat> queues;
    std::istringstream lines{std::string{text}};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::uint64_t number = 0, port = 0, waiting = 0, mode = 0, range = 0, by_queue = 0, by_socket = 0;
        if (words >> number >> port >> waiting >> mode >> range >> by_queue >> by_socket)
            queues.push_back({static_cast<std::uint16_t>(number), waiting, by_queue + by_socket});
    }
    return queues;
}

std::vector<QueueStat> read_queues()
{
    std::ifstream in{"/proc/net/netfilter/nfnetlink_queue"};
    std::ostringstream text;
    text << in.rdbuf();
    return parse_queues(text.view());
}

} // namespace linkspan::agent
