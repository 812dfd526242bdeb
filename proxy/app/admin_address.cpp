#include "proxy/app/admin_address.hpp"

#include "proxy/app/address.hpp"
#include "proxy/app/build.hpp"
#include "proxy/app/running_proxy.hpp"
#include "proxy/app/units.hpp"

namespace whogoes::app {

rules::Result<ListenAddress, std::string> admin_address(const Arguments& arguments,
                                                        const Surroundings& here) {
    using Address = rules::Result<ListenAddress, std::string>;
    // A file that was broken after the proxy had started must not make its probe fail.
    Gathered gathered = gather(arguments, here);
    // A container's health check does not know which file its proxy was started with.
    if (gathered.written.values.count("admin") == 0 && !arguments.config_file)
        if (const auto proxy = running_proxy(net::processes_named("whogoes")))
            gathered = gather(*proxy, here);
    const View view(gathered.written.values, nullptr, gathered.config_file, here);
    const std::string text = view.text("admin");
    if (parse_switch(text) == false)
        return Address(boost::system::in_place_error, "`admin` is off, so nobody can be asked");
    const auto address = parse_listen(text);
    if (address.has_value() && address->unix_path.empty())
        return Address(boost::system::in_place_value, *address);
    return Address(boost::system::in_place_error,
                   "admin: " + (address.has_value() ? text : address.error()));
}

}  // namespace whogoes::app
