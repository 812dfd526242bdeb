// Unmodified MCP clients log in through whogoes to a server that answers a bare 401 and has no
// metadata: discovery, registration, the code flow with PKCE, and a tool call. node mcp.mjs WHOGOES
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { start } from './mcp_server.mjs';
import rig from './rig.cjs';

const { answers, freePort, until } = rig;

const CALLBACK = 'http://127.0.0.1:9/callback';

async function startProxy(whogoes, folder, server, config) {
  const port = await freePort(), log = path.join(folder, `log-${port}.jsonl`), file = path.join(folder, `whogoes-${port}.yaml`);
  fs.writeFileSync(file, `${config}\nlog: {format: json, output: ${log}}\n`);
  const child = spawn(whogoes, ['run', '-c', file, '-u', server.origin, '-l', `127.0.0.1:${port}`, '--admin', 'off'],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, XDG_STATE_HOME: folder } });
  await until(() => answers(port), 'whogoes to listen');
  const records = () => (fs.existsSync(log) ? fs.readFileSync(log, 'utf8').split('\n').slice(0, -1).map(JSON.parse) : []);
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  };
  return { origin: `http://127.0.0.1:${port}`, records, stop };
}

// What an application keeps for a user: who "agrees" by following the redirect.
function provider() {
  const kept = {};
  return {
    kept,
    redirectUrl: CALLBACK,
    clientMetadata: {
      client_name: 'live', redirect_uris: [CALLBACK], grant_types: ['authorization_code'], response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => kept.client,
    saveClientInformation: (client) => { kept.client = client; },
    tokens: () => kept.tokens,
    saveTokens: (tokens) => { kept.tokens = tokens; },
    codeVerifier: () => kept.verifier,
    saveCodeVerifier: (verifier) => { kept.verifier = verifier; },
    discoveryState: () => kept.discovery,
    saveDiscoveryState: (discovery) => { kept.discovery = discovery; },
    redirectToAuthorization: async (url) => {
      kept.authorize = url;
      const answer = await fetch(url, { redirect: 'manual' });
      kept.back = new URL(answer.headers.get('location')).searchParams;
    },
  };
}

const CLIENTS = {
  'MCP SDK 1': { Client: Client1, Transport: Transport1, code: (back) => back.get('code') },
  'MCP client 2': { Client: Client2, Transport: Transport2, code: (back) => back },
};

// The text that the tool gives, or why it cannot be had.
async function callTool({ Client, Transport, code }, origin, user) {
  const connect = async () => {
    const client = new Client({ name: 'live', version: '1' });
    await client.connect(new Transport(new URL(`${origin}/mcp`), { authProvider: user }));
    return client;
  };
  let client;
  try {
    client = await connect();
  } catch (error) {
    if (!user.kept.back) throw error;
    await new Transport(new URL(`${origin}/mcp`), { authProvider: user }).finishAuth(code(user.kept.back));
    client = await connect();
  }
  const result = await client.callTool({ name: 'secret', arguments: {} });
  await client.close();
  return result.content[0].text;
}

async function attempt(kind, origin) {
  const user = provider();
  try {
    return { text: await callTool(kind, origin, user), user };
  } catch (error) {
    return { text: `failed: ${String(error).split('\n')[0]}`, user };
  }
}

async function check(name, kind, server, proxy) {
  const wrong = [];
  const direct = await attempt(kind, server.origin);
  if (direct.text === 'the secret') wrong.push('it logs in without whogoes: this test shows nothing');
  const through = await attempt(kind, proxy.origin);
  if (through.text !== 'the secret') wrong.push(through.text);
  const asked = through.user.kept.authorize && new URL(through.user.kept.authorize).searchParams;
  if (asked && asked.get('resource') !== `${proxy.origin}/mcp`) wrong.push(`the token was asked for ${asked.get('resource')}`);
  if (asked && asked.get('scope') !== 'mcp:tools') wrong.push(`the scope asked for is ${asked.get('scope')}`);
  console.log(`  ${wrong.length ? 'FAILED' : 'ok    '} ${name}${wrong.map((words) => `\n           ${words}`).join('')}`);
  return wrong.length === 0;
}

// What the log must say of the first refusal, and must not hold.
async function checkLog(server, proxy) {
  const record = await until(() => proxy.records().find((one) => one.event === 'auth.failure'), 'a record');
  const wrong = [];
  const added = `Bearer realm="api", scope="mcp:tools", resource_metadata="${proxy.origin}/.well-known/oauth-protected-resource/mcp"`;
  if (record.auth.challenge.injected[0] !== added) wrong.push(`added: ${record.auth.challenge.injected}`);
  if (!['initialize', 'server/discover'].includes(record.mcp?.method)) wrong.push(`the method called: ${JSON.stringify(record.mcp)}`);
  const text = JSON.stringify(proxy.records());
  if ([...server.tokens.keys()].some((token) => text.includes(token))) wrong.push('a token stands in the log');
  console.log(`  ${wrong.length ? 'FAILED' : 'ok    '} the log${wrong.map((words) => `\n           ${words}`).join('')}`);
  return wrong.length === 0;
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'whogoes-mcp-'));
  const server = await start();
  let proxy, passed = 0, failed = 0;
  try {
    proxy = await startProxy(process.argv[2], folder, server,
      `challenge: {offer: mcp, scope: "mcp:tools"}\nresource_metadata: {authorization_servers: ["${server.issuer}"]}`);
    for (const [name, kind] of Object.entries(CLIENTS)) {
      if (await check(name, kind, server, proxy)) passed += 1; else failed += 1;
    }
    if (await checkLog(server, proxy)) passed += 1; else failed += 1;
  } finally {
    if (proxy) await proxy.stop();
    server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main().catch((error) => { console.error(error); process.exit(1); });
