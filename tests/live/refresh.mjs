// A real identity provider that rotates refresh tokens, a real API that checks JWTs, and clients
// whose token has expired: examples/refresh, and plain clients through whogoes.
// node refresh.mjs WHOGOES
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import axios from 'axios';
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import { SignJWT } from 'jose';
import ky from 'ky';
import { Provider } from 'oidc-provider';
import { useSession } from './example/axios.mjs';
import { sessionFetch } from './example/fetch.mjs';
import { sessionHooks } from './example/ky.mjs';
import { createSession, oauthRenewal } from './example/session.mjs';

const API = 'https://api.example.test', MANY = 10;
const listen = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server.address().port)); });
const must = (condition, words) => { if (!condition) throw new Error(words); };

async function until(found, words, milliseconds = 15000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await found();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${words}`);
    await new Promise((resolve) => { setTimeout(resolve, 30); });
  }
}

async function startIdp() {
  const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = http.createServer();
  const issuer = `http://127.0.0.1:${await listen(server)}`;
  const idp = { issuer, server, calls: 0, answers: [] };
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'spa', application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1/cb'],
      grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
    }],
    cookies: { keys: ['k'] }, scopes: ['openid', 'offline_access', 'read'],
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true, defaultResource: () => API, useGrantedResource: () => true,
        getResourceServerInfo: (context, resource) => ({
          scope: 'read', audience: resource, accessTokenTTL: 300, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    rotateRefreshToken: true,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url.startsWith('/token')) {
      idp.calls += 1;
      response.on('finish', () => idp.answers.push(response.statusCode));
    }
    answer(request, response);
  });
  // What a login would have left behind.
  idp.login = async (account) => {
    const client = await provider.Client.find('spa');
    const grant = new provider.Grant({ accountId: account, clientId: 'spa' });
    grant.addOIDCScope('openid offline_access');
    grant.addResourceScope(API, 'read');
    const grantId = await grant.save();
    const token = new provider.RefreshToken({
      accountId: account, client, grantId, gty: 'authorization_code', scope: 'openid offline_access read', resource: API,
      authTime: Math.floor(Date.now() / 1000), rotations: 0, iiat: Math.floor(Date.now() / 1000),
    });
    const refreshToken = await token.save();
    const expired = await new SignJWT({ scope: 'read', client_id: 'spa' }).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'k1' })
      .setIssuer(issuer).setAudience(API).setSubject(account).setIssuedAt(Math.floor(Date.now() / 1000) - 900)
      .setExpirationTime(Math.floor(Date.now() / 1000) - 600).setJti(crypto.randomUUID()).sign(privateKey);
    idp.calls = 0;
    idp.answers = [];
    return { refreshToken, expired, end: () => provider.Grant.adapter.destroy(grantId).then(() => provider.RefreshToken.adapter.revokeByGrantId(grantId)) };
  };
  return idp;
}

async function startApi(idp) {
  const app = express();
  const api = { hits: 0 };
  app.use((request, response, next) => { api.hits += 1; next(); });
  app.use(auth({ issuer: idp.issuer, jwksUri: `${idp.issuer}/jwks`, audience: API, tokenSigningAlg: 'RS256' }));
  app.get('/orders/:id', (request, response) => response.json({ id: request.params.id, sub: request.auth.payload.sub }));
  app.put('/orders/:id', express.text({ type: () => true, limit: '1mb' }), (request, response) => response.json({ octets: request.body.length }));
  app.use((error, request, response, next) => { response.status(error.status ?? 500).json({ message: 'no' }); });   // eslint-disable-line no-unused-vars
  api.server = http.createServer(app);
  api.origin = `http://127.0.0.1:${await listen(api.server)}`;
  return api;
}

