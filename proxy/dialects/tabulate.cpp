#include "proxy/dialects/places.hpp"
#include "proxy/dialects/read.hpp"
#include "proxy/dialects/read_tokens.hpp"
#include "proxy/dialects/samples.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

// Run by the build: turns rules/dialects/*.yaml into constant tables, so that the program reads no
// file for them and a mistake in one is an error of the build with file and line.
//
//   tabulate OUTPUT FILE.yaml...

namespace whogoes::rules {

// The tables are what is being made; the reader asks for none of them.
std::span<const Dialect> builtin_dialects() noexcept { return {}; }
std::span<const CredentialPlace> known_places() noexcept { return {}; }
std::span<const TokenPrefix> known_prefixes() noexcept { return {}; }
std::span<const causes::PlaceholderShape> causes::placeholder_shapes() noexcept { return {}; }

}  // namespace whogoes::rules

namespace whogoes::dialects {
namespace {

using namespace rules;

std::string literal(std::string_view text) {
    std::ostringstream out;
    out << '"';
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out << '\\' << c;
        else if (octet < 0x20 || octet >= 0x7f)
            out << '\\' << std::oct << (octet >> 6U) << ((octet >> 3U) & 7U) << (octet & 7U);
        else
            out << c;
    }
    out << '"';
    return out.str();
}

void write_term(std::ostream& out, const Term& term) {
    out << "{Asks{" << int(term.asks) << "}, " << literal(term.name) << ", " << literal(term.words)
        << ", " << term.name_mark << "U, {";
    for (const std::uint16_t status : term.statuses)
        if (status != 0) out << status << ",";
    out << "}, Sent{" << static_cast<unsigned>(term.sent) << "}}";
}

std::vector<std::string> literals(std::span<const std::string_view> texts) {
    std::vector<std::string> all;
    for (const std::string_view text : texts) all.push_back(literal(text));
    return all;
}

void write_table(std::ostream& out, std::string_view type, const std::string& name,
                 const std::vector<std::string>& rows) {
    out << "constexpr std::array<" << type << ", " << rows.size() << "> " << name << "{";
    if (!rows.empty()) out << "{\n";
    for (const std::string& row : rows) out << "    " << row << ",\n";
    out << (rows.empty() ? "};\n" : "}};\n");
}

void write_prefixes(std::ostream& out, std::span<const TokenPrefix> prefixes) {
    std::map<std::vector<std::string>, std::string> lists;
    const auto list = [&](std::span<const std::string_view> texts) {
        const auto [at, fresh] =
            lists.emplace(literals(texts), "names" + std::to_string(lists.size()));
        if (fresh) write_table(out, "std::string_view", at->second, at->first);
        return at->second;
    };
    std::vector<std::string> rows;
    for (const TokenPrefix& row : prefixes)
        rows.push_back("{" + literal(row.prefix) + ", " + literal(row.provider) + ", " +
                       literal(row.environment) + ", TokenKind{" + std::to_string(int(row.kind)) +
                       "}, " + list(row.hosts) + (row.installed ? ", true, " : ", false, ") +
                       list(row.paths) + "}");
    write_table(out, "TokenPrefix", "prefixes", rows);
}

void write_placeholders(std::ostream& out, std::span<const causes::PlaceholderShape> shapes) {
    std::vector<std::string> rows;
    for (const causes::PlaceholderShape& row : shapes) {
        std::string text = "{";
        for (const std::string_view part :
             {row.whole, row.begins, row.ends, row.holds, row.only, row.seen})
            text += literal(part) + ", ";
        rows.push_back(text + (row.word ? "true}" : "false}"));
    }
    write_table(out, "causes::PlaceholderShape", "placeholders", rows);
}

class Tables {
public:
    explicit Tables(std::ostream& out) : out_(out) {}

