#pragma once

#include "rules/documented.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// An OpenAPI document as far as it tells who may call what: operations, and the security of each.
// Read once and never changed. Schemas, bodies and answers are not looked at, and nothing is
// fetched: a reference leads within the file.
namespace whogoes::openapi {

// "api.yaml:12:5: …": what is wrong, and the cure.
class DocumentError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Operation : rules::DocumentedOperation {
    std::string example;  // a path that it can be called by: "/orders/1"
};

class Document {
public:
    Document(std::vector<Operation> operations, std::vector<std::string> bases);

    const std::vector<Operation>& operations() const { return operations_; }
    // The paths of `servers`, without a slash at the end; "" where none is named.
    const std::vector<std::string>& bases() const { return bases_; }

    // The operation of a request; null: it is not described. A path that is written out goes before
    // one with a parameter. HEAD is described by GET where it is not by itself.
    const Operation* find(std::string_view method, std::string_view path) const;

private:
    const Operation* find_within(std::string_view method, std::string_view path) const;

    std::vector<Operation> operations_;
    std::vector<std::string> bases_;
};

// YAML or JSON. `name` is what errors call the file. Throws DocumentError.
Document read_document(const std::string& text, const std::string& name);
Document read_document_file(const std::string& path, const std::string& name);

}  // namespace whogoes::openapi
