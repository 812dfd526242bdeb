// The review page in Chromium, with whogoes and requests as they are. node page.cjs WHOGOES
// [FOLDER]: with a folder, screenshots are put there in place of the checks.
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { answers, ended, freePort, launch, until, within } = require('./rig.cjs');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

// --- what is behind and in front of the proxy

const startApi = () => new Promise((resolve) => {
  const server = http.createServer((request, response) => {
    const status = request.url.startsWith('/admin') ? 403 : request.url.startsWith('/open') ? 200 : 401;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end('{}');
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

// On a console, which says where the page is.
async function startProxy(whogoes, folder, upstream) {
  const at = await addresses();
  const child = launch(whogoes, [...options(at, upstream), '--log-format', 'pretty', '--color', 'never'], folder, ['ignore', 'inherit', 'pipe']);
  let said = '';
  child.stderr.on('data', (piece) => { said = (said + piece).slice(0, 4096); });
  const review = await until(() => said.match(/review: (\S+#k=\S+)/), 'whogoes to print the address of its page');
  const proxy = handle(child, at, review[1].split('#k=')[1]);
  if (proxy.review !== review[1]) throw new Error(`the page is said to be at ${review[1]}`);
  return proxy;
}

// As in a container: a log in a file, a key that was chosen.
async function startQuiet(whogoes, folder, upstream, at, log) {
  const key = 'a-key-chosen-for-a-test';
  const child = launch(whogoes, [...options(at, upstream), '--log-format', 'json', '--log-output', log], folder, ['ignore', 'inherit', 'inherit'], { WHOGOES_ADMIN_TOKEN: key });
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

// --- the checks, in order: each finds what those before it have sent

const checks = {
  'nothing yet: ready lines for curl, fetch and Vite': async ({ page, proxy }) => {
    const text = await page.locator('#start').innerText();
    for (const words of ['curl -i', 'await fetch(', 'vite.config.js', proxy.origin]) holds(text.includes(words), `no ${words}`);
    same(await axe(page), [], 'axe');
  },
  'the key leaves the address and stays with the tab': async ({ page, proxy }) => {
    holds(!page.url().includes('k='), page.url());
    same(await page.evaluate(() => sessionStorage.k), proxy.key, 'key');
    same(await page.evaluate(() => document.cookie), '', 'cookies');
    await page.reload();
    await live(page);
  },
  'an event arrives while the page is open': async ({ page, proxy, tokens }) => {
    await proxy.send('/v1/orders?page=2', { Authorization: `Bearer ${tokens.old}`, Accept: 'application/json' });
    await row(page, '/v1/orders').waitFor();
    holds((await row(page, '/v1/orders').innerText()).includes('token expired 14m'), 'no reason');
    await proxy.send('/admin');
    await proxy.send('/v1/orders', { Authorization: 'Bearer undefined' });
    await proxy.send('/v1/orders', {}, 'POST');
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '4 of 4');
  },
  'causes are counted, and a click filters': async ({ page }) => {
    await page.locator('#causes button', { hasText: 'token-expired' }).click();
    same(await shown(page), '1 of 4', 'shown');
    same(await page.locator('#filter').inputValue(), 'cause:token-expired', 'filter');
    holds(page.url().endsWith('#q=cause%3Atoken-expired'), page.url());
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '1 of 4');
    await page.locator('#causes button', { hasText: 'token-expired' }).click();
    same(await shown(page), '4 of 4', 'shown');
    same(await page.locator('#filter').inputValue(), '', 'filter');
  },
  'a filter takes terms and words': async ({ page }) => {
    const print = await page.evaluate(() => document.querySelector('#tokens code').textContent);
    for (const [words, count] of [['cause:no-credentials', 2], ['cause:no-credentials,token-expired', 3], ['status:403', 1], ['status:4xx', 4], ['method:post', 1], ['path:/v1', 3],
      ['path:/v1/*', 3], ['path:/*', 1], ['path:/v1/** method:POST', 1], ['rule:unauthorized-without-challenge', 3], [`tk:${print.slice(3, 7)}`, 1], ['client:127.0.0.1', 4],
      ['orders', 3], ['ORDERS placeholder', 1], ['nothing:like', 0], ['path:/v1/[', 0], ['client:10.0.0.1', 0]]) {
      await page.locator('#filter').fill(words);
      same(await shown(page), `${count} of 4`, words);
    }
    await page.locator('#clear').click();
    same(await shown(page), '4 of 4', 'cleared');
  },
  'each token has its life line': async ({ page }) => {
    const words = await page.locator('#tokens button', { hasText: 'expired' }).innerText();
    holds(/issued \d\d:\d\d:\d\d, expired \d\d:\d\d:\d\d, lives 60 min/.test(words), words);
    holds(words.includes('refused 1 of 1'), words);
    same(await page.locator('#tokens .life').count(), 1, 'lines');
    holds(await page.locator('#tokens .refused').count() > 0, 'no refused moment');
  },
  'why: evidence, confidence, sent, got, changed': async ({ page }) => {
    await choose(page, 'token expired');
    const text = await page.locator('#why').innerText();
    for (const words of ['token expired 14m', 'certain', '401-correct', 'in the past', 'Fix:', 'GET /v1/orders?page=2', 'accept: application/json', 'authorization: Bearer tk_',
      'WWW-Authenticate: Bearer realm="api", error="invalid_token"', 'https://id.example', 'unauthorized-without-challenge']) holds(text.includes(words), `no ${words} in ${text}`);
    same(await axe(page), [], 'axe');
  },
  'copied as curl and as Markdown': async ({ page, proxy }) => {
    await page.getByRole('button', { name: 'Copy curl' }).click();
    await page.waitForFunction(() => document.querySelector('#said').textContent === 'Copied as curl');
    same(await page.evaluate(() => navigator.clipboard.readText()), `curl -i -H "Authorization: Bearer $TOKEN" -H 'accept: application/json' '${proxy.origin}/v1/orders?page=2'`, 'curl');
    await page.getByRole('button', { name: 'Copy Markdown' }).click();
    await page.waitForFunction(() => document.querySelector('#said').textContent === 'Copied as markdown');
    holds((await page.evaluate(() => navigator.clipboard.readText())).startsWith('### 401 `GET /v1/orders`: token expired'), 'no card');
  },
  'saved as HAR and Markdown, one event or what the filter leaves': async ({ page }) => {
    const saved = async (button) => {
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      return fs.readFileSync(await download.path(), 'utf8');
    };
    const entries = async (button) => JSON.parse(await saved(button)).log.entries.map((entry) => entry.response.status);
    same(await entries(page.getByRole('button', { name: 'Save HAR' })), [401], 'one');
    await page.locator('#filter').fill('path:/v1 method:GET');
    same(await entries(page.locator('#har')), [401, 401], 'two');
    await page.locator('#filter').fill('placeholder status:4xx');
    same(await entries(page.locator('#har')), [401], 'by a word');
    await page.locator('#filter').fill('status:403');
    const text = await saved(page.locator('#markdown'));
    holds(text.startsWith('### 403 `GET /admin`'), text);
    await page.locator('#filter').fill('');
  },
  'the keyboard is enough': async ({ page }) => {
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '4 of 4');
    const chosen = () => page.evaluate(() => document.querySelector('.row[aria-selected=true]')?.textContent || '');
    await page.keyboard.press('j');
    holds((await chosen()).includes('token expired'), await chosen());
    await page.keyboard.press('j');
    holds((await chosen()).includes('403'), await chosen());
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    same(await page.evaluate(() => document.activeElement.id), 'why', 'focus');
    await page.keyboard.press('c');
    await page.waitForFunction(() => document.querySelector('#said').textContent === 'Copied as curl');
    await page.keyboard.press('Escape');
    same(await page.evaluate(() => [document.activeElement.id, document.querySelector('#why').hidden]), ['list', true], 'closed');
    same(await page.evaluate(() => document.querySelector('#list').getAttribute('aria-activedescendant')), 'row-0', 'active');
    await page.keyboard.press('ArrowDown');
    holds((await chosen()).includes('403'), await chosen());
    await page.keyboard.press('/');
    await page.keyboard.type('jk?');
    same(await page.locator('#filter').inputValue(), 'jk?', 'typed');
    await page.locator('#filter').fill('');
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    same(await page.locator('#follow').getAttribute('aria-pressed'), 'true', 'follow');
    await page.keyboard.press('?');
    holds(await page.locator('#keys').isVisible(), 'no dialog');
    same(await axe(page), [], 'axe');
    await page.locator('#letters').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    holds(!await page.locator('#keys').isVisible(), 'single letters still act');
    await page.evaluate(() => { sessionStorage.silent = ''; });
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '4 of 4');
    for (const id of ['filter', 'theme', 'help', 'follow', 'har', 'markdown']) {
      await page.keyboard.press('Tab');
      same(await page.evaluate(() => document.activeElement.id), id, 'the order of Tab');
    }
  },
  'HTML, control and bidirectional characters stay text': async ({ page, proxy }) => {
    await proxy.raw('GET /x/<img/src=x/onerror=hurt=1>"\'&lt; HTTP/1.1\r\nHost: a\r\nAccept: <script>hurt=2</script>\t\xe2\x80\xae\xc2\x9b31m\r\nOrigin: http://<b>x</b>\r\n\r\n');
    await proxy.raw('GET /x/plain HTTP/1.1\r\nHost: a\r\nAccept: <script>hurt=2</script>\t\xe2\x80\xae\xc2\x9b31m"><img src=x onerror=hurt=3>\r\nUser-Agent: <i>\r\n\r\n');
    await choose(page, '/x/plain');
    const text = await page.locator('#why').innerText();
    holds(text.includes('<script>hurt=2</script>\\u0009\\u202e\\u009b31m"><img src=x onerror=hurt=3>'), text);
    same(await page.evaluate(() => [typeof window.hurt, document.querySelectorAll('#board img, #board script, #board b').length]), ['undefined', 0], 'hurt');
    holds(!/[\u202e\u009b\t]/.test(await page.evaluate(() => document.body.innerHTML)), 'raw controls');
    const odd = page.locator('.row', { hasText: '/x/<img' });
    if (await odd.count()) {
      await odd.first().click();
      holds((await page.locator('#why').innerText()).includes('onerror=hurt=1>'), 'the path is not text');
    }
    same(await page.evaluate(() => typeof window.hurt), 'undefined', 'hurt');
    await page.locator('#filter').fill('<img src=x onerror=hurt=4>');
    await page.reload();
    await live(page);
    same(await page.evaluate(() => typeof window.hurt), 'undefined', 'hurt');
    await page.locator('#filter').fill('');
  },
  'dark follows the system, and the button overrides it': async ({ browser, proxy }) => {
    const dark = await open(browser, proxy, { colorScheme: 'dark' });
    await live(dark.page);
    await row(dark.page, '/v1/orders').waitFor();
    const background = () => dark.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    same(await background(), 'rgb(22, 24, 29)', 'dark');
    await choose(dark.page, 'token expired');
    same(await axe(dark.page), [], 'axe');
    await dark.page.getByRole('button', { name: 'Light' }).click();
    same(await background(), 'rgb(255, 255, 255)', 'light');
    await dark.page.reload();
    same(await background(), 'rgb(255, 255, 255)', 'light after a reload');
    await dark.page.getByRole('button', { name: 'Dark' }).click();
    same(await background(), 'rgb(22, 24, 29)', 'dark again');
    same(dark.wrong, [], 'complaints');
    await dark.context.close();
  },
  'a phone, and 400 % zoom': async ({ browser, proxy }) => {
    for (const [name, viewport] of [['phone', { width: 360, height: 740 }], ['zoom', { width: 320, height: 256 }]]) {
      const small = await open(browser, proxy, { viewport });
      await live(small.page);
      await row(small.page, '/v1/orders').waitFor();
      await choose(small.page, 'token expired');
      holds(await overflow(small.page) <= 0, `${name}: ${await overflow(small.page)} px beyond the edge`);
      same(await axe(small.page), [], `axe, ${name}`);
      same(small.wrong, [], 'complaints');
      await small.context.close();
    }
  },
  'without its key, and with a wrong one, the page asks for it': async ({ browser, proxy }) => {
    for (const url of [`${proxy.admin}/`, `${proxy.admin}/#k=wrong`]) {
      const locked = await open(browser, proxy, {}, url);
      await locked.page.locator('#gate').waitFor();
      same(await locked.page.locator('#board').isVisible(), false, 'board');
      same(await axe(locked.page), [], 'axe');
      await locked.page.locator('#key').fill(proxy.review);
      await locked.page.keyboard.press('Enter');
      await live(locked.page);
      await row(locked.page, '/v1/orders').waitFor();
      holds(!await locked.page.locator('#gate').isVisible(), 'the gate is still there');
      same(locked.wrong, [], 'complaints');
      await locked.context.close();
    }
  },
  '5,000 events: all there, few in the page, no lag': async ({ page, proxy }) => {
    for (let sent = 0; sent < 5200; sent += 200) {
      await Promise.all(Array.from({ length: 200 }, (_, i) => proxy.send(`/v1/many/${sent + i}`)));
    }
    await page.waitForFunction(() => [...document.querySelectorAll('.row')].some((one) => one.textContent.includes('/v1/many/5199')) && /(\d+)$/.exec(document.querySelector('#shown').textContent)[1] >= 3000, null, { timeout: 20000 });
    holds(await page.locator('.row').count() < 100, 'every row is in the page');
    const slow = await page.evaluate(async () => {
      const frame = () => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
      const took = async (act) => { const begin = performance.now(); act(); await frame(); return performance.now() - begin; };
      const filter = document.querySelector('#filter'), list = document.querySelector('#list');
      const type = (words) => took(() => { filter.value = words; filter.dispatchEvent(new Event('input')); });
      const times = { word: await type('many/51'), term: await type('cause:no-credentials path:/v1/**'), all: await type('') };
      times.scroll = 0;
      for (let at = 0; at < 20; at += 1) times.scroll = Math.max(times.scroll, await took(() => { list.scrollTop = (list.scrollHeight / 20) * at; }));
      return times;
    });
    console.log(`           ${Object.entries(slow).map(([name, ms]) => `${name} ${ms.toFixed(0)} ms`).join(', ')}`);
    for (const [name, ms] of Object.entries(slow)) holds(ms < (name === 'scroll' ? 150 : 500), `${name} took ${ms.toFixed(0)} ms`);
    await page.keyboard.press('End');
    same(await axe(page), [], 'axe');
  },
  'a restart: the page goes on with the log of the run before': async ({ browser, whogoes, folder, upstream }) => {
    const at = await addresses(), log = path.join(folder, 'restart.jsonl');
    let quiet = await startQuiet(whogoes, folder, upstream, at, log);
    const { context, page } = await open(browser, quiet);
    try {
      await live(page);
      await page.locator('#start').waitFor();   // that it has started is no event to look at
      await quiet.send('/v1/before');
      await row(page, '/v1/before').waitFor();
      await stop(quiet);
      await page.waitForFunction(() => document.querySelector('#state').textContent.includes('not connected'));
      quiet = await startQuiet(whogoes, folder, upstream, at, log);
      await live(page);
      await quiet.send('/v1/after');
      await row(page, '/v1/after').waitFor();
      same(await page.locator('.row', { hasText: '/v1/before' }).count(), 1, 'the event before');
      holds(!fs.readFileSync(log, 'utf8').includes(quiet.key), 'the key is in the log');
    } finally {
      await context.close();
      await stop(quiet);
    }
  },
  'the end: an open page holds nothing up': async ({ page, proxy }) => {
    proxy.child.kill('SIGTERM');
    await within(5000, ended(proxy.child), 'whogoes to end while a page is open');
    same(proxy.child.exitCode, 0, 'exit status');
    await page.waitForFunction(() => document.querySelector('#state').textContent.includes('not connected'));
  },
};

async function run(browser, proxy, setting) {
  const tokens = { old: token('a', -4452, -852) };
  const { context, page, wrong } = await open(browser, proxy);
  await live(page);
  let passed = 0, failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    let flaw = '';
    try {
      await within(60000, check({ browser, page, proxy, tokens, ...setting }), name);
      const complaints = wrong.splice(0).filter((words) => !words.includes('ERR_CONNECTION_REFUSED') && !words.includes('ERR_INCOMPLETE_CHUNKED'));
      if (complaints.length) flaw = `the page complains: ${complaints.join('; ')}`;
    } catch (error) {
      flaw = String(error).split('\n')[0];
    }
    console.log(`  ${flaw ? 'FAILED' : 'ok    '} ${name}${flaw && `\n           ${flaw}`}`);
    if (flaw) failed += 1; else passed += 1;
  }
  await context.close();
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed;
}

// A quarter of an hour whose beginning stands in the log, and three looks at it.
async function photograph(browser, setting, folder) {
  const { whogoes, upstream } = setting, at = await addresses(), log = path.join(setting.folder, 'photograph.jsonl');
  const paths = ['/v1/orders', '/v1/orders/1042', '/v1/items', '/v1/users/me'], headers = { Accept: 'application/json' };
  let proxy = await startQuiet(whogoes, setting.folder, upstream, at, log);
  for (let i = 0; i < 70; i += 1) {
    const bearer = [undefined, 'Bearer undefined', 'Bearer q7ZpX2vLr9TnB4wK'][i % 3];
    await proxy.send(i % 5 === 4 ? '/admin/users' : paths[i % 4], bearer ? { ...headers, Authorization: bearer } : headers, i % 7 === 5 ? 'POST' : 'GET');
  }
  await stop(proxy);
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n').map(JSON.parse).filter((record) => record.http);
  lines.forEach((record, i) => { record.time = new Date(Date.now() - 870000 * (1 - i / lines.length) ** 1.6 - 9000 * (i % 4)).toISOString(); });
  fs.writeFileSync(log, `${lines.sort((a, b) => (a.time < b.time ? -1 : 1)).map((record) => JSON.stringify(record)).join('\n')}\n`);
  proxy = await startQuiet(whogoes, setting.folder, upstream, at, log);
  try {
    const tokens = [token('a', -4452, -852), token('b', -1200, 2400), token('c', -3700, -100)];
    for (let i = 0; i < 15; i += 1) await proxy.send(paths[i % 4], { ...headers, Authorization: `Bearer ${tokens[i % 3]}` });
    for (const [name, look] of Object.entries({ light: {}, dark: { colorScheme: 'dark' }, narrow: { viewport: { width: 390, height: 844 } } })) {
      const { context, page } = await open(browser, proxy, look);
      await live(page);
      await row(page, 'token expired 14m').waitFor();
      await page.locator('.row', { hasText: 'token expired 14m' }).last().click();
      await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
      await page.screenshot({ path: path.join(folder, `${name}.png`) });
      await context.close();
    }
  } finally {
    await stop(proxy);
  }
}

async function main() {
  const [, , whogoes, photos] = process.argv;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'whogoes-page-'));
  const api = await startApi();
  let proxy, browser;
  try {
    const setting = { whogoes, folder, upstream: api.address().port };
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    if (photos) {
      await photograph(browser, setting, photos);
    } else {
      proxy = await startProxy(whogoes, folder, setting.upstream);
      process.exitCode = await run(browser, proxy, setting) ? 1 : 0;
    }
  } finally {
    if (browser) await browser.close();
    if (proxy) await stop(proxy);
    api.closeAllConnections();
    api.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