    void add(const Dialect& dialect) {
        const std::string own = std::to_string(count_++);
        std::vector<std::string> marks, sayings;
        for (const Condition& mark : dialect.marks) marks.push_back(condition(mark));
        for (const Saying& saying : dialect.sayings)
            sayings.push_back("{" + condition(saying.when) + ", " + literal(saying.cause) + ", " +
                              literal(saying.advice) + (saying.weak ? ", true}" : ", false}"));
        write_table(out_, "Condition", "marks" + own, marks);
        write_table(out_, "Saying", "sayings" + own, sayings);
        write_table(out_, "std::string_view", "quirks" + own, literals(dialect.quirks));
        write_table(out_, "std::string_view", "empty" + own, literals(dialect.empty_words));
        rows_.push_back("{" + literal(dialect.id) + ", " + literal(dialect.name) + ", marks" + own +
                        ", {}, sayings" + own + ", quirks" + own + ", empty" + own +
                        (dialect.in_successes ? ", true" : ", false") + ", Layer{" +
                        std::to_string(int(dialect.layer)) + "}}");
    }

    void finish() { write_table(out_, "Dialect", "dialects", rows_); }

private:
    std::string condition(Condition terms) {
        std::string name = "terms" + std::to_string(conditions_++);
        out_ << "constexpr Term " << name << "[] = {";
        for (const Term& term : terms) {
            write_term(out_, term);
            out_ << ", ";
        }
        out_ << "};\n";
        return name;
    }

    std::ostream& out_;
    std::size_t count_ = 0, conditions_ = 0;
    std::vector<std::string> rows_{};
};

void write_places(std::ostream& out, const Places& places) {
    std::vector<std::string> rows;
    for (const CredentialPlace& row : places.rows())
        rows.push_back("{Where{" + std::to_string(int(row.where)) + "}, " + literal(row.name) +
                       ", Holds{" + std::to_string(int(row.holds)) + "}}");
    write_table(out, "CredentialPlace", "places", rows);
}

void write_samples(std::ostream& out, const Samples& samples) {
    out << "constexpr std::array<Sample, " << samples.rows().size() << "> samples{{\n";
    for (const auto& [cause, one] : samples.rows())
        out << "    {" << literal(cause) << ", " << literal(one.system) << ", "
            << literal(one.title) << ", " << literal(one.source) << ", " << literal(one.request)
            << ", " << literal(one.answer) << "},\n";
    out << "}};\n";
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error(path.string() + ": cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

void tabulate(std::ostream& out, std::vector<std::filesystem::path> files) {
    std::sort(files.begin(), files.end());
    // What everybody says is asked before what frameworks and libraries do.
    std::stable_partition(files.begin(), files.end(), [](const std::filesystem::path& path) {
        return path.stem() == "general";
    });
    out << "// Made by the build of rules/dialects/*.yaml.\n"
           "#include \"rules/causes/placeholder.hpp\"\n#include \"rules/dialect.hpp\"\n"
           "#include \"rules/prefixes.hpp\"\n#include \"rules/sample.hpp\"\n\n#include <array>\n\n"
           "namespace whogoes::rules {\nnamespace {\n\n";
    Tables tables(out);
    Places places;
    Samples samples;
    std::vector<std::unique_ptr<DialectFile>> read;  // the places look into them
    for (const std::filesystem::path& path : files) {
        const std::string name = path.string(), id = path.stem().string();
        if (id == "prefixes") {
            write_prefixes(out, read_prefixes(content_of(path), name)->rows);
        } else if (id == "placeholders") {
            write_placeholders(out, read_placeholders(content_of(path), name)->rows);
        } else {
            const DialectFile& file = *read.emplace_back(read_dialect(content_of(path), name, id));
            tables.add(file.dialect);
            places.add(file, name);
            samples.add(file);
        }
    }
    tables.finish();
    write_places(out, places);
    write_samples(out, samples);
    out << "\n}  // namespace\n\n"
           "std::span<const Dialect> builtin_dialects() noexcept { return dialects; }\n"
           "std::span<const CredentialPlace> known_places() noexcept { return places; }\n"
           "std::span<const TokenPrefix> known_prefixes() noexcept { return prefixes; }\n"
           "std::span<const causes::PlaceholderShape> causes::placeholder_shapes() noexcept {\n"
           "    return placeholders;\n}\n"
           "std::span<const Sample> builtin_samples() noexcept { return samples; }\n\n"
           "}  // namespace whogoes::rules\n";
}

}  // namespace
}  // namespace whogoes::dialects

int main(int argc, char** argv) {
    try {
        std::ostringstream out;
        whogoes::dialects::tabulate(out, {argv + 2, argv + argc});
        std::ofstream file(argv[1], std::ios::binary);
        file << out.str();
        return file.flush() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
