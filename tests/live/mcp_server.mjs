// An MCP server as many are: a token is needed, a 401 says nothing else, and no metadata tells where
// to get one. And the authorization server that it takes tokens from. Both by hand, so that nothing
// of the client under test answers it.
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';

const read = (request) => new Promise((resolve) => {
  let text = '';
  request.on('data', (octets) => { text += octets; });
  request.on('end', () => resolve(text));
});

const reply = (response, status, body, fields = {}) => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...fields });
  response.end(body === undefined ? '' : JSON.stringify(body));
};

const listen = (handle) => new Promise((resolve) => {
  const server = http.createServer((request, response) => handle(request, response).catch((error) => reply(response, 500, { error: String(error) })));
  server.listen(0, '127.0.0.1', () => resolve(server));
});

const originOf = (server) => `http://127.0.0.1:${server.address().port}`;

// RFC 6749 with PKCE, RFC 8414, RFC 7591; every user agrees at once.
async function startIssuer(tokens) {
  const codes = new Map();
  const server = await listen(async (request, response) => {
    const url = new URL(request.url, originOf(server));
    if (url.pathname === '/.well-known/oauth-authorization-server') {
      const here = originOf(server);
      return reply(response, 200, {
        issuer: here, authorization_endpoint: `${here}/authorize`, token_endpoint: `${here}/token`,
        registration_endpoint: `${here}/register`, response_types_supported: ['code'], grant_types_supported: ['authorization_code'],
        code_challenge_methods_supported: ['S256'], token_endpoint_auth_methods_supported: ['none'],
      });
    }
    if (url.pathname === '/register') return reply(response, 201, { ...JSON.parse(await read(request)), client_id: randomUUID() });
    if (url.pathname === '/authorize') {
      const code = randomUUID(), asked = url.searchParams;
      codes.set(code, { challenge: asked.get('code_challenge'), resource: asked.get('resource') });
      const back = new URL(asked.get('redirect_uri'));
      back.searchParams.set('code', code);
      if (asked.has('state')) back.searchParams.set('state', asked.get('state'));
      return reply(response, 302, undefined, { Location: back.href });
    }
    if (url.pathname === '/token') {
      const form = new URLSearchParams(await read(request)), code = codes.get(form.get('code'));
      codes.delete(form.get('code'));
      const verifier = createHash('sha256').update(form.get('code_verifier') || '').digest('base64url');
      if (!code || code.challenge !== verifier) return reply(response, 400, { error: 'invalid_grant' });
      const token = randomUUID();
      tokens.set(token, code.resource);
      return reply(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
    }
    return reply(response, 404, { error: 'not found' });
  });
  return server;
}

const METHODS = {
  initialize: (params) => ({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'live', version: '1' } }),
  ping: () => ({}),
  'tools/list': () => ({ tools: [{ name: 'secret', inputSchema: { type: 'object' } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'the secret' }] }),
};

export async function start() {
  const tokens = new Map();   // token: the resource that it was asked for
  const issuer = await startIssuer(tokens);
  const server = await listen(async (request, response) => {
    const token = (request.headers.authorization || '').replace(/^Bearer /, '');
    if (request.url !== '/mcp') return reply(response, 404, { error: 'not found' });
    if (!tokens.has(token)) return reply(response, 401, { error: 'unauthorized' });
    if (request.method !== 'POST') return reply(response, 405, { error: 'no stream here' }, { Allow: 'POST' });
    const message = JSON.parse(await read(request));
    if (message.id === undefined) return reply(response, 202, undefined);
    const method = METHODS[message.method];
    if (!method) return reply(response, 200, { jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'no such method' } });
    return reply(response, 200, { jsonrpc: '2.0', id: message.id, result: method(message.params || {}) });
  });
  const stop = () => { for (const one of [server, issuer]) { one.closeAllConnections(); one.close(); } };
  return { origin: originOf(server), issuer: originOf(issuer), tokens, stop };
}
