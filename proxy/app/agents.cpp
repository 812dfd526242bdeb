#include "proxy/app/agents.hpp"

#include "proxy/app/moment.hpp"
#include "proxy/app/version.hpp"
#include "proxy/mcp/server.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <utility>

namespace whogoes::app {
namespace {

constexpr std::size_t octets_at_once = 256 * 1024;

rules::TimePoint now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void read_kept(const report::RecentEvents& kept, const tools::TakeLine& take) {
    std::uint64_t after = 0;
    while (true) {
        const auto events = kept.next_behind(after, octets_at_once);
        if (events.empty()) return;
        for (const report::KeptEvent& event : events)
            if (!take(event.line)) return;
        after = events.back().sequence;
    }
}

mcp::Sources sources_of(const AgentHost& host) {
    mcp::Sources sources;
    const auto settings = host.settings();
    sources.version = version();
    sources.now = now;
    sources.moment = [](std::string_view text) { return parse_moment(text, now()); };
    sources.records = [&kept = host.kept](const tools::TakeLine& take) {
        read_kept(kept, take);
        return std::string();
    };
    sources.expected = settings->treatment.expected;
    sources.fingerprint_key = [&key = host.key] { return std::optional(key); };
    sources.upstream = [settings] { return settings->upstream.origin; };
    sources.simulates = [settings] { return settings->dev; };
    sources.simulate = host.simulate;
    return sources;
}

}  // namespace

std::function<report::AgentReply(const report::AgentQuestion&)> agents_of(AgentHost host) {
    return [host = std::move(host)](const report::AgentQuestion& question) {
        // Made anew, since a reload may have changed the settings.
        const auto server = std::make_shared<const mcp::Server>(sources_of(host));
        const auto answer = [server, question](const std::atomic<bool>* abandoned) {
            const mcp::HttpFields fields{question.protocol_version, question.method, question.name};
            mcp::Reply reply = server->answer(question.body, &fields, abandoned);
            return report::AgentReply{reply.status, std::move(reply.body), {}};
        };
        if (!mcp::Server::is_slow(question.body)) return answer(nullptr);
        report::AgentReply later;
        later.later = [answer](const std::atomic<bool>& abandoned) { return answer(&abandoned); };
        return later;
    };
}

}  // namespace whogoes::app
