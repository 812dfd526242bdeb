// oidc-provider, unmodified: its endpoints for tokens, users, introspection and revocation.
// node oidc.mjs PORT PASSWORD TOKEN; TOKEN is an access token, and TOKEN.narrow one without openid
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, password, token] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'ann', client_secret: password, grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
    redirect_uris: ['https://app.example/cb'], response_types: ['code'],
  }],
  features: {
    clientCredentials: { enabled: true }, introspection: { enabled: true }, revocation: { enabled: true },
    devInteractions: { enabled: false },
  },
  scopes: ['openid', 'offline_access', 'items'],
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  cookies: { keys: ['of this run only'] },
});

// What a login would have left behind.
const client = await provider.Client.find('ann');
const grant = new provider.Grant({ accountId: 'ann', clientId: 'ann' });
for (const [value, scope] of [[token, 'openid'], [`${token}.narrow`, 'items']]) {
  grant.addOIDCScope(scope);
  const access = new provider.AccessToken({ accountId: 'ann', client, gty: 'authorization_code', scope });
  Object.assign(access, { jti: value, format: 'opaque', grantId: await grant.save() });
  await access.save();
}

createServer(provider.callback()).listen(Number(port), '127.0.0.1');
