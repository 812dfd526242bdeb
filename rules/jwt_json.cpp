#include "rules/jwt_json.hpp"

#include "rules/jwt_members.hpp"
#include "rules/text.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <span>

namespace whogoes::rules {
namespace {

namespace json = boost::json;

constexpr std::size_t deepest = 16;
constexpr std::size_t most_names = 16;
constexpr std::size_t most_entries = 256;

// What json::basic_parser calls as it goes; its names are fixed by that library.
class Sink {
public:
    static constexpr std::size_t max_array_size = npos;
    static constexpr std::size_t max_object_size = npos;
    static constexpr std::size_t max_string_size = npos;
    static constexpr std::size_t max_key_size = npos;

    using Error = boost::system::error_code;

    Sink(Jwt& jwt, bool header) : jwt_(jwt), header_(header) {}

    bool is_object = false;  // the whole text

    bool on_document_begin(Error&) { return true; }
    bool on_document_end(Error&) { return true; }
    bool on_comment_part(json::string_view, Error&) { return true; }
    bool on_comment(json::string_view, Error&) { return true; }
    bool on_number_part(json::string_view, Error&) { return true; }

    bool on_object_begin(Error&) {
        if (depth_ == 0) is_object = true;
        if (depth_ == 1) begin_value("object");
        ++depth_;
        return true;
    }
    bool on_object_end(std::size_t, Error&) { return close(); }
    bool on_array_begin(Error&) {
        if (depth_ == 1) begin_value("array");
        ++depth_;
        in_list_ = depth_ == 2;
        return true;
    }
    bool on_array_end(std::size_t, Error&) { return close(); }

    bool on_key_part(json::string_view part, std::size_t, Error&) { return hold(part); }
    bool on_key(json::string_view part, std::size_t, Error&) {
        const std::string_view key = whole(part);
        if (depth_ == 1) begin_member(key);
        if (depth_ == 2) inner_ = inner_of(key);
        held_.clear();
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, Error&) { return hold(part); }
    bool on_string(json::string_view part, std::size_t, Error&) {
        const std::string_view text = whole(part);
        if (depth_ == 1) {
            begin_value("string");
            take_text(text);
        } else if (depth_ == 2 && in_list_) {
            take_entry(text);
        } else if (depth_ == 2 && inner_ == Inner::jkt) {
            jwt_.cnf_jkt = text;
        }
        held_.clear();
        return true;
    }

    bool on_int64(std::int64_t number, json::string_view, Error&) {
        return take_number(static_cast<double>(number));
    }
    bool on_uint64(std::uint64_t number, json::string_view, Error&) {
        return take_number(static_cast<double>(number));
    }
    bool on_double(double number, json::string_view, Error&) { return take_number(number); }
    bool on_bool(bool, Error&) {
        if (depth_ == 1) begin_value("boolean");
        return true;
    }
    bool on_null(Error&) {
        if (depth_ == 1) begin_value("null");
        return true;
    }

private:
    enum class Inner : std::uint8_t { other, jkt };

    bool close() {
        --depth_;
        in_list_ = false;
        return true;
    }

    bool hold(json::string_view part) {
        held_.append(part.data(), part.size());
        return true;
    }
    std::string_view whole(json::string_view part) {
        if (held_.empty()) return {part.data(), part.size()};
        hold(part);
        return held_;
    }

    void begin_member(std::string_view key) {
        const std::span<const MemberName> names =
            header_ ? std::span<const MemberName>(header_members) : claim_members;
        member_ = Member::other;
        for (const MemberName& row : names) {
            // The last letter tells most names of one length apart without a call.
            if (row.name.size() != key.size() || row.name.back() != key.back()) continue;
            if (row.name != key) continue;
            member_ = row.member;
            break;
        }
        if (header_ && jwt_.header_names.size() < most_names) {
            if (jwt_.header_names.empty()) jwt_.header_names.reserve(4);
            jwt_.header_names.emplace_back(key);
        }
        if (member_ == Member::aud) jwt_.aud.clear();  // RFC 7519, 4: of duplicates the last
    }

    Inner inner_of(std::string_view key) {
        if (member_ == Member::jwk && key == "d") jwt_.jwk_private = true;
        if (member_ == Member::cnf && key == "x5t#S256") jwt_.cnf_certificate = true;
        return member_ == Member::cnf && key == "jkt" ? Inner::jkt : Inner::other;
    }

    TimeClaim* time_claim() {
        switch (member_) {
            case Member::exp:
                return &jwt_.exp;
            case Member::nbf:
                return &jwt_.nbf;
            case Member::iat:
                return &jwt_.iat;
            case Member::auth_time:
                return &jwt_.auth_time;
            default:
                return nullptr;
        }
    }

