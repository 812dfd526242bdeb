#include "proxy/app/build.hpp"
#include "proxy/dialects/file.hpp"

#include <algorithm>

namespace whogoes::app {
namespace {

// The tables look at what the files hold, so both live and die together.
struct OwnDialects {
    std::vector<std::unique_ptr<dialects::DialectFile>> files;
    std::vector<rules::Dialect> tables;
};

}  // namespace

void build_dialects(const View& view, Problems& problems, settings::Settings& settings) {
    const std::string key = "diagnose.dialects";
    auto own = std::make_shared<OwnDialects>();
    for (const Item& item : view.items(key)) {
        if (item.text.empty()) continue;
        try {
            auto file = dialects::read_own_dialect(view.file_of(key, item), item.text);
            const std::string_view id = file->dialect.id;
            const bool twice = std::any_of(own->tables.begin(), own->tables.end(),
                                           [&](const auto& one) { return one.id == id; });
            if (twice) {
                problems.add(item, key,
                             "has the name of another: a dialect is known by its "
                             "file's name, so give this one another");
                continue;
            }
            own->tables.push_back(file->dialect);
            own->files.push_back(std::move(file));
        } catch (const dialects::DialectError& error) {
            problems.add(item, key, error.what());
        }
    }
    if (own->tables.empty()) return;
    settings.refuses_in_successes =
        settings.refuses_in_successes ||
        std::any_of(own->tables.begin(), own->tables.end(),
                    [](const rules::Dialect& one) { return one.in_successes; });
    settings.dialects = std::shared_ptr<const std::vector<rules::Dialect>>(own, &own->tables);
}

}  // namespace whogoes::app
