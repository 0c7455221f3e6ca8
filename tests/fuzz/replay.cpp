// Feeds a fuzz target what is on disk, where there is no libFuzzer: replay SEEDS [PUBLIC].
// SEEDS is a folder of inputs, one a file, and must hold some. PUBLIC is a folder of *.hex files, one input a line, which
// need not exist. After each input come its beginnings: most bugs of decoders are about an end that comes too early.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

/// From a buffer of exactly that size, so that a sanitizer sees every byte read beyond it.
void feed(std::string_view input)
{
    auto exact = std::make_unique<std::uint8_t[]>(input.size());
    std::ranges::copy(input, exact.get());
    LLVMFuzzerTestOneInput(exact.get(), input.size());
}

/// All beginnings of a short input, some hundreds of a long one.
void feed_truncated(std::string_view input)
{
    const std::size_t step = input.size() / 512 + 1;
    for (std::size_t size = 0; size < input.size(); size += step) feed(input.substr(0, size));
    feed(input);
}

std::vector<fs::path> files_of(const fs::path& folder)
{
    std::vector<fs::path> files;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{folder, none})
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

std::string contents(const fs::path& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string from_hex(std::string_view hex)
{
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        std::uint8_t byte = 0;
        std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

std::size_t replay_seeds(const fs::path& folder)
{
    std::size_t count = 0;
    for (const fs::path& file : files_of(folder)) {
        feed_truncated(contents(file));
        ++count;
    }
    return count;
}

std::size_t replay_public(const fs::path& folder)
{
    std::size_t count = 0;
    for (const fs::path& file : files_of(folder)) {
        if (file.extension() != ".hex") continue;
        std::ifstream in{file};
        for (std::string line; std::getline(in, line); ++count) feed(from_hex(line));
    }
    return count;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2) return std::fputs("usage: replay SEEDS [PUBLIC]\n", stderr), 2;
    const std::size_t seeds = replay_seeds(argv[1]);
    std::printf("%zu seeds and their beginnings from %s\n", seeds, argv[1]);
    if (argc > 2) {
        if (fs::is_directory(argv[2]))
            std::printf("%zu public inputs from %s\n", replay_public(argv[2]), argv[2]);
        else
            std::printf("no public inputs: there is no %s (LINKSPAN_CORPORA)\n", argv[2]);
    }
    if (seeds == 0) std::fputs("no seeds: nothing was tested\n", stderr);
    return seeds == 0 ? 1 : 0;
}
