#include "cli/request.h"

namespace linkspan::cli {
namespace {

constexpr std::string_view general = R"(linkspan makes this gateway match its files, and tells how it is doing.

usage: linkspan [OPTION...] COMMAND

  check          check the files; changes nothing and needs no agent
  plan           show what apply would change
  apply          make the kernel and the IKE daemon match the files, now
  status [NAME]  how the gateway is doing, or everything about one connection
  up NAME        bring a connection up
  restart NAME   end a connection's SAs and negotiate anew
  down NAME      take a connection down and hold it down; its packets are dropped, never sent in the clear
  nat lookup ADDRESS  who an address is under mapped NAT, in both directions
  egress log [-f]     what hosts behind the gateway were refused, as it happens
  egress learned [NAME|ADDRESS]  addresses that names have opened, for whom and for how long
  egress why SOURCE NAME:PORT  what becomes of such packets, and by which rule
  egress discover     a tag of what hosts used in discovery mode, ready for the file
  ha status      the two gateways of a pair; ha switchover hands over, ha maintenance on keeps this one out
  help COMMAND   more about a command, with examples

  -c, --config FILE  check or plan this file (and linkspan.d beside it) instead of /etc/linkspan/linkspan.toml
      --with FILE    check: compare with the file of the pair's other gateway
      --explain NAME check: show what a connection comes out as, and where each value comes from
      --no-routes    check: do not compare what mapped NAT makes up with this machine's routes
      --json         print facts as JSON
      --socket PATH  the agent's socket (default /run/linkspan/private)
      --no-colour    no colours; they are only used on a terminal, and never where NO_COLOR is set
  -h, --help         this text
      --version      the version
)";

constexpr std::string_view check =
    R"(usage: linkspan check [-c FILE] [--with FILE] [--explain NAME] [--no-routes] [--json]

Reads /etc/linkspan/linkspan.toml and linkspan.d/*.toml beside it, and says everything that is wrong with them, with
file, line and column, in one run. It asks no agent and changes nothing, so it may be run anywhere, by anyone who may
read the files.

On the gateway itself it also compares the networks that mapped NAT makes up with the kernel's routes, and warns where
somebody has them already: always without -c; with it, where [gateway] has this host's name or one of its addresses.
With --no-routes never.

With --explain NAME: every value of that connection, those that are not written included, and where each comes from.

With --with FILE: FILE is that of the other gateway of a pair, copied here. What
is not the same in both, and must be, is listed, with what either says. Their
names, and which of the two each is, may differ.

  linkspan check
  linkspan check -c new/linkspan.toml
  linkspan check --explain azure-hub

Exit status: 0 no errors (there may be warnings), 1 errors, or files that differ.
)";

constexpr std::string_view plan = R"(usage: linkspan plan [-c FILE] [--json]

Asks the agent what apply would change, and changes nothing.

   + create   ~ update in place   -+ delete and create again   - delete   > initiate   < terminate

  linkspan plan
  linkspan plan -c new/linkspan.toml    what a new file would change

Exit status: 0 nothing to do, 2 changes, 1 an error or a conflict.
)";

constexpr std::string_view apply = R"(usage: linkspan apply [--json]

The agent reads its files anew and makes the kernel and the IKE daemon match them. Files with errors change nothing.

  linkspan plan && linkspan apply

Exit status: 0 everything is in sync, 1 an error, or something is not in sync.
)";

constexpr std::string_view status = R"(usage: linkspan status [NAME] [--json]

Without NAME: the gateway, a line for every connection, and what is not as the files say. With NAME: everything about
that connection: its state and since when, its SAs with SPIs, age and traffic, the last error, what is not in sync and
why.

  linkspan status
  linkspan status azure-hub
  linkspan status --json | jq -r '.connections[] | select(.state != "up") | .name'

Exit status: 0 the agent answered, 1 an error, 3 the agent does not answer.
)";

constexpr std::string_view up = R"(usage: linkspan up NAME

Lifts `linkspan down` and initiates the connection. It returns when the agent has begun; `linkspan status NAME` shows
how it goes.

  linkspan up azure-hub

Exit status: 0 begun, 1 an error.
)";

constexpr std::string_view restart = R"(usage: linkspan restart NAME

Ends the connection's SAs and negotiates anew; no other connection is touched. Until the new SAs are there, its packets
are dropped, never sent in the clear. It returns when the agent has begun.

  linkspan restart azure-hub

Exit status: 0 begun, 1 an error, or the connection is held down.
)";

constexpr std::string_view down = R"(usage: linkspan down NAME

Ends the connection's SAs and holds it down until `linkspan up NAME`, over restarts of the agent and of the machine.
Its policies stay, so packets for its remote subnets are dropped, never sent in the clear.

  linkspan down azure-hub

Exit status: 0 down, 1 an error.
)";

constexpr std::string_view nat = R"(usage: linkspan nat lookup ADDRESS [--json]

Who is this? Under mapped NAT (linkspan.toml(5)) a host has one address here and another at the peer's side. Answers
with every meaning that ADDRESS has, on either side.

  linkspan nat lookup 100.65.0.7

Exit status: 0 found, 1 no connection maps it, or an error.
)";

constexpr std::string_view ha = R"(usage: linkspan ha status [--json]
       linkspan ha switchover [--anyway]
       linkspan ha yield
       linkspan ha maintenance on|off
       linkspan ha resume

For a gateway that is one of two with the same addresses ([ha] in linkspan.toml(5)).

status       both gateways: role, epoch, health, what is copied, and the last events with their causes
switchover   on either gateway: the active one hands over to the other, which goes on with the same SAs; --anyway hands
             over even to a gateway of another version, with other files, or that does not have all SAs yet
yield        where this gateway is active, hands over and waits until it is done; elsewhere there is nothing to do. The end of
             either service does it by itself, so a reboot of the active gateway is a switchover.
maintenance  on: keeps this gateway out, over restarts; it hands over first where it is active
resume       lets a gateway that found itself unfit, or that took over too often, do so again at once

  linkspan ha status
  linkspan ha maintenance on && apt upgrade && linkspan ha maintenance off

Exit status: 0 done or begun, 1 an error, or refused.
)";

constexpr std::string_view egress = R"(usage: linkspan egress log [-f] [--json]
       linkspan egress learned [NAME|ADDRESS] [--json]
       linkspan egress why SOURCE NAME:PORT[/PROTOCOL] [--json]
       linkspan egress discover [--json]

log      the last 100 refusals in the journal, of any agent before this one too: who wanted what, the name the address
         was last seen as, the tag and the rule, or "no rule". With -f the last 10, and those to come.
learned  addresses that are open because of a name, with the client that asked, the names and the time that is left.
         With a word, those whose name or address contains it.
why      what becomes of packets of SOURCE, and by whose word. The target may be an address; PROTOCOL is tcp (or what is
         not written), udp or icmp, which has no port.
discover what hosts asked for and used while mode = "discover", as a tag for the file.

  linkspan egress log -f
  linkspan egress learned ubuntu.com
  linkspan egress why 10.1.0.10 archive.ubuntu.com:443
  linkspan egress why 10.1.0.10 192.0.2.7:123/udp
  linkspan egress discover >> /etc/linkspan/linkspan.d/discovered.toml

Exit status: 0 answered (why: it is allowed), 2 why: it is not allowed, 1 an error.
)";

constexpr std::string_view help = R"(usage: linkspan help [COMMAND]
)";

} // namespace

std::string help_text(const std::string& command)
{
    if (command.empty()) return std::string(general);
    if (command == "check") return std::string(check);
    if (command == "plan") return std::string(plan);
    if (command == "apply") return std::string(apply);
    if (command == "status") return std::string(status);
    if (command == "up") return std::string(up);
    if (command == "restart") return std::string(restart);
    if (command == "down") return std::string(down);
    if (command == "nat") return std::string(nat);
    if (command == "ha") return std::string(ha);
    if (command == "egress") return std::string(egress);
    if (command == "help") return std::string(help);
    return {};
}

} // namespace linkspan::cli
