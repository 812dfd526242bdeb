// The stage of the review page's tests: an API, whogoes, whoever sends requests, and one page with
// what it complains about.
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const { answers, ended, freePort, launch, until } = require('./rig.cjs');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

// --- what is behind and in front of the proxy

const said = (request) => (request.url.startsWith('/said') ? '{"error":"invalid_grant","error_description":"seat <b>taken</b> by another"}' : '{}');
const startApi = (body = said) => new Promise((resolve) => {
  const server = http.createServer((request, response) => {
    const status = request.url.startsWith('/admin') ? 403 : request.url.startsWith('/open') ? 200 : 401;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body(request));
  });
  server.listen(0, '127.0.0.1', () => resolve(server));
});

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(subject, issued, expires) {
  const now = Math.floor(Date.now() / 1000);
  const head = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'https://id.example', aud: ['api'], sub: subject, iat: now + issued, exp: now + expires })}`;
  return `${head}.${crypto.createHmac('sha256', 'for tests').update(head).digest('base64url')}`;
}

// What stands before the API: requests to it, as fetch sends them and octet by octet.
function client(port) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const send = (target, headers = {}, method = 'GET') => new Promise((resolve, reject) => {
    http.request({ host: '127.0.0.1', port, path: target, method, headers, agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject).end();
  });
  const raw = (text) => new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Buffer.from(text, 'latin1')));
    socket.on('data', () => { socket.destroy(); resolve(); }).on('error', reject);
  });
  return { agent, raw, send };
}

const addresses = async () => ({ port: await freePort(), admin: await freePort() });
const options = (at, upstream) => ['-u', `http://127.0.0.1:${upstream}`, '-l', `127.0.0.1:${at.port}`, '--admin', `127.0.0.1:${at.admin}`, '--challenge', 'bearer'];
const handle = (child, at, key) => ({ ...client(at.port), child, key, origin: `http://127.0.0.1:${at.port}`, admin: `http://127.0.0.1:${at.admin}`, review: `http://127.0.0.1:${at.admin}/#k=${key}` });

// On a console that is no terminal: it says where the page is, and `whogoes review` gives the key.
async function startProxy(whogoes, folder, upstream, at, more = []) {
  const where = at || await addresses(), origin = `http://127.0.0.1:${where.admin}/`;
  const child = launch(whogoes, [...options(where, upstream), '--log-format', 'pretty', '--color', 'never', ...more], folder, ['ignore', 'inherit', 'pipe']);
  let said = '';
  child.stderr.on('data', (piece) => { said = (said + piece).slice(0, 4096); });
  await until(() => said.includes(`review: ${origin} (for its key run \`whogoes review\`)`), 'whogoes to say where its page is');
  const env = { ...process.env, XDG_STATE_HOME: folder };
  const review = execFileSync(whogoes, ['review', '--admin', `127.0.0.1:${where.admin}`], { env, encoding: 'utf8' }).trim();
  if (!review.startsWith(`${origin}#k=`) || said.includes('#k=')) throw new Error(`the page is said to be at ${review}, and before: ${said}`);
  return handle(child, where, review.split('#k=')[1]);
}

// As in a container: a log in a file, a key that was chosen.
async function startQuiet(whogoes, folder, upstream, at, log) {
  const key = 'a-key-chosen-for-a-test';
  const child = launch(whogoes, [...options(at, upstream), '--log-format', 'json', '--log-output', log], folder, ['ignore', 'inherit', 'ignore'], { WHOGOES_ADMIN_TOKEN: key });
  await until(() => answers(at.admin), 'whogoes to listen');
  return handle(child, at, key);
}
async function stop(proxy) {
  proxy.agent.destroy();
  proxy.child.kill('SIGTERM');
  await ended(proxy.child);
}

// --- one page, and what it complains about

async function open(browser, proxy, options = {}, url = proxy.review) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: proxy.admin });
  const page = await context.newPage(), wrong = [];
  page.on('pageerror', (error) => wrong.push(`error ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error' && !message.text().includes('401 (Unauthorized)')) wrong.push(message.text()); });
  page.on('request', (request) => { if (!request.url().startsWith(proxy.admin) && !request.url().startsWith('blob:')) wrong.push(`asked ${request.url()}`); });
  await page.goto(url);
  return { context, page, wrong };
}
const live = (page) => page.waitForFunction(() => document.querySelector('#state').textContent.includes('live'));
const shown = (page) => page.evaluate(() => document.querySelector('#shown').textContent);
const row = (page, words) => page.locator('.row', { hasText: words }).first();
async function choose(page, words) {
  await row(page, words).click();
  await page.waitForFunction(() => !document.querySelector('#why').hidden);
}
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
async function axe(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`);
}
function same(seen, expected, words) {
  if (JSON.stringify(seen) !== JSON.stringify(expected)) throw new Error(`${words}: ${JSON.stringify(seen)}, expected ${JSON.stringify(expected)}`);
}
function holds(condition, words) {
  if (!condition) throw new Error(words);
}

module.exports = { addresses, axe, choose, client, holds, live, open, overflow, row, same, shown, startApi, startProxy, startQuiet, stop, token };
