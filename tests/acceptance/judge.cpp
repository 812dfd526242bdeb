#include "acceptance/judge.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace whogoes::acceptance {
namespace {

namespace json = boost::json;

json::value as_json(const rules::Fact& fact) {
    if (const auto* number = std::get_if<std::int64_t>(&fact.value)) return *number;
    if (const auto* flag = std::get_if<bool>(&fact.value)) return *flag;
    if (const auto* text = std::get_if<std::string>(&fact.value))
        return json::string(json::string_view(text->data(), text->size()));
    json::array list;
    for (const std::string& entry : std::get<std::vector<std::string>>(fact.value))
        list.emplace_back(json::string_view(entry.data(), entry.size()));
    return list;
}

std::string main_cause(const rules::Diagnosis& diagnosis) {
    return diagnosis.main ? std::string(diagnosis.main->cause->id) : "nothing";
}

std::string all_causes(const rules::Diagnosis& diagnosis) {
    std::string list = main_cause(diagnosis);
    for (const rules::Finding& finding : diagnosis.also)
        list.append(", ").append(finding.cause->id);
    return list;
}

std::string all_rules(const rules::Diagnosis& diagnosis) {
    std::string list;
    for (const rules::Violation& violation : diagnosis.violations)
        list.append(list.empty() ? "" : ", ").append(violation.rule->id);
    return list.empty() ? "none" : list;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts) list.append(list.empty() ? "" : " | ").append(text);
    return list.empty() ? "nothing" : list;
}

bool is_among_the_others(const rules::Diagnosis& diagnosis, std::string_view id) {
    return std::any_of(diagnosis.also.begin(), diagnosis.also.end(),
                       [id](const rules::Finding& finding) { return finding.cause->id == id; });
}

class Judge {
public:
    Judge(const json::object& expected, const Outcome& outcome)
        : expected_(expected), diagnosis_(outcome.diagnosis), remedy_(outcome.remedy) {}

    std::vector<std::string> judge() {
        for (const auto& [name, value] : expected_) judge_key({name.data(), name.size()}, value);
        return std::move(differences_);
    }

private:
    void judge_key(std::string_view name, const json::value& value) {
        if (name == "rules") return judge_rules(true);
        if (name == "not_rules") return judge_rules(false);
        if (name == "cause") return judge_cause(value);
        if (name == "confidence") return judge_confidence();
        if (name == "also") return judge_also();
        if (name == "not_causes") return judge_not_causes();
        if (name == "inject") return judge_injection(value);
        if (name == "evidence") return judge_evidence(value);
        differ("this runner knows no expectation \"" + std::string(name) + "\"");
    }

    void differ(std::string line) { differences_.push_back(std::move(line)); }

    void judge_rules(bool wanted) {
        for (const std::string& id : texts_of(expected_, wanted ? "rules" : "not_rules")) {
            if (!rules::find_rule(id)) differ("rule: there is none called " + id);
            if (diagnosis_.has_rule(id) != wanted)
                differ(std::string("rule: expected ") + (wanted ? "" : "not ") + id + ", came " +
                       all_rules(diagnosis_));
        }
    }

    void judge_cause(const json::value& value) {
        const std::string wanted = value.is_null() ? "nothing" : text_of(expected_, "cause");
        if (main_cause(diagnosis_) != wanted)
            differ("cause: expected " + wanted + ", came " + all_causes(diagnosis_) +
                   (diagnosis_.main ? " (" + diagnosis_.main->evidence.words + ")" : ""));
    }

    void judge_confidence() {
        const std::string wanted = text_of(expected_, "confidence");
        const std::string came =
            diagnosis_.main ? std::string(name(diagnosis_.main->evidence.confidence)) : "nothing";
        if (came != wanted) differ("confidence: expected " + wanted + ", came " + came);
    }

    void judge_also() {
        for (const std::string& id : texts_of(expected_, "also"))
            if (!is_among_the_others(diagnosis_, id))
                differ("also: expected " + id + ", came " + all_causes(diagnosis_));
    }

    void judge_not_causes() {
        for (const std::string& id : texts_of(expected_, "not_causes"))
            if (diagnosis_.has_cause(id))
                differ("cause: expected not " + id + ", came " + all_causes(diagnosis_));
    }

    void judge_injection(const json::value& value) {
        std::vector<std::string> wanted = texts_of(expected_, "inject");
        if (value.is_null()) wanted.clear();
        if (remedy_.challenges != wanted)
            differ("inject: expected " + joined(wanted) + ", came " + joined(remedy_.challenges));
    }

    void judge_evidence(const json::value& value) {
        if (!value.is_object()) return differ("evidence: the expectation is no object");
        for (const auto& [key, wanted] : value.get_object()) {
            const std::string_view fact_name(key.data(), key.size());
            const json::value came = fact(fact_name);
            if (came != wanted)
                differ("evidence: expected " + std::string(fact_name) + " " +
                       json::serialize(wanted) + ", came " + json::serialize(came));
        }
    }

    json::value fact(std::string_view fact_name) const {
        if (!diagnosis_.main) return nullptr;
        for (const rules::Fact& candidate : diagnosis_.main->evidence.facts)
            if (candidate.name == fact_name) return as_json(candidate);
        return nullptr;
    }

    const json::object& expected_;
    const rules::Diagnosis& diagnosis_;
    const rules::Remedy& remedy_;
    std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> differences(const json::object& expected, const Outcome& outcome) {
    return Judge(expected, outcome).judge();
}

}  // namespace whogoes::acceptance
