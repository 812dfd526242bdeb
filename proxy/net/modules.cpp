#include "proxy/net/modules.hpp"

#ifdef WHOGOES_STATIC
#include <openssl/crypto.h>

#include <nss.h>
#endif

namespace whogoes::net {

void load_no_modules() {
#ifdef WHOGOES_STATIC
    __nss_configure_lookup("hosts", "files dns");
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
#endif
}

}  // namespace whogoes::net
