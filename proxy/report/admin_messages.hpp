#pragma once

#include "proxy/report/admin_router.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

// Beast's messages as the router's question and answer. Private to admin.cpp.
namespace whogoes::report {

// Views into the request.
AdminQuestion question_of(const boost::beast::http::request<boost::beast::http::string_body>&);

boost::beast::http::response<boost::beast::http::string_body> response_of(AdminReply&&,
                                                                          unsigned version);

}  // namespace whogoes::report
