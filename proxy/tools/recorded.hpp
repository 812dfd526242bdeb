#pragma once

#include "rules/exchange.hpp"
#include "rules/result.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Exchanges as they stand in a recording (a HAR file, the output of `curl -si` or `curl -v`) or as
// they were just fetched: owned copies. Nothing here judges.
namespace whogoes::tools {

inline constexpr std::size_t most_body_octets = 64 * 1024;

using NameValue = std::pair<std::string, std::string>;

struct Recorded {
    std::string method = "GET";
    std::string target = "/";
    std::vector<NameValue> request_fields;
    std::string form_body;
    std::string other_body;      // the first 4 KiB of a body that is no form
    bool request_known = false;  // false: an answer alone, the request stands for none
    bool masked = false;         // what it was let in by is not in the recording: no cause is named
    bool described = false;      // asked for because a description has it
    bool fetched = false;        // asked for just now, so the answer is of interest by itself
    int status = 0;
    std::string reason{};  // behind the status, where the recording has it
    std::vector<NameValue> response_fields;
    std::vector<NameValue> trailers;  // of a call
    std::string body;                 // decoded; of a recording at most 64 KiB
    rules::BodyEvidence body_evidence = rules::BodyEvidence::unseen;
    std::string origin = "http://localhost";  // scheme://host[:port]
    std::optional<rules::TimePoint> answered_at;

    std::string input{};    // the file or URL it came from, without a query
    std::string comment{};  // of a HAR entry

    // What is known beside the recording; its parts must outlive the exchange.
    struct Knowledge {
        const rules::Expectations& expected;
        const rules::KeySet* keys = nullptr;
        std::span<const rules::Dialect> dialects{};
    };
    // Views into this.
    rules::Exchange exchange(rules::TimePoint now, const Knowledge&) const;
    // The fields must be there by then: they say how a call's end is framed.
    void keep_body(std::string_view whole, std::size_t most = most_body_octets);
    bool is_call() const;

private:
    void keep_end(std::string_view whole);
};

// Splits "https://api.example/v1?x=1" into origin and target; empty where it is no http(s) URL.
struct SplitUrl {
    std::string origin, target;
};
std::optional<SplitUrl> split_url(std::string_view url);

// The error is one sentence that names the line or the entry.
using Recording = rules::Result<std::vector<Recorded>, std::string>;

// What `curl -si`, `curl -sI -L` or `curl -v` print: answers, perhaps with their requests.
Recording read_transcript(std::string_view text);

// HTTP Archive 1.2, as browsers and mitmproxy export it.
Recording read_har(std::string_view text);

}  // namespace whogoes::tools
