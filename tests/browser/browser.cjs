// What a page's script, image, event stream and socket meet behind whogoes, and what the log says of
// it: Chromium as it is, whogoes as it is. node browser.cjs WHOGOES
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { chromium } = require('playwright-core');
const api = require('./api.cjs');
const { answers, ended, freePort, launch, until, within } = require('./rig.cjs');

async function startProxy(whogoes, folder, upstream, dev) {
  const port = await freePort(), log = path.join(folder, `log-${port}.jsonl`), config = path.join(folder, `whogoes-${port}.yaml`);
  fs.writeFileSync(config, `version: 1
dev: ${dev}
challenge: {offer: bearer}
log: {access: all, format: json, output: ${log}}
routes:
  - match: /basic
    challenge: {offer: basic, quiet_scheme: xBasic}
`);
  const child = launch(whogoes, ['-c', config, '-u', `http://127.0.0.1:${upstream}`, '-l', `127.0.0.1:${port}`, '--admin', 'off'], folder);
  await until(() => answers(port), 'whogoes to listen');
  const records = () => (fs.existsSync(log) ? fs.readFileSync(log, 'utf8').split('\n').slice(0, -1).map(JSON.parse) : []);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended(child);
  };
  return { port, records, stop };
}

// In the page: the status and the challenge that a script can see, or that it can see nothing.
const see = (page, url, init) => page.evaluate(async ([address, options]) => {
  try {
    const response = await fetch(address, options);
    return { status: response.status, challenge: response.headers.get('WWW-Authenticate') };
  } catch (error) {
    return { status: 0, challenge: null };
  }
}, [url, init || {}]);

