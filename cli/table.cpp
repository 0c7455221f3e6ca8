#include "cli/table.h"

#include <algorithm>

namespace linkspan::cli {
namespace {

constexpr std::string_view gap = "  ";

std::vector<std::size_t> column_widths(const std::vector<Row>& rows)
{
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i].plain));
    }
    return widths;
}

/// Cells after the last one that says something are not printed.
std::size_t cells_used(const Row& row)
{
    std::size_t used = row.size();
    while (used > 0 && row[used - 1].plain.empty()) --used;
    return used;
}

void append_cell(std::string& line, const Cell& cell, std::size_t width, bool last)
{
    const std::string padding(width - width_of(cell.plain), ' ');
    if (cell.right) line += padding;
    line += cell.shown;
    if (!cell.right && !last) line += padding;
    if (!last) line += gap;
}

} // namespace

std::size_t width_of(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string layout(const std::vector<Row>& rows, std::string_view indent)
{
    const auto widths = column_widths(rows);
    std::string text;
    for (const Row& row : rows) {
        const std::size_t used = cells_used(row);
        if (used > 0) text += indent;
        for (std::size_t i = 0; i < used; ++i) append_cell(text, row[i], widths[i], i + 1 == used);
        text += '\n';
    }
    return text;
}

} // namespace linkspan::cli
