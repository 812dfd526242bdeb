#include "proxy/tools/lint_judge.hpp"
#include "proxy/tools/words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

json::object json_of_judged(const Judged& judged) {
    const report::AuthEvent& event = judged.event;
    json::object object{
        {"status", event.status}, {"method", event.method},
        {"path", event.path},     {"times", judged.times},
        {"cause", nullptr},       {"verdict", rules::name(event.diagnosis.verdict)}};
    if (event.diagnosis.main) object["cause"] = json_of(*event.diagnosis.main);
    json::array also, violations;
    for (const rules::Finding& finding : event.diagnosis.also) also.push_back(json_of(finding));
    for (const rules::Violation& violation : event.diagnosis.violations)
        violations.push_back(json_of(violation));
    object["also"] = std::move(also);
    object["violations"] = std::move(violations);
    object["clients"] = json::array(judged.clients.begin(), judged.clients.end());
    if (!judged.remark.empty()) object["remark"] = judged.remark;
    if (!judged.input.empty()) object["input"] = judged.input;
    object["failed"] = judged.failed;
    return object;
}

std::string_view text_at(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

void take_keys(const json::object& judged, std::set<std::string>& keys) {
    const json::value* const status = judged.if_contains("status");
    const int number =
        status != nullptr && status->is_int64() ? static_cast<int>(status->get_int64()) : 0;
    const auto take = [&](const json::value& finding) {
        if (!finding.is_object()) return;
        const std::string_view id = text_at(finding.get_object(), "id");
        if (!id.empty())
            keys.insert(
                finding_key(id, number, text_at(judged, "method"), text_at(judged, "path")));
    };
    if (const json::value* const cause = judged.if_contains("cause")) take(*cause);
    if (const json::value* const violations = judged.if_contains("violations"))
        if (violations->is_array())
            for (const json::value& one : violations->get_array()) take(one);
}

}  // namespace

std::string lint_json(const LintResult& result) {
    const LintTally& tally = result.tally;
    json::array exchanges;
    for (const Judged& one : result.judged) exchanges.push_back(json_of_judged(one));
    return json::serialize(json::object{{"answers", tally.exchanges},
                                        {"errors", tally.errors},
                                        {"warnings", tally.warnings},
                                        {"notes", tally.notes},
                                        {"known", tally.known},
                                        {"ignored", tally.ignored},
                                        {"failed", tally.failed},
                                        {"requests_seen", tally.all_seen},
                                        {"exchanges", std::move(exchanges)}}) +
           "\n";
}

rules::Result<std::set<std::string>, std::string> finding_keys(std::string_view text) {
    using Keys = rules::Result<std::set<std::string>, std::string>;
    boost::system::error_code error;
    const json::value root = json::parse({text.data(), text.size()}, error);
    const json::value* const exchanges =
        !error && root.is_object() ? root.get_object().if_contains("exchanges") : nullptr;
    if (exchanges == nullptr || !exchanges->is_array())
        return Keys(boost::system::in_place_error,
                    "is no baseline: name a HAR file, or what `whogoes lint -o json` printed");
    std::set<std::string> keys;
    for (const json::value& one : exchanges->get_array())
        if (one.is_object()) take_keys(one.get_object(), keys);
    return Keys(boost::system::in_place_value, std::move(keys));
}

}  // namespace whogoes::tools
