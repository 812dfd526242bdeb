#include "proxy/openapi/document.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::openapi {
namespace {

TEST_CASE("an operation is found by its path, written out before with a parameter") {
    const Document document = read_document(R"(openapi: 3.0.0
servers: [{url: 'https://a.example/v1/'}, {url: '/v2'}]
paths:
  /users/{id}: {get: {}, delete: {}}
  /users/me: {get: {}}
  /files/{name}.json: {get: {}}
  /a/{b}/c/{d}: {get: {}}
  /: {get: {}}
)",
                                            "a.yaml");
    const struct {
        const char* method;
        const char* path;
        const char* found;
    } rows[] = {
        {"GET", "/v1/users/17", "/users/{id}"},
        {"GET", "/v2/users/17", "/users/{id}"},
        {"GET", "/users/17", "/users/{id}"},
        {"GET", "/v1/users/me", "/users/me"},
        {"HEAD", "/v1/users/me", "/users/me"},
        {"DELETE", "/v1/users/me", "/users/{id}"},
        {"GET", "/v1/files/x.json", "/files/{name}.json"},
        {"GET", "/v1/a/1/c/2", "/a/{b}/c/{d}"},
        {"GET", "/v1/", "/"},
        {"POST", "/v1/users/17", ""},
        {"GET", "/v1/users/", ""},
        {"GET", "/v1/users/17/x", ""},
        {"GET", "/v1/files/.json", ""},
        {"GET", "/v1/files/x.xml", ""},
        {"GET", "/v3/users/17", ""},
        {"GET", "*", ""},
        {"GET", "", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.method);
        CAPTURE(row.path);
        const Operation* const found = document.find(row.method, row.path);
        CHECK((found ? found->path : std::string()) == row.found);
    }
}

}  // namespace
}  // namespace whogoes::openapi
