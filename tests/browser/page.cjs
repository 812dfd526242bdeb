// The review page in Chromium, with whogoes and requests as they are. node page.cjs WHOGOES
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { ended, within } = require('./rig.cjs');
const { addresses, axe, choose, holds, live, open, overflow, row, same, shown, startApi, startProxy, startQuiet, stop, token } = require('./stage.cjs');
const looks = require('./page_looks.cjs');

// --- the checks, in order: each finds what those before it have sent

const checks = {
  'nothing yet: ready lines for curl, fetch and Vite': async ({ page, proxy }) => {
    const text = await page.locator('#start').innerText();
    for (const words of ['curl -i', 'await fetch(', 'vite.config.js', proxy.origin]) holds(text.includes(words), `no ${words}`);
    await page.getByRole('button', { name: 'Copy the line for curl' }).click();
    await page.waitForFunction(() => document.querySelector('#said').textContent === 'Copied');
    same(await page.evaluate(() => navigator.clipboard.readText()), `curl -i -H "Authorization: Bearer $TOKEN" ${proxy.origin}/`, 'copied');
    holds(text.includes('Started with --dev'), text);
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
    await page.locator('#causes button', { hasText: 'token expired' }).click();
    same(await shown(page), '1 of 4', 'shown');
    same(await page.locator('#filter').inputValue(), 'cause:token-expired', 'filter');
    holds(page.url().endsWith('#q=cause%3Atoken-expired'), page.url());
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '1 of 4');
    await page.locator('#causes button', { hasText: 'token expired' }).click();
    same(await shown(page), '4 of 4', 'shown');
    same(await page.locator('#filter').inputValue(), '', 'filter');
  },
  'a filter takes terms and words': async ({ page }) => {
    const print = await page.evaluate(() => document.querySelector('#tokens code').textContent);
    for (const [words, count] of [['cause:no-credentials', 2], ['cause:no-credentials,token-expired', 3], ['status:403', 1], ['status:4xx', 4], ['method:post', 1], ['path:/v1', 3],
      ['path:/v1/*', 3], ['path:/*', 1], ['path:/v1/** method:POST', 1], ['rule:unauthorized-without-challenge', 3], [`tk:${print.slice(3, 7)}`, 1], ['client:127.0.0.1', 4],
      ['orders', 3], ['ORDERS placeholder', 1], ['nothing:like', 0], ['-cause:no-credentials', 2], ['-orders', 1], ['cause:no-credentials -path:/admin', 1], ['-method:POST -status:403', 2], ['path:/v1/[', 0], ['client:10.0.0.1', 0]]) {
      await page.locator('#filter').fill(words);
      same(await shown(page), `${count} of 4`, words);
    }
    for (const [words, said] of [['caus:x', /no term caus: .*cause: rule: path: method: status: tk: client:/], ['cause:token-expird', /no cause token-expird\. There is .*token-expired/], ['cause:token-expired', /^$/], ['http://x 12:30', /^$/]]) {
      await page.locator('#filter').fill(words);
      holds(said.test(await page.locator('#flaw').textContent()), `${words}: ${await page.locator('#flaw').textContent()}`);
    }
    await page.locator('#filter').fill('nothing:like');
    await page.locator('#clear').click();
    same(await shown(page), '4 of 4', 'cleared');
  },
  'each token has its life line': async ({ page }) => {
    const words = await page.locator('#tokens button', { hasText: 'expired' }).innerText();
    holds(/issued (\S+ )?\d\d:\d\d:\d\d, expired (\S+ )?\d\d:\d\d:\d\d, lives 60 min/.test(words), words);
    holds(words.includes('refused 1 of 1'), words);
    same(await page.locator('#tokens .life').count(), 1, 'lines');
    holds(await page.locator('#tokens .refused').count() > 0, 'no refused moment');
  },
  'why: evidence, confidence, sent, got, changed': async ({ page }) => {
    await choose(page, 'token expired');
    const text = await page.locator('#why').innerText();
    for (const words of ['token expired 14m', 'certain', '401 is the right status', 'in the past', 'Cause\n', 'Rules broken\n', 'Fix:', 'GET /v1/orders?page=2', 'accept: application/json', 'authorization: Bearer tk_',
      'WWW-Authenticate: Bearer realm="api", error="invalid_token"', 'https://id.example', 'unauthorized-without-challenge']) holds(text.includes(words), `no ${words} in ${text}`);
    same(await axe(page), [], 'axe');
  },
  'copied as curl and as Markdown': async ({ page, proxy }) => {
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.waitForFunction(() => document.querySelector('#said').textContent === 'Copied as curl');
    same(await page.evaluate(() => navigator.clipboard.readText()), `curl -i -H "Authorization: Bearer $TOKEN" -H 'accept: application/json' '${proxy.origin}/v1/orders?page=2'`, 'curl');
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await page.waitForFunction(() => document.querySelector('#said').textContent === 'Copied as markdown');
    holds((await page.evaluate(() => navigator.clipboard.readText())).startsWith('### 401 `GET /v1/orders`: token expired'), 'no card');
  },
  'saved as HAR and Markdown, one event or what the filter leaves': async ({ page }) => {
    const saved = async (button) => {
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      return fs.readFileSync(await download.path(), 'utf8');
    };
    const entries = async (button) => JSON.parse(await saved(button)).log.entries.map((entry) => entry.response.status);
    same(await entries(page.getByRole('button', { name: 'Download as HAR' })), [401], 'one');
    await page.locator('#filter').fill('path:/v1 method:GET');
    same(await entries(page.locator('#har')), [401, 401], 'two');
    await page.locator('#filter').fill('placeholder status:4xx');
    same(await entries(page.locator('#har')), [401], 'by a word');
    await page.locator('#filter').fill('-status:401');
    same(await entries(page.locator('#har')), [403], 'all but those');
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
    for (const id of ['skip', 'filter', 'follow', 'list', 'har', 'markdown']) {
      await page.keyboard.press('Tab');
      same(await page.evaluate(() => document.activeElement.id), id, 'the order of Tab');
    }
    await page.locator('#skip').focus();
    await page.keyboard.press('Enter');
    same(await page.evaluate(() => document.activeElement.id), 'list', 'skipped');
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
    await dark.page.getByRole('button', { name: 'Light colours' }).click();
    same(await background(), 'rgb(255, 255, 255)', 'light');
    await dark.page.reload();
    same(await background(), 'rgb(255, 255, 255)', 'light after a reload');
    await dark.page.getByRole('button', { name: 'Dark colours' }).click();
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
    for (const [url, what] of [[`${proxy.admin}/`, 'The key is missing: '], [`${proxy.admin}/#k=wrong`, 'This is not the key of this whogoes: ']]) {
      const locked = await open(browser, proxy, {}, url);
      await locked.page.locator('#gate').waitFor();
      same(await locked.page.locator('#board').isVisible(), false, 'board');
      const why = await locked.page.locator('#gate-why').textContent();
      holds(why.startsWith(what), why);
      holds(why.includes(`\`whogoes review\` prints it, and it lies in $XDG_STATE_HOME/whogoes/admin-${proxy.admin.split(':').pop()}.token.`), why);
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
    await page.waitForFunction(() => [...document.querySelectorAll('.row')].some((one) => one.textContent.includes('/v1/many/5199')) && Number(document.querySelector('#shown').textContent.split(' of ')[1].replace(',', '')) >= 3000, null, { timeout: 20000 });
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
      const locked = await open(browser, quiet, {}, `${quiet.admin}/#k=wrong`);
      await locked.page.locator('#gate').waitFor();
      same(await locked.page.locator('#gate-why').textContent(), 'This is not the key of this whogoes: it is what WHOGOES_ADMIN_TOKEN was set to.', 'a chosen key');
      await locked.context.close();
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
  ...looks,
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

async function main() {
  const [, , whogoes] = process.argv;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'whogoes-page-'));
  const api = await startApi();
  let proxy, browser;
  try {
    const setting = { whogoes, folder, upstream: api.address().port };
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    proxy = await startProxy(whogoes, folder, setting.upstream);
    process.exitCode = await run(browser, proxy, setting) ? 1 : 0;
  } finally {
    if (browser) await browser.close();
    if (proxy) await stop(proxy);
    api.closeAllConnections();
    api.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
