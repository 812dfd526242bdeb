#include "rules/clients.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules {
namespace {

// What a client gets to read: the challenges in order, each with its line, and how they are
// written.
struct Offered {
    std::vector<Challenge> challenges;
    bool two_spaces = false;  // behind a scheme
    bool spaced_equals = false;
    bool empty_elements = false;
    bool broken = false;  // a line does not parse

    const Challenge* find(std::string_view scheme) const {
        for (const Challenge& challenge : challenges)
            if (challenge.is(scheme)) return &challenge;
        return nullptr;
    }
};

bool before(const Challenge* one, const Challenge* other) { return one && other && one < other; }

bool opens_line(const Offered& offered, const Challenge& challenge) {
    return &challenge == offered.challenges.data() || (&challenge - 1)->line != challenge.line;
}

bool any(const Offered& offered, std::string_view scheme, bool (*applies)(const Challenge&)) {
    return std::any_of(
        offered.challenges.begin(), offered.challenges.end(),
        [&](const Challenge& challenge) { return challenge.is(scheme) && applies(challenge); });
}

bool every_digest(const Offered& offered, bool (*applies)(const Challenge&)) {
    return offered.find("Digest") &&
           std::all_of(offered.challenges.begin(), offered.challenges.end(),
                       [&](const Challenge& challenge) {
                           return !challenge.is("Digest") || applies(challenge);
                       });
}

bool algorithm_is(const Challenge& challenge, std::string_view name) {
    return iequals(challenge.value_of("algorithm"), name);
}

struct Quirk {
    std::string_view clients;
    std::string_view breaks_on;
    std::string_view what_happens;
    bool (*applies)(const Offered&);
};

// Measured, not read in a manual: unmodified clients of Debian 12 and current npm and PyPI
// packages, each against an API that answers 401 with exactly this.
constexpr auto quirks = std::to_array<Quirk>({
    {"svn (libserf 1.3.9)", "a Basic challenge without a realm", "it ends in a segmentation fault",
     [](const Offered& o) {
         return any(o, "Basic", [](const Challenge& c) { return !c.parameter("realm"); });
     }},
    {"wget2, hg, neon, urllib, caldav, ffmpeg, lftp, lynx and w3m",
     "a Basic challenge without a realm", "they do not log in",
     [](const Offered& o) {
         return any(o, "Basic", [](const Challenge& c) { return !c.parameter("realm"); });
     }},
    {"svn (libserf 1.3.9)", "a Basic challenge whose first parameter is not realm",
     "it ends in a segmentation fault",
     [](const Offered& o) {
         return any(o, "Basic", [](const Challenge& c) {
             return c.parameter("realm") && !iequals(c.parameters.front().name, "realm");
         });
     }},
    {"hg and urllib", "a Basic challenge whose first parameter is not realm", "they do not log in",
     [](const Offered& o) {
         return any(o, "Basic", [](const Challenge& c) {
             return c.parameter("realm") && !iequals(c.parameters.front().name, "realm");
         });
     }},
    {"svn (libserf 1.3.9)", "two spaces behind the scheme", "it ends in a segmentation fault",
     [](const Offered& o) { return o.two_spaces && o.find("Basic"); }},
    {"hg, neon, urllib and lftp", "white space around \"=\"", "they do not log in",
     [](const Offered& o) { return o.spaced_equals && o.find("Basic"); }},
    {"Chromium, wget2, svn, hg, java.net.http, Apache HttpClient 4.5, ffmpeg, lftp, lynx and w3m",
     "an empty element in the list", "they do not log in",
     [](const Offered& o) { return o.empty_elements && o.find("Basic"); }},
    {"OkHttp 3.13, oauth4webapi and openid-client", "a quote that never closes",
     "they take it for no challenge at all", [](const Offered& o) { return o.broken; }},
    {"Chromium, wget2, svn, hg, urllib with a Digest handler, LWP, java.net.http, Apache "
     "HttpClient "
     "4.5, ffmpeg, lftp and lynx",
     "Basic behind another scheme on the same line", "they read the first challenge of a line only",
     [](const Offered& o) {
         const Challenge* basic = o.find("Basic");
         return basic && !opens_line(o, *basic);
     }},
    {"java.net.http and lynx", "Basic behind Digest on the same line",
     "they read the first challenge of a line only",
     [](const Offered& o) {
         const Challenge* basic = o.find("Basic");
         return basic && !opens_line(o, *basic) && (basic - 1)->is("Digest");
     }},
    {"wget2, hg and urllib with a Digest handler", "a Bearer line before the Basic line",
     "wget2 exits without a word, the others raise ValueError",
     [](const Offered& o) {
         const Challenge* basic = o.find("Basic");
         return before(o.find("Bearer"), basic) && opens_line(o, *basic);
     }},
    {"MCP SDK, mcp-remote, skopeo and buildah", "a Basic challenge before the Bearer challenge",
     "only the first challenge counts for them, so they never find Bearer",
     [](const Offered& o) { return before(o.find("Basic"), o.find("Bearer")); }},
    {"MCP SDK 1.32 and mcp-remote", "a DPoP line before the Bearer line",
     "only the first challenge counts for them",
     [](const Offered& o) { return before(o.find("DPoP"), o.find("Bearer")); }},
    {"curl --anyauth, git, hg, wget2 and urllib with a Digest handler", "Negotiate beside Basic",
     "they take Negotiate and end with the 401",
     [](const Offered& o) { return o.find("Negotiate") && o.find("Basic"); }},
    {"Chromium, wget, wget2, curl --anyauth, git, hg and urllib", "NTLM beside Basic",
     "they take NTLM and end with the 401",
     [](const Offered& o) { return o.find("NTLM") && o.find("Basic"); }},
    {"HttpURLConnection (Java)", "NTLM beside Basic",
     "it tries 20 times and throws ProtocolException",
     [](const Offered& o) { return o.find("NTLM") && o.find("Basic"); }},
    {"Mono", "xBasic", "it takes it for Basic, and no other client answers it",
     [](const Offered& o) { return o.find("xBasic") != nullptr; }},
    {"skopeo and buildah", "a Bearer challenge without a realm",
     "they stop with \"missing realm in bearer auth challenge\"",
     [](const Offered& o) {
         return any(o, "Bearer", [](const Challenge& c) {
             return !c.parameter("realm") && !c.parameter("resource_metadata");
         });
     }},
    {"skopeo and buildah", "a Bearer realm without quotes",
     "they stop with \"unsupported protocol scheme\"",
     [](const Offered& o) {
         return any(o, "Bearer", [](const Challenge& c) {
             const Parameter* realm = c.parameter("realm");
             return realm && !realm->quoted;
         });
     }},
    {"MCP SDK and mcp-remote", "a resource_metadata that is no absolute URL",
     "they do not find the metadata",
     [](const Offered& o) {
         return any(o, "Bearer", [](const Challenge& c) {
             const Parameter* url = c.parameter("resource_metadata");
             return url && !compliance::web_origin(url->value);
         });
     }},
    {"MCP SDK and mcp-remote", "a resource_metadata in other than lower case",
     "they do not find the metadata",
     [](const Offered& o) {
         return any(o, "Bearer", [](const Challenge& c) {
             const Parameter* url = c.parameter("resource_metadata");
             return url && url->name != "resource_metadata";
         });
     }},
    {"MCP SDK and mcp-remote", "white space around the \"=\" of resource_metadata",
     "they do not find the metadata",
     [](const Offered& o) {
         return o.spaced_equals && any(o, "Bearer", [](const Challenge& c) {
                    return c.parameter("resource_metadata") != nullptr;
                });
     }},
    {"every client", "a Digest challenge without a nonce", "none of them can answer it",
     [](const Offered& o) {
         return any(o, "Digest", [](const Challenge& c) { return !c.parameter("nonce"); });
     }},
    {"requests and caldav", "a Digest challenge without a realm or a nonce", "they raise KeyError",
     [](const Offered& o) {
         return any(o, "Digest", [](const Challenge& c) {
             return !c.parameter("nonce") || !c.parameter("realm");
         });
     }},
    {"wget2, neon and httpx", "a Digest challenge without qop", "they do not log in",
     [](const Offered& o) {
         return any(o, "Digest", [](const Challenge& c) { return !c.parameter("qop"); });
     }},
    {"wget2, hg, urllib and ffmpeg", "algorithm=md5 in lower case",
     "they know MD5 in capitals only; hg and urllib raise ValueError",
     [](const Offered& o) {
         return any(o, "Digest", [](const Challenge& c) {
             const std::string_view name = c.value_of("algorithm");
             return iequals(name, "MD5") && name != "MD5";
         });
     }},
    {"svn, hg, urllib, libsoup, Mono, ffmpeg, lftp and w3m", "a Digest offer of SHA-256 alone",
     "they know MD5 only",
     [](const Offered& o) {
         return every_digest(o, [](const Challenge& c) { return algorithm_is(c, "SHA-256"); });
     }},
    {"hg, urllib, Mono, lftp and w3m", "SHA-256 before MD5 in Digest",
     "they stop at the first algorithm",
     [](const Offered& o) {
         const Challenge* first = o.find("Digest");
         return first && algorithm_is(*first, "SHA-256") &&
                any(o, "Digest", [](const Challenge& c) { return algorithm_is(c, "MD5"); });
     }},
    {"svn, hg, urllib and lftp", "algorithm=MD5-sess", "they do not log in",
     [](const Offered& o) {
         return every_digest(o, [](const Challenge& c) { return algorithm_is(c, "MD5-sess"); });
     }},
    {"wget2 and svn", "qop=\"auth,auth-int\"", "they take it for one unknown word",
     [](const Offered& o) {
         return any(o, "Digest",
                    [](const Challenge& c) { return icontains(c.value_of("qop"), "auth-int"); });
     }},
    {"LWP and neon", "stale=true in a first Digest challenge", "LWP dies, neon gives up",
     [](const Offered& o) {
         return any(o, "Digest",
                    [](const Challenge& c) { return iequals(c.value_of("stale"), "true"); });
     }},
    {"urllib with a Digest handler and digest-fetch", "a Basic line before the Digest line",
     "they read the first line only",
     [](const Offered& o) { return before(o.find("Basic"), o.find("Digest")); }},
});

std::vector<std::string> warnings_for(const Offered& offered) {
    std::vector<std::string> sentences;
    for (const Quirk& quirk : quirks)
        if (quirk.applies(offered))
            sentences.push_back(std::string(quirk.breaks_on) + " breaks " +
                                std::string(quirk.clients) + ": " +
                                std::string(quirk.what_happens));
    return sentences;
}

bool has_two_spaces(std::string_view challenge) {
    const std::size_t space = challenge.find(' ');
    return space != npos && space + 1 < challenge.size() && challenge[space + 1] == ' ';
}

}  // namespace

std::vector<std::string> client_warnings(std::span<const Offer> offers) {
    Offered offered;
    for (std::size_t line = 0; line < offers.size(); ++line) {
        const std::string_view value = offers[line].value;
        const ChallengeList list = parse_challenges({&value, 1});
        for (Challenge challenge : list.challenges) {
            challenge.line = line;
            offered.challenges.push_back(std::move(challenge));
        }
        offered.two_spaces |= has_two_spaces(value);
        offered.spaced_equals |= list.bad_whitespace;
        offered.empty_elements |= list.empty_elements > 0;
        offered.broken |= !list.flaws.empty();
    }
    return warnings_for(offered);
}

std::vector<std::string> client_warnings(const ChallengeList& list) {
    return warnings_for({.challenges = list.challenges,
                         .spaced_equals = list.bad_whitespace && !list.tab_after_scheme,
                         .empty_elements = list.empty_elements > 0,
                         .broken = !list.flaws.empty()});
}

}  // namespace whogoes::rules
