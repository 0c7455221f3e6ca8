#include "config/diagnostics.h"

#include "config/scan.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace linkspan::config {
namespace {

constexpr std::size_t widest = 120; ///< characters of a line that are shown

struct Style {
    std::string_view place;
    std::string_view error;
    std::string_view warning;
    std::string_view help;
    std::string_view end;
};
constexpr Style plain{};
constexpr Style coloured{"\033[1m", "\033[1;31m", "\033[1;33m", "\033[1;36m", "\033[0m"};

/// A text cut into lines once, so that ten thousand diagnostics do not mean ten thousand scans.
class Lines {
public:
    explicit Lines(std::string_view text)
    {
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            lines_.push_back(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }
    [[nodiscard]] std::string_view at(std::uint32_t line) const
    {
        return line >= 1 && line <= lines_.size() ? lines_[line - 1] : std::string_view{};
    }

private:
    std::vector<std::string_view> lines_;
};

/// The line's characters, each taken as one column wide: a tab is a space, what a terminal could obey (C0 and C1 control
/// characters, broken UTF-8) is a '?'.
std::vector<std::string_view> characters(std::string_view line)
{
    std::vector<std::string_view> all;
    while (!line.empty()) {
        const auto length = utf8_length(line);
        const auto c = line.substr(0, std::max<std::size_t>(length, 1));
        const auto byte = static_cast<unsigned char>(c.front());
        const bool is_c1 = length == 2 && byte == 0xc2 && static_cast<unsigned char>(c[1]) < 0xa0;
        if (byte == '\t' || byte == '\r')
            all.emplace_back(" ");
        else if (length == 0 || byte < 0x20 || byte == 0x7f || is_c1)
            all.emplace_back("?");
        else
            all.push_back(c);
        line.remove_prefix(c.size());
    }
    return all;
}

class Renderer {
public:
    Renderer(const Diagnostics& diagnostics, std::span<const Source> sources, bool colour)
        : style_(colour ? coloured : plain)
    {
        for (const auto& source : sources) lines_.emplace(source.path, Lines{source.text});
        for (const auto& d : diagnostics)
            if (d.secret && d.pos.file) hide(d);
    }

    void add(const Diagnostic& d);
    void add_count(const Diagnostics& diagnostics, std::size_t files);
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void hide(const Diagnostic& d)
    {
        for (auto line = d.pos.line; line <= std::max(d.pos.line, d.last_line); ++line)
            hidden_.emplace(*d.pos.file, line);
    }
    void quote(const Diagnostic& d);

    const Style& style_;
    std::unordered_map<std::string_view, Lines> lines_;
    std::set<std::pair<std::string_view, std::uint32_t>> hidden_;
    std::string out_;
};

void append(std::string& out, std::initializer_list<std::string_view> parts)
{
    for (auto part : parts) out += part;
}

void Renderer::quote(const Diagnostic& d)
{
    const auto source = lines_.find(*d.pos.file);
    if (source == lines_.end()) return;
    const auto line = source->second.at(d.pos.line);
    if (line.empty()) return;
    const auto number = std::to_string(d.pos.line);
    const std::string margin(number.size() + 2, ' ');
    if (hidden_.contains({*d.pos.file, d.pos.line}) || may_show_secret(line)) {
        append(out_, {" ", number, " | (not shown: a secret may stand here)\n"});
        return;
    }
    const auto all = characters(line);
    const std::size_t caret = std::min<std::size_t>(std::max<std::uint32_t>(d.pos.column, 1) - 1, all.size());
    const std::size_t begin = caret < widest ? 0 : caret - widest / 2;
    const std::size_t end = std::min(all.size(), begin + widest);
    append(out_, {" ", number, " | ", begin > 0 ? "..." : ""});
    for (std::size_t i = begin; i < end; ++i) out_ += all[i];
    append(out_, {end < all.size() ? "..." : "", "\n", margin, "| "});
    const auto underlined = std::clamp<std::size_t>(d.length, 1, std::max<std::size_t>(end, caret + 1) - caret);
    out_.append(caret - begin + (begin > 0 ? 3 : 0), ' ');
    append(out_, {d.severity == Severity::Error ? style_.error : style_.warning, std::string(underlined, '^'),
                  style_.end, "\n"});
}

void Renderer::add(const Diagnostic& d)
{
    const bool is_error = d.severity == Severity::Error;
    if (d.pos.file)
        append(out_, {style_.place, *d.pos.file, ":", std::to_string(d.pos.line), ":", std::to_string(d.pos.column),
                      ": ", style_.end});
    append(out_,
           {is_error ? style_.error : style_.warning, is_error ? "error: " : "warning: ", style_.end, d.message, "\n"});
    if (d.pos.file) quote(d);
    if (!d.help.empty()) append(out_, {style_.help, "help: ", style_.end, d.help, "\n"});
    out_ += '\n';
}

void Renderer::add_count(const Diagnostics& diagnostics, std::size_t files)
{
    const auto errors = std::ranges::count(diagnostics, Severity::Error, &Diagnostic::severity);
    const auto warnings = static_cast<std::ptrdiff_t>(diagnostics.size()) - errors;
    const auto counted = [](std::ptrdiff_t n, const std::string& what) {
        return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
    };
    if (errors > 0) out_ += counted(errors, "error");
    if (errors > 0 && warnings > 0) out_ += ", ";
    if (warnings > 0) out_ += counted(warnings, "warning");
    out_ += " in " + counted(static_cast<std::ptrdiff_t>(files), "file") + "\n";
}

} // namespace

Diagnostic& add_error(Diagnostics& diagnostics, SourcePos pos, std::uint32_t length, std::string message,
                      std::string help)
{
    auto& added = diagnostics.emplace_back();
    added.pos = std::move(pos);
    added.length = length;
    added.message = std::move(message);
    added.help = std::move(help);
    return added;
}

bool has_errors(const Diagnostics& diagnostics)
{
    return std::ranges::any_of(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

std::string render(const Diagnostics& diagnostics, std::span<const Source> sources, bool colour)
{
    if (diagnostics.empty()) return {};
    Renderer renderer{diagnostics, sources, colour};
    for (const auto& d : diagnostics) renderer.add(d);
    renderer.add_count(diagnostics, sources.size());
    return renderer.take();
}

} // namespace linkspan::config