    // Notes that the member is there, whatever its value.
    void begin_value(std::string_view json_type) {
        if (TimeClaim* const claim = time_claim()) {
            claim->kind = json_type == "number" ? ClaimKind::number : ClaimKind::not_a_number;
            claim->json_type = json_type == "number" ? std::string_view() : json_type;
            return;
        }
        switch (member_) {
            case Member::crit:
                jwt_.has_crit = true;
                break;
            case Member::jwk:
                jwt_.has_jwk = true;
                break;
            case Member::sub:
                jwt_.has_sub = true;
                break;
            case Member::nonce:
                jwt_.has_nonce = true;
                break;
            case Member::at_hash:
                jwt_.has_at_hash = true;
                break;
            case Member::c_hash:
                jwt_.has_c_hash = true;
                break;
            case Member::scope:
            case Member::scp:
                jwt_.has_scope = true;
                break;
            default:
                break;
        }
    }

    bool take_number(double number) {
        if (depth_ != 1) return true;
        begin_value("number");
        if (TimeClaim* const claim = time_claim()) claim->value = number;
        return true;
    }

    std::string* text_member() {
        switch (member_) {
            case Member::alg:
                return &jwt_.alg;
            case Member::typ:
                return header_ ? &jwt_.typ : &jwt_.typ_claim;
            case Member::kid:
                return &jwt_.kid;
            case Member::enc:
                return &jwt_.enc;
            case Member::cty:
                return &jwt_.cty;
            case Member::iss:
                return &jwt_.iss;
            case Member::azp:
                return &jwt_.azp;
            case Member::client_id:
                return &jwt_.client_id;
            case Member::tid:
                return &jwt_.tid;
            case Member::acr:
                return &jwt_.acr;
            case Member::jti:
                return &jwt_.jti;
            case Member::token_type:
                return &token_type_;
            case Member::type:
                return &type_;
            case Member::token_use:
                return &jwt_.token_use;
            case Member::sub:
                return &jwt_.sub;
            case Member::nonce:
                return &jwt_.nonce;
            case Member::htm:
                return &jwt_.htm;
            case Member::htu:
                return &jwt_.htu;
            case Member::ath:
                return &jwt_.ath;
            default:
                return nullptr;
        }
    }

    void take_text(std::string_view text) {
        if (std::string* const member = text_member()) {
            *member = text;
        } else if (member_ == Member::aud) {
            jwt_.aud.assign(1, std::string(text));
        } else if (is_scopes()) {
            for (std::size_t at = 0; at < text.size();) {
                const std::size_t end = std::min(text.find(' ', at), text.size());
                if (end > at) take_entry(text.substr(at, end - at));
                at = end + 1;
            }
        }
    }

    bool is_scopes() const {
        return member_ == Member::scope || member_ == Member::scp ||
               member_ == Member::permissions || member_ == Member::roles;
    }

    void take_entry(std::string_view text) {
        std::vector<std::string>* const list = member_ == Member::aud ? &jwt_.aud
                                               : is_scopes()          ? &jwt_.scopes
                                                                      : nullptr;
        if (!list || list->size() >= most_entries) return;
        if (list->empty()) list->reserve(4);
        list->emplace_back(text);
    }

public:
    void finish() {
        if (jwt_.typ_claim.empty()) jwt_.typ_claim = token_type_.empty() ? type_ : token_type_;
    }

private:
    Jwt& jwt_;
    bool header_;
    int depth_ = 0;
    bool in_list_ = false;
    Member member_ = Member::other;
    Inner inner_ = Inner::other;
    std::string held_;
    std::string token_type_, type_;
};

JsonFlaw read_object(std::string_view text, Jwt& jwt, bool header) {
    if (text.empty()) return {0, "empty"};
    json::parse_options options;
    options.max_depth = deepest;
    json::basic_parser<Sink> parser(options, jwt, header);
    boost::system::error_code error;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    if (error == json::error::too_deep) return {read, "nested deeper than 16 levels"};
    if (error) return {read, error.message()};
    if (read < text.size()) return {read, "something follows the JSON value"};
    if (!parser.handler().is_object) return {0, "JSON, but not an object"};
    parser.handler().finish();
    return {};
}

}  // namespace

JsonFlaw read_jose_header(std::string_view json, Jwt& jwt) { return read_object(json, jwt, true); }
JsonFlaw read_claims(std::string_view json, Jwt& jwt) { return read_object(json, jwt, false); }

}  // namespace whogoes::rules
