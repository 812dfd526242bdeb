#include "proxy/report/route_shape.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace whogoes::report {
namespace {

TEST_CASE("a path folds to its route where a segment names one thing of many") {
    const struct {
        std::string_view path, shape;
    } rows[] = {
        {"/", "/"},
        {"/v1/orders", "/v1/orders"},
        {"/v1/users/42", "/v1/users/{id}"},
        {"/v1/users/42/items/7/", "/v1/users/{id}/items/{id}/"},
        {"/o/0af3bc91-1234-4234-9234-123456789abc", "/o/{id}"},
        {"/o/507f1f77bcf86cd799439011", "/o/{id}"},
        {"/o/M882SZ8Q0000", "/o/{id}"},
        {"/o/2026-11-23", "/o/{id}"},
        {"/u/ann@example.com", "/u/{id}"},
        {"/t/REDACTED/x", "/t/{id}/x"},
        {"/oauth2/token", "/oauth2/token"},
        {"/api/v2beta1/pods", "/api/v2beta1/pods"},
        {"/decade/facade", "/decade/facade"},
        {"/report-2026", "/report-2026"},
        {"/a;jsessionid=1", "/a"},
        {"", ""},
    };
    for (const auto& row : rows) {
        std::string shape;
        append_route_shape(shape, row.path);
        CHECK(shape == row.shape);
    }
}

}  // namespace
}  // namespace whogoes::report
