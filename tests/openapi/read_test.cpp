#include "proxy/openapi/document.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::openapi {
namespace {

std::string words(const Document& document, std::string_view method, std::string_view path) {
    const Operation* const operation = document.find(method, path);
    return operation ? operation->words() : "nothing";
}

// In the manner of Stripe: HTTP schemes at the top, both right anywhere.
constexpr const char* payments = R"(openapi: 3.0.0
info: {title: payments, version: '1'}
servers: [{url: 'https://api.payments.example/'}]
security: [{basicAuth: []}, {bearerAuth: []}]
paths:
  /v1/charges/{charge}:
    parameters: [{$ref: '#/components/parameters/charge'}]
    get: {responses: {}}
  /v1/webhooks:
    post: {security: [], responses: {}}
components:
  parameters:
    charge: {name: charge, in: path, required: true, schema: {type: string, example: ch_17}}
  securitySchemes:
    basicAuth: {type: http, scheme: basic}
    bearerAuth: {type: http, scheme: bearer, bearerFormat: auth-scheme}
)";

// In the manner of the Petstore, as JSON: OAuth with scopes, an API key, and both together.
constexpr const char* pets = R"({"openapi": "3.1.0", "info": {"title": "pets", "version": "1"},
"servers": [{"url": "/api/v3"}],
"paths": {
  "/pet": {"post": {"security": [{"petstore_auth": ["write:pets", "read:pets"]}]}},
  "/pet/{petId}": {"get": {"security": [{"api_key": []}, {"petstore_auth": ["read:pets"]}],
    "parameters": [{"name": "petId", "in": "path", "schema": {"enum": ["7", "8"]}}]}},
  "/pet/mine": {"get": {"security": [{"api_key": [], "petstore_auth": []}]}},
  "/store": {"get": {"security": [{}, {"api_key": []}]}},
  "/health": {"$ref": "#/x-shared/health"}},
"x-shared": {"health": {"get": {}}},
"components": {"securitySchemes": {
  "petstore_auth": {"type": "oauth2", "flows": {}},
  "api_key": {"type": "apiKey", "name": "api_key", "in": "header"}}}})";

// In the manner of GitHub and Kubernetes: no securitySchemes; an Authorization field as a key.
constexpr const char* cluster = R"(openapi: 3.0.3
paths:
  /apis/{group}/{version}/pods:
    get: {}
    delete: {}
security: [{BearerToken: []}]
components:
  securitySchemes:
    BearerToken: {type: apiKey, name: authorization, in: header}
)";

TEST_CASE("three documents, as their owners write them") {
    const Document one = read_document(payments, "payments.yaml");
    CHECK(one.operations().size() == 2);
    CHECK(one.bases() == std::vector<std::string>{""});
    CHECK(words(one, "GET", "/v1/charges/x") == "Basic, or Bearer");
    CHECK(words(one, "POST", "/v1/webhooks") == "no credential");
    CHECK(one.find("POST", "/v1/webhooks")->is_open());
    CHECK(one.operations()[0].example == "/v1/charges/ch_17");

    const Document two = read_document(pets, "pets.json");
    CHECK(two.bases() == std::vector<std::string>{"/api/v3"});
    CHECK(words(two, "POST", "/api/v3/pet") == "Bearer with the scopes write:pets read:pets");
    CHECK(words(two, "GET", "/api/v3/pet/9") ==
          "an API key in the field api_key, or Bearer with the scope read:pets");
    CHECK(words(two, "GET", "/pet/mine") == "an API key in the field api_key and Bearer");
    CHECK(words(two, "GET", "/store") == "no credential, or an API key in the field api_key");
    CHECK(two.find("GET", "/store")->is_open());
    CHECK(words(two, "GET", "/health") == "no credential");
    CHECK(two.operations()[1].example == "/pet/7");

    const Document three = read_document(cluster, "cluster.yaml");
    CHECK(words(three, "GET", "/apis/a/b/pods") == "an API key in the field authorization");
    CHECK(three.operations()[0].example == "/apis/1/1/pods");
}

TEST_CASE("what is wrong is told with line, column and cure") {
    const struct {
        const char* text;
        const char* flaw;
    } rows[] = {
        {"a: [", "a.yaml:1:1: is neither YAML nor JSON: "},
        {"", "a.yaml: is no OpenAPI document: it is no map"},
        {"- a", "a.yaml: is no OpenAPI document: it is no map"},
        {"info: {}", "a.yaml:1:1: is no OpenAPI document: it has no `openapi: 3.…`"},
        {"swagger: '2.0'", "a.yaml:1:10: is Swagger 2.0: convert it to OpenAPI 3"},
        {"openapi: 4.0.0", "a.yaml:1:10: only OpenAPI 3.0 and 3.1 are read"},
        {"openapi: 3.1.0", "a.yaml:1:1: has no paths"},
        {"openapi: 3.1.0\npaths: 7", "a.yaml:2:8: paths is a map"},
        {"openapi: 3.1.0\npaths:\n  orders: {}", "a.yaml:3:3: a path begins with a slash"},
        {"openapi: 3.1.0\npaths:\n  /a:\n    get: 1", "a.yaml:4:10: get is a map"},
        {"openapi: 3.1.0\npaths:\n  /a:\n    get:\n      security: [{nobody: []}]",
         "a.yaml:5:19: there is no such scheme in components.securitySchemes"},
        {"openapi: 3.1.0\npaths:\n  /a:\n    get: {security: {a: []}}",
         "a.yaml:4:21: security is a list"},
        {"openapi: 3.1.0\npaths:\n  /a: {$ref: 'b.yaml#/x'}",
         "a.yaml:3:14: \"$ref: b.yaml#/x\" leads out of the file"},
        {"openapi: 3.1.0\npaths:\n  /a: {$ref: '#/x/y'}",
         "a.yaml:3:14: \"$ref: #/x/y\" leads nowhere: there is no x"},
        {"openapi: 3.1.0\npaths:\n  /a: {$ref: '#/x'}\nx: {$ref: '#/x'}",
         "a.yaml:3:7: these references lead in a circle"},
        {"openapi: 3.1.0\npaths: {}\ncomponents: {securitySchemes: {a: {type: magic}}}",
         "a.yaml:3:35: the type of a security scheme is "},
        {"openapi: 3.1.0\npaths: {}\ncomponents: {securitySchemes: {a: {type: http}}}",
         "a.yaml:3:35: a security scheme of type http wants its scheme"},
        {"openapi: 3.1.0\npaths: {}\ncomponents: {securitySchemes: {a: {type: apiKey, in: body, "
         "name: "
         "x}}}",
         "a.yaml:3:35: an apiKey wants its name"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        std::string said = "nothing";
        try {
            read_document(row.text, "a.yaml");
        } catch (const DocumentError& error) {
            said = error.what();
        }
        CHECK_MESSAGE(said.starts_with(row.flaw), said);
    }
    CHECK_THROWS_AS(read_document_file("/nowhere/api.yaml", "api.yaml"), DocumentError);
    CHECK_THROWS_AS(read_document_file("/", "folder"), DocumentError);
}

}  // namespace
}  // namespace whogoes::openapi