async function startProxy(whogoes, folder, api, config) {
  const probe = net.createServer();
  const port = await listen(probe);
  await new Promise((resolve) => { probe.close(resolve); });
  const log = path.join(folder, `log-${port}.jsonl`), file = path.join(folder, 'whogoes.yaml');
  fs.writeFileSync(file, `${config}\nlog: {format: json, output: ${log}}\n`);
  const child = spawn(whogoes, ['run', '-c', file, '-u', api.origin, '-l', `127.0.0.1:${port}`, '--admin', 'off', '--workers', '2'],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, XDG_STATE_HOME: folder } });
  const answers = () => new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
  await until(answers, 'whogoes to listen');
  const text = () => (fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : '');
  return {
    origin: `http://127.0.0.1:${port}`,
    text,
    records: () => text().split('\n').slice(0, -1).map(JSON.parse),
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await new Promise((resolve) => { child.once('exit', resolve); });
    },
  };
}

// Each: GET and PUT, as functions of a path and a body that resolve to { status, body }.
const CLIENTS = {
  fetch: (origin, session) => {
    const api = sessionFetch(session);
    return async (target, body) => {
      const response = await api(origin + target, body && { method: 'PUT', body });
      return { status: response.status, body: await response.json() };
    };
  },
  axios: (origin, session) => {
    const api = useSession(axios.create({ baseURL: origin, validateStatus: (status) => status < 400 }), session);
    return (target, body) => (body ? api.put(target, body, { headers: { 'Content-Type': 'text/plain' } }) : api.get(target))
      .then((response) => ({ status: response.status, body: response.data }), (error) => ({ status: error.response.status }));
  },
  ky: (origin, session) => {
    const api = ky.create({ prefixUrl: origin, retry: 0, throwHttpErrors: false, hooks: sessionHooks(session) });
    return async (target, body) => {
      const response = await api(target.slice(1), body ? { method: 'put', body } : {});
      return { status: response.status, body: await response.json() };
    };
  },
};

const sessionOf = (idp, login, ended) => createSession({
  token: login.expired, over: () => ended.push(1),
  renew: oauthRenewal({ endpoint: `${idp.issuer}/token`, clientId: 'spa', refreshToken: login.refreshToken }),
});

async function exampleRenews(kind, idp, origin) {
  const login = await idp.login('alice'), ended = [];
  const ask = CLIENTS[kind](origin, sessionOf(idp, login, ended));
  const replies = await Promise.all(Array.from({ length: MANY }, (_, i) => ask(`/orders/${i}`)));
  must(replies.every((reply, i) => reply.status === 200 && reply.body.id === String(i)), `statuses ${replies.map((one) => one.status)}`);
  must(idp.calls === 1, `${idp.calls} calls for ${MANY} requests`);
  const put = await ask('/orders/1', 'x'.repeat(50000));
  must(put.body.octets === 50000, `a body of ${put.body.octets}`);
}

async function exampleReplaysBody(kind, idp, origin) {
  const ask = CLIENTS[kind](origin, sessionOf(idp, await idp.login('alice'), []));
  const put = await ask('/orders/1', 'x'.repeat(50000));
  must(put.status === 200 && put.body.octets === 50000, `${put.status}, a body of ${put.body?.octets}`);
}

async function exampleEnds(kind, idp, origin) {
  const login = await idp.login('alice'), ended = [];
  await login.end();
  const ask = CLIENTS[kind](origin, sessionOf(idp, login, ended));
  const replies = await Promise.all(Array.from({ length: MANY }, () => ask('/orders/1')));
  must(replies.every((reply) => reply.status === 401), `statuses ${replies.map((one) => one.status)}`);
  must(ended.length === 1, `the end was told ${ended.length} times`);
  must(idp.calls === 1, `${idp.calls} calls`);
  must((await ask('/orders/1')).status === 401 && idp.calls === 1, 'a call after the end');
}

function proxyConfig(idp, folder) {
  return `refresh: {grant: refresh_token, token_endpoint: "${idp.issuer}/token", client_id: spa, refresh_token: "\${file:token}"}`
    .replace('file:token', `file:${path.join(folder, 'token')}`);
}

const plain = (origin, token, target, options = {}) =>
  fetch(origin + target, { ...options, headers: { Authorization: `Bearer ${token}`, ...options.headers } });

