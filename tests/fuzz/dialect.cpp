#include "proxy/dialects/read.hpp"
#include "rules/diagnosis.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// A file of a dialect either is read, and then every condition asks something that can be asked, or
// is refused in one line that names it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace whogoes;
    const std::string yaml(reinterpret_cast<const char*>(data), size);
    try {
        const auto file = dialects::read_dialect(yaml, "own.yaml", "own");
        for (const rules::Saying& saying : file->dialect.sayings) {
            if (saying.when.empty() || rules::find_cause(saying.cause) == nullptr) std::abort();
            for (const rules::Term& term : saying.when)
                if (term.asks == rules::Asks::text && term.words.empty()) std::abort();
        }
        for (const rules::Condition mark : file->dialect.marks)
            if (mark.empty()) std::abort();
        if (file->sources.size() != file->dialect.sayings.size()) std::abort();
    } catch (const dialects::DialectError& error) {
        const std::string_view told = error.what();
        if (!told.starts_with("own.yaml:")) std::abort();
        for (const char c : told)
            if (static_cast<unsigned char>(c) < 0x20) std::abort();
    }
    return 0;
}
