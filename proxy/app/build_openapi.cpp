#include "proxy/app/build.hpp"

namespace whogoes::app {

void build_openapi(const View& view, Problems& problems, settings::Settings& settings) {
    const std::string key = "diagnose.openapi";
    const Item item = view.item(key);
    if (item.text.empty()) return;
    try {
        settings.openapi = std::make_shared<const openapi::Document>(
            openapi::read_document_file(view.file(key), item.text));
    } catch (const openapi::DocumentError& error) {
        problems.add(item, key, error.what());
    }
}

}  // namespace whogoes::app
