#include "proxy/app/build.hpp"
#include "proxy/app/route_match.hpp"
#include "proxy/app/secret_text.hpp"
#include "proxy/app/units.hpp"

#include <memory>

namespace whogoes::app {
namespace {

using settings::Grant;
using settings::RefreshSettings;

// One `refresh:` block, as it holds in one place.
class Block {
public:
    Block(const View& view, const std::string& prefix, Problems& problems)
        : view_(view), prefix_(prefix), problems_(problems) {}

    std::shared_ptr<const RefreshSettings> read(const settings::Settings& settings,
                                                std::vector<std::string>& warnings) {
        block_->grant = lower_case(view_.text("refresh.grant")) == "client_credentials"
                            ? Grant::client_credentials
                            : Grant::refresh_token;
        read_endpoint(settings, warnings);
        read_client();
        read_token(warnings);
        read_logins(warnings);
        block_->scope = view_.text("refresh.scope");
        block_->resource = view_.text("refresh.resource");
        block_->max_body = static_cast<std::size_t>(view_.size("refresh.max_body"));
        block_->timeout = view_.duration("refresh.timeout");
        return block_;
    }

private:
    void refuse(std::string_view key, std::string words) {
        const std::string name = prefix_ + "refresh." + std::string(key);
        const std::string path = "refresh." + std::string(key);
        if (view_.has(path))
            problems_.add(view_.item(path), name, std::move(words));
        else
            problems_.add(view_.where("refresh.grant"), name, std::move(words));
    }

    void read_endpoint(const settings::Settings& settings, std::vector<std::string>& warnings) {
        const std::string text = view_.text("refresh.token_endpoint");
        if (text.empty())
            return refuse("token_endpoint",
                          "is missing: name the token endpoint of the identity provider, as in "
                          "https://id.example/oauth/token");
        const auto url = upstream::parse_fetch_url(text);
        if (!url)
            return refuse("token_endpoint",
                          "is no http:// or https:// URL without a user name in it: write "
                          "https://id.example/oauth/token");
        block_->token_endpoint = *url;
        if (!url->tls && !url->loopback())
            warnings.push_back(prefix_ + "refresh.token_endpoint: " + url->origin() +
                               " is not https, so anybody on the way can read the tokens");
        block_->tls = tls_for(*url, settings);
    }

    void read_client() {
        block_->client_id = view_.text("refresh.client_id");
        block_->client_secret = secret("client_secret");
        block_->authentication = lower_case(view_.text("refresh.client_authentication")) == "post"
                                     ? settings::ClientAuthentication::post
                                     : settings::ClientAuthentication::basic;
        if (block_->client_id.empty() && view_.has("refresh.client_secret"))
            refuse("client_id", "is missing: a client_secret belongs to a client_id");
        if (block_->grant != Grant::client_credentials) return;
        if (block_->client_id.empty() && !view_.has("refresh.client_secret"))
            refuse("client_id", "is missing: client_credentials takes client_id and client_secret");
        else if (!view_.has("refresh.client_secret"))
            refuse("client_secret",
                   "is missing: client_credentials are a client_id and its secret");
    }

    void read_token(std::vector<std::string>& warnings) {
        const bool written = view_.has("refresh.refresh_token");
        if (block_->grant == Grant::client_credentials) {
            if (written && prefix_.empty())  // a route may have inherited it
                warnings.push_back("refresh.refresh_token: has no use with client_credentials");
            return;
        }
        if (!written)
            return refuse("refresh_token",
                          "is missing: give the refresh token to begin with, best as "
                          "${file:/run/secrets/refresh_token}");
        block_->refresh_token = secret("refresh_token");
        const std::string text = view_.text("refresh.refresh_token");
        if (text.starts_with("${")) block_->token_source = text;
        const std::string file = view_.secret_file("refresh.refresh_token");
        if (view_.flag("refresh.store")) block_->token_file = file;
        if (view_.has("refresh.store") && view_.flag("refresh.store") && file.empty())
            refuse("store",
                   "takes a refresh token from a file: write refresh_token: ${file:PATH}, or leave "
                   "store out");
    }

