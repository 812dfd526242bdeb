#pragma once

#include "proxy/app/config.hpp"
#include "proxy/app/values.hpp"
#include "rules/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// From what was written to what is used: typed look-ups with defaults, and session::Settings.
namespace whogoes::app {

struct Where {
    std::string text;
    bool from_flag = false;
};

// Adds to a list of at most 20.
class Problems {
public:
    explicit Problems(std::vector<Problem>& list) : list_(list) {}
    void add(const Where& where, std::string key, std::string message);
    // The message's place is the value's.
    void add(const Item& item, std::string key, std::string message);

private:
    std::vector<Problem>& list_;
};

// What holds in one place: a route's values over the top level's over the defaults. Values were
// checked against their keys' kinds before; refers to both maps.
class View {
public:
    View(const Values& top, const Values* route, std::string config_file, const Surroundings&);
    View over(const Values& route) const { return View(top_, &route, config_file_, here_); }

    bool has(std::string_view path) const { return entry(path) != nullptr; }
    // Written in this very place, and not taken over from the top level.
    bool has_here(std::string_view path) const { return (route_ ? *route_ : top_).contains(path); }
    std::vector<Item> items(std::string_view path) const;  // the default's where none was written
    Item item(std::string_view path) const;
    std::string text(std::string_view path) const;  // empty: none and no default
    std::vector<std::string> texts(std::string_view path) const;
    bool flag(std::string_view path) const;
    std::uint64_t count(std::string_view path) const;
    std::uint64_t size(std::string_view path) const;
    std::chrono::milliseconds duration(std::string_view path) const;
    std::string file(std::string_view path) const;                  // where to open it; empty: none
    std::string file_of(std::string_view path, const Item&) const;  // … the one of a list
    Where where(std::string_view path) const;                       // of the key
    std::string file_name() const;  // of the configuration, for people
    // What a secret's text stands for; the error is a sentence without it.
    rules::Result<std::string, std::string> secret(std::string_view path) const;
    std::string secret_file(std::string_view path) const;  // the one it names; empty: none

private:
    const Entry* entry(std::string_view path) const;
    std::string folder() const;  // of the configuration file, as it was named

    const Values& top_;
    const Values* route_;
    std::string config_file_;
    const Surroundings& here_;
};

// Of `diagnose.expect` and `diagnose.leeway`.
void read_expectations(const View&, rules::Expectations&);
// The `refresh:` block that holds in one place, into its treatment.
void build_refresh(const View&, const std::string& prefix, Problems&, settings::Settings&,
                   settings::Treatment&, std::vector<std::string>& warnings);
// `listen` can be reached from other machines.
void refuse_unshared_refresh(const Written&, const View&, Problems&, const std::string& listen);
// The call that renews a token must not become an exchange that renews a token.
void refuse_refresh_through_itself(const settings::Settings&, const View&, Problems&,
                                   std::uint16_t port);

// Where `diagnose.keys` leads in one place, into its treatment: a file is read, a URL is not asked.
void build_keys(const View&, const std::string& prefix, Problems&, const settings::Settings&,
                settings::Treatment&, std::vector<std::string>& warnings);
// The files of `diagnose.dialects`, read and checked.
void build_dialects(const View&, Problems&, settings::Settings&);
void build_openapi(const View&, Problems&, settings::Settings&);
// For a call of our own to this URL. Where the API is at the same host, its private authority is
// trusted; null: no TLS, or what is wrong was said about upstream_tls.ca.
net::TlsContext tls_for(const upstream::FetchUrl&, const settings::Settings&);

// What is told and believed of a request's way here, and `public_url`, whose name is then one of
// ours.
void build_forwarding(const View&, Problems&, settings::Settings&);

// All but the upstream's being there, which the caller checks.
void build_settings(const Written&, const View&, Problems&, settings::Settings&,
                    std::vector<std::string>& warnings);

}  // namespace whogoes::app