// One row a behaviour: where the page is, what it does, what it must see, and what the log must say.
function rows(here) {
  const own = `http://127.0.0.1:${here}`, foreign = `http://localhost:${here}`;
  return [
    { given: 'fetch without a token', from: own, act: (page) => see(page, '/orders'),
      seen: { status: 401, challenge: 'Bearer realm="api"' }, path: '/orders', cause: 'no-credentials' },
    { given: 'fetch with a token', from: own, act: (page) => see(page, '/orders?ok', { headers: { Authorization: 'Bearer abcdefghijklmnop' } }),
      seen: { status: 200, challenge: null }, path: '/orders', query: 'ok' },
    { given: 'fetch from another origin, no CORS on the 401', from: foreign, act: (page) => see(page, `${own}/no-cors-on-errors`),
      seen: { status: 0, challenge: null }, path: '/no-cors-on-errors', cause: 'no-credentials', rule: 'cors-missing-on-auth-error' },
    { given: 'fetch from another origin, CORS on the 401', from: foreign, act: (page) => see(page, `${own}/with-cors`),
      seen: { status: 401, challenge: 'Bearer realm="api"' }, path: '/with-cors', cause: 'no-credentials' },
    { given: 'a preflight that wants credentials', from: foreign,
      act: (page) => see(page, `${own}/preflight`, { headers: { Authorization: 'Bearer abcdefghijklmnop' } }),
      seen: { status: 0, challenge: null }, path: '/preflight', cause: 'preflight-rejected', rule: 'preflight-rejected' },
    { given: 'fetch in mode no-cors', from: foreign, act: (page) => see(page, `${own}/opaque`, { mode: 'no-cors' }),
      seen: { status: 0, challenge: null }, path: '/opaque', cause: 'no-cors-mode' },
    { given: 'an image', from: own, path: '/picture.png', cause: 'browser-cannot-set-header',
      act: (page) => page.evaluate(() => new Promise((resolve) => {
        const image = new Image();
        image.onerror = () => resolve('error');
        image.onload = () => resolve('loaded');
        image.src = '/picture.png';
      })), seen: 'error' },
    { given: 'an event stream', from: own, path: '/events', cause: 'browser-cannot-set-header',
      act: (page) => page.evaluate(() => new Promise((resolve) => {
        const stream = new EventSource('/events');
        stream.onerror = () => { stream.close(); resolve('error'); };
      })), seen: 'error' },
    { given: 'a WebSocket', from: own,
      act: (page) => page.evaluate((port) => new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
        socket.onopen = () => socket.send('hello');
        socket.onmessage = (event) => { resolve(event.data); socket.close(); };
        socket.onerror = () => resolve('error');
      }), here), seen: 'hello' },
    { given: 'a WebSocket that is refused', from: own, path: '/closed-socket', cause: 'browser-cannot-set-header',
      act: (page) => page.evaluate((port) => new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/closed-socket`);
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('error');
      }), here), seen: 'error' },
    { given: 'Basic for a script, in a quiet scheme', from: own, act: (page) => see(page, '/basic'),
      seen: { status: 401, challenge: 'xBasic realm="api", charset="UTF-8"' }, path: '/basic', cause: 'no-credentials' },
    // Last: from here on this browser is remembered as one that could not keep its session.
    { given: 'a cookie for another domain', from: own, path: '/after-foreign', cause: 'session-cookie-blocked',
      act: async (page) => { await see(page, '/login-foreign'); return see(page, '/after-foreign'); },
      seen: { status: 401, challenge: 'Bearer realm="api"' } },
    { given: 'a cookie that fits', from: own, path: '/after-good',
      act: async (page) => { await see(page, '/login-good'); return see(page, '/after-good'); },
      seen: { status: 200, challenge: null } },
  ];
}

// The same, for a page that whogoes helps (--dev). `changed` is what the log must say was done.
function frontEndRows(here) {
  const own = `http://127.0.0.1:${here}`, foreign = `http://localhost:${here}`;
  const token = { Authorization: 'Bearer abcdefghijklmnop' };
  return [
    { given: 'dev: fetch from another origin, no CORS on the 401', from: foreign, act: (page) => see(page, `${own}/no-cors-on-errors`),
      seen: { status: 401, challenge: 'Bearer realm="api"' }, path: '/no-cors-on-errors', cause: 'no-credentials',
      rule: 'cors-missing-on-auth-error', changed: 'production will show a network error' },
    { given: 'dev: with cookies', from: foreign, act: (page) => see(page, `${own}/no-cors-on-errors?c`, { credentials: 'include' }),
      seen: { status: 401, challenge: 'Bearer realm="api"' }, path: '/no-cors-on-errors', query: 'c', cause: 'no-credentials' },
    { given: 'dev: a preflight that wants credentials', from: foreign, act: (page) => see(page, `${own}/preflight`, { headers: token }),
      seen: { status: 200, challenge: null }, path: '/preflight', cause: 'preflight-rejected', changed: 'answered 204 in place of 401' },
    { given: 'dev: a success from another origin, no CORS on it', from: foreign, path: '/orders', query: 'across', method: 'GET',
      act: (page) => see(page, `${own}/orders?across`, { headers: token }), seen: { status: 200, challenge: null },
      rule: 'cors-missing-on-success', changed: 'CORS was added' },
    { given: 'dev: the cause in DevTools', from: foreign, path: '/with-cors', cause: 'no-credentials',
      act: async (page) => {
        await page.evaluate(async (url) => (await fetch(url)).text(), `${own}/with-cors`);
        const timing = () => page.evaluate((url) => {
          const [entry] = performance.getEntriesByName(url);
          return entry && entry.serverTiming.map((one) => one.description);
        }, `${own}/with-cors`);
        return until(timing, 'the timing of the request');   // it is entered once the body was read
      }, seen: ['no credentials'] },
    { given: 'dev: a refusal on demand, across origins', from: foreign, path: '/preflight', query: 'on-demand', method: 'GET', cause: 'token-expired',
      act: (page) => see(page, `${own}/preflight?on-demand`, { headers: { Prefer: 'whogoes=token-expired' } }),
      seen: { status: 401, challenge: 'Bearer realm="api", error="invalid_token"' }, changed: 'simulated' },
    { given: 'dev: a cookie for another domain, Secure, for all sites', from: own, path: '/login-production',
      act: async (page) => { await see(page, '/login-production'); return see(page, '/after-foreign'); },
      seen: { status: 200, challenge: null }, changed: 'the cookie sid was given without Domain=api.example, Secure' },
  ];
}

async function check(row, browser, proxy) {
  const context = await browser.newContext();
  const before = proxy.records().length, wrong = [];
  try {
    const page = await context.newPage();
    await page.goto(`${row.from}/page`, { waitUntil: 'load' });
    const seen = await within(15000, row.act(page), 'the page to be done');
    if (JSON.stringify(seen) !== JSON.stringify(row.seen)) wrong.push(`the page saw ${JSON.stringify(seen)}, expected ${JSON.stringify(row.seen)}`);
    if (row.path) {
      const record = await until(() => proxy.records().slice(before).find((one) =>
        one.url && one.url.path === row.path && (!row.query || one.url.query === row.query) &&
        (!row.method || one.http.request.method === row.method)), `a record of ${row.path}`);
      const auth = record.auth || {};
      if ((auth.cause || undefined) !== row.cause) wrong.push(`cause ${auth.cause}, expected ${row.cause || 'none'}`);
      if (row.changed && !(auth.changes || []).join().includes(row.changed)) wrong.push(`changes ${auth.changes}, expected ${row.changed}`);
      if (row.rule && !(auth.rules || []).includes(row.rule)) wrong.push(`rules ${auth.rules}, expected ${row.rule}`);
    }
  } catch (error) {
    wrong.push(String(error).split('\n')[0]);
  } finally {
    await context.close();
  }
  console.log(`  ${wrong.length ? 'FAILED' : 'ok    '} ${row.given}${wrong.map((words) => `\n           ${words}`).join('')}`);
  return wrong.length === 0;
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'whogoes-browser-'));
  const upstream = await api.start();
  const proxies = [];
  let browser, passed = 0, failed = 0;
  try {
    for (const dev of [false, true]) proxies.push(await startProxy(process.argv[2], folder, upstream.address().port, dev));
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    for (const [proxy, all] of [[proxies[0], rows], [proxies[1], frontEndRows]]) {
      for (const row of all(proxy.port)) {
        if (await check(row, browser, proxy)) passed += 1; else failed += 1;
      }
    }
  } finally {
    if (browser) await browser.close();
    for (const proxy of proxies) await proxy.stop();
    upstream.closeAllConnections();
    upstream.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