    void read_logins(std::vector<std::string>& warnings) {
        for (const std::string& text : view_.texts("refresh.login_path")) {
            settings::RouteMatch match;
            for (std::string& flaw : read_match(text, match)) refuse("login_path", std::move(flaw));
            if (!match.method.empty() && match.method != "POST")
                refuse("login_path", "a login is a POST: write the path alone, as in /login");
            block_->login_paths.push_back(std::move(match.pattern));
        }
        if (!block_->login_paths.empty() && block_->grant == Grant::client_credentials &&
            prefix_.empty())
            warnings.push_back("refresh.login_path: has no use with client_credentials");
    }

    net::Secret secret(std::string_view key) {
        const std::string path = "refresh." + std::string(key);
        if (!view_.has(path)) return net::Secret();
        auto revealed = view_.secret(path);
        if (!revealed.has_value()) {
            refuse(key, revealed.error());
            return net::Secret();
        }
        net::Secret held(*revealed);
        net::wipe(*revealed);
        return held;
    }

    const View& view_;
    const std::string& prefix_;
    Problems& problems_;
    std::shared_ptr<RefreshSettings> block_ = std::make_shared<RefreshSettings>();
};

bool is_on(const View& view) {
    const std::string grant = lower_case(view.text("refresh.grant"));
    return view.has("refresh.grant") && parse_switch(grant) != false;
}

}  // namespace

void build_refresh(const View& view, const std::string& prefix, Problems& problems,
                   settings::Settings& settings, settings::Treatment& treatment,
                   std::vector<std::string>& warnings) {
    if (!is_on(view)) {
        if (!view.has("refresh.grant") && view.has("refresh.token_endpoint"))
            warnings.push_back(prefix +
                               "refresh: is off, for it has no grant: write grant: refresh_token "
                               "or grant: client_credentials");
        return;
    }
    treatment.refresh = Block(view, prefix, problems).read(settings, warnings);
    treatment.remedies.refresh = true;
    treatment.remedies.unsafe_methods = view.flag("refresh.unsafe_methods");
    settings.refreshes = true;
    if (!treatment.refresh->login_paths.empty()) settings.sees_logins = true;
    if (!treatment.diagnose)
        warnings.push_back(prefix + "refresh: does nothing where diagnose is off");
}

void refuse_unshared_refresh(const Written& written, const View& view, Problems& problems,
                             const std::string& listen) {
    const auto refuse = [&](const View& here, const std::string& prefix) {
        if (is_on(here) && !here.flag("refresh.shared"))
            problems.add(here.where("refresh.grant"), prefix + "refresh",
                         "would lend its token to whoever reaches " + listen +
                             ": write shared: true if all of them may act with it, or listen on "
                             "127.0.0.1");
    };
    refuse(view, "");
    for (std::size_t i = 0; i < written.routes.size(); ++i) {
        const Values& values = written.routes[i].values;
        // What a route inherits was said above.
        if (values.count("refresh.grant") > 0 || values.count("refresh.shared") > 0)
            refuse(view.over(values), "routes[" + std::to_string(i) + "].");
    }
}

void refuse_refresh_through_itself(const settings::Settings& settings, const View& view,
                                   Problems& problems, std::uint16_t port) {
    const auto leads_here = [port](const settings::Treatment& treatment) {
        return treatment.refresh && treatment.refresh->token_endpoint.loopback() &&
               treatment.refresh->token_endpoint.port == std::to_string(port);
    };
    bool found = leads_here(settings.treatment);
    for (const settings::Route& route : settings.routes) found |= leads_here(route.treatment);
    if (found)
        problems.add(view.where("refresh.token_endpoint"), "refresh.token_endpoint",
                     "is whogoes itself: name the address that the identity provider listens on");
}

}  // namespace whogoes::app
