#include "proxy/http/head.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

TEST_CASE("a field name is known without regard to case") {
    const struct {
        const char* given;
        FieldName name;
    } rows[] = {
        {"Host", FieldName::host},
        {"HOST", FieldName::host},
        {"hOsT", FieldName::host},
        {"TE", FieldName::te},
        {"via", FieldName::via},
        {"Content-Length", FieldName::content_length},
        {"TRANSFER-ENCODING", FieldName::transfer_encoding},
        {"Access-Control-Allow-Origin", FieldName::access_control_allow_origin},
        {"access-control-expose-headers", FieldName::access_control_expose_headers},
        {"Access-Control-Request-Method", FieldName::access_control_request_method},
        {"Access-Control-Allow-Headers", FieldName::access_control_other},
        {"Access-Control-Request-Headers-And-More", FieldName::access_control_other},
        {"X-Forwarded-For", FieldName::x_forwarded_for},
        {"x-request-id", FieldName::x_request_id},
        {"Max-Forwards", FieldName::max_forwards},
        {"WWW-Authenticate", FieldName::www_authenticate},
        {"", FieldName::other},
        {"Access-Control-", FieldName::other},
        {"Hosts", FieldName::other},
        {"Hos", FieldName::other},
        {"Content_Length", FieldName::other},
        {"Content\rLength", FieldName::other},
        {"Transfer-Encodinh", FieldName::other},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        CHECK(field_name(row.given) == row.name);
    }
}

TEST_CASE("a long name is none that we know") {
    CHECK(field_name(std::string(70000, 'a')) == FieldName::other);
}

}  // namespace
}  // namespace whogoes::http
