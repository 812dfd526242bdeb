// The screenshots of the README. node photos.cjs WHOGOES FOLDER
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { addresses, live, open, row, startApi, startQuiet, stop, token } = require('./stage.cjs');

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
    for (const [name, look] of Object.entries({ light: {}, wide: { viewport: { width: 1920, height: 1080 } }, dark: { colorScheme: 'dark' }, narrow: { viewport: { width: 390, height: 844 } } })) {
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
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'whogoes-photos-'));
  const api = await startApi((request) => JSON.stringify(/Bearer eyJ/.test(request.headers.authorization) ? { error: 'invalid_token', error_description: 'access token is no longer valid' } : { message: 'Unauthorized' }));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    await photograph(browser, { whogoes, folder, upstream: api.address().port }, photos);
  } finally {
    await browser.close();
    api.closeAllConnections();
    api.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
