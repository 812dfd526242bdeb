#include "proxy/mcp/message.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace whogoes::mcp {
namespace {

using Read = rules::Result<Message, Flaw>;

Read refused(Fault fault, std::string words, json::value id = nullptr) {
    return Read(boost::system::in_place_error, Flaw{fault, std::move(words), std::move(id), {}});
}

bool is_id(const json::value& value) {
    return value.is_string() || value.is_int64() || value.is_uint64() || value.is_double();
}

}  // namespace

Read read_message(std::string_view text) {
    boost::system::error_code error;
    json::value value = json::parse({text.data(), text.size()}, error);
    if (error) return refused(Fault::parse, "this is not well-formed JSON");
    if (value.is_array())
        return refused(Fault::invalid_request, "send one message at a time, and no batch");
    const json::object* const object = value.if_object();
    const json::value* const version = object ? object->if_contains("jsonrpc") : nullptr;
    if (version == nullptr || *version != "2.0")
        return refused(Fault::invalid_request, "this is no message of JSON-RPC 2.0");

    Message message;
    if (const json::value* const id = object->if_contains("id")) {
        if (!is_id(*id)) return refused(Fault::invalid_request, "an id is a string or a number");
        message.id = *id;
    }
    const json::value* const method = object->if_contains("method");
    if (method == nullptr) {
        if (object->contains("result") || object->contains("error"))
            return Read(boost::system::in_place_value, std::move(message));
        return refused(Fault::invalid_request, "this message has no method", message.id);
    }
    if (!method->is_string() || method->get_string().empty())
        return refused(Fault::invalid_request, "a method is a string", message.id);
    message.method = std::string(method->get_string());
    if (const json::value* const params = object->if_contains("params")) {
        if (!params->is_object())
            return refused(Fault::invalid_params, "params is an object", message.id);
        message.params = params->get_object();
    }
    return Read(boost::system::in_place_value, std::move(message));
}

std::string result_text(const json::value& id, json::object result) {
    json::object answer;
    answer["jsonrpc"] = "2.0";
    answer["id"] = id;
    answer["result"] = std::move(result);
    return json::serialize(answer);
}

std::string flaw_text(const Flaw& flaw) {
    json::object error;
    error["code"] = static_cast<int>(flaw.fault);
    error["message"] = flaw.words;
    if (!flaw.data.is_null()) error["data"] = flaw.data;
    json::object answer;
    answer["jsonrpc"] = "2.0";
    // MCP wants the member away where JSON-RPC has null.
    if (!flaw.id.is_null()) answer["id"] = flaw.id;
    answer["error"] = std::move(error);
    return json::serialize(answer);
}

}  // namespace whogoes::mcp
