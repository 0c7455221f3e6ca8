#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::cli {

/// Columns as wide as their widest cell, two spaces between them, nothing trailing. A cell is laid out by its plain
/// text and printed as `shown`, so colours do not shift columns.
struct Cell {
    std::string plain = {};
    std::string shown = {};
    bool right = false;

    Cell(std::string text) : plain(std::move(text)), shown(plain) {}
    Cell(const char* text) : Cell(std::string(text)) {}
    Cell(std::string text, std::string painted) : plain(std::move(text)), shown(std::move(painted)) {}
    [[nodiscard]] static Cell number(std::string text)
    {
        Cell cell{std::move(text)};
        cell.right = true;
        return cell;
    }
};

using Row = std::vector<Cell>;

/// Every line begins with `indent` and ends with a newline.
[[nodiscard]] std::string layout(const std::vector<Row>& rows, std::string_view indent);

/// Columns that UTF-8 text takes where every character takes one.
[[nodiscard]] std::size_t width_of(std::string_view text);

} // namespace linkspan::cli
