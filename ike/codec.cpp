#include "ike/codec.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace linkspan::ike {
namespace {

enum class Element : std::uint8_t {
    SectionStart = 1,
    SectionEnd = 2,
    KeyValue = 3,
    ListStart = 4,
    ListItem = 5,
    ListEnd = 6,
};

constexpr std::size_t name_size(std::string_view name)
{
    return 1 + name.size();
}
constexpr std::size_t value_size(std::string_view value)
{
    return 2 + value.size();
}

std::string_view revealed(const SharedSecret& secret)
{
    return secret ? secret->reveal() : std::string_view{};
}

Result<std::size_t> size_of(const Section& section, std::size_t depth);

Result<std::size_t> checked_value_size(const std::string& name, std::string_view value)
{
    if (value.size() > max_value)
        return failure(Kind::Config, "the value of " + name + " is longer than 65535 bytes, the most VICI can carry");
    return value_size(value);
}

/// Bytes of an item's content, its name and type byte not counted.
struct ContentSize {
    const std::string& name;
    std::size_t depth;

    Result<std::size_t> operator()(const std::string& value) const { return checked_value_size(name, value); }
    Result<std::size_t> operator()(const SharedSecret& value) const
    {
        return checked_value_size(name, revealed(value));
    }
    Result<std::size_t> operator()(const List& list) const
    {
        std::size_t sum = 1; // ListEnd
        for (const std::string& value : list) {
            auto size = checked_value_size(name, value);
            TRY(size);
            sum += 1 + *size;
        }
        return sum;
    }
    Result<std::size_t> operator()(const Section& section) const
    {
        auto size = size_of(section, depth + 1);
        TRY(size);
        return *size + 1; // SectionEnd
    }
};

Result<std::size_t> size_of(const Section& section, std::size_t depth)
{
    if (depth > max_depth) return failure(Kind::Bug, "a VICI message with sections nested too deep");
    std::size_t sum = 0;
    for (const Item& item : section.items) {
        if (item.name.size() > max_name)
            return failure(Kind::Config,
                           "the name " + item.name + " is longer than 255 bytes, the most VICI can carry");
        auto content = std::visit(ContentSize{item.name, depth}, item.value);
        TRY(content);
        sum += 1 + name_size(item.name) + *content;
    }
    return sum;
}

class Writer {
public:
    explicit Writer(std::span<char> out) : rest_(out) {}

    void type(Element element) { byte(static_cast<std::uint8_t>(element)); }
    void name(std::string_view text)
    {
        byte(static_cast<std::uint8_t>(text.size()));
        raw(text);
    }
    void value(std::string_view text)
    {
        byte(static_cast<std::uint8_t>(text.size() >> 8));
        byte(static_cast<std::uint8_t>(text.size()));
        raw(text);
    }

private:
    void byte(std::uint8_t b)
    {
        rest_.front() = static_cast<char>(b);
        rest_ = rest_.subspan(1);
    }
    void raw(std::string_view text)
    {
        std::ranges::copy(text, rest_.begin());
        rest_ = rest_.subspan(text.size());
    }
    std::span<char> rest_;
};

void write(Writer& out, const Section& section);

struct WriteItem {
    Writer& out;
    const std::string& name;

    void operator()(const std::string& value) const { key_value(value); }
    void operator()(const SharedSecret& value) const { key_value(revealed(value)); }
    void operator()(const List& list) const
    {
        out.type(Element::ListStart);
        out.name(name);
        for (const std::string& value : list) {
            out.type(Element::ListItem);
            out.value(value);
        }
        out.type(Element::ListEnd);
    }
    void operator()(const Section& section) const
    {
        out.type(Element::SectionStart);
        out.name(name);
        write(out, section);
        out.type(Element::SectionEnd);
    }

private:
    void key_value(std::string_view value) const
    {
        out.type(Element::KeyValue);
        out.name(name);
        out.value(value);
    }
};

void write(Writer& out, const Section& section)
{
    for (const Item& item : section.items) std::visit(WriteItem{out, item.name}, item.value);
}

class Reader {
public:
    explicit Reader(std::span<const char> in) : rest_(in.data(), in.size()) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }
    [[nodiscard]] std::optional<std::uint8_t> byte()
    {
        if (rest_.empty()) return std::nullopt;
        auto b = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return b;
    }
    [[nodiscard]] std::optional<std::string_view> name()
    {
        auto size = byte();
        return size ? take(*size) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::string_view> value()
    {
        auto high = byte();
        auto low = byte();
        if (!high || !low) return std::nullopt;
        return take(static_cast<std::size_t>(*high) << 8 | *low);
    }

private:
    std::optional<std::string_view> take(std::size_t size)
    {
        if (rest_.size() < size) return std::nullopt;
        auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    std::string_view rest_;
};

std::unexpected<Error> malformed(const char* why)
{
    return failure(Kind::Protocol, std::string("a malformed VICI message: ") + why);
}

Result<List> read_list(Reader& in)
{
    List list;
    for (;;) {
        auto type = in.byte();
        if (!type) return malformed("it ends within a list");
        if (static_cast<Element>(*type) == Element::ListEnd) return list;
        if (static_cast<Element>(*type) != Element::ListItem)
            return malformed("a list holds something else than items");
        auto value = in.value();
        if (!value) return malformed("it ends within a list item");
        list.emplace_back(*value);
    }
}

Result<Section> read_section(Reader& in, std::size_t depth);

Result<> read_item(Reader& in, Element type, Section& into, std::size_t depth)
{
    auto name = in.name();
    if (!name) return malformed("it ends within a name");
    if (type == Element::KeyValue) {
        auto value = in.value();
        if (!value) return malformed("it ends within a value");
        into.set(std::string{*name}, std::string{*value});
    } else if (type == Element::ListStart) {
        auto list = read_list(in);
        TRY(list);
        into.set(std::string{*name}, std::move(*list));
    } else {
        auto section = read_section(in, depth + 1);
        TRY(section);
        into.set(std::string{*name}, std::move(*section));
    }
    return {};
}

Result<Section> read_section(Reader& in, std::size_t depth)
{
    if (depth > max_depth) return malformed("sections nest too deep");
    Section section;
    while (!in.done()) {
        auto type = static_cast<Element>(*in.byte());
        switch (type) {
        case Element::SectionEnd:
            if (depth == 0) return malformed("a section ends that never began");
            return section;
        case Element::SectionStart:
        case Element::KeyValue:
        case Element::ListStart: TRY(read_item(in, type, section, depth)); break;
        default: return malformed("an element of unknown type, or outside of a list");
        }
    }
    if (depth > 0) return malformed("it ends within a section");
    return section;
}

} // namespace

Result<std::size_t> encoded_size(const Message& message)
{
    return size_of(message, 0);
}

void encode(const Message& message, std::span<char> out)
{
    Writer writer{out};
    write(writer, message);
}

Result<Message> decode(std::span<const char> bytes)
{
    Reader reader{bytes};
    return read_section(reader, 0);
}

} // namespace linkspan::ike