async function proxyRenews(whogoes, folder, idp, api) {
  const login = await idp.login('alice'), file = path.join(folder, 'token');
  fs.writeFileSync(file, `${login.refreshToken}\n`, { mode: 0o600 });
  for (const run of [1, 2]) {   // the second one starts with what the first one stored
    const proxy = await startProxy(whogoes, folder, api, proxyConfig(idp, folder));
    try {
      idp.calls = 0;
      api.hits = 0;
      const replies = await Promise.all(Array.from({ length: MANY }, (_, i) => plain(proxy.origin, login.expired, `/orders/${i}`)));
      must(replies.every((reply) => reply.status === 200), `run ${run}: statuses ${replies.map((one) => one.status)}`);
      must(idp.calls === 1 && api.hits === 2 * MANY, `run ${run}: ${idp.calls} calls, ${api.hits} requests at the API`);
      const put = await plain(proxy.origin, login.expired, '/orders/1', { method: 'PUT', body: 'x'.repeat(50000) });
      must((await put.json()).octets === 50000 && idp.calls === 1, `run ${run}: a body was lost`);
      const post = await plain(proxy.origin, login.expired, '/orders/1', { method: 'POST', body: 'x' });
      must(post.status === 401, `run ${run}: a POST without a key was replayed`);
      const records = await until(() => {
        const all = proxy.records().filter((one) => one.event === 'auth.failure');
        return all.length === MANY + 2 && all;
      }, 'the records');
      const how = records.map((one) => one.auth.refresh).sort();
      must(how.filter((one) => one === 'replayed').length === 1 && how.filter((one) => one === 'joined').length === MANY
        && how.includes('skipped:method'), `run ${run}: ${how}`);
      must(records.every((one) => one.auth.cause === 'token-expired' || one.auth.cause === 'stale-token-race'),
        `run ${run}: ${records.map((one) => one.auth.cause)}`);
      const stored = fs.readFileSync(file, 'utf8').trim();
      must(stored !== login.refreshToken && (fs.statSync(file).mode & 0o777) === 0o600, `run ${run}: the file was not kept`);
      must(![login.refreshToken, stored, login.expired].some((secret) => proxy.text().includes(secret)), `run ${run}: a token in the log`);
    } finally {
      await proxy.stop();
    }
  }
}

async function proxyEnds(whogoes, folder, idp, api) {
  const login = await idp.login('bob');
  await login.end();
  fs.writeFileSync(path.join(folder, 'token'), `${login.refreshToken}\n`, { mode: 0o600 });
  const proxy = await startProxy(whogoes, folder, api, proxyConfig(idp, folder));
  try {
    for (let i = 0; i < 3; i += 1) must((await plain(proxy.origin, login.expired, '/orders/1')).status === 401, 'no 401');
    must(idp.calls === 1, `${idp.calls} calls`);
    const record = await until(() => proxy.records().find((one) => one.event === 'auth.failure'), 'a record');
    must(record.auth.cause === 'refresh-failed' && record.auth.also.includes('token-expired'), `${record.auth.cause} ${record.auth.also}`);
  } finally {
    await proxy.stop();
  }
}

async function main() {
  const whogoes = process.argv[2], folder = fs.mkdtempSync(path.join(os.tmpdir(), 'whogoes-refresh-'));
  const idp = await startIdp(), api = await startApi(idp);
  const proxy = await startProxy(whogoes, folder, api, '');
  let passed = 0, failed = 0;
  const check = async (name, run) => {
    try {
      await run();
      passed += 1;
      console.log(`  ok     ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`  FAILED ${name}\n           ${error.stack}`);
    }
  };
  try {
    for (const kind of Object.keys(CLIENTS)) {
      for (const [where, origin] of [['direct', api.origin], ['through whogoes', proxy.origin]]) {
        await check(`${kind}, ${where}: ${MANY} at once, one renewal`, () => exampleRenews(kind, idp, origin));
        await check(`${kind}, ${where}: a body is sent again whole`, () => exampleReplaysBody(kind, idp, origin));
        await check(`${kind}, ${where}: the session ends once`, () => exampleEnds(kind, idp, origin));
      }
    }
    await check('whogoes renews for plain clients, across a restart', () => proxyRenews(whogoes, folder, idp, api));
    await check('whogoes stops when the session is over', () => proxyEnds(whogoes, folder, idp, api));
  } finally {
    await proxy.stop();
    idp.server.close();
    api.server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main().catch((error) => { console.error(error); process.exit(1); });
